import numpy as np
import pytest

from digitpad.geometry import Box, choose_cuts, find_corners, find_moves, length, union


def test_a_box_is_the_smallest_around_points_or_a_mask() -> None:
    box = Box.around(np.array([(3.0, 1), (-2, 5), (0, 0)]))
    assert box == (-2, 0, 3, 5)
    assert (box.width, box.height, box.extent) == (5, 5, 5)
    mask = np.zeros((6, 8), np.bool_)
    assert Box.of_mask(mask) is None
    mask[2, 3] = mask[4, 7] = True
    assert Box.of_mask(mask) == (3, 2, 8, 5)


def test_boxes_join_and_are_apart() -> None:
    one, other = Box(0, 0, 2, 2), Box(5, 6, 7, 8)
    assert one.union(other) == union([other, one]) == (0, 0, 7, 8)
    assert one.distance(other) == other.distance(one) == 5
    assert one.distance(Box(1, 1, 9, 9)) == 0


@pytest.mark.parametrize("x", [0.0, 1e9, -3.7])
def test_a_dot_has_no_extent_but_rounding(x: float) -> None:
    assert Box(x, x, x, x).is_dot
    assert Box(x, x, x + 1e-10 * abs(x), x).is_dot
    assert not Box(x, x, x + 10, x).is_dot


def test_a_line_is_as_long_as_its_parts() -> None:
    assert length(np.array([(0, 0), (3, 4), (3, 0)])) == 9
    assert length(np.array([(1.0, 1.0)])) == 0


def test_moves_are_the_middles_of_what_grows_longest_first() -> None:
    along = np.array([0.0, 1, 2, 1, 0, 2, 4, 6, 5, 5.5])
    assert find_moves(along, 1.0) == [6, 1]
    assert find_moves(along, 3.0) == [6]
    assert find_moves(np.zeros(4), 0.1) == []


def test_cuts_leave_enough_on_either_side_and_between() -> None:
    stroke = np.stack([np.arange(11.0), np.zeros(11)], axis=1)
    assert choose_cuts(stroke, [5], least=1.2, margin=4) == [5]
    assert choose_cuts(stroke, [5], least=1.2, margin=6) == []
    assert choose_cuts(stroke, [6, 3, 5], least=1.2, margin=2) == [3, 6]  # 5 is too near to 6
    assert choose_cuts(stroke, [0, 11], least=1.2, margin=0) == []
    assert choose_cuts(stroke, [5, 5, 6], least=1.2, margin=0) == [5]


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
