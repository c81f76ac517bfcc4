"""Evaluation of numbers: with a reader whose every answer is known, and a row worked by hand."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from digitpad import Digit, Ink, Reader, Reading, Style
from digitpad.geometry import Box
from digitpad.network.inputs import Grey
from digitpad.reader import Expect, Readable
from digitpad.reading import Status
from digitpad.train.measure import numbers as module
from digitpad.train.measure.figures import number_mistakes
from digitpad.train.measure.measures import wilson
from digitpad.train.measure.numbers import (
    COUNT,
    INK_LENGTHS,
    MAIN,
    MORE,
    SCAN_LENGTHS,
    evaluate_numbers,
)
from digitpad.train.measure.tables import _number_tables
from digitpad.train.samples.corpus import Part
from digitpad.train.samples.numbers import GAPS, ink_numbers, picture_numbers
from tests.train import small

FEW = 2
BOX = Box(0.0, 0.0, 1.0, 1.0)


def reading(text: str, confidence: float, status: Status = "read") -> Reading:
    nothing = np.zeros((28, 28), np.float32)
    digits = tuple(Digit(d, nothing[0, :10], confidence, BOX, (), None, nothing) for d in text)
    return Reading(text, status, None, confidence, digits, ())


class Fake(Reader):
    """Reads what it was told that each number is; single digits as 3, and the first as 33."""

    def __init__(self) -> None:
        self.told: list[tuple[object, Reading]] = []  # of the objects themselves
        self.asked: list[Expect] = []
        self.singles = 0

    def read(
        self, source: Readable, expect: Expect = "number", style: Style | None = None
    ) -> Reading:
        self.asked.append(expect)
        for known, answer in self.told:
            if known is source:
                return answer
        self.singles += expect == "number"
        return reading("33" if expect == "number" and self.singles == 1 else "3", 0.9)

    def read_many(
        self, sources: Iterable[Readable], expect: Expect = "number", style: Style | None = None
    ) -> list[Reading]:
        return [self.read(source, expect) for source in sources]


@pytest.fixture
def part() -> Part:
    images, labels = small.load_mnist(Path("nowhere"), "test")
    drawings = [d for d in small.drawings() if d.category == "1a"]
    return Part(images[:30].astype(np.float32) / np.float32(255), labels[:30], drawings, [])


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A reader that reads natural numbers right, touching ones without their last digit."""
    fake = Fake()

    def answer(text: str, spacing: str) -> Reading:
        natural = spacing == "natural"
        return reading(text if natural else text[:-1], 0.8, "read" if natural else "unsure")

    def inks(*given: Any) -> Any:
        numbers = ink_numbers(*given)
        fake.told += [(number.ink, answer(number.text, given[2])) for number in numbers]
        return numbers

    def scans(*given: Any) -> Any:
        numbers = picture_numbers(*given)
        fake.told += [(number.grey, answer(number.text, given[3])) for number in numbers]
        return numbers

    draw = module._picture

    def picture(number: Any, rng: np.random.Generator) -> Grey:
        grey = draw(number, rng)
        fake.told += [(grey, r) for known, r in fake.told if known is number.ink]
        return grey

    monkeypatch.setattr(module, "ink_numbers", inks)
    monkeypatch.setattr(module, "picture_numbers", scans)
    monkeypatch.setattr(module, "_picture", picture)
    return fake


def test_every_cell_is_measured(reader: Fake, part: Part, tmp_path: Path) -> None:
    metrics = evaluate_numbers(reader, part, tmp_path / "new", count=FEW)
    cells = [(row["kind"], row["spacing"], row["length"]) for row in metrics["rows"]]
    assert cells == [
        *(("ink", spacing, length) for spacing in GAPS for length in INK_LENGTHS),
        *(("picture", spacing, MAIN) for spacing in GAPS),
        *(("scans", spacing, length) for spacing in GAPS for length in SCAN_LENGTHS),
    ]
    for row in metrics["rows"]:
        main = row["kind"] == "ink" and row["length"] == MAIN
        assert row["numbers"] == (FEW * MORE if main else FEW)
        natural = row["spacing"] == "natural"
        assert (row["right"], row["unsure"]) == ((1, 0) if natural else (0, 1))
        assert row["right_of_read"] == (1 if natural else None)
        assert row["ece"] == pytest.approx(0.2 if natural else 0.8)
    assert COUNT * MORE > 300
    with Image.open(tmp_path / "new" / "number-mistakes.png") as image:
        assert min(image.size) > 200


