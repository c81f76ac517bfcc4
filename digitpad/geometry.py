"""Boxes and polylines, in any unit, y pointing down."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SMALLEST = 1e-200  # any unit; a drawing smaller than this has no scale that float64 can hold

Polyline = npt.NDArray[np.float64]  # (n, 2): x and y of each point; n >= 1


class Box(NamedTuple):
    """A box along the axes."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, points: npt.NDArray[np.floating | np.integer]) -> "Box":
        """Return the smallest box around points (n, 2), n >= 1."""
        low, high = np.minimum.reduce(points), np.maximum.reduce(points)  # faster than min and max
        return cls(*low.tolist(), *high.tolist())

    @classmethod
    def around_each(cls, lines: Sequence[Polyline]) -> "list[Box]":
        """Return the smallest box around each of at least one line."""
        points = np.concatenate(lines)
        ends = np.array([len(line) for line in lines]).cumsum()
        begins = np.concatenate([[0], ends[:-1]])
        low, high = (bound.reduceat(points, begins) for bound in (np.minimum, np.maximum))
        return [cls(*corners) for corners in np.concatenate([low, high], axis=1).tolist()]

    @classmethod
    def of_mask(cls, mask: npt.NDArray[np.bool_]) -> "Box | None":
        """Return the smallest box around the true pixels of a mask (h, w), None without any."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(rows) == 0:
            return None
        return cls(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def extent(self) -> float:
        """The longer side."""
        return max(self.right - self.left, self.bottom - self.top)

    @property
    def is_dot(self) -> bool:
        """Whether what is in the box has no extent, but for the rounding of its coordinates."""
        rounding = max(1e-9 * max(-self.left, -self.top, self.right, self.bottom), SMALLEST)
        return self.extent <= rounding

    def union(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def distance(self, other: "Box") -> float:
        """Return how far the boxes are apart, 0 if they touch."""
        across = max(self.left - other.right, other.left - self.right, 0.0)
        down = max(self.top - other.bottom, other.top - self.bottom, 0.0)
        return float(np.hypot(across, down))


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of at least one."""
    return reduce(Box.union, boxes)


def length(line: npt.NDArray[np.floating | np.integer]) -> float:
    """Return the length of a line through points (n, 2), in their unit."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def find_corners(line: Polyline, tolerance: float) -> list[int]:
    """Return the points between which a line is straight: indices, its first and last included.

    No point is further than `tolerance` from the lines between them (Ramer, 1972; Douglas and
    Peucker, 1973).
    """
    corners = {0, len(line) - 1}
    left = [(0, len(line) - 1)]
    while left:
        first, last = left.pop()
        chord = line[last] - line[first]
        size = float(np.hypot(*chord))
        unit = chord / (size or 1.0)
        beyond = line[first:last] - line[first]
        along = np.clip(beyond @ unit, 0, size)
        away = np.hypot(*(beyond - along[:, None] * unit).T)
        if away.max(initial=0.0) > tolerance:
            corner = first + int(away.argmax())
            corners.add(corner)
            left += [(first, corner), (corner, last)]
    return sorted(corners)


def find_moves(along: npt.NDArray[np.float64], least: float) -> list[int]:
    """Return the middles of the runs in which a coordinate grows by `least`, longest run first."""
    growing = np.zeros(len(along) + 1, np.int8)
    growing[1:-1] = along[1:] > along[:-1]
    runs = [
        (float(along[last] - along[first]), first, last)
        for first, last in np.flatnonzero(growing[1:] != growing[:-1]).reshape(-1, 2).tolist()
    ]
    return [
        first + int(np.searchsorted(along[first : last + 1], along[first] + size / 2))
        for size, first, last in sorted(runs, reverse=True)
        if size >= least
    ]


def choose_cuts(line: Polyline, places: Sequence[int], least: float, margin: float) -> list[int]:
    """Choose from places where a line may be cut, the earlier the better: indices, sorted.

    Either side of a cut, which begins with the point there, has a longer side of `margin`, and
    what is between two cuts one of `least`.
    """
    cuts: list[int] = []
    if not places:
        return cuts
    before, after = _extents(line), _extents(line[::-1])[::-1]
    for place in places:
        if not 0 < place < len(line) or min(before[place - 1], after[place]) < margin:
            continue
        at = bisect(cuts, place)
        near = [(cut, place) for cut in cuts[max(at - 1, 0) : at]]
        near += [(place, cut) for cut in cuts[at : at + 1]]
        if all(first < last and _extents(line[first:last])[-1] >= least for first, last in near):
            cuts.insert(at, place)
    return cuts


def _extents(line: Polyline) -> npt.NDArray[np.float64]:
    """Return the longer side of the box around a line up to each of its points, (n,)."""
    spread = np.maximum.accumulate(line) - np.minimum.accumulate(line)
    return np.asarray(spread.max(axis=1))
