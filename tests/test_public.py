"""The public surface: what users may import, and what it looks like from outside."""

import dataclasses
import inspect

import digitpad
from digitpad import Digit, DigitpadError, Reader, Reading, Style

PUBLIC = {
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
}


def test_the_public_names_are_these() -> None:
    assert set(digitpad.__all__) == PUBLIC
    assert digitpad.__all__ == sorted(digitpad.__all__)
    for name in PUBLIC:
        assert getattr(digitpad, name).__doc__


def test_errors_are_one_family() -> None:
    errors = [getattr(digitpad, name) for name in PUBLIC if name.endswith("Error")]
    errors += [digitpad.InvalidInput, digitpad.TooLarge, digitpad.UnsupportedPicture]
    assert all(issubclass(error, DigitpadError) for error in errors)


def test_results_have_the_documented_fields() -> None:
    assert [field.name for field in dataclasses.fields(Reading)] == [
        "text",
        "status",
        "reason",
        "confidence",
        "digits",
        "alternatives",
    ]
    assert [field.name for field in dataclasses.fields(Digit)] == [
        "digit",
        "probabilities",
        "confidence",
        "box",
        "alternatives",
        "ink",
        "raster",
    ]


def test_public_methods_say_what_they_do() -> None:
    for owner in (Reader, Style):
        for name, method in inspect.getmembers(owner, inspect.isroutine):
            assert name.startswith("_") or inspect.getdoc(method), (owner, name)
