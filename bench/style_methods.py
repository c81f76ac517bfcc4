"""Ways to learn a person's style, from crude to better, that `bench.style` compares.

Each is made anew for a writer, and says what is added to the network's logits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink
from digitpad.network.posteriors import softmax
from digitpad.reader import Reader
from digitpad.style import WEIGHT, Example, Style, appearance, likeness

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]
LEFT, LIKELY, CLEAR = 20, 0.9, 0.999  # as in left.js: how many, and how sure
SHIFT_COST = 100.0  # of style transfer mapping, against moving the examples to their classes


@dataclass(frozen=True, eq=False)
class Writer:
    """One person's digits, in the order they were drawn, as one network sees them."""

    name: str
    reader: Reader
    inks: list[Ink]
    inputs: Floats  # (n, 28, 28, CHANNELS)
    logits: Floats  # (n, 11)
    features: Floats  # (n, d)
    labels: Labels  # (n,)
    strange: Floats  # inputs (m, 28, 28, CHANNELS) of letters and symbols, which are no digits
    means: Floats  # (10, d): the features of each digit, of other people


class Method(Protocol):
    """A style in the making."""

    def logits(self, number: int) -> Floats:
        """Return the personal logits (11,) of a drawing."""

    def learn(self, number: int, label: int) -> None:
        """Learn what a drawing is."""


class Shipped:
    """digitpad.style, as users have it."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.style = writer, Style()

    def logits(self, number: int) -> Floats:
        w, one = self.writer, slice(number, number + 1)
        adjusted = self.style.adjust(w.reader, w.inputs[one], w.logits[one], w.features[one])
        return np.asarray(adjusted[0])

    def learn(self, number: int, label: int) -> None:
        self.style = self.style.learn(self.writer.reader, self.writer.inks[number], str(label))


class Pad(Shipped):
    """The same on the page, where digits that were read and left so count too: see `left.js`."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(writer)
        self.told: list[Example] = []
        self.left: list[Example] = []

    def learn(self, number: int, label: int) -> None:
        self.told.append(Example(self.writer.inks[number], str(label)))
        self.style = Style((*self.left, *self.told))

    def leave(self, number: int, digit: int, confidence: float) -> None:
        if LIKELY <= confidence < CLEAR:
            self.left.append(Example(self.writer.inputs[number, ..., 0], str(digit)))
            self.left = self.left[-LEFT:]
            self.style = Style((*self.left, *self.told))


class Likeness:
    """The likeness of the nearest example of each digit is added, by features or rasters alone."""

    def __init__(self, writer: Writer, looks: Floats, reach: float, prototypes: bool) -> None:
        self.writer, self.prototypes = writer, prototypes
        looks = looks / np.linalg.norm(looks, axis=1, keepdims=True)
        self.looks, self.reach = looks, reach
        self.seen: list[list[int]] = [[] for _ in range(10)]

    def logits(self, number: int) -> Floats:
        logits: Floats = self.writer.logits[number].copy()
        for label, examples in enumerate(self.seen):
            if examples:
                looks = self.looks[examples]
                if self.prototypes:
                    looks = looks.mean(axis=0, keepdims=True)
                alike = np.exp((looks @ self.looks[number] - 1) / self.reach)
                logits[label] += WEIGHT * alike.max()
        return logits

    def learn(self, number: int, label: int) -> None:
        self.seen[label].append(number)


class Kernel:
    """Offsets from a kernel over all examples: interpolated, or a logistic regression's."""

    def __init__(self, writer: Writer, kernel: Floats, logistic: bool) -> None:
        self.writer, self.kernel, self.logistic = writer, kernel.astype(np.float64), logistic
        self.examples: list[int] = []
        self.labels: list[int] = []
        self.offsets: npt.NDArray[np.floating[Any]] = np.zeros((0, 11))

    def logits(self, number: int) -> Floats:
        offset = self.kernel[number, self.examples] @ self.offsets
        return np.asarray(self.writer.logits[number] + offset, np.float32)

    def learn(self, number: int, label: int) -> None:
        self.examples.append(number)
        self.labels.append(label)
        kernel = self.kernel[np.ix_(self.examples, self.examples)]
        logits = self.writer.logits[self.examples].astype(np.float64)
        rows = np.arange(len(self.examples))
        if self.logistic:  # maximum a posteriori, by Boehning's bound of the Hessian (1992)
            step = np.linalg.inv(np.eye(len(rows)) + kernel / 2)
            self.offsets = np.zeros_like(logits)
            for _ in range(60):
                says = softmax((logits + kernel @ self.offsets).astype(np.float32))
                self.offsets += step @ (np.eye(11)[self.labels] - says - self.offsets)
            return
        others = logits.copy()
        others[rows, self.labels] = -np.inf
        missing = np.zeros_like(logits)
        wanted = np.logaddexp.reduce(others, axis=1) + 3
        missing[rows, self.labels] = np.maximum(wanted - logits[rows, self.labels], 0)
        self.offsets = np.linalg.solve(kernel + 1e-3 * np.eye(len(rows)), missing)


class Mapping:
    """Style transfer mapping (Zhang and Liu, 2013): features are moved towards those of others."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        ones = np.ones((len(writer.features), 1), np.float32)
        # The last layer is linear: what it does to a moved feature follows from those it has seen.
        self.layer = np.linalg.lstsq(np.hstack([writer.features, ones]), writer.logits)[0][:-1]
        size = writer.features.shape[1]
        self.gram, self.moved = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size))

    def logits(self, number: int) -> Floats:
        feature = np.append(self.writer.features[number], 1)
        shift = feature @ np.linalg.solve(self.gram + SHIFT_COST * np.eye(len(feature)), self.moved)
        return np.asarray(self.writer.logits[number] + shift @ self.layer, np.float32)

    def learn(self, number: int, label: int) -> None:
        feature = np.append(self.writer.features[number], 1)
        self.gram += np.outer(feature, feature)
        self.moved += np.outer(feature, self.writer.means[label] - feature[:-1])


def _cosines(features: Floats) -> Floats:
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(unit @ unit.T)


def _gaussian(writer: Writer, wider: float) -> Floats:
    looks = appearance(writer.inputs[..., 0], writer.features)
    return np.asarray(likeness(looks, looks) ** (1 / wider))


METHODS: dict[str, Callable[[Writer], Method]] = {
    "nearest example, features and raster (shipped)": Shipped,
    "nearest example, features": lambda w: Likeness(w, w.features, 0.2, False),
    "nearest example, raster": lambda w: Likeness(
        w, w.inputs[..., 0].reshape(len(w.inputs), -1), 0.15, False
    ),
    "class prototypes, features": lambda w: Likeness(w, w.features, 0.2, True),
    "kernel interpolation, features": lambda w: Kernel(
        w, np.exp((_cosines(w.features) - 1) / 0.2), False
    ),
    "kernel interpolation, features and raster": lambda w: Kernel(w, _gaussian(w, 2.5), False),
    "kernel logistic regression, both": lambda w: Kernel(w, 30 * _gaussian(w, 2.5), True),
    "linear head, MAP logistic": lambda w: Kernel(w, 10 * _cosines(w.features), True),
    "style transfer mapping": Mapping,
}
