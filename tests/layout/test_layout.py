"""A layout's file: what it says, and what is wrong with one."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitpad import Field, Format, InvalidInput, Layout
from digitpad.geometry import Box
from digitpad.layout.layout import MAX_BYTES, MOST_FIELDS
from tests.forms import LAYOUT

PLAIN: dict[str, Any] = {
    "size": [100, 70],
    "fields": {"mark": {"box": [8, 14, 48, 26], "format": {"min": 0, "max": 100}}},
    "marks": [[1, 1, 4, 4], [96, 66, 99, 69]],
}


def test_a_layout_is_written_and_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "form.json").write_text(LAYOUT.to_json())
    read = Layout.load(tmp_path / "form.json")
    assert (read.width, read.height, read.fields) == (100, 70, LAYOUT.fields)
    assert np.array_equal(read.lines, LAYOUT.lines)
    assert read.to_json() == LAYOUT.to_json()


def test_the_layout_in_the_documents_is_one() -> None:
    (text,) = re.findall(r"^```json\n(.*?)^```$", Path("docs/forms.md").read_text(), re.M | re.S)
    number, born = Layout.from_json(text).fields
    assert (number.expect, born.expect) == (Format(pattern=r"\d{5}"), "date")


def test_what_may_be_left_out() -> None:
    found = Layout.from_json(json.dumps(PLAIN | {"fields": {"a": {"box": [1, 2, 3, 4]}}}))
    assert found.fields == (Field("a", Box(1, 2, 3, 4), "number"),)
    assert found.marks == (Box(1, 1, 4, 4), Box(96, 66, 99, 69))
    (mark,) = Layout.from_json(json.dumps(PLAIN)).fields
    assert mark.expect == Format(min=0, max=100)
    named = PLAIN | {"fields": {"a": {"box": [1, 2, 3, 4], "format": "date"}}}
    assert Layout.from_json(json.dumps(named)).fields[0].expect == "date"


def with_field(**more: Any) -> dict[str, Any]:
    return PLAIN | {"fields": {"a": {"box": [1, 2, 3, 4], **more}}}


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ([], "the layout must be an object, found a list"),
        ({"size": [1, 2]}, "the layout must have the key 'fields'"),
        (PLAIN | {"page": 1}, "the layout has an unknown key 'page'"),
        (PLAIN | {"size": [1]}, "size must be 2 numbers within ±1,000,000, found 1 values"),
        (PLAIN | {"size": [1, True]}, "size must be 2 numbers within ±1,000,000, found True"),
        (PLAIN | {"size": [0, 1]}, "size must be above 0"),
        (PLAIN | {"fields": {}}, f"fields must be an object of 1 to {MOST_FIELDS} fields"),
        (PLAIN | {"fields": {"a": {}}}, "fields.a must have the key 'box'"),
        (with_field(box=[3, 2, 1, 4]), "fields.a.box must be left, top, right and bottom"),
        (with_field(box=[1, 2, 3, float("nan")]), "fields.a.box must be 4 numbers"),
        (with_field(format="iban"), "fields.a.format must be a format or one of"),
        (with_field(format={"pattern": "("}), "fields.a.format: pattern, character"),
        (with_field(format={"more": 1}), "fields.a.format has an unknown key 'more'"),
        (PLAIN | {"fields": {"": {"box": [1, 2, 3, 4]}}}, "a field's name must have 1 to"),
        (PLAIN | {"lines": [[1, 2, 3]]}, r"lines\[0\] must be 4 numbers"),
        (PLAIN | {"marks": "no"}, "marks must be a list of at most"),
        (PLAIN | {"marks": []}, "must have printed lines or marks that a page is found by"),
    ],
)
def test_what_is_wrong_is_named(value: Any, complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        Layout.from_json(json.dumps(value))


def test_what_is_no_layout_at_all(tmp_path: Path) -> None:
    for text, complaint in (
        ("{", "the layout is not JSON"),
        ("[" * 100_000, "the layout is not JSON"),
        (" " * (MAX_BYTES + 1), "a layout may have at most 300,000 bytes"),
        ('{"size": [1, 2], "size": [1, 2]}', "the layout has the key 'size' twice"),
    ):
        with pytest.raises(InvalidInput, match=complaint):
            Layout.from_json(text)
    with pytest.raises(InvalidInput, match=r"cannot read .*: No such file"):
        Layout.load(tmp_path / "nothing.json")
