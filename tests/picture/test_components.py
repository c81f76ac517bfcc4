from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from digitpad import Ink
from digitpad.network.inputs import Grey, raster_found
from digitpad.picture import components
from digitpad.picture import decode as picture
from digitpad.picture.components import MAX_COMPONENTS, Component
from digitpad.picture.labelling import label
from tests.drawings import DIGITS, inked, render

TALL = 80  # px, the digits drawn here
TOP = 60
PAPER = 200  # px, height of the pictures


def find_components(ink: npt.NDArray[np.float32]) -> list[Component]:
    """The components of what is not crowded."""
    found = components.find_components(ink)
    assert found is not None
    return found


def line_of(digits: Sequence[int], gap: int = 24, left: int = 60, width: int = 460) -> Image.Image:
    """Draw digits in a row, TALL px each, `gap` px apart, black on white."""
    paper = Image.new("L", (width, PAPER), 255)
    for digit in digits:
        one = draw(digit)
        paper.paste(0, (left, TOP), Image.fromarray(255 - np.asarray(one)))
        left += one.width + gap
    return paper


def draw(digit: int) -> Image.Image:
    """Draw one digit, cropped to its box."""
    box = DIGITS[digit].box
    assert box is not None
    length = TALL * max(1, (box[2] - box[0]) / (box[3] - box[1]))
    drawn = render(DIGITS[digit], length=length, size=(220, PAPER), pen=7).convert("L")
    return drawn.crop(drawn.point(lambda v: 255 * (v < 128)).getbbox())


def ink_of(image: Image.Image) -> Grey:
    return inked(picture.load(image))


def paste(components: Sequence[Component], shape: tuple[int, ...]) -> Grey:
    whole = np.zeros(shape, np.float32)
    for c in components:
        height, width = c.ink.shape
        there = whole[c.top : c.top + height, c.left : c.left + width]
        np.maximum(there, c.ink, out=there)
    return whole


def middles(components: Sequence[Component]) -> list[float]:
    return [c.left + c.ink.shape[1] / 2 for c in components]


def pieces(components: Sequence[Component]) -> int:
    return len({c.piece for c in components})


def test_digits_apart_are_pieces_from_left_to_right() -> None:
    ink = ink_of(line_of([2, 0, 4, 7]))
    found = find_components(ink)
    assert pieces(found) == 4
    assert [c.piece for c in found if c.piece] == sorted(c.piece for c in found if c.piece)
    assert middles(found) == sorted(middles(found))
    assert all(c.ink.dtype == np.float32 and c.ink.max() > 0.5 for c in found)


def test_together_they_are_all_the_ink() -> None:
    ink = ink_of(line_of([2, 8, 5, 1]))
    np.testing.assert_array_equal(paste(find_components(ink), ink.shape), ink)


@pytest.mark.parametrize("digit", range(10))
def test_a_lone_digit_keeps_its_looks(digit: int) -> None:
    ink = ink_of(line_of([digit], width=220))
    whole = paste(find_components(ink), ink.shape)
    np.testing.assert_allclose(raster_found(whole)[0], raster_found(ink)[0], atol=0.02)


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_that_fills_the_picture_stays(digit: int) -> None:
    ink = np.asarray(draw(digit), np.float32) < 128
    whole = paste(find_components(ink.astype(np.float32)), ink.shape)
    np.testing.assert_array_equal(whole > 0.5, ink)


@pytest.mark.parametrize("mark", [(82, 94, 90, 104), (84, 80, 88, 118)])
def test_a_dot_or_slash_in_a_zero_stays(mark: tuple[int, int, int, int]) -> None:
    image = Image.new("L", (200, PAPER), 255)
    ImageDraw.Draw(image).ellipse((55, 55, 117, 145), outline=0, width=8)
    ImageDraw.Draw(image).rectangle(mark, fill=0)
    ink = ink_of(image)
    found = find_components(ink)
    assert pieces(found) == 2
    np.testing.assert_array_equal(paste(found, ink.shape) > 0.5, ink > 0.5)


