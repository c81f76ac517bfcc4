"""Habits change how a digit is written, never more than a hand would."""

import dataclasses

import numpy as np
import pytest

from digitpad.train.samples import habits
from digitpad.train.samples.habits import HABITS, apply_habit, embellish, is_rare, redraw
from digitpad.train.samples.people import Strokes, normalise
from digitpad.train.samples.perturb import Perturbation, perturb
from tests.drawings import DIGITS
from tests.train.samples.test_perturb import NONE, ODD

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
        assert line[-1, 0] < 0.6


def test_a_five_begins_with_its_bar() -> None:
    for seed in range(20):
        (line,) = habits.five_in_one_stroke(FIVE, rng(seed))
        np.testing.assert_allclose(line[0], FIVE[1][-1])
        np.testing.assert_allclose(line[-1], FIVE[0][-1])


def test_a_two_stands_on_a_base_wider_than_itself() -> None:
    line = np.array([[0.1, 0.2], [0.4, 0.0], [0.7, 0.2], [0.0, 1.0], [0.9, 1.0]])
    for seed in range(20):
        (found,) = habits.two_on_flat_base((line,), rng(seed))
        assert np.ptp(found[:3, 0]) < 0.8 * np.ptp(line[:3, 0])
        np.testing.assert_array_equal(found[3:], line[3:])


def test_a_seven_ends_in_a_loop_where_its_foot_is_the_end() -> None:
    seven = (np.array([[0.0, 0.0], [0.6, 0.0], [0.2, 1.0]]), np.array([[0.1, 0.5], [0.6, 0.5]]))
    for seed in range(20):
        looped, bar = habits.seven_with_looped_foot(seven, rng(seed))
        assert bar is seven[1]
        np.testing.assert_array_equal(looped[:3], seven[0])
        assert 0.03 < np.hypot(*(looped[3:] - looped[2]).T).max() < 0.3
    upwards = (seven[0][::-1],)
    assert habits.seven_with_looped_foot(upwards, rng(0)) is upwards


def test_what_is_rare_is_told_by_its_strokes_and_its_width() -> None:
    assert is_rare("4", FOUR[:1])
    assert not is_rare("4", FOUR)
    assert is_rare("1", (np.array([[0.0, 0.3], [0.7, 0.0], [0.7, 1.0]]),))
    assert not is_rare("1", ONE)
    assert not is_rare("0", FOUR[:1])


def test_a_share_of_the_digits_is_in_another_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(digit: str, strokes: Strokes, rng: object) -> Strokes:
        assert np.ptp(np.concatenate(strokes)[:, 1]) == pytest.approx(1)  # the habits' unit
        asked.append(digit)
        return strokes

    monkeypatch.setattr(habits, "apply_habit", ask)
    options = dataclasses.replace(NONE, habitual=0.2)
    generator = rng(0)
    for _ in range(500):
        redraw(DIGITS[4].strokes, "4", options, generator)
    assert len(asked) == pytest.approx(100, abs=30)


