"""Digitpad reads handwritten digits from pen strokes and pictures.

The public names are imported when they are first used, and NumPy and ONNX Runtime with them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from digitpad.expect import Format
    from digitpad.form import FieldReading, FormReading
    from digitpad.ink import Ink
    from digitpad.layout import Field, Layout
    from digitpad.printed import Printed, Sheet
    from digitpad.reader import Reader
    from digitpad.reading import Alternative, Digit, Mark, Reading, Sign
    from digitpad.style import Example, Style

__version__ = "0.1.0"

__all__ = [
    "Alternative",
    "DataError",
    "Digit",
    "DigitpadError",
    "Example",
    "Field",
    "FieldReading",
    "FormReading",
    "Format",
    "Ink",
    "InvalidInput",
    "Layout",
    "Mark",
    "ModelError",
    "Printed",
    "Reader",
    "Reading",
    "RunError",
    "Sheet",
    "Sign",
    "Style",
    "TooLarge",
    "UnsupportedPicture",
]

if not TYPE_CHECKING:  # type checkers would take any name for one of the module's
    _HOMES = {
        "Format": "expect",
        **dict.fromkeys(("FieldReading", "FormReading"), "form"),
        **dict.fromkeys(("Field", "Layout"), "layout"),
        "Ink": "ink",
        "Reader": "reader",
        **dict.fromkeys(("Printed", "Sheet"), "printed"),
        **dict.fromkeys(("Alternative", "Digit", "Mark", "Reading", "Sign"), "reading"),
        **dict.fromkeys(("Example", "Style"), "style"),
    }

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"digitpad.{_HOMES[name]}"), name)
        globals()[name] = found  # the next time it is found at once
        return found

    def __dir__() -> list[str]:
        return [*__all__, "__version__"]
