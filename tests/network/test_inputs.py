"""The invariances that the design promises of the one preprocessing."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digitpad import Ink
from digitpad.network.inputs import (
    BOX,
    CHANNELS,
    SIDE,
    Inputs,
    is_mnist_form,
    raster_inks,
    see_inks,
    see_rasters,
)
from digitpad.picture import decode as picture
from digitpad.picture.digit import raster_picture
from tests.drawings import DIGITS, render
from tests.networks import paper

digits = st.sampled_from(DIGITS)


def rough_inks() -> st.SearchStrategy[Ink]:
    """Ink of one to three strokes with corners on a coarse grid, of some extent."""
    point = st.tuples(st.integers(0, 50), st.integers(0, 50))
    strokes = st.lists(st.lists(point, min_size=1, max_size=8), min_size=1, max_size=3)
    return strokes.filter(lambda s: len({p for stroke in s for p in stroke}) > 1).map(
        Ink.from_strokes
    )


EVEN = Ink.from_strokes([[(0, 3), (22, 10)], [(7, 20), (22, 20), (0, 17)]])  # in whole pieces


@given(rough_inks(), st.floats(1e-3, 1e4), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
@example(EVEN, 3.7, 100.3, -7.1)
@example(EVEN, 0.013, -5e4, 3e4)
def test_place_and_size_change_nothing(ink: Ink, scale: float, x: float, y: float) -> None:
    moved = ink.transform(np.eye(2) * scale, (x, y))
    assert np.abs(see_inks([moved]) - see_inks([ink])).max() < 1e-2


@given(rough_inks(), st.integers(2, 9))
def test_sampling_density_changes_nothing(ink: Ink, times: int) -> None:
    part = np.linspace(0, 1, times, endpoint=False)[None, :, None]
    dense = [
        np.concatenate([(s[:-1, None] * (1 - part) + s[1:, None] * part).reshape(-1, 2), s[-1:]])
        for s in ink.strokes
    ]
    again, seen = see_inks([Ink.from_strokes(dense)]), see_inks([ink])
    assert np.abs(again - seen)[..., 0].max() < 1e-3
    moved, drawn = np.abs(again - seen)[..., 1:].sum(), seen[..., 0].sum()
    assert moved < 0.25 * drawn + 1  # a little of direction: pieces are cut elsewhere


@given(rough_inks())
def test_direction_and_order_of_strokes_change_nothing_but_the_direction(ink: Ink) -> None:
    backwards = Ink(tuple(stroke[::-1] for stroke in reversed(ink.strokes)))
    seen, found = see_inks([ink]), see_inks([backwards])
    assert np.abs(found[..., 0] - seen[..., 0]).max() < 1e-4
    assert np.abs(found[..., 1:] + seen[..., 1:]).max() < 1e-2


@given(st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1), (0.6, 0.8), (-0.8, 0.6)]), digits)
def test_direction_is_where_the_pen_went(way: tuple[float, float], other: Ink) -> None:
    line = Ink.from_strokes([[(0, 0), (3 * way[0], 3 * way[1]), (7 * way[0], 7 * way[1])]])
    seen = see_inks([other, line])[1]  # others in the batch make no difference
    for channel, part in zip((1, 2), way, strict=True):
        np.testing.assert_allclose(seen[..., channel], part * seen[..., 0], atol=1e-3)


def test_direction_follows_a_curve_and_is_softer_at_corners() -> None:
    turn = np.linspace(0, 2 * np.pi, 60)
    (circle,) = see_inks([Ink((np.stack([np.sin(turn), -np.cos(turn)], axis=1),))])  # clockwise
    above, below, left, right = circle[4, 14], circle[23, 14], circle[14, 4], circle[14, 23]
    for pixel, channel, sign in ((above, 1, 1), (below, 1, -1), (left, 2, -1), (right, 2, 1)):
        assert sign * pixel[channel] > 0.8 * pixel[0] > 0
        assert abs(pixel[3 - channel]) < 0.25
    (corner,) = see_inks([Ink.from_strokes([[(0, 10), (0, 0), (10, 0)]])])
    lengths = np.hypot(corner[..., 1], corner[..., 2])[corner[..., 0] == 1]
    assert 0.65 < lengths.min() < 0.8
    assert lengths.max() == pytest.approx(1, abs=1e-3)


def test_a_dot_and_a_picture_have_no_direction() -> None:
    dot = see_inks([Ink.from_strokes([[(5, 5), (5, 5)]])])
    rasters = raster_inks(DIGITS)
    for seen in (dot, see_rasters(rasters), see_rasters(rasters[0])):
        assert seen.shape[-1] == CHANNELS
        assert seen.dtype == np.float32
        assert not seen[..., 1:].any()
    np.testing.assert_array_equal(see_rasters(rasters)[..., 0], rasters)


@given(rough_inks(), st.floats(1.2, 4))
def test_ink_is_as_long_as_in_mnist_and_inside_the_frame(ink: Ink, pen: float) -> None:
    raster = raster_inks([ink], pen)[0]
    assert raster.dtype == np.float32
    assert 0 <= raster.min() <= raster.max() <= 1
    rows, columns = np.flatnonzero(raster.any(axis=1)), np.flatnonzero(raster.any(axis=0))
    longest = max(np.ptp(rows), np.ptp(columns)) + 1
    assert BOX - 1 <= longest <= BOX + 2  # the anti-aliased edge may touch a pixel at each end


@given(st.lists(rough_inks(), min_size=1, max_size=5))
def test_a_batch_is_its_members(inks: list[Ink]) -> None:
    alone: Inputs = np.concatenate([see_inks([ink]) for ink in inks])
    np.testing.assert_allclose(see_inks(inks), alone, atol=1e-5)
    np.testing.assert_array_equal(raster_inks(inks), alone[..., 0])


def test_the_centre_of_mass_is_in_the_middle() -> None:
    for raster in raster_inks(DIGITS):
        along = np.arange(SIDE) + 0.5
        centre = np.array([raster.sum(axis=0) @ along, raster.sum(axis=1) @ along]) / raster.sum()
        assert np.abs(centre - SIDE / 2).max() < 0.6


def test_ink_without_points_is_black_and_without_extent_a_dot() -> None:
    empty, dot = raster_inks([Ink.from_strokes([]), Ink.from_strokes([[(5, 5), (5, 5)]])])
    assert empty.max() == 0
    assert 3 < dot.sum() < 6  # pi * (PEN / 2)**2 = 4.5 px


@pytest.mark.parametrize("height", [5e-324, 1e-300, 1e-150, 1e-9, 1e9])
def test_any_finite_size_is_drawn(height: float) -> None:
    raster = raster_inks([Ink.from_strokes([[(0, 0), (0, height)]])])[0]
    assert np.isfinite(raster).all()
    assert raster.sum() == pytest.approx(4.5 if height < 1e-200 else 47, rel=0.1)


@pytest.mark.parametrize("pen", [0.02, 0.05, 0.1, 0.15])
@pytest.mark.parametrize("length", [28, 90, 250, 700])
def test_the_pen_of_a_picture_is_brought_near_to_that_of_ink(pen: float, length: int) -> None:
    if pen * length < 1.5:
        pen = 1.5 / length
    size = (length + 90, length + 110)
    for ink, wanted in zip(DIGITS, raster_inks(DIGITS), strict=True):
        image = render(ink, size=size, length=length, at=(40, 50), pen=pen * length)
        raster, _ = raster_picture(picture.load(image), paper())
        overlap = (raster * wanted).sum() / np.sqrt((raster**2).sum() * (wanted**2).sum())
        assert overlap > 0.85
        assert raster.sum() > 0.6 * wanted.sum()


@given(
    digits,
    st.sampled_from([("black", "white"), ("white", "black"), ("#ffe600", "white"),
                     ("#c00000", "#00a000"), ("navy", "#d8d0c0"), ("#777777", "#bbbbbb")]),
)  # fmt: skip
@settings(max_examples=25)
def test_colours_of_a_picture_change_little(ink: Ink, colours: tuple[str, str]) -> None:
    plain, box = raster_picture(picture.load(render(ink)), paper())
    again, same_box = raster_picture(
        picture.load(render(ink, colour=colours[0], paper=colours[1])), paper()
    )
    assert box is not None
    assert same_box is not None
    np.testing.assert_allclose(same_box, box, atol=4)
    assert np.abs(again - plain).mean() < 0.01


@given(digits, st.integers(0, 300), st.integers(0, 200))
@settings(max_examples=25)
def test_the_place_in_a_picture_changes_little(ink: Ink, x: int, y: int) -> None:
    at = (20.0 + x, 20.0 + y)
    moved, box = raster_picture(picture.load(render(ink, size=(500, 400), at=at)), paper())
    still, _ = raster_picture(picture.load(render(ink, size=(500, 400), at=(20, 20))), paper())
    assert box is not None
    assert abs(box[0] - (at[0] - 6)) <= 5  # of 160: the network may miss the tip of a stroke
    assert np.abs(moved - still).mean() < 0.02


def test_a_picture_in_mnist_form_passes_unchanged() -> None:
    for raster in raster_inks(DIGITS):
        pixels = np.rint(raster * 255).astype(np.uint8)
        grey = picture.load(pixels)
        assert is_mnist_form(grey)
        np.testing.assert_array_equal(raster_picture(grey, paper())[0], grey)
        inverted, box = raster_picture(picture.load(255 - pixels), paper())
        np.testing.assert_allclose(inverted, grey, atol=1e-6)
        assert box is not None


def test_other_28_px_pictures_are_brought_into_that_form() -> None:
    small = render(DIGITS[7], size=(28, 28), length=12, at=(2, 2), pen=1.5)
    grey = picture.load(small)
    assert not is_mnist_form(grey)
    raster, box = raster_picture(grey, paper())
    assert box is not None
    assert box[2] < 16
    assert abs(float(raster.sum() - raster_inks([DIGITS[7]]).sum())) < 40


def test_an_empty_picture_has_no_box() -> None:
    for value in (0, 128, 255):
        raster, box = raster_picture(picture.load(np.full((50, 60), value, np.uint8)), paper())
        assert box is None
        assert raster.max() == 0