def test_single_digits_that_are_split_or_changed(
    reader: Fake, part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "INK_LENGTHS", (2,))
    single = evaluate_numbers(reader, part, tmp_path, count=1)["single"]
    count = len(part.inks)
    assert single == {
        "drawings": 2 * count + 30,
        "split_merged_or_lost": 1 / (2 * count + 30),
        "changed": 1 / (2 * count + 30),
        "ink": {"drawings": count, "split_merged_or_lost": 1 / count, "changed": 1 / count},
        "pictures": {"drawings": count, "split_merged_or_lost": 0, "changed": 0},
        "scans": {"drawings": 30, "split_merged_or_lost": 0, "changed": 0},
    }
    assert reader.asked.count("digit") == 2 * count + 30


def test_without_ink_the_scans_alone_are_measured(reader: Fake, part: Part, tmp_path: Path) -> None:
    metrics = evaluate_numbers(reader, dataclasses.replace(part, inks=[]), tmp_path, count=FEW)
    assert {row["kind"] for row in metrics["rows"]} == {"scans"}
    assert metrics["single"]["drawings"] == metrics["single"]["scans"]["drawings"] == 30
    assert "ink" not in metrics["single"]
    assert not list(tmp_path.iterdir())
    assert [row[0] for row in _number_tables(metrics)[1][2]] == ["scans"]


def test_a_single_scan_is_not_in_the_form_that_passes_as_one_digit(
    reader: Fake, part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.network.inputs import is_mnist_form

    seen: list[bool] = []
    read = Fake.read

    def look(self: Fake, source: Any, expect: Expect = "number") -> Reading:
        if isinstance(source, np.ndarray):
            seen.append(is_mnist_form(source))
        return read(self, source, expect)

    monkeypatch.setattr(Fake, "read", look)
    evaluate_numbers(reader, part, tmp_path, count=1)
    assert len(seen) == 2 + 2 * len(SCAN_LENGTHS) + 2 * (len(part.inks) + 30)
    assert not any(seen)


def test_a_row() -> None:
    read = [reading("12", 0.9), reading("1", 0.4, "unsure"), reading("34", 0.8), reading("5", 0.7)]
    row = module._row("ink", "natural", ["12", "12", "39", "56"], read)
    assert row.pop("ece_if_perfect") > 0
    assert row == {
        "kind": "ink",
        "spacing": "natural",
        "length": 2,
        "numbers": 4,
        "right": 0.25,
        "interval_95": pytest.approx(wilson(1, 4)),
        "unsure": 0.25,
        "right_of_read": pytest.approx(1 / 3),
        "ece": pytest.approx((0.1 + 0.4 + 0.8 + 0.7) / 4),
    }


def test_tables_have_every_row(
    reader: Fake, part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "number_mistakes", lambda *_: None)
    metrics = evaluate_numbers(reader, part, tmp_path, count=FEW)
    ((title, header, rows), (_, columns, single)) = _number_tables(metrics)
    assert title
    assert len(rows) == len(metrics["rows"])
    assert {len(row) for row in rows} == {len(header)}
    assert sum("none is read" in row for row in rows) == len(rows) / 2
    assert not any("-0" in cell for row in rows for cell in row)
    assert [row[0] for row in single] == ["ink", "pictures", "scans"]
    assert {len(row) for row in single} == {len(columns)}


def test_pictures_hold_all_of_the_ink(part: Part) -> None:
    rng = np.random.default_rng(0)
    papers = set()
    for number in ink_numbers(part.inks, MAIN, "natural", 30, 1):
        grey = module._picture(number, rng)
        paper = grey[0, 0]
        papers.add(float(paper))
        for edge in (grey[0], grey[-1], grey[:, 0], grey[:, -1]):
            assert (edge == paper).all()
        inked = np.abs(grey - paper) > 0.5
        height = np.ptp(np.flatnonzero(inked.any(axis=1))) + 1
        width = np.ptp(np.flatnonzero(inked.any(axis=0))) + 1
        left, top, right, bottom = number.ink.box or (0, 0, 0, 0)
        assert width / height == pytest.approx((right - left) / (bottom - top), rel=0.15)
    assert papers == {0.0, 1.0}


@pytest.mark.parametrize("wrong", [0, 1, 7])
def test_mistakes_are_drawn(wrong: int, tmp_path: Path) -> None:
    inks = [Ink.from_strokes([[(0, 0), (5, 9)], [(7, 3)]])] * 9
    readings = [("12", 0.9)] * 9
    texts = ["13"] * wrong + ["12"] * (9 - wrong)
    number_mistakes(inks, texts, readings, tmp_path / "mistakes.png")
    with Image.open(tmp_path / "mistakes.png") as image:
        rows = max(1, -(-wrong // 5))
        assert image.size == (1680, 224 * rows)
        grey = np.asarray(image.convert("L"))
        assert (grey < 128).any() == (wrong > 0)
