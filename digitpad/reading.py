"""What was read: digits with calibrated probabilities, and how sure it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from digitpad.geometry import Box
from digitpad.ink import Ink
from digitpad.network.inputs import Raster
from digitpad.network.posteriors import Probabilities

Status = Literal["read", "unsure", "blank"]


@dataclass(frozen=True)
class Alternative:
    """Another way to read the same ink, and how likely it is."""

    text: str
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"text": self.text, "confidence": self.confidence}


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

    def __repr__(self) -> str:
        return f"<Digit {self.digit}, {self.confidence:.2%} sure>"

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON: all but the raster, and `ink` only where ink was read."""
        ink = {} if self.ink is None else {"ink": {"strokes": self.ink.to_lists()}}
        return {
            "digit": self.digit,
            "confidence": self.confidence,
            "probabilities": self.probabilities.tolist(),
            "box": list(self.box),
            "alternatives": [other.to_dict() for other in self.alternatives],
            **ink,
        }


@dataclass(frozen=True, eq=False)
class Sign:
    """What stands beside the digits and is said: a point, a minus, letters."""

    sign: str  # of `labels.SIGNS`; "other" is none of them, "struck" what was struck out
    confidence: float  # how likely its ink is that sign's
    box: Box
    ink: Ink | None  # None when a picture was read, or it is printed
    is_printed: bool = False  # on the paper: whoever asked said so

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON: `printed` only where it is."""
        printed = {"printed": True} if self.is_printed else {}
        return {"sign": self.sign, "confidence": self.confidence, "box": list(self.box), **printed}


@dataclass(frozen=True, eq=False)
class Mark:
    """Ink that is drawn at, around or through what stands there, and says nothing."""

    kind: str  # of `labels.MARKS`
    box: Box
    ink: Ink | None

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"kind": self.kind, "box": list(self.box)}


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read. `text` is the best guess also when unsure, and "" only when blank."""

    text: str
    status: Status
    reason: str | None  # why it is unsure
    confidence: float  # calibrated probability that text is right; 0 when blank
    digits: tuple[Digit, ...]
    alternatives: tuple[Alternative, ...]  # runners-up for the whole text
    signs: tuple[Sign, ...] = ()  # from left to right
    marks: tuple[Mark, ...] = ()

    def __repr__(self) -> str:
        if self.status == "blank":
            return "<Reading blank>"
        why = "" if self.reason is None else f": {self.reason}"
        return f"<Reading {self.text!r}, {self.status}, {self.confidence:.2%} sure{why}>"

    def moved(self, place: Callable[[Box], Box]) -> "Reading":
        """Return the same with each box where `place` says."""
        return replace(
            self,
            digits=tuple(replace(digit, box=place(digit.box)) for digit in self.digits),
            signs=tuple(replace(sign, box=place(sign.box)) for sign in self.signs),
            marks=tuple(replace(mark, box=place(mark.box)) for mark in self.marks),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON: the one form, of the command line and of the HTTP interface."""
        return {
            "text": self.text,
            "status": self.status,
            "reason": self.reason,
            "confidence": self.confidence,
            "alternatives": [other.to_dict() for other in self.alternatives],
            "digits": [digit.to_dict() for digit in self.digits],
            "signs": [sign.to_dict() for sign in self.signs],
            "marks": [mark.to_dict() for mark in self.marks],
        }


BLANK = Reading("", "blank", None, 0.0, (), ())
