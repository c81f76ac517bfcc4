"""The public surface: what users may import, and what it looks like from outside."""

import dataclasses
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import digitpad
from digitpad import Digit, DigitpadError, Reader, Reading, Style
from tests.drawings import DIGITS, render

PUBLIC = {
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
}


def test_the_public_names_are_these() -> None:
    assert set(digitpad.__all__) == PUBLIC
    assert digitpad.__all__ == sorted(digitpad.__all__)
    for name in PUBLIC:
        assert getattr(digitpad, name).__doc__


def test_names_are_imported_when_they_are_used() -> None:
    program = (
        "import sys, digitpad; heavy = {'numpy', 'onnxruntime', 'PIL'};"
        "assert not heavy & set(sys.modules); assert 'Reader' in dir(digitpad);"
        "from digitpad import *; assert heavy <= set(sys.modules);"
        "from digitpad.reader import Reader as same; assert Reader is same"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
    with pytest.raises(AttributeError, match=r"'digitpad' has no attribute 'Writer'"):
        digitpad.Writer  # type: ignore[attr-defined]  # noqa: B018


def test_its_types_are_for_its_users_too() -> None:
    assert (Path(digitpad.__file__).parent / "py.typed").is_file()


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
        "signs",
        "marks",
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


def test_a_reading_is_written_for_json() -> None:
    reader = Reader()
    ink, picture = reader.read(DIGITS[7]), reader.read(render(DIGITS[7]))
    for reading in (ink, picture, reader.read(render(DIGITS[7], colour="white"))):
        written = json.loads(json.dumps(reading.to_dict()))
        assert written.keys() == {field.name for field in dataclasses.fields(Reading)}
        assert written["text"] == reading.text == "".join(d["digit"] for d in written["digits"])
    (seven,) = ink.to_dict()["digits"]
    assert seven["ink"] == {"strokes": DIGITS[7].to_lists()}
    assert seven["box"] == list(DIGITS[7].box or ())
    assert sum(seven["probabilities"]) == pytest.approx(1)
    assert "ink" not in picture.to_dict()["digits"][0]
