"""Lines are measured by kind, and what became of them is counted right."""

import numpy as np
import pytest

from digitpad.geometry import Box
from digitpad.labels import OTHER, SIGNS
from digitpad.picture.line import LineReader, LineReading, LineText
from digitpad.train.measure import lines
from digitpad.train.measure.lines import evaluate_lines, recipes
from digitpad.train.samples.lines import make_line
from digitpad.train.samples.marks import MARKS
from digitpad.train.samples.paper import PAPERS
from tests.train.people import people


class Recites(LineReader):
    """Says what stands there on even lines, nothing on odd ones; surely on every third."""

    def __init__(self) -> None:
        self.truths: list[tuple[str, ...]] = []
        self.network = type("Network", (), {"manifest": type("M", (), {"threshold": 0.9})})()

    def read(self, grey: np.ndarray, constraint: object = None) -> LineReading:
        number = len(self.truths)
        text = () if number % 2 else self.next
        self.truths.append(self.next)
        best = LineText(text, 0.95 if number % 3 == 0 else 0.5)
        return LineReading((), (best,), np.zeros((4, 4, 9), np.float32), Box(0, 0, 1, 1))

    next: tuple[str, ...] = ()


def test_every_kind_has_a_row() -> None:
    names = [name for name, _ in recipes()]
    assert len(set(names)) == len(names)
    for look in ("ink", "paper"):
        assert {f"{look}: with {sign}" for sign in SIGNS} <= set(names)
        assert f"{look}: letters" in names
        assert {f"{look}: {mark}" for mark in MARKS} - set(names) <= {"ink: cells"}
    assert {f"paper: {paper}" for paper in PAPERS} <= set(names)
    assert {recipe.sign for _, recipe in recipes()} == {None, OTHER, *SIGNS}


def test_outcomes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Recites()

    def make(*arguments: object) -> object:
        made = make_line(*arguments)  # type: ignore[arg-type]
        reader.next = made.tokens
        return made

    monkeypatch.setattr(lines, "make_line", make)
    monkeypatch.setattr(lines, "recipes", lambda: list(recipes())[:2])
    rows = evaluate_lines(reader, people(), 6)
    assert [row["what"] for row in rows] == ["all kinds", "ink: one digit", "ink: 2 digits"]
    for row in rows:
        assert row["right"] == pytest.approx(1 / 2)
        assert row["unsure"] == pytest.approx(2 / 3)
        assert row["blank"] == pytest.approx(1 / 2)
        assert row["wrong_and_sure"] == pytest.approx(1 / 6)
        assert row["error"] == pytest.approx(1 / 2)
    assert rows[0]["lines"] == 12
