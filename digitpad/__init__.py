"""Digitpad reads handwritten digits from pen strokes and pictures."""

import digitpad.config  # noqa: F401  first: it quiets the runtime before that is imported
from digitpad.errors import (
    DataError,
    DigitpadError,
    InvalidInput,
    ModelError,
    RunError,
    TooLarge,
    UnsupportedPicture,
)
from digitpad.ink import Ink
from digitpad.reader import Reader
from digitpad.reading import Alternative, Digit, Reading
from digitpad.style import Example, Style

__version__ = "0.1.0"

__all__ = [
    "Alternative",
    "DataError",
    "Digit",
    "DigitpadError",
    "Example",
    "Ink",
    "InvalidInput",
    "ModelError",
    "Reader",
    "Reading",
    "RunError",
    "Style",
    "TooLarge",
    "UnsupportedPicture",
]
