"""Reader and Reading: ink or a picture in, digits with calibrated probabilities out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from digitpad import picture
from digitpad.errors import InvalidInput
from digitpad.ink import Box, Ink, is_dot
from digitpad.picture import Source
from digitpad.raster import Raster, raster_inks, raster_picture
from digitpad.recognizer import BATCH, SHIPPED, Recognizer

Status = Literal["read", "unsure", "blank"]
Expect = Literal["digit", "number"]
RUNNERS_UP = 3  # alternatives that a reading lists

Probabilities = npt.NDArray[np.float32]  # (10,) or (n, 10) in [0, 1]


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
    ink: Ink | None  # None when a picture was read
    raster: Raster  # float32 (28, 28) in [0, 1]: what the network saw


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read. `text` is the best guess also when unsure, and "" only when blank."""

    text: str
    status: Status
    reason: str | None  # why it is unsure
    confidence: float  # calibrated probability that it is a number and text is right; 0 when blank
    digits: tuple[Digit, ...]
    alternatives: tuple[Alternative, ...]  # runners-up for the whole text


BLANK = Reading("", "blank", None, 0.0, (), ())


class Reader:
    """Reads digits with one model. Safe to share between threads, not across a fork."""

    def __init__(self, model: str | Path = SHIPPED) -> None:
        """Load the model in folder `model`; raises ModelError when it is damaged or missing."""
        self._recognizer = Recognizer(Path(model))
        self.manifest = self._recognizer.manifest

    def read(self, source: Ink | Source, expect: Expect = "number") -> Reading:
        """Read ink, or a picture given as path, bytes, PIL image or array.

        Raises InvalidInput, TooLarge or UnsupportedPicture. A reading is `unsure` when its
        confidence is below the model's threshold, and always for a dot. `expect="number"` reads
        one digit until the project reads whole numbers.
        """
        if isinstance(source, Ink):
            return self.read_many([source], expect)[0]
        _check(expect)
        raster, box = raster_picture(picture.load(source))
        return BLANK if box is None else self._readings(raster[None], [box], [None])[0]

    def read_many(self, inks: Sequence[Ink], expect: Expect = "number") -> list[Reading]:
        """Read each ink as `read` does, all in batches through the network."""
        _check(expect)
        drawn = [(ink, box) for ink in inks if (box := ink.box) is not None]
        readings: list[Reading] = []
        for start in range(0, len(drawn), BATCH):  # rendering takes 150 kB a drawing
            part, boxes = zip(*drawn[start : start + BATCH], strict=True)
            readings += self._readings(raster_inks(part), boxes, part)
        given = iter(readings)
        return [next(given) if ink.strokes else BLANK for ink in inks]

    def _readings(
        self,
        rasters: npt.NDArray[np.float32],
        boxes: Sequence[Box],
        inks: Sequence[Ink | None],
    ) -> list[Reading]:
        logits, _ = self._recognizer(rasters)
        rows = zip(*judge(logits), boxes, inks, rasters, strict=True)
        return [self._reading(*row) for row in rows]

    def _reading(
        self,
        probabilities: Probabilities,
        confidences: Probabilities,
        box: Box,
        ink: Ink | None,
        raster: Raster,
    ) -> Reading:
        order = np.argsort(-confidences, kind="stable")
        best, *others = [Alternative(str(d), float(confidences[d])) for d in order]
        runners_up = tuple(others[:RUNNERS_UP])
        digit = Digit(best.text, probabilities, best.confidence, box, runners_up, ink, raster)
        reason = None
        if ink is not None and is_dot(box):
            reason = "it is only a dot"
        elif best.confidence < self.manifest.threshold:
            no_digit = 1 - float(confidences.sum())
            doubt = f"it could also be {runners_up[0].text}"
            reason = "it does not look like a digit" if no_digit > best.confidence else doubt
        status: Status = "read" if reason is None else "unsure"
        return Reading(best.text, status, reason, best.confidence, (digit,), runners_up)


def judge(logits: npt.NDArray[np.float32]) -> tuple[Probabilities, Probabilities]:
    """Turn calibrated logits (n, 11) into what a reading states, both float32 (n, 10).

    The probabilities are of the ten digits, if it is one, and sum to 1. The confidences are the
    probabilities that it is a digit *and* this one; what they lack to 1 is that it is none.
    """
    return softmax(logits[:, :10]), softmax(logits)[:, :10]


def softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return probabilities of the same shape and dtype; the last axis sums to 1."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _check(expect: str) -> None:
    if expect not in ("digit", "number"):
        raise InvalidInput(f'expect must be "digit" or "number", found {expect!r}')