def test_the_bar_of_a_five_stays() -> None:
    image = Image.new("L", (200, PAPER), 255)
    pen = ImageDraw.Draw(image)
    pen.line((60, 62, 60, 96), fill=0, width=7)
    pen.arc((30, 90, 90, 140), -100, 150, fill=0, width=7)
    pen.line((70, 60, 150, 56), fill=0, width=7)  # longer than the digit is tall
    ink = ink_of(image)
    np.testing.assert_array_equal(paste(find_components(ink), ink.shape) > 0.5, ink > 0.5)


def test_specks_are_dropped_away_from_digits_and_kept_beside_them() -> None:
    ink = ink_of(line_of([3, 6]))
    clean = find_components(ink)
    far, near = ink.copy(), ink.copy()
    far[20:26, 400:406] = 1
    first = clean[0]
    near[first.top + 30 : first.top + 36, first.left - 14 : first.left - 8] = 1
    assert middles(find_components(far)) == middles(clean)
    assert pieces(find_components(near)) == 3


PAIRS = [(2, 3), (0, 0), (5, 6), (4, 7), (3, 1), (9, 8)]


@pytest.mark.parametrize("pair", PAIRS)
def test_touching_digits_are_cut_apart(pair: tuple[int, int]) -> None:
    """Each digit is a group of parts: a cut has 85% of each on its side."""
    one, other = (np.asarray(draw(digit)) < 128 for digit in pair)
    for overlap in range(1, 40):  # until they touch
        masks = np.zeros((2, PAPER, 300), np.bool_)
        masks[0, 50 : 50 + len(one), 50 : 50 + one.shape[1]] = one
        left = 50 + one.shape[1] - overlap
        masks[1, 50 : 50 + len(other), left : left + other.shape[1]] = other
        both = np.asarray(masks.any(axis=0))
        if label(both).max() == 1:
            break
    found = find_components(both.astype(np.float32))
    assert pieces(found) == 1
    assert len(found) <= 12
    assert max(_agreement(found[:cut], masks) for cut in range(1, len(found))) > 0.85


def test_digits_that_cross_are_cut_along_their_strokes() -> None:
    """No line from top to bottom parts a seven from a four whose arm crosses its stem."""
    masks = []
    for strokes in (
        [[(40, 40), (110, 40), (60, 140)]],
        [[(95, 40), (75, 105), (170, 105)], [(150, 60), (145, 140)]],
    ):
        image = Image.new("L", (220, 180))
        for stroke in strokes:
            ImageDraw.Draw(image).line(stroke, fill=255, width=7, joint="curve")
        masks.append(np.asarray(image) > 0)
    both = masks[0] | masks[1]
    found = find_components(both.astype(np.float32))
    assert pieces(found) == 1
    seven, four = (mask & ~other for mask, other in zip(masks, masks[::-1], strict=True))
    mixed = 0
    for component in found:
        whole = paste([component], both.shape) > 0.5
        share = (whole & seven).sum() / max(1, (whole & (seven | four)).sum())
        mixed += int(min(share, 1 - share) * (whole & (seven | four)).sum())
    assert mixed < 0.1 * both.sum()


def _agreement(left: Sequence[Component], masks: npt.NDArray[np.bool_]) -> float:
    """Return how much of either digit is on its side of a cut."""
    whole = paste(left, masks.shape[1:]) > 0.5
    first, second = (mask & ~other for mask, other in zip(masks, masks[::-1], strict=True))
    return float(
        min((whole & first).sum() / first.sum(), 1 - (whole & second).sum() / second.sum())
    )


def test_parts_share_the_ink_without_overlap() -> None:
    ink = ink_of(line_of([2, 3], gap=-3))
    found = find_components(ink)
    assert len(found) > pieces(found)
    total = np.zeros(ink.shape, np.float32)
    for c in found:
        total[c.top : c.top + c.ink.shape[0], c.left : c.left + c.ink.shape[1]] += c.ink
    np.testing.assert_array_equal(total, ink)


@pytest.mark.parametrize(
    "line",
    [
        [(20, 40), (60, 40), (60, 120), (100, 120)],  # to the right, down, to the right
        [(20, 120), (50, 30), (50, 120), (80, 30)],  # up and down
    ],
)
def test_a_stroke_that_leads_on_is_cut(line: list[tuple[int, int]]) -> None:
    image = Image.new("L", (120, 150))
    ImageDraw.Draw(image).line(line, fill=255, width=6, joint="curve")
    found = find_components((np.asarray(image) > 0).astype(np.float32))
    assert pieces(found) == 1
    assert len(found) > 1


