"""A person's style: what they corrected, and how it changes what the network says of their digits.

The network stays as it is. To the logit of each digit is added how much the drawing is like the
nearest example of that digit, by a Gaussian kernel on the network's features and the blurred
raster. Ink and a picture are compared as two pictures, since only ink has a direction. A memory of
examples beside a fixed network is what language models know as a continuous cache (Grave, Joulin
and Usunier, 2017); this one was chosen by `python -m bench.style`.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from digitpad.errors import InvalidInput, TooLarge
from digitpad.ink import Ink
from digitpad.labels import DIGITS, LABELS, NONE
from digitpad.network.drawing import Drawing
from digitpad.network.inputs import SIDE, Inputs, Raster, Rasters, see_rasters

VERSION = 1  # of the JSON
MOST = 200  # examples that count: the newest

TOGETHER = 32  # examples that the network looks at in one go; bounds its memory

SAME = 0.002  # cosine distance of two rasters up to which they are one drawing
SURE = 0.95  # confidence with which an example is read, at least
SUREST = 1 - 1e-6  # where the model's threshold asks for more

# The only constants that were tuned, on the folds of `python -m bench.style`.
WEIGHT = 20.0  # logit that an example adds to drawings that are its equal
FEATURES_REACH = 0.3  # cosine distance of features at which it adds e^-1 of that
RASTER_REACH = 0.2  # the same for blurred rasters
NEAR = 5  # power of the likeness by which what an example must add beyond WEIGHT fades

BLUR = 1.0  # px, standard deviation
_place = np.arange(SIDE)
_SOFTEN = np.exp(-((_place[1::2, None] - 0.5 - _place) ** 2) / (2 * BLUR**2)).astype(np.float32)

Floats = npt.NDArray[np.float32]


class Model(Protocol):
    """What a style needs to know of a model."""

    @property
    def sha256(self) -> str:
        """Of the network: features of another one cannot be compared."""

    @property
    def threshold(self) -> float:
        """Confidence below which a reading is unsure."""


class Network(Protocol):
    """What a style needs of a reader."""

    @property
    def manifest(self) -> Model:
        """The model's description."""

    def recognize(self, inputs: Inputs) -> tuple[Floats, Floats]:
        """Return calibrated logits (n, 11) and features (n, d) of inputs (n, 28, 28, CHANNELS)."""


@dataclass(frozen=True, eq=False, init=False)
class Example:
    """A drawing, and what its writer says that it is."""

    drawing: Drawing
    label: str | None  # "0" to "9", or None: not a digit

    def __init__(self, drawing: Drawing | Ink | Raster, label: str | None) -> None:
        """Check both; raises InvalidInput."""
        if label is not None and label not in DIGITS:
            raise InvalidInput(f'label must be "0" to "9" or None, found {label!r:.40}')
        object.__setattr__(self, "drawing", Drawing.of(drawing))
        object.__setattr__(self, "label", label)

    @property
    def place(self) -> int:
        """Which of the logits is the label's."""
        return NONE if self.label is None else DIGITS.index(self.label)

    @cached_property
    def raster(self) -> Raster:
        """The first channel of what the network sees of it, float32 (28, 28) in [0, 1]."""
        return self._inputs[0, ..., 0].copy()

    @cached_property
    def _inputs(self) -> Inputs:
        """What the network sees of it, (1, 28, 28, CHANNELS); dropped once it has."""
        return self.drawing.inputs

    @cached_property
    def _seen(self) -> dict[str, tuple[Floats, Floats, Floats]]:
        """Its logits (11,), its features (d,) and those of its raster, by the model's hash."""
        return {}


@dataclass(frozen=True, eq=False)
class _Looks:
    """How drawings look, as `appearance` returns it."""

    own: Floats  # (n, k)
    plain: Floats  # (n, k): without the pen's direction
    directed: npt.NDArray[np.bool_]  # (n,): which are ink

    def __getitem__(self, chosen: npt.NDArray[np.intp]) -> "_Looks":
        return _Looks(self.own[chosen], self.plain[chosen], self.directed[chosen])

    def alike(self, others: "_Looks") -> Floats:
        """Return how alike each of these is to each of m others, (n, m): 1 if equal."""
        both = self.directed[:, None] & others.directed
        if both.all():
            return likeness(self.own, others.own)
        plain = likeness(self.plain, others.plain)
        return np.where(both, likeness(self.own, others.own), plain) if both.any() else plain


