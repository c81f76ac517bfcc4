"""Corrections to keep in tests."""

from typing import Any
from uuid import uuid4

from digitpad.network.drawing import Drawing
from digitpad.network.inputs import raster_inks
from digitpad.store.corrections import Correction
from tests.drawings import DIGITS

MODEL = "a" * 64


def correction(digit: int = 7, label: str | None = "1", **changes: Any) -> Correction:
    """A drawing of a digit, corrected."""
    fields = {
        "id": uuid4(),
        "drawing": Drawing.of(DIGITS[digit]),
        "label": label,
        "predicted": str(digit),
        "model": MODEL,
    }
    return Correction(**{**fields, **changes})


def picture(digit: int = 7, **changes: Any) -> Correction:
    """A digit of a picture, corrected."""
    [raster] = raster_inks([DIGITS[digit]])
    return correction(digit, drawing=Drawing.of(raster), **changes)
