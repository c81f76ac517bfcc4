"""Candidates of a number: the right path is among them, whatever the order, place and size."""

import dataclasses
from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitpad import Ink
from digitpad.lattice.candidate import Candidate
from digitpad.lattice.decode import Lattice
from digitpad.lattice.groups import MOST_PIECES
from digitpad.lattice.strokes import one_digit, segment_ink
from tests.drawings import DIGITS, in_one_stroke, placed, together, zigzag
from tests.lattices import best_overlap, check, strokes_of

RNG = np.random.default_rng(0)

SLASH = np.array([(82.0, 4), (14, 132)])
BAR = np.array([(36.0, 70), (88, 68)])
SEVERAL = {  # digits of two strokes
    "a slashed zero": Ink((*DIGITS[0].strokes, SLASH)),
    "a crossed seven": Ink((*DIGITS[7].strokes, BAR)),
    "a four": DIGITS[4],
    "a five": DIGITS[5],
}
# One stroke each, so that a pen that is not lifted makes them one
JOINED = ("23", "22", "33", "32", "20", "02", "00", "86", "99", "68")


def drawn(lattice: Lattice) -> Iterator[tuple[Candidate, Ink]]:
    """Yield the candidates with their ink."""
    return zip(lattice.candidates, lattice.inks, strict=True)


def found_path(lattice: Lattice, digits: list[Ink]) -> list[Candidate]:
    """The candidates that hold exactly the strokes of each digit."""
    path = []
    for digit in digits:
        wanted = strokes_of(digit)
        (candidate,) = (c for c, ink in drawn(lattice) if strokes_of(ink) == wanted)
        path.append(candidate)
    return path


