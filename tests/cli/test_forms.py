"""`digitpad layout` and `digitpad read --layout`: a row a form."""

import csv
import json
from pathlib import Path

import pytest

from digitpad import Layout
from tests.cli.running import one_line, run
from tests.forms import LAYOUT, TEXTS, page, photograph

FIELDS = list(TEXTS.values())


@pytest.fixture
def forms(folder: Path) -> Path:
    photograph(page()).save("form.png")
    Path("form.json").write_text(LAYOUT.to_json())
    return folder


def test_a_form_is_a_row(forms: Path) -> None:
    result = run("read", "form.png", "3.png", "missing", "--layout", "form.json")
    assert result.exit_code == 1
    form, other, missing = (line.split("\t") for line in result.stdout.splitlines())
    assert form == ["form.png", "read", *FIELDS, ""]
    assert other == ["3.png", "unsure", "", "", "", "the form's printed lines were not found"]
    assert missing[:2] == ["missing", "error"]


def test_json_has_all_of_it(forms: Path) -> None:
    result = run("read", "form.png", "--layout", "form.json", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["file"], told["status"], told["reason"]) == ("form.png", "read", None)
    assert {field["name"]: field["reading"]["text"] for field in told["fields"]} == TEXTS


def test_a_table_says_how_sure_each_field_is(forms: Path) -> None:
    assert run("read", "form.png", "--layout", "form.json", "--out", "a.csv").exit_code == 0
    with Path("a.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert {name: row[name] for name in TEXTS} == TEXTS
    assert all(float(row[f"{name}: sure"]) > 0.5 for name in TEXTS)


def test_a_layout_is_proposed(forms: Path) -> None:
    assert run("layout", "form.png", "--out", "found.json").stdout == "found.json: 3 fields\n"
    assert Layout.load("found.json").to_json() == run("layout", "form.png").stdout
    assert "found no boxes, combs or lines" in one_line(run("layout", "3.png"))


def test_what_does_not_go_together(forms: Path) -> None:
    for more in (("--expect", "date"), ("--pattern", "1"), ("--strict",), ("--out", "a.parquet")):
        result = run("read", "form.png", "--layout", "form.json", *more)
        assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot read nothing.json" in one_line(
        run("read", "form.png", "--layout", "nothing.json")
    )
