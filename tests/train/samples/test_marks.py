"""Marks go around digits and change nothing that is said, but for strikes."""

import numpy as np
import pytest

from digitpad.geometry import length, union
from digitpad.labels import MARKS as KINDS
from digitpad.labels import STRUCK
from digitpad.train.samples.marks import MARKS
from digitpad.train.samples.texts import DIGIT
from digitpad.train.samples.writing import Piece, draw_hand, write
from tests.train.people import people


def number(seed: int, digits: int = 4) -> list[Piece]:
    rng = np.random.default_rng(seed)
    return write(people(), [DIGIT] * digits, draw_hand(rng, False), rng)


def said(pieces: list[Piece]) -> list[str]:
    return [piece.token for piece in pieces if piece.token is not None]


@pytest.mark.parametrize("name", sorted(set(MARKS) - {"strike"}))
def test_a_mark_changes_nothing_that_is_said(name: str) -> None:
    for seed in range(30):
        plain = number(seed)
        marked = MARKS[name](plain, np.random.default_rng(seed))
        assert marked[: len(plain)] == plain
        (mark,) = marked[len(plain) :]
        assert mark.token is None
        assert mark.kind in KINDS
        assert all(np.isfinite(stroke).all() and len(stroke) > 1 for stroke in mark.strokes)


@pytest.mark.parametrize("name", sorted(MARKS))
def test_paper_without_writing_takes_marks_too(name: str) -> None:
    for seed in range(10):
        assert said(MARKS[name]([], np.random.default_rng(seed))) == []


@pytest.mark.parametrize("name", ["circle", "box", "cells"])
def test_what_goes_around_is_outside(name: str) -> None:
    for seed in range(30):
        plain = number(seed)
        around = union(piece.box for piece in plain)
        mark = MARKS[name](plain, np.random.default_rng(seed))[-1]
        assert mark.box.left < around.left + 0.15
        assert mark.box.right > around.right - 0.15
        assert mark.box.bottom > around.bottom - 0.15


def test_specks_stand_where_no_sign_does() -> None:
    for seed in range(200):
        plain = number(seed)
        around = union(piece.box for piece in plain)
        for stroke in MARKS["speck"](plain, np.random.default_rng(seed))[-1].strokes:
            above, below = around.top - stroke[:, 1].max(), stroke[:, 1].min() - around.bottom
            beside = max(around.left - stroke[:, 0].max(), stroke[:, 0].min() - around.right)
            assert max(above, below, beside) > 0
            assert np.hypot(*np.ptp(stroke, axis=0)) < 0.25


def test_a_strike_takes_the_digits_under_it() -> None:
    for seed in range(100):
        plain = number(seed)
        struck = MARKS["strike"](plain, np.random.default_rng(seed))
        tokens = said(struck)
        assert tokens.count(STRUCK) == 1
        assert len(struck) == len(plain) + 1
        place = tokens.index(STRUCK)
        left = [piece.token for piece in plain]
        taken = len(left) - (len(tokens) - 1)
        assert taken >= 1
        assert tokens == [*left[:place], STRUCK, *left[place + taken :]]


def test_one_line_alone_strikes_no_zero_one_or_seven() -> None:
    for seed in range(300):
        plain = number(seed, digits=1)
        *_, over = MARKS["strike"](plain, np.random.default_rng(seed))
        if plain[0].token in ("0", "1", "7"):
            assert len(over.strokes) == 2 or length(over.strokes[0]) > 1.5 * over.box.extent
