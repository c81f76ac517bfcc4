"""What a reading counts as, and how far two counts are apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitpad import Ink, Reader
from digitpad.drift import ASPECTS, LEAST, MIXES, POINTS, compare, reference, seen
from digitpad.network.manifest import SHIPPED, Manifest
from tests.drawings import DIGITS

READER = Reader()
BEFORE = reference(Manifest.load(SHIPPED))


def test_a_reading_is_counted_in_each_mix() -> None:
    two = Ink((*DIGITS[7].strokes, *(stroke + np.array([130, 0]) for stroke in DIGITS[4].strokes)))
    reading = READER.read(two)
    assert reading.text == "74"
    found = list(seen(reading))
    assert found[:2] == [("answers", "read"), ("signs", "none")]
    for kind in ("digits", "strokes", "points", "aspect"):
        assert sum(mix == kind for mix, _ in found) == 2
    assert ("digits", "7") in found
    assert ("strokes", f"{len(reading.digits[1].ink.strokes)}") in found  # type: ignore[union-attr]


def test_pictures_and_blank_pads_have_no_ink_to_count() -> None:
    assert list(seen(READER.read(Ink(())))) == [("answers", "blank"), ("signs", "none")]
    grey = np.full((60, 60), 255, np.uint8)
    grey[10:50, 28:32] = 0
    mixes = {mix for mix, _ in seen(READER.read(grey))}
    assert mixes == {"answers", "signs", "digits", "corrections"}


@given(
    st.lists(st.lists(st.tuples(*[st.floats(-1e9, 1e9)] * 2), min_size=1, max_size=30), max_size=8)
)
def test_whatever_is_read_can_be_counted(strokes: list[list[tuple[float, float]]]) -> None:
    for mix, kind in seen(READER.read(Ink.from_strokes(strokes))):
        assert kind in MIXES[mix]


def test_what_lies_between_two_edges_has_one_name() -> None:
    assert len(MIXES["points"]) == len(POINTS) + 1
    assert MIXES["aspect"][1] == "0.4 to 0.55"
    assert len(MIXES["aspect"]) == len(ASPECTS) + 1


def test_the_index_is_that_of_the_definition() -> None:
    before = {"strokes": {"1": 500_000, "2": 300_000, "3 and more": 200_000}}
    now = {"strokes": {"1": 400_000, "2": 300_000, "3 and more": 300_000}}
    [found] = [shift for shift in compare(before, now) if shift.mix == "strokes"]
    expected = -0.1 * math.log(0.4 / 0.5) + 0.1 * math.log(0.3 / 0.2)
    assert found.index == pytest.approx(expected, abs=1e-5)
    assert found.counted == 1_000_000
    assert found.shares[0] == ("1", 0.5, 0.4)
    assert found.most[0] in ("1", "3 and more")


@pytest.mark.parametrize(
    ("ones", "count", "verdict"),
    [
        (0.8, 1000, "as before"),
        (0.65, 1000, "a little"),
        (0.4, 1000, "much"),
        (0.4, 199, "too few"),
    ],
)
def test_verdicts(ones: float, count: int, verdict: str) -> None:
    before = {"strokes": {"1": 1600, "2": 400}}
    now = {"strokes": {"1": round(ones * count), "2": count - round(ones * count)}}
    [found] = [shift for shift in compare(before, now) if shift.mix == "strokes"]
    assert found.verdict == verdict


def test_as_many_of_the_same_people_have_not_changed() -> None:
    """Drawn at random from the reference: chance alone says "as before" in nearly all mixes."""
    rng, verdicts = np.random.default_rng(0), []
    for _ in range(20):
        now = {}
        for mix, counts in BEFORE.items():
            shares = np.array(list(counts.values())) / sum(counts.values())
            drawn = rng.multinomial(LEAST, shares).tolist()
            now[mix] = dict(zip(counts, drawn, strict=True))
        verdicts += [shift.verdict for shift in compare(BEFORE, now)]
    assert verdicts.count("as before") > 0.95 * len(verdicts)
    assert "much" not in verdicts


def test_what_was_never_seen_before_moves_the_index() -> None:
    now = {**BEFORE, "signs": {"none": 900, "other": 100}}
    found = {shift.mix: shift for shift in compare(BEFORE, now)}
    assert found["signs"].verdict == "much"
    assert {shift.index for mix, shift in found.items() if mix != "signs"} == {0.0}


def test_nothing_counted_says_nothing() -> None:
    for shift in compare(BEFORE, {}):
        assert (shift.counted, shift.verdict) == (0, "too few")
        assert all(now == 0 for _, _, now in shift.shares)
