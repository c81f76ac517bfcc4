"""Perturbed ink: reproducible, finite, never empty, and varied as far as was asked."""

import dataclasses

import numpy as np
import pytest

from digitpad import Ink
from digitpad.network.inputs import PEN, raster_inks
from digitpad.train.samples.perturb import Perturbation, Strokes, perturb
from tests.drawings import DIGITS

NONE = Perturbation(**{field.name: 0.0 for field in dataclasses.fields(Perturbation)})
SHARES = ("resampled", "dropped", "joined", "broken", "hooked", "trimmed", "reordered")
ALL = dataclasses.replace(
    Perturbation(),
    resampled=0.5,
    dropped=0.5,
    joined=0.5,
    broken=1,
    hooked=1,
    trimmed=1,
    reordered=1,
)
FIVE = Ink((DIGITS[5].strokes[1][::-1], DIGITS[5].strokes[0]))  # its bar first, from the right
ODD: dict[str, Strokes] = {
    "a point": (np.array([[3.0, 4.0]]),),
    "points": (np.array([[3.0, 4.0]]), np.array([[9.0, 4.0]]), np.array([[3.0, 4.0]])),
    "two points": (np.array([[0.0, 0.0], [1.0, 2.0]]),),
    "the same point": (np.array([[5.0, 5.0]] * 7),),
    "huge": tuple(s * 1e30 for s in DIGITS[4].strokes),
    "tiny": tuple(s * 1e-30 for s in DIGITS[4].strokes),
    "far away": tuple((s + 1e8).astype(np.float32) for s in DIGITS[8].strokes),
    "long": (np.stack([np.arange(5000.0), np.zeros(5000)], axis=1),),
}


def draw(strokes: Strokes, options: Perturbation, seed: int = 0) -> tuple[Ink, float]:
    return perturb(strokes, options, np.random.default_rng(seed))


def normal(ink: Ink) -> Strokes:
    """The strokes with their box's middle at 0 and their longest side 1."""
    box = ink.box
    assert box is not None
    low, high = np.array(box[:2]), np.array(box[2:])
    return tuple((s - (low + high) / 2) / (high - low).max() for s in ink.strokes)


def test_one_seed_draws_the_same() -> None:
    for ink in DIGITS:
        (one, pen), (other, same) = (draw(ink.strokes, Perturbation(), 5) for _ in range(2))
        assert pen == same
        for stroke, again in zip(one.strokes, other.strokes, strict=True):
            np.testing.assert_array_equal(stroke, again)
    first, second = (raster_inks([draw(DIGITS[3].strokes, Perturbation(), i)[0]]) for i in (1, 2))
    assert np.abs(first - second).max() > 0.5


def test_no_perturbation_is_the_same_ink_in_another_unit() -> None:
    for ink in DIGITS:
        found, pen = draw(ink.transform(np.eye(2) * 37, (5, -900)).strokes, NONE)
        assert pen == PEN
        for stroke, expected in zip(found.strokes, normal(ink), strict=True):
            np.testing.assert_allclose(stroke, expected, atol=1e-12)


@pytest.mark.parametrize("options", [Perturbation(), ALL], ids=["default", "all"])
@pytest.mark.parametrize("name", ODD)
def test_odd_ink_stays_ink(name: str, options: Perturbation) -> None:
    for seed in range(60):
        ink, pen = draw(ODD[name], options, seed)
        assert ink.strokes
        assert all(len(stroke) for stroke in ink.strokes)
        assert np.isfinite(ink.points).all()
        assert np.abs(ink.points).max() < 2
        raster = raster_inks([ink], [pen])
        assert np.isfinite(raster).all()
        assert raster.max() > 0.4


def test_the_strokes_given_are_not_changed() -> None:
    before = [stroke.copy() for stroke in DIGITS[5].strokes]
    for seed in range(20):
        draw(DIGITS[5].strokes, ALL, seed)
    for stroke, expected in zip(DIGITS[5].strokes, before, strict=True):
        np.testing.assert_array_equal(stroke, expected)


def test_the_pen_is_within_its_limits() -> None:
    options = dataclasses.replace(NONE, pen=0.5)
    pens = np.log([draw(DIGITS[1].strokes, options, seed)[1] / PEN for seed in range(300)])
    assert 0.45 < pens.max() <= 0.5
    assert -0.5 <= pens.min() < -0.45


