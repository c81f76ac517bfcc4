import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from digitpad.geometry import choose_cuts, find_corners, find_moves
from digitpad.picture import decode as picture
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
    assert picture.label(line).max() == picture.label(mask).max() == 1
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


def test_moves_are_the_middles_of_what_grows_longest_first() -> None:
    along = np.array([0.0, 1, 2, 1, 0, 2, 4, 6, 5, 5.5])
    assert find_moves(along, 1.0) == [6, 1]
    assert find_moves(along, 3.0) == [6]
    assert find_moves(np.zeros(4), 0.1) == []


def test_cuts_leave_enough_on_either_side_and_between() -> None:
    stroke = np.stack([np.arange(11.0), np.zeros(11)], axis=1)
    assert choose_cuts(stroke, [5], height=10, margin=0.4) == [5]
    assert choose_cuts(stroke, [5], height=10, margin=0.6) == []
    assert choose_cuts(stroke, [6, 3, 5], height=10, margin=0.2) == [3, 6]  # 5 is too near to 6
    assert choose_cuts(stroke, [0, 11], height=10, margin=0.0) == []
    assert choose_cuts(stroke, [5, 5, 6], height=10, margin=0.0) == [5]


@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e9])
def test_corners_are_where_a_stroke_turns(scale: float) -> None:
    turns = np.array([(0.0, 0), (50, 0), (50, 80), (0, 10)])
    along = np.interp(np.linspace(0, 3, 31), range(4), turns[:, 0])
    down = np.interp(np.linspace(0, 3, 31), range(4), turns[:, 1])
    bumps = np.where(np.arange(31) % 10 == 5, 0.9, 0)  # less than is tolerated
    stroke = np.stack([along + bumps, down + bumps], axis=1) * scale
    assert find_corners(stroke, 1.5 * scale) == [0, 10, 20, 30]
    assert len(find_corners(stroke, 0.1 * scale)) > 4


def test_no_point_is_far_from_the_lines_between_corners() -> None:
    at = np.linspace(0, 4 * np.pi, 200)
    spiral = np.stack([at * np.cos(at), at * np.sin(at)], axis=1)
    corners = find_corners(spiral, 0.2)
    assert 10 < len(corners) < 60
    lines = np.stack([np.interp(range(200), corners, axis[corners]) for axis in spiral.T], axis=1)
    dense = np.stack([np.interp(np.arange(0, 199, 0.01), range(200), a) for a in lines.T], axis=1)
    away = [np.hypot(*(dense - point).T).min() for point in spiral]
    assert max(away) < 0.25


def test_a_stroke_that_does_not_move_has_its_ends_for_corners() -> None:
    assert find_corners(np.zeros((1, 2)), 1.0) == [0]
    assert find_corners(np.zeros((5, 2)), 1.0) == [0, 4]
    there_and_back = np.array([(0.0, 0), (30, 0), (0, 0)])
    assert find_corners(there_and_back, 1.0) == [0, 1, 2]
