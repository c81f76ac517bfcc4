"""What the strokes' network sees: each stroke, or piece of a picture, in its surroundings."""

import tracemalloc

import numpy as np
import pytest

from digitpad import Ink
from digitpad.beside import see_ink, see_picture
from digitpad.geometry import Box
from digitpad.network import windows as module
from digitpad.network.windows import HIGH, LAYERS, WIDE, Windows, see_strokes
from digitpad.picture.decode import load
from digitpad.picture.pieces import find_pieces
from tests.drawings import placed, render, together
from tests.networks import paper

INK = together([*placed("407"), Ink.from_strokes([[(400, 100)]])])


def test_the_stroke_is_in_its_window_and_all_ink_around_it() -> None:
    windows = see_ink(INK)
    assert windows.shape == (len(INK.strokes), HIGH, WIDE, LAYERS)
    assert windows.dtype == np.float32
    assert windows.min() == 0
    assert windows.max() <= 1
    own, everything = windows[..., 0], windows[..., 1]
    assert (own <= everything).all()
    assert (own.max(axis=(1, 2)) > 0.5).all()
    assert (everything.sum(axis=(1, 2)) > own.sum(axis=(1, 2)))[:-1].all()  # the dot is far away
    middles = (own.sum(axis=1) @ np.arange(WIDE)) / own.sum(axis=(1, 2))
    np.testing.assert_allclose(middles, WIDE / 2, atol=4)


def same(one: Windows, other: Windows) -> bool:
    """Whether windows differ by rounding to a pixel at most."""
    return bool(np.abs(one - other).mean() < 0.01)


@pytest.mark.parametrize("scale", [1e-6, 0.3, 1, 40, 1e6])
def test_place_unit_and_density_do_not_matter(scale: float) -> None:
    moved = INK.transform(np.eye(2) * scale, (-70 * scale, 1000 * scale))
    assert same(see_ink(moved), see_ink(INK))
    denser = Ink(tuple(_halve(_halve(stroke)) for stroke in INK.strokes))
    assert same(see_ink(denser), see_ink(INK))


def _halve(stroke: np.ndarray) -> np.ndarray:
    middles = (stroke[1:] + stroke[:-1]) / 2
    return np.insert(stroke, np.arange(1, len(stroke)), middles, axis=0)


def test_windows_follow_a_line_that_falls() -> None:
    level, falling = (together(placed("1234567890", 0.3, rise)) for rise in (0, -0.3))
    for one, other in zip(see_ink(level), see_ink(falling), strict=True):
        assert other[..., 0].sum() == pytest.approx(one[..., 0].sum(), rel=0.1)


@pytest.mark.parametrize(
    "strokes",
    [
        [[(5, 5)], [(5, 5)]],
        [[(0, 0)], [(0, 1e9)]],
        [[(0, 0), (1e-300, 0)], [(3, 1e9)]],
        [[(0, 0), (1e9, 0)], [(0, 5), (1e9, 5)]],
        [[(0.1 * n, 3e6 * n) for n in range(20)] for _ in range(5)],
        [np.random.default_rng(0).uniform(-1e9, 1e9, (2_000, 2)) for _ in range(2)],
    ],
)
def test_whatever_is_drawn_has_windows(strokes: list[list[tuple[float, float]]]) -> None:
    windows = see_ink(Ink.from_strokes(strokes))
    assert np.isfinite(windows).all()
    assert (windows[..., 0].max(axis=(1, 2)) > 0).all()


def test_a_line_height_gives_the_scale() -> None:
    (low,), (high,) = (
        see_strokes(Ink.from_strokes([[(0, 0), (0, 10)]]), [Box(0, 0, 0, 10)], height)
        for height in (20, 10)
    )
    assert high[..., 0].sum() == pytest.approx(2 * low[..., 0].sum(), rel=0.2)


@pytest.mark.parametrize("pen", [3, 10])
def test_a_picture_is_seen_like_its_ink(pen: int) -> None:
    ink = together(placed("038"))
    picture = load(render(ink, size=(560, 220), length=450, pen=pen))
    pieces = find_pieces(picture, paper())
    assert pieces is not None
    found = see_picture(pieces)
    assert found.shape[1:] == (HIGH, WIDE, LAYERS)
    assert (found[..., 0] <= found[..., 1]).all()
    whole = found[..., 1].max(axis=0)
    assert whole.max() > 0.8
    assert 0.15 < (whole > 0.5).mean() / (see_ink(ink)[..., 1].max(axis=0) > 0.5).mean() < 4


def test_a_heap_of_strokes_is_seen_as_it_is_and_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    heap = Ink(tuple(np.cumsum(rng.normal(0, 8, (60, 2)), axis=0) for _ in range(200)))
    tracemalloc.start()
    seen = see_ink(heap)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20e6  # bytes; each stroke's window holds nearly all strokes
    monkeypatch.setattr(module, "MOST_SEEN", 10**9)
    np.testing.assert_array_equal(see_ink(heap), seen)
