"""Numbers that a hand writes: where each digit lies, and who owns which ink."""

import dataclasses
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from digitpad.train.samples.numbers import (
    BESIDE,
    GAPS,
    Hand,
    Spacing,
    write_number,
)
from tests.train.samples.number_drawings import (
    PLAIN,
    SPACINGS,
    block,
    by_writer,
    drawing,
    inked,
)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_digits_stand_side_by_side(spacing: Spacing) -> None:
    low, high = GAPS[spacing]
    gaps = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        drawings = [block(width, 100) for width in rng.uniform(40, 90, 5)]
        digits = inked(write_number(drawings, spacing, rng, PLAIN))
        gaps += [
            (after[:, 0].min() - before[:, 0].max()) / 100 for before, after in pairwise(digits)
        ]
        np.testing.assert_allclose([digit[:, 1].max() for digit in digits], 0, atol=1e-9)
    assert low <= min(gaps) < low + 0.02
    assert high - 0.02 < max(gaps) <= high
    assert np.mean(gaps) == pytest.approx((low + high) / 2, abs=0.01)


def test_a_narrow_digit_is_not_swallowed() -> None:
    for seed in range(200):
        rng = np.random.default_rng(seed)
        drawings = [block(width, 100) for width in (60, 0, 0, 60, 12, 22, 60)]
        digits = inked(write_number(drawings, "touching", rng, PLAIN))
        for before, after in pairwise(digits):
            narrower = min(np.ptp(before[:, 0]), np.ptp(after[:, 0]))
            assert after[:, 0].min() >= before[:, 0].max() - narrower / 2 - 1e-9
            for side in ("min", "max"):
                beyond = getattr(after[:, 0], side)() - getattr(before[:, 0], side)()
                assert beyond >= 100 * BESIDE - 1e-9


def test_digits_keep_their_shape_and_the_writers_proportions() -> None:
    own = next(iter(by_writer().values()))
    hand = dataclasses.replace(Hand(), late=0, disordered=0, joined_natural=0, uneven=9)
    for seed in range(50):
        number = write_number(own, "natural", np.random.default_rng(seed), hand)
        assert number.text == "0123456789"
        for made, found in zip(own, inked(number), strict=True):
            given = np.concatenate(made.strokes).astype(float)
            given -= given.mean(axis=0)
            moved = found - found.mean(axis=0)
            scale = (given * moved).sum() / (given**2).sum()
            assert np.exp(-hand.drift / 2) <= scale <= np.exp(hand.drift / 2)
            np.testing.assert_allclose(moved, scale * given, atol=1e-5)


def test_sizes_drift_and_the_line_rises_or_falls() -> None:
    own = [block(60, 100)] * 6
    rises, ratios = [], []
    hand = dataclasses.replace(PLAIN, slope=Hand.slope, drift=Hand.drift)
    for seed in range(150):
        digits = inked(write_number(own, "natural", np.random.default_rng(seed), hand))
        places = np.array([(d[:, 0].min() + d[:, 0].max(), 2 * d[:, 1].max()) for d in digits]) / 2
        steps = np.diff(places, axis=0)
        np.testing.assert_allclose(np.diff(steps[:, 1] / steps[:, 0]), 0, atol=1e-9)
        rises.append(np.rad2deg(np.arctan2(*(places[-1] - places[0])[::-1])))
        heights = [np.ptp(digit[:, 1]) for digit in digits]
        ratios.append(np.log(heights[-1] / heights[0]))
    assert 11 < max(rises) <= 12
    assert -12 <= min(rises) < -11
    assert 0.09 < max(ratios) <= 0.1 + 1e-9
    assert -0.1 - 1e-9 <= min(ratios) < -0.09


def test_bottoms_jitter() -> None:
    hand = dataclasses.replace(PLAIN, jitter=0.04)
    number = write_number([block(60, 100)] * 2000, "natural", np.random.default_rng(0), hand)
    bottoms = [digit[:, 1].max() for digit in inked(number)]
    assert np.std(bottoms) == pytest.approx(4, rel=0.1)


