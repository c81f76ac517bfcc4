import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from digitpad.picture.labelling import label
from digitpad.picture.strokes import MOST_JUNCTIONS, Traced, thin, trace

PEN = 7  # px

Mask = npt.NDArray[np.bool_]
Lines = list[list[tuple[int, int]]]


def drawn(lines: Lines) -> Mask:
    """Draw lines with a round pen on 120 x 120 px."""
    image = Image.new("L", (120, 120))
    pen = ImageDraw.Draw(image)
    for line in lines:
        pen.line(line, fill=1, width=PEN, joint="curve")
        for x, y in line:
            pen.ellipse((x - PEN // 2, y - PEN // 2, x + PEN // 2, y + PEN // 2), fill=1)
    return np.asarray(image) > 0


def ring() -> Mask:
    image = Image.new("L", (120, 120))
    ImageDraw.Draw(image).ellipse((20, 20, 100, 90), outline=1, width=PEN)
    return np.asarray(image) > 0


def ends(stroke: Traced) -> list[tuple[int, int]]:
    (x0, y0), (x1, y1) = stroke.pixels[0], stroke.pixels[-1]
    return [(int(x0), int(y0)), (int(x1), int(y1))]


def near(found: list[tuple[int, int]], expected: list[tuple[int, int]]) -> bool:
    away = np.abs(np.array(found) - np.array(expected))
    return float(away.max()) <= PEN


CROSS = [[(20, 20), (100, 100)], [(20, 100), (100, 20)]]
TEE = [[(20, 30), (100, 30)], [(60, 30), (60, 100)]]


def test_a_line_is_thinned_to_one_px_along_its_middle() -> None:
    line = thin(drawn([[(20, 60), (100, 60)]]))
    assert line.sum(axis=0)[25:95].tolist() == 70 * [1]
    assert set(np.nonzero(line)[0].tolist()) <= {59, 60, 61}


@pytest.mark.parametrize("mask", [ring(), drawn(CROSS), drawn(TEE), drawn([[(60, 60)]])])
def test_thinning_parts_nothing_and_fills_no_hole(mask: Mask) -> None:
    line = thin(mask)
    assert not (line & ~mask).any()
    assert label(line).max() == label(mask).max() == 1
    holes = [int(ndimage.label(~np.pad(whole, 1))[1]) - 1 for whole in (line, mask)]
    assert holes[0] == holes[1]


def test_strokes_that_cross_go_on_straight() -> None:
    strokes = trace(drawn(CROSS), PEN)
    assert len(strokes) == 2
    falling, rising = sorted(strokes, key=lambda s: ends(s)[0][1])
    assert near(ends(falling), [(20, 20), (100, 100)])
    assert near(ends(rising), [(20, 100), (100, 20)])
    for stroke in strokes:
        (junction,) = stroke.junctions
        assert near([tuple(stroke.pixels[junction].tolist())], [(60, 60)])


def test_a_stroke_that_ends_at_another_leaves_it_whole() -> None:
    stem, bar = sorted(trace(drawn(TEE), PEN), key=lambda s: np.ptp(s.pixels[:, 0]))
    assert near(ends(bar), [(20, 30), (100, 30)])
    assert len(bar.junctions) == 1
    assert near(sorted(ends(stem), key=lambda p: p[1]), [(60, 30), (60, 100)])
    assert stem.junctions == []


def test_a_ring_is_one_stroke_that_comes_back() -> None:
    (stroke,) = trace(ring(), PEN)
    assert near([ends(stroke)[0]], [ends(stroke)[1]])
    assert np.ptp(stroke.pixels, axis=0).min() > 55
    assert stroke.junctions == []


def test_a_ring_with_a_tail_is_one_stroke_cut_where_they_meet() -> None:
    mask = ring() | drawn([[(100, 55), (100, 115)]])
    strokes = trace(mask, PEN)
    assert sum(len(stroke.junctions) for stroke in strokes) + len(strokes) <= 4
    assert any(stroke.junctions for stroke in strokes)


@pytest.mark.parametrize("left", [False, True])
def test_a_junction_is_where_the_strokes_meet(left: bool) -> None:
    """Whichever way the line is followed: the stem stands off the middle."""
    mask = drawn([[(20, 30), (100, 30)], [(45, 30), (45, 100)]])
    strokes = trace(mask[:, ::-1].copy() if left else mask, PEN)
    bar = max(strokes, key=lambda s: np.ptp(s.pixels[:, 0]))
    (junction,) = bar.junctions
    assert near([(int(bar.pixels[junction][0]), 30)], [(74 if left else 45, 30)])


def test_two_junctions_close_together_are_one() -> None:
    """Where strokes cross, their centre lines share a bit of the way."""
    image = Image.new("L", (48, 40))
    for line in (
        [10, 10, 20, 20],
        [10, 30, 20, 20],
        [20, 20, 24, 20],
        [24, 20, 34, 10],
        [24, 20, 34, 30],
    ):
        ImageDraw.Draw(image).line(line, fill=255)
    mask = np.asarray(image) > 0
    strokes = trace(mask, PEN)
    assert [len(stroke.junctions) for stroke in strokes] == [1, 1]
    assert [np.ptp(stroke.pixels, axis=0).tolist() for stroke in strokes] == [[24, 20], [24, 20]]
    assert len(trace(mask, 2)) == 3


def test_a_bend_is_no_junction_and_a_sharp_turn_ends_a_stroke() -> None:
    (bend,) = trace(drawn([[(20, 20), (100, 60), (20, 100)]]), PEN)
    assert bend.junctions == []
    fork = trace(drawn([[(60, 100), (60, 60)], [(20, 60), (100, 60)]]), PEN)
    assert len(fork) == 2


def test_a_short_branch_is_no_stroke_and_no_junction() -> None:
    line = np.zeros((40, 60), np.bool_)
    line[20, 5:55] = True
    line[18:20, 30] = True
    (stroke,) = trace(line, 4)
    assert stroke.junctions == []
    assert len(trace(line, 1)) == 2


@pytest.mark.parametrize("width", range(1, 9))
def test_strokes_at_45_degrees_stay(width: int) -> None:
    """Which the thinning of Zhang and Suen erases at some widths."""
    mask = np.zeros((40, 50), np.bool_)
    for row in range(5, 35):
        mask[row, row : row + width] = True
    assert thin(mask).sum() >= 25
    (stroke,) = trace(mask, width)
    assert np.ptp(stroke.pixels, axis=0).min() >= 25
    block = np.pad(np.ones((width, width), np.bool_), 2)
    assert thin(block).any()


@pytest.mark.parametrize("mask", [ring(), drawn(CROSS), drawn(TEE)])
def test_strokes_are_nearly_all_of_the_centre_line(mask: Mask) -> None:
    line = thin(mask)
    found = np.zeros_like(line)
    for stroke in trace(mask, PEN):
        x, y = stroke.pixels.T
        found[y, x] = True
        assert len(stroke.points) == len(stroke.pixels)
        assert np.abs(stroke.points - stroke.pixels).max() < PEN
        assert stroke.pixels[0, 0] <= stroke.pixels[-1, 0]
        assert np.hypot(*np.diff(stroke.pixels, axis=0).T).max() <= 2 * PEN
    assert not (found & ~line).any()
    assert found.sum() > 0.9 * line.sum()


def test_nothing_has_no_strokes_and_a_dot_has_one() -> None:
    assert trace(np.zeros((5, 8), np.bool_), PEN) == []
    assert trace(np.zeros((0, 0), np.bool_), PEN) == []
    mask = np.zeros((9, 9), np.bool_)
    mask[4, 5] = True
    (dot,) = trace(mask, PEN)
    assert dot.pixels.tolist() == [[5, 4]]


def test_noise_is_no_writing() -> None:
    noise = np.random.default_rng(0).random((100, 300)) < 0.4
    assert trace(noise, PEN) == []
    grid = np.zeros((60, 300), np.bool_)
    grid[::10], grid[:, ::6] = True, True
    met = sum(len(stroke.junctions) for stroke in trace(grid[:30], 1))
    assert 90 < met < 2 * MOST_JUNCTIONS
