"""Doodles: reproducible, of every kind, finite, and drawable."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from digitpad import Ink
from digitpad.network.inputs import raster_inks
from digitpad.train.samples import doodles
from digitpad.train.samples.doodles import KINDS, PAIRS, PARTS, SIDES, doodle
from tests.drawings import DIGITS

STROKES = [ink.strokes for ink in DIGITS]
LABELLED = [(str(digit), strokes) for digit, strokes in enumerate(STROKES)]


def test_one_seed_draws_the_same() -> None:
    for seed in range(50):
        one, other = (doodle(np.random.default_rng(seed), LABELLED) for _ in range(2))
        for stroke, again in zip(one, other, strict=True):
            np.testing.assert_array_equal(stroke, again)


def test_doodles_differ() -> None:
    drawn = [doodle(np.random.default_rng(seed), []) for seed in range(100)]
    rasters = raster_inks([Ink(strokes) for strokes in drawn]).reshape(100, -1)
    gaps = np.abs(rasters[:, None] - rasters).max(axis=2) + np.eye(100)
    assert gaps.min() > 0
    assert np.quantile(gaps, 0.02) > 0.5


@pytest.mark.parametrize("kind", list(dict.fromkeys(KINDS)))
def test_every_kind_is_ink(kind: Callable[[np.random.Generator], doodles.Strokes]) -> None:
    for seed in range(40):
        strokes = kind(np.random.default_rng(seed))
        assert strokes
        for stroke in strokes:
            assert stroke.ndim == 2
            assert stroke.shape[1] == 2
            assert len(stroke) > 1
            assert np.isfinite(stroke).all()
        assert np.ptp(np.concatenate(strokes), axis=0).max() > 0.1
        assert raster_inks([Ink(strokes)]).sum() > 10


def test_a_share_are_two_digits_and_parts_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doodles, "_pair", lambda *_: "pair")
    monkeypatch.setattr(doodles, "KINDS", [lambda _: "shape"])
    made = [doodle(np.random.default_rng(seed), LABELLED) for seed in range(600)]
    shares = Counter(m if isinstance(m, str) else "part" for m in made)
    assert shares["pair"] / 600 == pytest.approx(PAIRS, abs=0.06)
    assert shares["part"] / 600 == pytest.approx(PARTS, abs=0.06)
    assert {str(doodle(np.random.default_rng(seed), [])) for seed in range(100)} == {"shape"}


def test_two_digits_stand_side_by_side() -> None:
    flat = (np.array([[0.0, 7.0], [9.0, 7.0]]),)
    point = (np.array([[3.0, 3.0]]),)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        for first in (*STROKES, flat, point):
            for second in (STROKES[seed % 10], flat, point):
                placed = doodles._pair(first, second, rng)
                assert len(placed) > len(first)
                left = np.concatenate(placed[: len(first)])
                right = np.concatenate(placed[len(first) :])
                gap = right[:, 0].min() - left[:, 0].max()
                assert -0.15 - 1e-9 <= gap <= 0.4
                assert gap >= -np.ptp(left[:, 0]) / 2 - 1e-9  # none hides behind the other
                for part in (left, right):
                    assert np.isfinite(part).all()
                    assert np.ptp(part[:, 1]) < 1.2
                    assert np.ptp(part[:, 0]) < 1.51


def test_parts_are_one_side_of_a_digit() -> None:
    for seed in range(200):
        rng = np.random.default_rng([seed, 1])
        label, strokes = LABELLED[seed % 10]
        points = np.concatenate(strokes)
        low, width = points[:, 0].min(), np.ptp(points[:, 0])
        share = rng.uniform(0.35, 0.65)
        left, right = (
            np.concatenate(doodles._part(strokes, side, share)) for side in (False, True)
        )
        assert left[:, 0].max() < low + share * width <= right[:, 0].min()
        assert right[:, 0].min() - left[:, 0].max() < 0.11 * width
        assert left[:, 0].min() == low
        assert f"{label} left" in SIDES or label in "17"


def test_an_upright_line_has_no_sides() -> None:
    line = (np.array([[5.0, 0.0], [5.0, 9.0]]), np.array([[5.0, 12.0]]))
    assert doodles._part(line, False, 0.5) == ()
    digits = [("4", line)] * 3
    assert all(doodle(np.random.default_rng(seed), digits) for seed in range(60))


def test_no_part_could_be_a_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doodles, "PAIRS", 0.0)
    monkeypatch.setattr(doodles, "PARTS", 1.0)
    monkeypatch.setattr(doodles, "KINDS", [lambda _: ()])
    parts = [doodle(np.random.default_rng(seed), LABELLED) for seed in range(200)]
    drawn = [np.ptp(np.concatenate(part), axis=0) for part in parts if part]
    assert len(drawn) > 150
    assert min(width / height for width, height in drawn) >= 0.25
