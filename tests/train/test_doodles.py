"""Doodles: reproducible, of every kind, finite, and drawable."""

from collections.abc import Callable

import numpy as np
import pytest

from digitpad import Ink
from digitpad.raster import raster_inks
from digitpad.train import doodles
from digitpad.train.doodles import KINDS, PAIRS, doodle
from tests.drawings import DIGITS

STROKES = [ink.strokes for ink in DIGITS]


def test_one_seed_draws_the_same() -> None:
    for seed in range(50):
        one, other = (doodle(np.random.default_rng(seed), STROKES) for _ in range(2))
        for stroke, again in zip(one, other, strict=True):
            np.testing.assert_array_equal(stroke, again)


def test_doodles_differ() -> None:
    drawn = [doodle(np.random.default_rng(seed), STROKES) for seed in range(100)]
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


def test_a_share_are_two_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doodles, "_pair", lambda *_: ())
    pairs = [not doodle(np.random.default_rng(seed), STROKES) for seed in range(500)]
    assert np.mean(pairs) == pytest.approx(PAIRS, abs=0.06)
    assert all(doodle(np.random.default_rng(seed), []) for seed in range(100))


def test_two_digits_stand_side_by_side() -> None:
    flat = (np.array([[0.0, 7.0], [9.0, 7.0]]),)
    point = (np.array([[3.0, 3.0]]),)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        for first in (*STROKES, flat, point):
            for second in (STROKES[seed % 10], flat, point):
                placed = doodles._pair(first, second, rng)
                assert len(placed) == len(first) + len(second)
                left = np.concatenate(placed[: len(first)])
                right = np.concatenate(placed[len(first) :])
                gap = right[:, 0].min() - left[:, 0].max()
                assert gap + 1e-9 >= 0.03
                assert gap <= 0.4
                for part in (left, right):
                    assert np.isfinite(part).all()
                    assert np.ptp(part[:, 1]) < 1.2
                    assert np.ptp(part[:, 0]) < 1.51
