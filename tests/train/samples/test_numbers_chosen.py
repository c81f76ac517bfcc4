"""Whose drawings numbers are made of: writers take turns, each drawing comes as often."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from digitpad import DataError
from digitpad.train.samples import numbers as module
from digitpad.train.samples.numbers import ENOUGH, Spacing, ink_numbers
from digitpad.train.sources.unipen import Sample
from tests.train.samples.number_drawings import SPACINGS, block, by_writer, small_digits


@pytest.mark.parametrize("spacing", SPACINGS)
def test_ink_numbers_follow_from_their_seed(spacing: Spacing) -> None:
    inks = small_digits()
    one, again, other = (ink_numbers(inks, 4, spacing, 12, seed) for seed in (3, 3, 4))
    assert [n.text for n in one] != [n.text for n in other]
    for number, same in zip(one, again, strict=True):
        assert number.text == same.text
        np.testing.assert_array_equal(number.ink.points, same.ink.points)
        assert len(number.text) == 4
        assert set(np.concatenate(number.owners).tolist()) - {-1} == {0, 1, 2, 3}


def test_one_seed_chooses_the_same_digits_at_either_spacing() -> None:
    inks = small_digits()
    natural, touching = (ink_numbers(inks, 5, spacing, 20, 1) for spacing in SPACINGS)
    assert [n.text for n in natural] == [n.text for n in touching]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `ink_numbers` return the drawings that it would write."""
    monkeypatch.setattr(module, "write_number", lambda drawings, *_: drawings)


def choose(inks: list[Sample], length: int, count: int) -> list[Any]:
    return ink_numbers(inks, length, "natural", count, 0)


def test_writers_take_turns(chosen: None) -> None:
    hands = by_writer()
    lazy = next(iter(hands))
    hands[lazy].pop()
    assert len(hands[lazy]) < ENOUGH
    numbers = choose([made for own in hands.values() for made in own], 3, 2 * len(hands) - 2)
    names = [{made.writer for made in number} for number in numbers]
    assert all(len(name) == 1 for name in names)
    assert Counter(name.pop() for name in names) == {name: 2 for name in hands if name != lazy}


def test_no_drawing_comes_twice_before_all_have_come(chosen: None) -> None:
    own = next(iter(by_writer().values()))
    for number in choose(own, 10, 20):
        assert sorted(made.label for made in number) == sorted(made.label for made in own)
    assert {
        Counter(m.id for m in number).most_common(1)[0][1] for number in choose(own, 12, 20)
    } == {2}


def test_labels_are_uniform_then_drawings_are(chosen: None) -> None:
    own = [block(60, 100 + i, label="7" if i < 3 else "2") for i in range(20)]
    first = [number[0] for number in choose(own, 2, 3000)]
    assert np.mean([made.label == "7" for made in first]) == pytest.approx(0.5, abs=0.03)
    heights = Counter(float(made.strokes[0][1, 1]) for made in first if made.label == "7")
    assert min(heights.values()) > 400
    assert len(heights) == 3


def test_somebody_must_have_written_enough() -> None:
    with pytest.raises(DataError, match="at least 10 digits"):
        ink_numbers([block(60, 100)] * (ENOUGH - 1), 2, "natural", 1, 0)
