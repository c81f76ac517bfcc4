"""The gate: what it measures, and each way not to pass it."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitpad.errors import Conflict, InvalidInput
from digitpad.network.inputs import raster_inks
from digitpad.network.manifest import SHIPPED
from digitpad.reader import Reader
from digitpad.store import Database, versions
from digitpad.style import Example
from digitpad.train.release import gate
from digitpad.train.release.gate import Comparison, Figures
from digitpad.train.samples.corpus import Part, to_ink
from tests.drawings import DIGITS
from tests.train import small

SERVED = Figures(
    drawings=2000, right=1980, ece=0.004, mistakes={"a": 3, "b": 0}, corrections=9, corrected=2
)
BETTER = dataclasses.replace(SERVED, corrected=3)


def failures(**changes: Any) -> list[str]:
    return Comparison(None, SERVED, dataclasses.replace(BETTER, **changes)).failures()


@pytest.mark.parametrize(
    ("enough", "too_much", "words"),
    [
        ({"right": 1978}, {"right": 1977}, "0.15% fewer drawings right, expected 0.1%"),
        ({"mistakes": {"a": 0, "b": 2}}, {"mistakes": {"a": 0, "b": 3}}, "3 more of b, expected 2"),
        ({"ece": 0.0049}, {"ece": 0.0051}, "calibration error is 0.11% more, expected 0.1%"),
        ({"corrected": 3}, {"corrected": 2}, "2 of 9 held-out corrections right"),
    ],
)
def test_each_limit(enough: Any, too_much: Any, words: str) -> None:
    assert failures(**enough) == []
    [failure] = failures(**too_much)
    assert words in failure


def test_without_held_out_corrections_nothing_passes() -> None:
    none = dataclasses.replace(SERVED, corrections=0, corrected=0)
    assert len(Comparison(None, none, none).failures()) == 1


def test_the_table_has_both_side_by_side() -> None:
    candidate = dataclasses.replace(BETTER, mistakes={"a": 1, "b": 2})
    rows = Comparison(None, SERVED, candidate).rows()
    assert [row[1:] for row in rows] == [
        ("99.00%", "99.00%"), ("0.40%", "0.40%"), ("0", "2"), ("2", "3"),
    ]  # fmt: skip
    assert "writer who loses most, b" in rows[2][0]


def test_what_is_measured() -> None:
    inks = [d for d in small.drawings() if d.category == "1a"][:40]
    wrong = dataclasses.replace(inks[0], label="9")
    reader = Reader()
    scans = raster_inks(DIGITS)
    part = Part(scans, np.arange(10, dtype=np.uint8), [wrong, *inks[1:]], [])
    said = [int(r.text) for r in reader.read_many([to_ink(d) for d in part.inks], "digit")]
    missed = [d.writer for d, digit in zip(part.inks, said, strict=True) if int(d.label) != digit]
    noise = np.random.default_rng(0).random((28, 28), np.float32)
    held_out = [
        Example(DIGITS[7], "7"),  # right
        Example(scans[7], "1"),  # wrong
        Example(noise, None),  # right
        Example(DIGITS[7], None),  # wrong: it reads
    ]
    figures = gate.measure(reader, part, held_out)
    scans_right = sum(r.text == str(i) for i, r in enumerate(reader.read_many(DIGITS, "digit")))
    assert figures.drawings == 50
    assert figures.right == scans_right + 40 - len(missed)
    assert set(figures.mistakes) == {d.writer for d in inks}
    assert {n: k for n, k in figures.mistakes.items() if k} == {
        name: missed.count(name) for name in missed
    }
    assert inks[0].writer in missed
    assert (figures.corrections, figures.corrected) == (4, 2)
    assert 0 <= figures.ece <= 1


def registered(database: Database, name: str) -> versions.Version:
    manifest = json.loads((SHIPPED / "manifest.json").read_text())
    network = (SHIPPED / "digits.onnx").read_bytes()
    versions.register(database, {**manifest, "version": name}, network, "d" * 64)
    return versions.find(database, name)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path}/digitpad.db")


def test_only_what_passed_is_promoted(database: Database) -> None:
    with pytest.raises(InvalidInput, match="never measured"):
        gate.promote(database, registered(database, "a"))
    gate.record(database, "a", Comparison(None, SERVED, SERVED))
    with pytest.raises(Conflict, match=r"a is not promoted.*held-out"):
        gate.promote(database, versions.find(database, "a"))
    assert versions.current(database) is None
    passed = Comparison(None, SERVED, BETTER)
    gate.record(database, "a", passed)
    found = versions.find(database, "a")
    assert gate.recorded(found) == passed
    gate.promote(database, found)
    assert versions.current(database) == "a"
    assert versions.load(database, "a").manifest.training["gate"]["candidate"]["corrected"] == 3


def test_what_passed_beside_another_model_is_not_promoted(database: Database) -> None:
    for name in ("a", "b"):
        registered(database, name)
        gate.record(database, name, Comparison(None, SERVED, BETTER))
    gate.promote(database, versions.find(database, "a"))
    with pytest.raises(Conflict, match="compared with the shipped model, but a is served"):
        gate.promote(database, versions.find(database, "b"))
    assert versions.current(database) == "a"
    gate.record(database, "b", Comparison("a", SERVED, BETTER))
    gate.promote(database, versions.find(database, "b"))
    assert versions.current(database) == "b"


def test_a_version_that_is_not_there(database: Database) -> None:
    for call in (
        lambda: gate.record(database, "x", Comparison(None, SERVED, BETTER)),
        lambda: versions.find(database, "x"),
    ):
        with pytest.raises(InvalidInput, match="no version x"):
            call()
