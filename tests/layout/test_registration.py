"""Where a page is in a picture: to a pixel, or nowhere."""

import numpy as np
import pytest
from PIL import Image

from digitpad import Field, Layout
from digitpad.geometry import Box
from digitpad.layout.homography import fit_points, move
from digitpad.layout.registration import NOT_FOUND, OUTSIDE, TWICE, register
from digitpad.layout.shapes import corners_of_box
from tests.forms import LAYOUT, SHARP, TEXTS, page, photograph, seen

MARKED = Layout(
    100.0,
    70.0,
    (Field("number", Box(20, 30, 80, 42)),),
    np.empty((0, 4)),
    (Box(3, 3, 5, 5), Box(95, 3, 97, 5), Box(3, 65, 5, 67), Box(85, 65, 87, 67)),
)
CORNERS = np.concatenate([corners_of_box(field.box) for field in LAYOUT.fields])


def grey(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float32) / 255


@pytest.mark.parametrize(
    ("turn", "lean", "shadow"),
    [(0, 0, 0), (4, 0.03, 0.35), (-5, -0.04, 0.5), (12, 0, 0.2), (-15, 0.02, 0)],
)
@pytest.mark.parametrize("layout", [LAYOUT, MARKED], ids=["lines", "marks"])
def test_a_page_is_found_to_a_pixel(
    layout: Layout, turn: float, lean: float, shadow: float
) -> None:
    printed = page(TEXTS, layout)
    found = register(grey(photograph(printed, turn, lean, shadow)), layout)
    assert found.matrix is not None, found.reason
    right = move(seen(turn, lean, printed.size), CORNERS * SHARP)
    assert np.hypot(*(move(found.matrix, CORNERS) - right).T).max() < 1.5


@pytest.mark.parametrize("scale", [0.45, 2.2])
def test_its_size_does_not_matter(scale: float) -> None:
    photo = photograph(page())
    size = (round(photo.width * scale), round(photo.height * scale))
    noisy = grey(photo.resize(size, Image.Resampling.LANCZOS))
    noisy += np.random.default_rng(0).normal(0, 0.02, noisy.shape).astype(np.float32)
    found = register(np.clip(noisy, 0, 1), LAYOUT)
    assert found.matrix is not None
    right = move(seen(4, 0.03, page().size), CORNERS * SHARP) * scale
    assert np.hypot(*(move(found.matrix, CORNERS) - right).T).max() < 1.5 * max(scale, 1)


def test_another_page_is_not_found() -> None:
    lines = LAYOUT.lines.copy()
    lines[:, [1, 3]] += np.where(lines[:, [1]] > 40, 5.0, 0.0)  # the comb stands lower
    other = Layout(LAYOUT.width, LAYOUT.height, LAYOUT.fields, lines)
    blank = np.full((300, 400), 0.9, np.float32)
    noise = np.random.default_rng(1).random((300, 400), np.float32)
    for picture in (grey(photograph(page(TEXTS, other))), blank, noise):
        found = register(picture, LAYOUT)
        assert (found.matrix, found.reason) == (None, NOT_FOUND)


def test_a_part_of_a_page_is_not_found() -> None:
    whole = photograph(page(), turn=2)
    cut_off = whole.crop((0, 0, whole.width, round(0.6 * whole.height)))
    assert register(grey(cut_off), LAYOUT).reason == NOT_FOUND


def test_a_field_that_is_not_in_the_picture_is_not_read() -> None:
    far = Field("far", Box(300, 20, 340, 30))
    layout = Layout(400.0, 70.0, (*LAYOUT.fields, far), LAYOUT.lines)
    found = register(grey(photograph(page())), layout)
    assert (found.matrix, found.reason) == (None, OUTSIDE)


def test_a_page_that_is_there_twice_is_read_nowhere() -> None:
    one = page()
    both = Image.new("L", (one.width, 2 * one.height), 235)
    both.paste(one, (0, 0))
    both.paste(one, (0, one.height))
    assert register(grey(both), LAYOUT).reason == TWICE


def test_a_homography_is_fitted_to_points() -> None:
    matrix = np.array([[1.1, 0.1, 5], [-0.05, 0.9, -3], [2e-4, 1e-4, 1]])
    found = fit_points(CORNERS, move(matrix, CORNERS))
    assert move(found, CORNERS) == pytest.approx(move(matrix, CORNERS), abs=0.02)
