"""Candidates of a number in a picture: the right path is among them, and they are bounded."""

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from digitpad import Ink, Reader
from digitpad.geometry import Box
from digitpad.lattice.pictures import (
    found_in,
    look,
    picture_of_one_digit,
    raster_pieces,
    segment_components,
    segment_picture,
)
from digitpad.network.inputs import raster_inks
from digitpad.network.runtime import Recognizer
from digitpad.picture import components
from digitpad.picture import decode as picture
from digitpad.picture.components import Component
from digitpad.picture.pieces import Pieces, find_pieces
from tests.drawings import DIGITS, inked, placed, render, together
from tests.lattices import check, matches
from tests.networks import paper

RNG = np.random.default_rng(0)
Grey = npt.NDArray[np.float32]


def find_components(ink: Grey) -> list[Component]:
    """The components of what is not crowded."""
    found = components.find_components(ink)
    assert found is not None
    return found


def pictured(digits: list[Ink], height: float = 60, pen: float = 5) -> tuple[Grey, list[Box]]:
    """A picture of digits 100 high in black on white, and their boxes in it."""
    ink, scale = together(digits), height / 100
    left, top, right, bottom = ink.box or (0, 0, 0, 0)
    sides = np.array([right - left, bottom - top]) * scale
    size = (int(sides[0]) + 60, int(sides[1]) + 60)
    image = render(ink, size=size, length=float(sides.max()), at=(30, 30), pen=pen)
    edge = np.array([-pen, -pen, pen, pen]) / 2
    boxes = [Box(*(30 + scale * (np.array(d.box) - [left, top] * 2) + edge)) for d in digits]
    return picture.load(image), boxes


@pytest.mark.parametrize("text", ["2047", "1234567890", "55", "3"])
@pytest.mark.parametrize(("height", "pen"), [(28, 3), (60, 5), (120, 12)])
@pytest.mark.parametrize("dark", [False, True])
def test_the_digits_of_a_picture_are_a_path(
    text: str, height: float, pen: float, dark: bool
) -> None:
    grey, boxes = pictured(placed(text), height, pen)
    found = segment_picture(1 - grey if dark else grey, paper())
    assert found is not None
    lattice, rasters = found
    check(lattice)
    assert rasters.shape == (len(lattice.candidates), 28, 28)
    assert rasters.dtype == np.float32
    assert rasters.max(axis=(1, 2)).min() > 0.5
    assert matches(lattice, boxes)


def test_any_candidates_raster_can_be_had_alone() -> None:
    grey, _ = pictured(placed("2047", gap=0.0), pen=8)
    found = segment_picture(grey, paper())
    assert found is not None
    pieces = find_pieces(grey, paper())
    assert pieces is not None
    components = pieces.components
    lattice = segment_components(components)
    assert lattice.pieces == len(components) == found[0].pieces
    assert [c.pieces for c in lattice.candidates] == [c.pieces for c in found[0].candidates]
    assert [c.geometry for c in lattice.candidates] == [c.geometry for c in found[0].candidates]
    for one, raster in zip(lattice.candidates, found[1], strict=True):
        np.testing.assert_array_equal(raster_pieces(components, one.pieces), raster)


@pytest.mark.parametrize(("text", "height"), [("20260", 28), ("20260", 60), ("35353", 60)])
def test_strokes_of_touching_digits_in_a_row_are_no_ruled_line(text: str, height: int) -> None:
    grey, _ = pictured(placed(text, gap=0.0), height, height / 7.5)
    ink = inked(grey)
    kept = sum(float(component.ink.sum()) for component in find_components(ink))
    assert kept > 0.98 * ink.sum()