def test_what_is_too_thick_or_too_large_for_writing_stays_whole() -> None:
    image = Image.new("L", (300, 150))
    ImageDraw.Draw(image).line([(20, 75), (140, 75), (140, 40), (280, 40)], fill=255, width=62)
    thick = (np.asarray(image) > 0).astype(np.float32)
    assert len(find_components(thick)) == 1
    thin = np.zeros((150, 300), np.float32)
    thin[72:78, 20:140], thin[20:78, 134:140], thin[17:23, 134:280] = 1, 1, 1
    assert len(find_components(thin)) > 1
    wide = np.zeros((700, 1500), np.float32)
    wide[10:690:40, 10:1490], wide[10:690, 10:1490:700] = 1, 1
    assert len(find_components(wide)) == 1


def test_with_too_many_parts_pieces_stay_whole_and_nothing_is_lost() -> None:
    ink = np.zeros((80, 3000), np.float32)
    ink[38:42, 10:2990] = 1
    for x in range(20, 2980, 30):  # a comb, whose teeth are all cut
        ink[5:75, x : x + 4] = 1
    (whole,) = find_components(ink)
    assert whole.ink.sum() == ink.sum()


@pytest.mark.parametrize(("height", "pen"), [(100, 2), (300, 3), (300, 6)])
def test_a_thin_pen_is_not_torn(height: int, pen: int) -> None:
    image = Image.new("L", (height * 2, height + 40))
    for corners in (
        [(0.1, 0), (0.6, 0), (0.3, 1)],
        [(0.8, 0), (0.55, 0.6), (1.2, 0.6)],
        [(1.0, 0.2), (1.0, 1)],
    ):
        points = [(20 + x * height, 20 + y * height) for x, y in corners]
        ImageDraw.Draw(image).line(points, fill=255, width=pen)
    assert len(find_components((np.asarray(image) > 0).astype(np.float32))) <= 10


def test_a_dot_and_a_bar_alone_stay() -> None:
    for shape in ((6, 6), (80, 6), (6, 80)):
        ink = np.zeros((120, 120), np.float32)
        ink[20 : 20 + shape[0], 20 : 20 + shape[1]] = 1
        assert find_components(ink)[0].ink.shape[0] == shape[0]


def test_nothing_drawn_has_no_components() -> None:
    assert find_components(np.zeros((40, 60), np.float32)) == []
    assert find_components(np.full((40, 60), 0.5, np.float32)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 3), (150, 200)])
def test_any_picture_passes(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    y, x = np.indices(shape)
    odd = [np.ones(shape), rng.random(shape), (y + x) % 2, y % 4 < 2, x % 4 < 2, (y * x) % 7 == 0]
    for pattern in odd:
        found = components.find_components(pattern.astype(np.float32))
        if found is None:
            continue  # far more than a line of digits has
        assert len(found) <= MAX_COMPONENTS
        assert middles(found) == sorted(middles(found))


@pytest.mark.parametrize(("count", "crowded"), [(40, False), (60, True)])
def test_far_more_than_a_line_has_is_no_line(count: int, crowded: bool) -> None:
    ink = np.zeros((60, 3000), np.float32)
    for number in range(count):
        ink[10:50, 10 + 18 * number : 16 + 18 * number] = 1
    assert (components.find_components(ink) is None) == crowded


def test_soft_edges_follow_the_nearest_piece() -> None:
    ink = np.zeros((60, 60), np.float32)
    ink[9:51, 9:16] = 0.4
    ink[10:50, 10:15] = 1
    ink[10:50, 30:35] = 1
    ink[25, 50] = 0.4  # of no piece
    first, second = find_components(ink)
    assert (first.left, first.top, first.ink.shape) == (9, 9, (42, 7))
    assert (second.left, second.top, second.ink.shape) == (30, 10, (40, 5))


def test_ink_drawn_with_a_pen_is_found() -> None:
    ink = Ink.from_strokes([[(0, 0), (0, 80)], [(60, 0), (60, 80)], [(55, 40), (65, 40)]])
    assert pieces(find_components(ink_of(render(ink, pen=6)))) == 2