@dataclass(frozen=True, eq=False)
class _Head:
    """What the examples add to one model's logits."""

    looks: _Looks  # of m examples, sorted by label
    labels: npt.NDArray[np.intp]  # places of the logits of those labels that have examples
    starts: npt.NDArray[np.intp]  # where the examples of each of them begin
    extra: Floats  # (m,): logit that an example needs beyond WEIGHT to be read as its label

    def __call__(self, alike: Floats) -> Floats:
        """Return what is added to logits, (n, 11), of drawings as alike to the examples, (n, m)."""
        worth = WEIGHT * alike + self.extra * alike**NEAR
        added = np.zeros((len(alike), len(LABELS)), np.float32)
        added[:, self.labels] = np.maximum.reduceat(worth, self.starts, axis=1)
        return added


class Style:
    """One person's corrections, oldest first. It never changes: learning returns another one."""

    def __init__(self, examples: Iterable[Example] = ()) -> None:
        """Hold the newest MOST of the examples; of one drawing, only the newest."""
        newest = list(examples)[-MOST:]
        rasters = np.array([example.raster for example in newest], np.float32)
        shapes = _unit(rasters.reshape(len(newest), SIDE * SIDE))
        again = np.triu(shapes @ shapes.T > 1 - SAME, 1)
        self.examples = tuple(e for e, later in zip(newest, again, strict=True) if not later.any())
        self._heads: dict[str, _Head] = {}  # by the model's hash: a cache

    @classmethod
    def of(
        cls, reader: Network, corrections: Iterable[tuple[Drawing | Ink | Raster, str | None]]
    ) -> "Style":
        """Learn many corrections at once, oldest first. Raises InvalidInput."""
        style = cls(Example(drawing, label) for drawing, label in corrections)
        if style.examples:
            style._head(reader)
        return style

    def learn(self, reader: Network, drawing: Drawing | Ink | Raster, label: str | None) -> "Style":
        """Return a style that also knows this drawing, which reads as its label from now on.

        `drawing` is ink, or the raster (28, 28) in [0, 1] of a digit in a picture; `label` is "0"
        to "9", or None: not a digit. Raises InvalidInput.
        """
        style = Style((*self.examples, Example(drawing, label)))
        style._head(reader)
        return style

    def forget(self, number: int) -> "Style":
        """Return a style that does not know `examples[number]`. Raises InvalidInput."""
        if not 0 <= number < len(self.examples):
            raise InvalidInput(
                f"expected the number of an example, below {len(self.examples)}, found {number}"
            )
        return Style(self.examples[:number] + self.examples[number + 1 :])

    def adjust(self, reader: Network, inputs: Inputs, logits: Floats, features: Floats) -> Floats:
        """Return logits (n, 11) as this person's drawings have them.

        `logits` and `features` are what `reader.recognize` returns of `inputs`, (n, 28, 28,
        CHANNELS). The examples are looked at anew when the reader has another model than the last
        one had.
        """
        if not self.examples:
            return logits
        head = self._head(reader)
        rasters = inputs[..., 0]
        directed = np.asarray(inputs[..., 1:].any(axis=(1, 2, 3)))
        both = directed[:, None] & head.looks.directed
        alike = np.zeros(both.shape, np.float32)
        if both.any():
            alike = likeness(appearance(rasters, features), head.looks.own)
        if not both.all():
            if directed.any() and not head.looks.directed.all():
                features = reader.recognize(see_rasters(rasters))[1]
            plain = likeness(appearance(rasters, features), head.looks.plain)
            alike = np.where(both, alike, plain)
        return np.asarray(logits + head(alike))

    def to_json(self) -> str:
        """Return all that a style is: its examples, not what a model sees in them."""
        examples = [{**e.drawing.to_json(), "label": e.label} for e in self.examples]
        return json.dumps({"version": VERSION, "examples": examples})

    @classmethod
    def from_json(cls, text: str | bytes) -> "Style":
        """Read what `to_json` wrote. Raises InvalidInput that names the place, or TooLarge."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"a style must be JSON: {error}") from error
        fields = _fields(value, "a style", ("version", "examples"))
        if type(fields["version"]) is not int or fields["version"] != VERSION:
            raise InvalidInput(f"version must be {VERSION}, found {fields['version']!r:.40}")
        if not isinstance(fields["examples"], list):
            raise InvalidInput(f"examples must be a list, found {fields['examples']!r:.40}")
        return cls(_example(item, f"examples[{i}]") for i, item in enumerate(fields["examples"]))

    def _head(self, reader: Network) -> _Head:
        sha256 = reader.manifest.sha256
        if sha256 not in self._heads:
            unseen = [example for example in self.examples if sha256 not in example._seen]
            for start in range(0, len(unseen), TOGETHER):
                _look(reader, unseen[start : start + TOGETHER])
            self._heads[sha256] = _solve(self.examples, sha256, reader.manifest.threshold)
        return self._heads[sha256]


def _look(reader: Network, examples: Sequence[Example]) -> None:
    """Have examples remember what a model sees in them."""
    seen = np.concatenate([example._inputs for example in examples])
    ink = [example.drawing.ink is not None for example in examples]
    logits, features = reader.recognize(seen)
    plain = features.copy()
    if any(ink):
        plain[ink] = reader.recognize(see_rasters(seen[ink, ..., 0]))[1]
    for i, example in enumerate(examples):
        example._seen[reader.manifest.sha256] = logits[i], features[i], plain[i]
        example.raster  # noqa: B018  kept; what it is taken from need not be
        example.__dict__.pop("_inputs", None)


def _solve(examples: Sequence[Example], sha256: str, threshold: float) -> _Head:
    """Find what each example must add so that it is read as its label, and surely.

    The newer of two that contradict each other is read as its label.
    """
    places = np.array([example.place for example in examples])
    order = np.argsort(places, kind="stable")
    logits = np.stack([example._seen[sha256][0] for example in examples])
    rasters = np.stack([example.raster for example in examples])
    looks = _Looks(
        appearance(rasters, np.stack([example._seen[sha256][1] for example in examples])),
        appearance(rasters, np.stack([example._seen[sha256][2] for example in examples])),
        np.array([example.drawing.ink is not None for example in examples]),
    )
    labels, starts = np.unique(places[order], return_index=True)
    head = _Head(looks[order], labels, starts, np.zeros(len(examples), np.float32))
    alike = looks.alike(head.looks)
    sure = min(max(SURE, (1 + threshold) / 2), SUREST)
    for number, place in enumerate(np.argsort(order)):  # oldest first
        personal = (logits[number] + head(alike[number : number + 1])[0]).astype(np.float64)
        own = personal[places[number]]
        personal[places[number]] = -np.inf
        wanted = np.logaddexp.reduce(personal) + math.log(sure / (1 - sure))
        head.extra[place] = max(0.0, wanted - own)
    return head


def appearance(rasters: Rasters, features: Floats) -> Floats:
    """Return how drawings look to the network and to the eye, (n, k), all of the same length."""
    soft = (_SOFTEN @ rasters @ _SOFTEN.T).reshape(len(rasters), -1)
    parts = (_unit(features) / FEATURES_REACH**0.5, _unit(soft) / RASTER_REACH**0.5)
    return np.concatenate(parts, axis=1, dtype=np.float32)


def likeness(looks: Floats, others: Floats) -> Floats:
    """Return how alike drawings are, (n, m): 1 if equal, a Gaussian kernel of their looks."""
    return np.asarray(np.exp(looks @ others.T - (1 / FEATURES_REACH + 1 / RASTER_REACH)))


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9))


def _example(value: Any, place: str) -> Example:
    try:
        is_raster = isinstance(value, dict) and "raster" in value
        fields = _fields(value, place, ("raster" if is_raster else "ink", "label"))
        label = fields.pop("label")
        return Example(Drawing.from_json(fields), label)
    except (InvalidInput, TooLarge) as error:
        found = str(error)
        raise type(error)(found if found.startswith(place) else f"{place}: {found}") from error


def _fields(value: Any, place: str, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != set(names):
        found = sorted(value) if isinstance(value, dict) else value
        raise InvalidInput(f"{place} must be an object of {', '.join(names)}, found {found!r:.60}")
    return dict(value)