@pytest.mark.parametrize("text", ["23", "55", "47", "64", "07"])
def test_touching_digits_of_a_picture_are_cut(text: str) -> None:
    grey, boxes = pictured(placed(text, gap=0.0), pen=8)
    found = segment_picture(grey, paper())
    assert found is not None
    lattice, _ = found
    check(lattice)
    assert lattice.pieces > 1
    assert matches(lattice, boxes)
    assert any(c.pieces == lattice.whole for c in lattice.candidates)
    cuts = {c.pieces: c.geometry.cuts for c in lattice.candidates}
    assert cuts.pop(lattice.whole) == 0
    assert max(cuts.values()) >= 1


@pytest.mark.parametrize("digit", range(10))
def test_a_picture_in_mnists_form_is_one_candidate(digit: int) -> None:
    (raster,) = raster_inks([DIGITS[digit]])
    for grey in (raster, 1 - raster):
        found = segment_picture(grey, paper())
        assert found is not None
        lattice, rasters = found
        assert lattice.pieces == len(lattice.candidates) == 1
        np.testing.assert_array_equal(rasters[0], raster)


@pytest.mark.parametrize("lightness", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size", [(28, 28), (1, 1), (60, 300)])
def test_a_blank_picture_has_no_lattice(lightness: float, size: tuple[int, int]) -> None:
    grey = np.full(size, lightness, np.float32)
    assert segment_picture(grey, paper()) is None
    assert picture_of_one_digit(grey, paper()) is None


def drawn(kind: str) -> Grey:
    image = Image.new("L", (1300, 200), 255)
    pen = ImageDraw.Draw(image)
    xs = range(10, 1290, 13)
    if kind == "a row of strokes":
        for x in xs:
            pen.line((x, 60, x - 12, 140), width=4)
    if kind == "specks":
        for x, y in RNG.integers((0, 0), (1300, 200), (400, 2)).tolist():
            pen.rectangle((x, y, x + 2, y + 2), 0)
    if kind == "a scribble":
        pen.line([(x, y) for x, y in RNG.integers(20, 180, (40, 2)).tolist()], width=3)
    if kind == "rings":
        for x in xs:
            pen.ellipse((x - 30, 60, x + 30, 140), outline=0, width=3)
    return picture.load(image)


@pytest.mark.parametrize("kind", ["a row of strokes", "specks", "a scribble", "rings"])
def test_any_picture_has_a_bounded_number_of_candidates(kind: str) -> None:
    found = segment_picture(drawn(kind), paper())
    assert found is not None
    lattice, rasters = found
    check(lattice)
    assert len(rasters) == len(lattice.candidates)
    assert np.isfinite(rasters).all()


def test_no_digit_has_parts_of_two_pieces_that_do_not_touch() -> None:
    pair = placed("23", gap=0.0)
    right = together(pair).points[:, 0].max() + 15
    others = [digit.transform(np.eye(2), (right, 0)) for digit in placed("55", gap=0.0)]
    grey, _ = pictured(pair + others, pen=8)
    found = segment_picture(grey, paper())
    assert found is not None
    cuts = [c.geometry.cuts for c in found[0].candidates]
    assert set(cuts) == {0.0, 1.0}


def test_lines_below_each_other_have_few_paths() -> None:
    """Whichever pieces are taken first: 2^16 steps, were wide pieces candidates everywhere."""
    image = Image.new("L", (300, 1360), 255)
    for row in range(16):
        y = 40 + 80 * row
        corners = [(40, y + 50), (60, y), (110, y + 50), (130, y)]
        ImageDraw.Draw(image).line(corners, fill=0, width=5)
    found = segment_picture(picture.load(image), paper())
    assert found is not None
    check(found[0])
    assert len(found[0].steps) < 2_000


@pytest.mark.parametrize("digit", range(10))
def test_as_one_digit_a_picture_is_one_candidate(digit: int) -> None:
    grey, _ = pictured(placed(f"{digit}"))
    one, several = picture_of_one_digit(grey, paper()), segment_picture(grey, paper())
    assert one
    assert several
    assert len(one[0].candidates) == 1
    (whole,) = (i for i, c in enumerate(several[0].candidates) if c.pieces == several[0].whole)
    np.testing.assert_allclose(several[1][whole], one[1][0], atol=0.02)
    np.testing.assert_allclose(several[0].candidates[whole].box, one[0].candidates[0].box, atol=4)


def strewn(kind: str) -> Grey:
    """Near what is still looked at as a line of digits, and beyond it."""
    image = Image.new("L", (900, 300), 255)
    pen = ImageDraw.Draw(image)
    if kind == "bars":
        for x in range(10, 890, 16):
            pen.line((x, 40, x, 260), width=4)
    if kind == "across":
        for x in range(0, 600, 40):
            for y in (0, 5):
                pen.line((x, 20 + y, x + 290, 280 + y))
    if kind == "dots":
        for x, y in np.ndindex(44, 29):
            pen.rectangle((x * 20 + 5, y * 10 + 5, x * 20 + 8, y * 10 + 8), 0)
    return picture.load(image)


def test_a_pixel_is_no_ink() -> None:
    grey = np.ones((200, 1300), np.float32)
    grey[100, 600] = 0
    assert segment_picture(grey, paper()) is None


@pytest.mark.parametrize("kind", ["bars", "across", "dots"])
def test_far_more_than_a_number_has_is_never_read(kind: str) -> None:
    grey = strewn(kind)
    assert components.find_components(inked(grey)) is None
    assert Reader().read(grey).status != "read"


def test_far_more_digits_than_a_number_has_are_unsure() -> None:
    grey, _ = pictured(placed("2475" * 15, gap=0.1), 40, 5)
    found = segment_picture(grey, paper())
    assert found is not None
    assert found[0].crowded
    reading = Reader().read(grey)
    assert reading.status == "unsure"
    assert reading.reason == "there is far more in it than a number has"


def test_pictures_of_candidates_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    grey, _ = pictured(placed("2047", gap=0.0), pen=8)
    components = find_components(inked(grey))
    assert len(segment_components(components).candidates) > len(components)
    monkeypatch.setattr("digitpad.lattice.pictures.MAX_DRAWN", 1)
    assert len(segment_components(components).candidates) == len(components)


@pytest.mark.parametrize("height", [330, 1000])
def test_a_large_digit_looks_as_a_small_one(height: int) -> None:
    (small, _), (large, _) = (
        pictured(placed("8"), 100, 8),
        pictured(placed("8"), height, height / 12.5),
    )
    for whole in (segment_picture(small, paper()), segment_picture(large, paper())):
        assert whole is not None
    one, other = (
        found[1].max(axis=0)
        for found in (segment_picture(grey, paper()) for grey in (small, large))
        if found
    )
    assert np.abs(one - other).mean() < 0.03


def test_a_digit_beyond_doubt_is_not_cut() -> None:
    grey, _ = pictured(placed("25"))
    cut, whole = look(grey, paper()), look(grey, paper(), Recognizer())
    assert isinstance(cut, Pieces)
    assert isinstance(whole, Pieces)
    assert len(whole.components) == len(whole.connected) == len(cut.connected) == 2
    assert len(cut.components) > 2


def test_digits_beyond_doubt_are_not_tried_together() -> None:
    grey, _ = pictured(placed("2507"))
    found = look(grey, paper(), Recognizer())
    assert isinstance(found, Pieces)
    assert all(component.known is not None for component in found.components)
    lattice, rasters = found_in(found.components)
    assert [candidate.pieces for candidate in lattice.candidates] == [1, 2, 4, 8]
    for component, raster in zip(found.components, rasters, strict=True):
        np.testing.assert_array_equal(component.known, raster)


def test_two_digits_that_touch_are_not_one_beyond_doubt() -> None:
    """However sure the network is of something so wide."""
    grey, _ = pictured(placed("25", gap=-0.05), pen=8)
    found = components.find_components(inked(grey), list)
    assert found
    assert len(found) > 1
    assert all(one.known is None and one.piece == 0 for one in found)