@pytest.mark.parametrize("gap", [-0.05, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("text", ["2047", "1234567890", "44", "555", "17", "3", "01", "8765432109"])
def test_the_digits_are_a_path(text: str, gap: float) -> None:
    digits = placed(text, gap)
    lattice = segment_ink(together(digits))
    check(lattice)
    path = found_path(lattice, digits)
    assert [candidate.box for candidate in path] == [digit.box for digit in digits]
    used = [candidate.pieces for candidate in path]
    assert sum(used) == np.bitwise_or.reduce(used) == lattice.whole
    assert used == sorted(used)
    assert all(candidate.geometry.cuts == 0 for candidate in path)


@pytest.mark.parametrize("text", ["2047", "1234567890"])
@pytest.mark.parametrize("rise", [-0.3, 0.0, 0.3])
def test_strokes_may_come_in_any_order(text: str, rise: float) -> None:
    ink = together(placed(text, 0.3, rise))
    wanted = [(c.pieces, c.box) for c in segment_ink(ink).candidates]
    rng = np.random.default_rng(1)
    for _ in range(5):
        order = rng.permutation(len(ink.strokes))
        shuffled = segment_ink(Ink(tuple(ink.strokes[i] for i in order)))
        assert [(c.pieces, c.box) for c in shuffled.candidates] == wanted


def test_a_stroke_of_another_digit_in_between_is_counted() -> None:
    four, seven = placed("47")
    begun, ended = four.strokes
    late = segment_ink(Ink((begun, *seven.strokes, ended)))
    soon = segment_ink(Ink((begun, ended, *seven.strokes)))
    assert found_path(late, [four])[0].geometry.interrupted == 1
    assert all(c.geometry.interrupted == 0 for c in found_path(soon, [four, seven]))


@given(st.floats(-9, 6), st.floats(-100, 100), st.floats(-100, 100))
def test_place_and_size_change_no_candidate(power: float, x: float, y: float) -> None:
    ink, scale = together(placed("2047", 0.3)), 10**power
    wanted = segment_ink(ink)
    found = segment_ink(ink.transform(np.eye(2) * scale, (x * scale, y * scale)))
    assert found.pieces == wanted.pieces
    assert [c.pieces for c in found.candidates] == [c.pieces for c in wanted.candidates]
    for one, other in zip(found.candidates, wanted.candidates, strict=True):
        np.testing.assert_allclose(one.geometry, other.geometry, atol=1e-6)
        np.testing.assert_allclose(np.array(one.box) / scale - [x, y, x, y], other.box, atol=1e-6)


@pytest.mark.parametrize("scale", [1e-150, 1e-30, 1e-9])
def test_ink_may_be_tiny(scale: float) -> None:
    ink = together(placed("2047", 0.3))
    found = segment_ink(ink.transform(np.eye(2) * scale))
    wanted = segment_ink(ink)
    assert [c.pieces for c in found.candidates] == [c.pieces for c in wanted.candidates]
    for one, other in zip(found.candidates, wanted.candidates, strict=True):
        np.testing.assert_allclose(one.geometry, other.geometry, atol=1e-6)


@pytest.mark.parametrize("name", SEVERAL)
def test_a_digit_of_two_strokes_is_one_candidate(name: str) -> None:
    digit = SEVERAL[name]
    lattice = segment_ink(digit)
    assert lattice.pieces > 1
    (whole,) = (c for c in lattice.candidates if c.pieces == lattice.whole)
    assert whole.box == digit.box
    assert whole.geometry.gap == 0
    others = [DIGITS[2].transform(np.eye(2), (x, 0)) for x in (-130, 120)]
    ink = together([others[0], digit, others[1]])
    assert len(found_path(segment_ink(ink), [others[0], digit, others[1]])) == 3


def test_a_bar_may_be_long_and_added_at_the_end() -> None:
    bar = np.array([(28.0, 10), (190, 4)])  # wider than the five is tall
    five = Ink((DIGITS[5].strokes[0], bar))
    (whole,) = (c for c in segment_ink(five).candidates if c.pieces.bit_count() == 2)
    assert whole.box == five.box


def test_a_bar_may_be_long_between_other_digits() -> None:
    body, bar = DIGITS[5].strokes[0], np.array([(80.0, 10), (240, 4)])
    seven, two = (DIGITS[k].transform(np.eye(2), (x, 0.0)) for k, x in ((7, -90), (2, 245)))
    lattice = segment_ink(Ink((*seven.strokes, body, bar, *two.strokes)))
    five = Ink((body, bar))
    assert sum(c.box == five.box for c in lattice.candidates) == 1


def test_a_stroke_may_be_cut_on_both_sides_of_another() -> None:
    """As an open four's angle, which lies before its stem and goes on behind it."""
    angle = np.array([(30.0, 0), (0, 80), (2, 82), (30, 80), (56, 78), (112, 76)])
    four = Ink((angle, np.array([(75.0, 20), (62, 110)])))
    lattice = segment_ink(together([four, DIGITS[2].transform(np.eye(2), (150, -20))]))
    (whole,) = (c for c, ink in drawn(lattice) if strokes_of(ink) == strokes_of(four))
    assert whole.pieces.bit_count() == 3
    assert whole.geometry.cuts == 0


def test_a_stroke_is_one_candidate_however_far_apart_its_parts_are() -> None:
    """As a zero whose two sides were cut from each other."""
    zero = np.array([(60.0, 0), (10, 30), (0, 60), (20, 100), (105, 100), (130, 60), (110, 10)])
    lattice = segment_ink(together([Ink((zero,)), DIGITS[2].transform(np.eye(2), (150, -20))]))
    assert lattice.pieces > 2
    assert any(strokes_of(ink) == [zero.tolist()] for ink in lattice.inks)


@pytest.mark.parametrize("text", JOINED)
@pytest.mark.parametrize("gap", [0.15, 0.3])
def test_two_digits_in_one_stroke_are_cut(text: str, gap: float) -> None:
    one, two = placed(text, gap)
    ink, _ = in_one_stroke(one, two, 5)
    (joined,) = ink.strokes
    lattice = segment_ink(ink)
    check(lattice)
    assert one.box
    assert two.box
    assert best_overlap(lattice, [one.box, two.box]) > 0.6
    assert any(strokes_of(ink) == [joined.tolist()] for ink in lattice.inks)
    for candidate in lattice.candidates:
        cuts = candidate.geometry.cuts
        assert (cuts == 0) == (candidate.pieces == lattice.whole)


@pytest.mark.parametrize("text", ["00", "01", "02", "10", "20", "81"])
def test_a_line_to_the_next_digit_is_in_neither(text: str) -> None:
    one, two = placed(text, 0.3)
    ink, line = in_one_stroke(one, two)
    lattice = segment_ink(ink)
    middle = set(map(tuple, line[2:-2]))
    without = [c for c, ink in drawn(lattice) if not middle & set(map(tuple, ink.points))]
    path = dataclasses.replace(lattice, candidates=tuple(without))
    assert one.box
    assert two.box
    assert best_overlap(path, [one.box, two.box]) > 0.85


def test_what_is_not_straight_stays() -> None:
    one, two = placed("33", 0.15)
    (stroke,) = in_one_stroke(one, two)[0].strokes
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    at = np.arange(0, way[-1], 5)
    even = np.stack([np.interp(at, way, axis) for axis in stroke.T], axis=1)
    across = np.gradient(even, axis=0)[:, ::-1] / 5 * [-1, 1]
    crooked = even + 12 * np.abs((at / 20) % 2 - 1)[:, None] * across  # no line is much above 20
    lattice = segment_ink(Ink((crooked,)))
    assert lattice.pieces > 1
    assert max(Counter(c.pieces for c in lattice.candidates).values()) == 1


def test_a_stroke_among_many_pieces_of_another_is_no_digit() -> None:
    """Or the ways through a lattice would be without number."""
    one = zigzag(9, 30)
    lattice = segment_ink(Ink((one, one + np.array([15, 0]))))
    assert lattice.pieces >= 10
    assert not any(strokes_of(ink) == [one.tolist()] for ink in lattice.inks)


HARD: dict[str, list[npt.NDArray[np.float64]]] = {
    "many zigzags": [zigzag(7, 20) + np.array([60.0 * i, 0]) for i in range(12)],
    "one point": [np.array([(5.0, 5)])],
    "a point, often": [np.array([(5.0, 5)])] * 200,
    "points far apart": [np.array([(-1e9, -1e9)]), np.array([(1e9, 1e9)])],
    "a digit and a point far away": [*DIGITS[3].strokes, np.array([(-1e9, 1e9)])],
    "a line": [np.array([(0.0, 0), (100, 0)])],
    "the widest line": [np.array([(-1e9, 0.0), (1e9, 0)])],
    "an upright line": [np.array([(0.0, 0), (0, 100)])],
    "tiny strokes": list(RNG.uniform(0, 100, (5000, 1, 2)) + RNG.uniform(-0.5, 0.5, (5000, 2, 2))),
    "points": list(RNG.uniform(0, 100, (5000, 1, 2))),
    "bars": [np.array([(60.0 * i, 0), (60 * i, 100)]) for i in range(MOST_PIECES)],
    "bars close together": [np.array([(0.5 * i, 0), (0.5 * i, 100)]) for i in range(MOST_PIECES)],
    "too many bars": [np.array([(60.0 * i, 0), (60 * i, 100)]) for i in range(MOST_PIECES + 1)],
    "strokes over each other": list(RNG.uniform(0, 100, (30, 10, 2))),
    "more strokes over each other": list(RNG.uniform(0, 100, (90, 10, 2))),
    "one stroke many times": list(DIGITS[8].strokes) * MOST_PIECES,
    "a scribble": [RNG.uniform(0, 100, (2000, 2))],
    "a wave": [np.stack([np.linspace(0, 4000, 900), np.tile([0.0, 100, 0], 300)], 1)],
    "a tall stroke beside short ones": [np.array([(-9.0, -1e6), (-9, 1e6)]), *DIGITS[4].strokes],
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("scale", [1.0, 1e-180])
def test_any_ink_has_some_candidates(name: str, scale: float) -> None:
    ink = Ink(tuple(stroke * scale for stroke in HARD[name]))
    lattice = segment_ink(ink)
    check(lattice)
    box = ink.box
    assert box is not None
    boxes = np.array([candidate.box for candidate in lattice.candidates])
    found = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    assert found == box
    for candidate, own in drawn(lattice):
        assert own.box == candidate.box


@pytest.mark.parametrize("name", HARD)
def test_as_one_digit_ink_is_one_candidate(name: str) -> None:
    ink = Ink(tuple(HARD[name]))
    lattice = one_digit(ink)
    check(lattice)
    assert lattice.pieces == len(lattice.candidates) == 1
    assert strokes_of(lattice.inks[0]) == strokes_of(ink)
    assert max(lattice.candidates[0].geometry) < 10  # or confidences would drown in rounding


@given(st.lists(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)), min_size=1,
                         max_size=6), min_size=1, max_size=12))  # fmt: skip
def test_no_ink_is_lost_or_used_twice(strokes: list[list[tuple[float, float]]]) -> None:
    ink = Ink.from_strokes(strokes)
    lattice = segment_ink(ink)
    check(lattice)
    whole: dict[int, list[list[float]]] = {}
    for candidate, own in drawn(lattice):
        points = own.points.tolist()
        if candidate.pieces.bit_count() == 1 and len(points) > len(whole.get(candidate.pieces, [])):
            whole[candidate.pieces] = points  # with the lines that lead on
    found = [point for points in whole.values() for point in points]
    assert sorted(found) == sorted(ink.points.tolist())
