"""The two ways to learn a person's style that `bench.style` plays: by corrections, and on the page.

Each is made anew for a writer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink
from digitpad.reader import Reader
from digitpad.style import Example, Style

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]
LEFT, LIKELY, CLEAR = 20, 0.9, 0.999  # as in left.js: how many, and how sure


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


class Shipped:
    """digitpad.style, as users have it."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.style = writer, Style()

    def logits(self, number: int) -> Floats:
        """Return the personal logits (11,) of a drawing."""
        w, one = self.writer, slice(number, number + 1)
        adjusted = self.style.adjust(w.reader, w.inputs[one], w.logits[one], w.features[one])
        return np.asarray(adjusted[0])

    def learn(self, number: int, label: int) -> None:
        """Learn what a drawing is."""
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
