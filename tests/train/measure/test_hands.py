"""Each habit has a row, of the drawings that suit it."""

import dataclasses

import numpy as np

from digitpad import Reader
from digitpad.train.measure.hands import evaluate_hands
from digitpad.train.measure.tables import HANDS, hand_row
from digitpad.train.samples.corpus import Part
from digitpad.train.samples.habits import HABITS
from digitpad.train.sources.unipen import Sample
from tests.drawings import DIGITS

OWN = Sample((DIGITS[4].strokes[0],), "4", "apb/a", "apb", "1a", "1a/a#0")


def part_of(inks: list[Sample]) -> Part:
    return Part(np.zeros((0, 28, 28), np.float32), np.zeros(0, np.uint8), inks, [])


def test_every_habit_that_suits_a_drawing_has_a_row() -> None:
    inks = [
        dataclasses.replace(OWN, label=str(digit), strokes=ink.strokes)
        for digit, ink in enumerate(DIGITS)
    ]
    rows = list(evaluate_hands(Reader(), part_of(inks)))
    assert 8 <= len(rows) <= sum(map(len, HABITS.values()))
    assert "seven crossed, made" in [row["what"] for row in rows]
    for row in rows:
        assert row["drawings"] == 1
        assert row["right"] + row["wrong_and_sure"] <= 1
        assert len(hand_row(row)) == len(HANDS)
    assert sum(row["right"] for row in rows) > len(rows) / 2


def test_what_was_written_so_is_read_as_it_is() -> None:
    rows = list(evaluate_hands(Reader(), part_of([OWN, OWN])))
    (row,) = [row for row in rows if row["what"] == "four in one stroke, as it was written"]
    assert row["drawings"] == 2


def test_without_ink_there_are_no_rows() -> None:
    assert list(evaluate_hands(Reader(), part_of([]))) == []
