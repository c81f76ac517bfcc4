"""Traces: the line of a scan is that of its strokes, whatever pen it was drawn with."""

import numpy as np
import pytest

from digitpad.network.inputs import PEN, raster_inks
from digitpad.train.samples.trace import REACH, draw_lines, find_lines
from tests.drawings import DIGITS

RASTERS = raster_inks(DIGITS)
PENS = np.full(len(DIGITS), PEN)


def test_lines_are_float32_and_within_reach() -> None:
    lines = find_lines(RASTERS)
    assert lines.shape == RASTERS.shape
    assert lines.dtype == np.float32
    assert lines.min() == 0
    assert REACH - 0.5 < lines.max() <= REACH
    assert find_lines(RASTERS[:0]).shape == (0, 28, 28)


def test_drawn_with_the_same_pen_a_digit_stays_as_it_was() -> None:
    drawn = draw_lines(find_lines(RASTERS), PENS)
    assert drawn.dtype == np.float32
    assert 0 <= drawn.min() <= drawn.max() <= 1
    for found, wanted in zip(drawn, RASTERS, strict=True):
        assert np.abs(found - wanted).sum() < 0.2 * wanted.sum()


@pytest.mark.parametrize("pen", [1.6, 3.6])
def test_another_pen_is_another_width_of_the_same_lines(pen: float) -> None:
    drawn = draw_lines(find_lines(RASTERS), np.full(len(DIGITS), pen))
    ink = drawn.sum(axis=(1, 2)) / RASTERS.sum(axis=(1, 2))
    assert ink == pytest.approx(np.full(len(DIGITS), pen / PEN), rel=0.25)
    np.testing.assert_allclose(find_lines(drawn), find_lines(RASTERS), atol=2)
    assert np.abs(find_lines(drawn) - find_lines(RASTERS)).mean() < 0.15


def test_an_image_does_not_depend_on_the_others() -> None:
    lines = find_lines(RASTERS)
    np.testing.assert_array_equal(find_lines(RASTERS[3:5]), lines[3:5])
    np.testing.assert_array_equal(draw_lines(lines[3:5], PENS[3:5]), draw_lines(lines, PENS)[3:5])


def test_faint_ink_has_a_line_too() -> None:
    np.testing.assert_allclose(find_lines(RASTERS * np.float32(0.3)).max(), REACH, atol=0.5)