def test_rotation_is_within_its_limits() -> None:
    options = dataclasses.replace(NONE, rotation=20)
    line = (np.array([[0.0, 1.0], [0.0, 0.0]]),)
    turns = []
    for seed in range(300):
        (stroke,) = draw(line, options, seed)[0].strokes
        (x, y) = stroke[1] - stroke[0]
        assert np.hypot(x, y) == pytest.approx(1)
        turns.append(np.rad2deg(np.arctan2(x, -y)))
    assert 18 < max(turns) <= 20
    assert -20 <= min(turns) < -18


def test_aspect_and_slant_are_within_their_limits() -> None:
    square = (np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]),)
    aspects, slants = [], []
    for seed in range(300):
        box = draw(square, dataclasses.replace(NONE, aspect=0.3), seed)[0].box
        assert box is not None
        aspects.append(np.log((box[2] - box[0]) / (box[3] - box[1])))
        (stroke,) = draw(square, dataclasses.replace(NONE, slant=0.4), seed)[0].strokes
        slants.append(stroke[3, 0] - stroke[0, 0])
    for found, limit in ((aspects, 0.3), (slants, 0.4)):
        assert 0.9 * limit < max(found) < limit + 1e-9
        assert -limit - 1e-9 < min(found) < -0.9 * limit


@pytest.mark.parametrize("name", ["elastic", "jitter"])
def test_points_move_as_far_as_asked(name: str) -> None:
    options = dataclasses.replace(NONE, **{name: 0.05})
    still = np.concatenate(normal(DIGITS[0]))
    moved = np.concatenate(
        [draw(DIGITS[0].strokes, options, seed)[0].points - still for seed in range(50)]
    )
    if name == "jitter":
        assert moved.std() == pytest.approx(0.05, rel=0.05)
    else:  # never beyond the knots; neighbours move alike
        assert 0.02 < np.abs(moved).max() <= 0.05
        assert np.abs(np.diff(moved[: len(still)], axis=0)).max() < 0.01


def changes(name: str, share: float) -> list[Ink]:
    options = dataclasses.replace(NONE, **{name: share})
    return [draw(FIVE.strokes, options, seed)[0] for seed in range(400)]


def counts(ink: Ink) -> list[int]:
    return [len(stroke) for stroke in ink.strokes]


@pytest.mark.parametrize("name", SHARES)
def test_a_share_of_the_drawings_is_changed(name: str) -> None:
    same = normal(FIVE)

    def changed(ink: Ink) -> bool:
        return len(ink.strokes) != len(same) or any(
            len(s) != len(w) or not np.allclose(s, w, atol=1e-9)
            for s, w in zip(ink.strokes, same, strict=True)
        )

    share = np.mean([changed(ink) for ink in changes(name, 0.3)])
    wanted = 0.3 * (7 / 8 if name == "reordered" else 1)  # one order of eight is as it was
    assert share == pytest.approx(wanted, abs=0.07)
    always = all(changed(ink) for ink in changes(name, 1.0))
    assert always or name in ("dropped", "reordered")


def test_what_each_change_does() -> None:
    was = counts(FIVE)
    assert all(counts(ink) == [sum(was)] for ink in changes("joined", 1))
    assert all(len(ink.strokes) == len(was) + 1 for ink in changes("broken", 1))
    assert all(sum(counts(ink)) == sum(was) + 1 for ink in changes("hooked", 1))
    assert all(len(ink.strokes) == len(was) for ink in changes("trimmed", 1))
    sampled = [sum(counts(ink)) for ink in changes("resampled", 1)]
    assert 5 <= min(sampled) <= 8
    assert 36 <= max(sampled) <= 42
    dropped = np.array([sum(counts(ink)) for ink in changes("dropped", 1)])
    assert dropped.max() <= sum(was)
    assert dropped.mean() == pytest.approx(0.75 * sum(was), rel=0.05)


def test_other_orders_have_the_same_ink() -> None:
    orders = set()
    for ink in changes("reordered", 1):
        orders.add(tuple(stroke[0].tobytes() for stroke in ink.strokes))
        np.testing.assert_allclose(raster_inks([ink]), raster_inks([FIVE]), atol=1e-4)
    assert len(orders) == 8  # two strokes, each from either end


def test_only_strokes_that_are_near_are_joined() -> None:
    """The five's bar begins far from where the rest ended."""
    options = dataclasses.replace(NONE, joined=1)
    assert counts(draw(DIGITS[5].strokes, options)[0]) == counts(DIGITS[5])
