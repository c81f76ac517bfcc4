"""Reader and Reading: ink or a picture in, digits with calibrated probabilities out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from digitpad.errors import InvalidInput
from digitpad.geometry import Box
from digitpad.ink import Ink
from digitpad.labels import DIGITS
from digitpad.lattice.decode import LONGEST, Hypothesis, Lattice, read_paths
from digitpad.lattice.pictures import picture_of_one_digit, segment_picture
from digitpad.lattice.strokes import one_digit, segment_ink
from digitpad.network.inputs import Inputs, Raster, Rasters, see_inks, see_rasters
from digitpad.network.manifest import FEATURES, SHIPPED
from digitpad.network.posteriors import Probabilities, judge, softmax
from digitpad.network.runtime import BATCH, Recognizer
from digitpad.picture.decode import Source, load
from digitpad.style import Style

Status = Literal["read", "unsure", "blank"]
Expect = Literal["digit", "number"]
RUNNERS_UP = 3  # alternatives that a reading lists
MOST_POINTS = 4_000  # what twenty slow digits have; denser ink is thinned, each point costs time


@dataclass(frozen=True)
class Alternative:
    """Another way to read the same ink, and how likely it is."""

    text: str
    confidence: float


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit of a reading."""

    digit: str  # "0" to "9"
    probabilities: Probabilities  # (10,), calibrated, sum 1: if it is a digit, which one
    confidence: float  # calibrated probability that it is a digit, and this one
    box: Box  # left, top, right, bottom in the unit of the ink, or px of the picture
    alternatives: tuple[Alternative, ...]
    ink: Ink | None  # without a line that led to the next digit; None when a picture was read
    raster: Raster  # float32 (28, 28) in [0, 1]: what the network saw, without the pen's direction


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read. `text` is the best guess also when unsure, and "" only when blank."""

    text: str
    status: Status
    reason: str | None  # why it is unsure
    confidence: float  # calibrated probability that it is a number and text is right; 0 when blank
    digits: tuple[Digit, ...]
    alternatives: tuple[Alternative, ...]  # runners-up for the whole text


CROWDED = "there is far more in it than a number has"
BLANK = Reading("", "blank", None, 0.0, (), ())


class Reader:
    """Reads digits with one model. Safe to share between threads, not across a fork."""

    def __init__(self, model: str | Path = SHIPPED) -> None:
        """Load the model in folder `model`; raises ModelError when it is damaged or missing."""
        self._recognizer = Recognizer(Path(model))
        self.manifest = self._recognizer.manifest
        self._weights = {
            kind: [weights[name] for name in FEATURES]
            for kind, weights in self.manifest.segmentation.items()
        }

    def read(
        self, source: Ink | Source, expect: Expect = "number", style: Style | None = None
    ) -> Reading:
        """Read ink, or a picture given as path, bytes, PIL image or array.

        `expect` is "number" for one digit or up to 20 side by side, "digit" for exactly one;
        `style` is how the person writes, if that is known. Raises InvalidInput, TooLarge or
        UnsupportedPicture. A reading is `unsure` when its confidence is below the model's
        threshold, and always for a dot.
        """
        if isinstance(source, Ink):
            return self.read_many([source], expect, style)[0]
        _check(expect)
        segment = segment_picture if expect == "number" else picture_of_one_digit
        found = segment(load(source))
        if found is None:
            return BLANK
        return next(self._readings([found[0]], see_rasters(found[1]), "picture", style))

    def read_many(
        self, inks: Sequence[Ink], expect: Expect = "number", style: Style | None = None
    ) -> list[Reading]:
        """Read each ink as `read` does, all in batches through the network."""
        _check(expect)
        segment = segment_ink if expect == "number" else one_digit
        readings: list[Reading] = []
        batch: list[Lattice] = []
        drawn = [ink.thinned(MOST_POINTS) for ink in inks if ink.strokes]
        for number, ink in enumerate(drawn):
            batch.append(segment(ink))
            # Rendering takes 150 kB a candidate, hence batches.
            if number == len(drawn) - 1 or sum(len(b.candidates) for b in batch) >= BATCH:
                inputs = see_inks([ink for lattice in batch for ink in lattice.inks])
                readings += self._readings(batch, inputs, "ink", style)
                batch = []
        given = iter(readings)
        return [next(given) if ink.strokes else BLANK for ink in inks]

    def recognize(self, inputs: Inputs) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the network's calibrated logits (n, 11) and features (n, d), as a Style needs.

        `inputs` (n, 28, 28, CHANNELS) are from `see_inks` or `see_rasters`.
        """
        return self._recognizer(inputs)

    def _readings(
        self, lattices: Sequence[Lattice], inputs: Inputs, kind: str, style: Style | None
    ) -> Iterator[Reading]:
        logits, features = self.recognize(inputs)
        rasters = inputs[..., 0]
        if style is not None:
            logits = style.adjust(self, inputs, logits, features)
        start = 0
        for lattice in lattices:
            part = slice(start, start + len(lattice.candidates))
            yield self._reading(lattice, logits[part], rasters[part], self._weights[kind])
            start = part.stop

    def _reading(
        self,
        lattice: Lattice,
        logits: npt.NDArray[np.float32],
        rasters: Rasters,
        weights: Sequence[float],
    ) -> Reading:
        hypotheses, shares = read_paths(lattice, softmax(logits), weights)
        best, *others = hypotheses
        probabilities, confidences = judge(logits)
        digits = []
        for digit, number in zip(best.text, best.path, strict=True):
            candidate = lattice.candidates[number]
            same = [i for i, c in enumerate(lattice.candidates) if c.pieces == candidate.pieces]
            confidence = shares[same] @ confidences[same]
            mixed = shares[same] / shares[same].sum() @ probabilities[same]
            ranked = [Alternative(DIGITS[d], float(confidence[d])) for d in np.argsort(-confidence)]
            digits.append(
                Digit(
                    digit,
                    mixed.astype(np.float32),
                    max(
                        float(confidence[DIGITS.index(digit)]), best.confidence
                    ),  # it is right if all are
                    candidate.box,
                    tuple(a for a in ranked if a.text != digit)[:RUNNERS_UP],
                    lattice.ink and candidate.ink(lattice.ink),
                    rasters[number].copy(),  # not all candidates' memory
                )
            )
        runners_up = tuple(Alternative(h.text, h.confidence) for h in others[:RUNNERS_UP])
        reason = CROWDED if lattice.crowded else self._doubt(best, runners_up, hypotheses, digits)
        status: Status = "read" if reason is None else "unsure"
        return Reading(best.text, status, reason, best.confidence, tuple(digits), runners_up)

    def _doubt(
        self,
        best: Hypothesis,
        runners_up: Sequence[Alternative],
        hypotheses: Sequence[Hypothesis],
        digits: Sequence[Digit],
    ) -> str | None:
        """Say why a reading is unsure, or None."""
        if len(digits) > LONGEST:
            return f"it looks like more than {LONGEST} digits"
        if len(digits) == 1 and digits[0].ink is not None and digits[0].box.is_dot:
            return "it is only a dot"
        if best.confidence >= self.manifest.threshold:
            return None
        if 1 - sum(h.confidence for h in hypotheses) > best.confidence:
            what = "a digit" if len(digits) == 1 else "a number"
            return f"it does not look like {what}"
        return f"it could also be {runners_up[0].text}"


def _check(expect: str) -> None:
    if expect not in ("digit", "number"):
        raise InvalidInput(f'expect must be "digit" or "number", found {expect!r}')