def test_a_share_of_the_digits_is_embellished(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(strokes: Strokes, digit: str, rng: object) -> Strokes:
        asked.append(digit)
        return strokes

    monkeypatch.setattr(habits, "embellish", ask)
    options = dataclasses.replace(NONE, embellished=0.25, flagged=0.5)
    rng = np.random.default_rng(0)
    for digit in "017" * 400:
        redraw(DIGITS[int(digit)].strokes, digit, options, rng)
    counted = [asked.count(digit) for digit in "017"]
    assert counted == pytest.approx([100, 200, 100], abs=40)


def test_ones_and_sevens_are_turned_less() -> None:
    """What is drawn is a level line; its slope is the angle by which it was turned."""
    level = (np.array([[0.0, 0.0], [1.0, 0.0]]),)
    most = {}
    for rotation in (20.0, 2.0):
        options = dataclasses.replace(NONE, rotation=rotation, upright=5.0)
        for digit in "0123456789":
            angles = []
            for seed in range(100):
                ink, _ = redraw(level, digit, options, np.random.default_rng(seed))
                across, down = ink.strokes[0][1] - ink.strokes[0][0]
                angles.append(abs(float(np.degrees(np.arctan2(down, across)))))
            most[rotation, digit] = max(angles)
    for digit in "0123456789":
        assert most[2.0, digit] == pytest.approx(2, abs=0.1)
        assert most[20.0, digit] == pytest.approx(5 if digit in "17" else 20, rel=0.05)


def test_only_zeros_ones_and_sevens_are_embellished() -> None:
    """What was written stays as it was; only a one's flag may lead on into its stem."""
    for digit, ink in enumerate(DIGITS):
        for seed in range(40):
            found = embellish(ink.strokes, str(digit), np.random.default_rng(seed))
            for after, before in zip(found, ink.strokes, strict=False):
                assert np.array_equal(after[-len(before) :], before)
                assert len(after) - len(before) in ((0, 1) if digit == 1 else (0,))
            more = sum(map(len, found)) - sum(map(len, ink.strokes))
            assert more in ((1, 2, 3, 4) if digit == 1 else (2,) if digit in (0, 7) else (0,))


def test_a_bare_one_gets_a_flag_a_base_or_both() -> None:
    bare = (np.array([[2.0, 0.0], [3.0, 50.0], [2.0, 100.0]]),)
    kinds, lengths = set(), []
    for seed in range(200):
        stem, *extra = embellish(bare, "1", np.random.default_rng(seed))
        flags = [s for s in extra if s[1, 1] == 0] + ([stem[:2]] if len(stem) > 3 else [])
        bases = [s for s in extra if s[1, 1] == 100]
        kinds.add((len(flags), len(bases), len(extra)))
        for base in bases:
            assert base[0, 1] == 100
            assert base[0, 0] < 2 < base[1, 0]
        for flag in flags:
            across, down = flag[0] - flag[1]
            degrees, length = np.degrees(np.arctan2(down, -across)), float(np.hypot(across, down))
            assert -0.001 < degrees < 65.001
            assert length < 35.001 or degrees > 22  # a wide digit with a flat top is a seven
            lengths.append(length)
    assert kinds == {(1, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1), (1, 1, 2)}  # drawn in one, or not
    assert 12 <= min(lengths) < 20
    assert 55 < max(lengths) <= 65
    wide = (np.array([[0.0, 30.0], [40.0, 0.0], [40.0, 100.0]]),)  # has its flag already
    assert embellish(wide, "1", np.random.default_rng(0)) is wide


@pytest.mark.parametrize("first", [[2.0, 100.0], [1.0, 60.0], [1.0, 15.0]])
def test_a_flag_is_a_stroke_of_its_own_unless_the_stem_begins_at_its_top(
    first: list[float],
) -> None:
    stem = (np.array([first, [2.0, 0.0], [3.0, 100.0]]),)
    for seed in range(40):
        found = embellish(stem, "1", np.random.default_rng(seed))
        assert found[0] is stem[0]
        if len(found[1:]) == 2:
            assert found[1][1].tolist() == [2, 0]


def test_ink_without_extent_is_not_embellished() -> None:
    for name in ("a point", "the same point"):
        for digit in "0123456789":
            assert embellish(ODD[name], digit, np.random.default_rng(0)) is ODD[name]


def test_a_slash_crosses_its_zero_and_a_bar_its_seven() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        slash = embellish(DIGITS[0].strokes, "0", rng)[-1]
        box = DIGITS[0].box
        assert box is not None
        middle = (np.array(box[:2]) + box[2:]) / 2
        across = slash - middle
        assert across[0] @ across[1] < 0  # one end on each side of the middle
        bar = embellish(DIGITS[7].strokes, "7", rng)[-1]
        height = np.ptp(DIGITS[7].points[:, 1])
        assert 0.2 * height < bar[1, 0] - bar[0, 0] < 0.75 * height
        low = DIGITS[7].points[:, 1].min()
        assert (low + 0.3 * height < bar[:, 1]).all()
        assert (bar[:, 1] < low + 0.75 * height).all()


@pytest.mark.parametrize("digit", ["0", "1", "7"])
@pytest.mark.parametrize("name", ODD)
def test_odd_ink_can_be_embellished(name: str, digit: str) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        ink, _ = perturb(embellish(ODD[name], digit, rng), Perturbation(), rng)
        assert np.isfinite(ink.points).all()
