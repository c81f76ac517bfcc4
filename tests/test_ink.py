"""Ink: parsing, checking, moving."""

import math
from typing import Any

import numpy as np
import pytest

from digitpad import Ink, InvalidInput, TooLarge
from digitpad.ink import MAX_POINTS, MAX_STROKES


def test_points_keep_their_place_and_time_is_dropped() -> None:
    ink = Ink.from_strokes([[(1, 2), (3, 4, 99)], np.array([[5, 6]])])
    assert [stroke.tolist() for stroke in ink.strokes] == [[[1, 2], [3, 4]], [[5, 6]]]
    assert ink.box == (1, 2, 5, 6)
    assert ink.to_lists() == [[[1, 2], [3, 4]], [[5, 6]]]


def test_strokes_without_points_vanish() -> None:
    ink = Ink.from_strokes([[], [(1, 1)], np.empty((0, 2))])
    assert len(ink.strokes) == 1
    assert Ink.from_strokes([]).box is None
    assert Ink.from_strokes([]).points.shape == (0, 2)


def test_transform_turns_then_shifts() -> None:
    ink = Ink.from_strokes([[(1, 0), (0, 2)]]).transform([[0, -1], [1, 0]], (10, 20))
    assert ink.to_lists() == [[[10, 21], [8, 20]]]


@pytest.mark.parametrize(
    ("strokes", "place"),
    [
        ("7", "strokes"),
        (None, "strokes"),
        ([7], "strokes[0]"),
        (["77"], "strokes[0]"),
        ([[(0, 0)], [(1, 2), 3]], "strokes[1][1]"),
        ([[(0, 0), (1,)]], "strokes[0][1]"),
        ([[(0, 0), (1, 2, 3, 4)]], "strokes[0][1]"),
        ([[(0, math.nan)]], "strokes[0][0].y"),
        ([[(math.inf, 0)]], "strokes[0][0].x"),
        ([[(0, 0, math.inf)]], "strokes[0][0].t"),
        ([[(0, 0), (True, 0)]], "strokes[0][1].x"),
        ([[(0, "1")]], "strokes[0][0].y"),
        ([[(0, None)]], "strokes[0][0].y"),
        ([[(10**400, 0)]], "strokes[0][0].x"),
        ([[(0, 0), (1e12, 0)]], "strokes[0][1]"),
        ([np.zeros((3, 4))], "strokes[0]"),
        ([np.array([[0, np.nan]])], "strokes[0][0]"),
        ([np.array([["a", "b"]])], "strokes[0]"),
    ],
)
def test_wrong_values_are_named_by_their_place(strokes: Any, place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Ink.from_strokes(strokes)
    assert str(caught.value).startswith(place + " ")


def test_more_points_than_the_limit_are_refused_across_strokes() -> None:
    half = np.zeros((MAX_POINTS // 2, 2))
    assert len(Ink.from_strokes([half, half]).points) == MAX_POINTS
    with pytest.raises(TooLarge, match="20,000"):
        Ink.from_strokes([half, half, [(0, 0)]])


def test_more_strokes_than_the_limit_are_refused() -> None:
    assert Ink.from_strokes([[]] * MAX_STROKES).strokes == ()
    with pytest.raises(TooLarge, match="at most 1,000 strokes"):
        Ink.from_strokes([[(0, 0)]] * (MAX_STROKES + 1))


@pytest.mark.parametrize("sizes", [(5_000,), (300, 300), (501,), (1,) * 400 + (900,), (40,) * 600])
def test_thinned_ink_has_few_points_and_keeps_its_ends(sizes: tuple[int, ...]) -> None:
    ink = Ink(tuple(np.random.default_rng(n).random((n, 2)) for n in sizes))
    thinned = ink.thinned(500)
    assert len(thinned.points) <= max(500, 2 * len(sizes))
    for before, after in zip(ink.strokes, thinned.strokes, strict=True):
        np.testing.assert_array_equal(after[[0, -1]], before[[0, -1]])
    again = thinned.thinned(500)
    for before, after in zip(thinned.strokes, again.strokes, strict=True):
        np.testing.assert_array_equal(after, before)


def test_ink_of_few_points_is_not_thinned() -> None:
    ink = Ink((np.zeros((500, 2)),))
    assert ink.thinned(500) is ink