def test_odd_sizes_are_brought_near_the_median() -> None:
    line = drawing([(0, 0), (90, 0)])  # flat; as large as a digit 60 high
    dot = drawing([(3, 3)], [(3, 3)])
    own = [block(60, 100), block(60, 90), block(600, 1000), line, dot, block(0.01, 0.02)]
    number = write_number(own, "natural", np.random.default_rng(1), PLAIN)
    width, height = np.array([np.ptp(digit, axis=0) for digit in inked(number)]).T
    median = 75.0  # of 0, 0.02, 60, 90, 100, 1000
    np.testing.assert_allclose(
        height, [100, 90, 1.35 * median, 0, 0, 0.65 * median], rtol=1e-4, atol=1e-6
    )
    assert width.max() <= 100
    dots = write_number([dot, dot], "touching", np.random.default_rng(1), Hand())
    assert np.isfinite(dots.ink.points).all()


def test_one_digit_alone() -> None:
    for seed in range(50):
        number = write_number([block(60, 100)], "touching", np.random.default_rng(seed))
        assert number.text == "8"
        assert [owners.tolist() for owners in number.owners] == [[0, 0], [0, 0]]


def test_a_bar_may_be_added_at_the_end() -> None:
    own = [drawing([(0, 0), (9, 90)]), *[block(60, 100)] * 3]
    hand = dataclasses.replace(PLAIN, late=1)
    late = set()
    for seed in range(40):
        number = write_number(own, "natural", np.random.default_rng(seed), hand)
        owners = [int(owner[0]) for owner in number.owners]
        late.add(owners[-1])
        rest = [0, 1, 1, 2, 2, 3, 3]
        rest.remove(owners[-1])
        assert owners[:-1] == rest
        plain = write_number(own, "natural", np.random.default_rng(seed), PLAIN)
        assert number.ink.box == plain.ink.box
        assert len(number.ink.strokes) == len(plain.ink.strokes)
    assert late == {1, 2}  # the first has one stroke; the end of the last one is the end anyway


def test_digits_may_be_written_out_of_order() -> None:
    hand = dataclasses.replace(PLAIN, disordered=1)
    orders: Counter[tuple[int, ...]] = Counter()
    for seed in range(60):
        number = write_number([block(60, 100)] * 3, "natural", np.random.default_rng(seed), hand)
        orders[tuple(int(owners[0]) for owners in number.owners[::2])] += 1
        lefts = [digit[:, 0].min() for digit in inked(number)]
        assert lefts == sorted(lefts)
    assert set(orders) == {(2, 1, 0), (1, 2, 0), (0, 2, 1)}


def test_the_pen_may_stay_down_between_neighbours() -> None:
    hand = dataclasses.replace(PLAIN, joined_touching=1)
    counts = set()
    own = [block(60, 100), block(50, 100)]
    for seed in range(40):
        number = write_number(own, "touching", np.random.default_rng(seed), hand)
        first, both, last = number.ink.strokes
        assert len(first) == len(last) == 2
        owners = number.owners[1]
        counts.add(len(both) - 4)
        assert owners.tolist() == [0, 0, *[-1] * (len(both) - 4), 1, 1]
        assert [number.owners[0][0], owners[0], owners[-1], number.owners[2][0]] == [0, 0, 1, 1]
        line = both[1:-1]
        steps = np.diff(line, axis=0)
        np.testing.assert_allclose(steps, np.broadcast_to(steps[0], steps.shape), atol=1e-9)
    assert counts == {3, 4, 5, 6}


def test_the_pen_is_lifted_between_digits_that_are_no_neighbours() -> None:
    hand = dataclasses.replace(PLAIN, disordered=1, joined_natural=1)
    for seed in range(40):
        number = write_number([block(60, 100)] * 3, "natural", np.random.default_rng(seed), hand)
        joined = [set(owners.tolist()) - {-1} for owners in number.owners if np.ptp(owners)]
        assert {0, 2} not in joined
        assert joined


def test_habits_are_as_frequent_as_the_hand_says() -> None:
    own = [block(60, 100)] * 5
    for spacing, lifted in zip(SPACINGS, (0.01, 0.06), strict=True):
        joined = late = disordered = 0
        for seed in range(1000):
            rng = np.random.default_rng(seed)
            number = write_number(own, spacing, rng)
            joined += sum(bool(np.ptp(owners)) for owners in number.owners)
            ends = [int(owners[0]) for owners in number.owners]
            order = list(dict.fromkeys(ends))
            disordered += order != sorted(order)
            late += ends[-1] != order[-1]
        assert joined / 4000 == pytest.approx(lifted, abs=0.01)
        assert late / 1000 == pytest.approx(0.08, abs=0.02)
        assert disordered / 1000 == pytest.approx(0.05, abs=0.02)
