"""Habits change how a digit is written, never more than a hand would."""

import numpy as np
import pytest

from digitpad.train.samples import habits
from digitpad.train.samples.habits import HABITS, apply_habit
from digitpad.train.samples.people import Strokes, normalise
from tests.drawings import DIGITS

FOUR: Strokes = (
    np.array([[0.4, 0.0], [0.2, 0.3], [0.0, 0.6], [0.4, 0.6], [0.7, 0.6]]),
    np.array([[0.5, 0.1], [0.5, 0.4], [0.5, 0.7], [0.5, 1.0]]),
)
FIVE: Strokes = (
    np.array([[0.1, 0.0], [0.05, 0.4], [0.4, 0.5], [0.5, 0.8], [0.0, 1.0]]),
    np.array([[0.1, 0.0], [0.6, 0.02]]),
)
ONE: Strokes = (np.array([[0.1, 0.0], [0.1, 0.5], [0.1, 1.0]]),)


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("digit", sorted(HABITS))
def test_any_drawing_stays_a_drawing_of_about_its_size(digit: str) -> None:
    drawing = normalise(DIGITS[int(digit)].strokes)
    for seed in range(40):
        for habit in HABITS[digit]:
            written = habit(drawing, rng(seed))
            points = np.concatenate(written)
            assert all(len(stroke) for stroke in written)
            assert np.isfinite(points).all()
            assert (np.abs(points) < 2.5).all()


def test_a_digit_without_habits_stays() -> None:
    drawing = normalise(DIGITS[8].strokes)
    assert apply_habit("8", drawing, rng(0)) is drawing


def test_a_four_is_led_on_to_its_stem() -> None:
    for seed in range(40):
        (line,) = habits.four_in_one_stroke(FOUR, rng(seed))
        np.testing.assert_allclose(line[0], FOUR[0][0])
        np.testing.assert_allclose(line[-1], FOUR[1][-1])
        assert line[:, 0].min() < 0.1  # the angle's corner is still there


def test_a_four_that_is_none_of_two_strokes_stays() -> None:
    assert habits.four_in_one_stroke(ONE, rng(0)) is ONE
    lying = (FOUR[0], FOUR[1][:, ::-1])
    assert habits.four_in_one_stroke(lying, rng(0)) is lying


def test_a_one_gets_a_wide_flag_to_its_left() -> None:
    widths = []
    for seed in range(40):
        (line,) = habits.one_with_wide_flag(ONE, rng(seed))
        assert line[0, 0] < 0
        widths.append(np.ptp(line[:, 0]))
    assert max(widths) > 0.6
    wide = (np.array([[0.0, 0.3], [0.6, 0.0], [0.6, 1.0]]),)
    assert habits.one_with_wide_flag(wide, rng(0)) is wide


def test_a_two_loses_most_of_its_foot() -> None:
    foot = np.stack([np.linspace(0.1, 0.7, 12), np.ones(12)], axis=1)
    two = (np.concatenate([[[0.0, 0.2], [0.3, 0.0], [0.5, 0.3], [0.3, 0.6]], foot]),)
    for seed in range(20):
        (line,) = habits.two_without_foot(two, rng(seed))
        assert line[-1, 0] < 0.45


def test_a_five_begins_with_its_bar() -> None:
    for seed in range(20):
        (line,) = habits.five_in_one_stroke(FIVE, rng(seed))
        np.testing.assert_allclose(line[0], FIVE[1][-1])
        np.testing.assert_allclose(line[-1], FIVE[0][-1])
