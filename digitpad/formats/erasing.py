"""Erasers that paint: what is drawn with one hides what was drawn before."""

from collections.abc import Iterable, Sequence

import numpy as np

from digitpad.errors import TooLarge
from digitpad.geometry import Box, Polyline, union

MAX_ERASERS = 1_000  # on one page; each takes about a millisecond
MAX_CELLS = 2_000_000  # that all lines of a page pass through
FINE = 8  # cells in the widest eraser's radius: its rim is true to half of one
WIDEST = 2_000  # cells from end to end of what is erased; far from each other they are coarser


def erased(drawn: Iterable[tuple[Polyline, float | None]]) -> list[Polyline]:
    """Return what is seen of strokes, given in order with the radius of erasers, None of ink.

    A stroke that an eraser passes over is cut there, and what is left of it has a point in each
    cell of a grid. Raises TooLarge.
    """
    lines = list(drawn)
    erasers = [(line, radius) for line, radius in lines if radius is not None and radius > 0]
    if not erasers:
        return [line for line, radius in lines if radius is None]
    if len(erasers) > MAX_ERASERS:
        raise TooLarge(f"a page may have at most {MAX_ERASERS:,} erasing strokes, found more")
    board = _Board(erasers)
    seen: list[Polyline] = []
    for line, radius in reversed(lines):
        if radius is None:
            seen += reversed(board.rest(line))
        elif radius > 0:
            board.wipe(line, radius)
    return seen[::-1]


class _Board:
    """The cells that erasers hide, as they are looked at from the last stroke to the first."""

    def __init__(self, erasers: Sequence[tuple[Polyline, float]]) -> None:
        box = union(Box.around_each([line for line, _ in erasers]))
        radius = max(radius for _, radius in erasers)
        self._cell = max(radius / FINE, box.extent / WIDEST)
        self._corner = np.array(box[:2]) - 2 * self._cell * FINE
        across, down = np.ceil(np.array([box.width, box.height]) / self._cell).astype(int)
        self._hidden = np.zeros((across + 4 * FINE + 2, down + 4 * FINE + 2), bool)
        self._left = float(MAX_CELLS)

    def wipe(self, line: Polyline, radius: float) -> None:
        """Hide the cells around a line."""
        reach = radius / self._cell
        places = np.unique(self._cells(self._dense(line)), axis=0)
        for x in range(-FINE, FINE + 1):
            for y in range(-FINE, FINE + 1):
                if x * x + y * y <= reach * reach:
                    self._hidden[places[:, 0] + x, places[:, 1] + y] = True

    def rest(self, line: Polyline) -> list[Polyline]:
        """Return the parts of a line that are not hidden."""
        ends = self._cells(np.array(Box.around(line)).reshape(2, 2))
        if (ends[1] < 0).any() or (ends[0] >= self._hidden.shape).any():
            return [line]
        points = self._dense(line)
        cells = self._cells(points)
        inside = ((cells >= 0) & (cells < self._hidden.shape)).all(axis=1)
        seen = np.ones(len(cells), bool)
        seen[inside] = ~self._hidden[*cells[inside].T]
        if seen.all():
            return [line]
        parts = np.split(points, np.flatnonzero(np.diff(seen)) + 1)
        return parts[0 if seen[0] else 1 :: 2]

    def _dense(self, line: Polyline) -> Polyline:
        """Return a line with points between its own, so that none are further apart than a cell."""
        many = np.ceil(np.hypot(*np.diff(line, axis=0).T) / self._cell)
        self._left -= len(line) + many.sum()
        if not self._left >= 0:
            raise TooLarge(f"a page with erasers may have {MAX_CELLS:,} cells, found more")
        ends = np.concatenate([[0], np.maximum(many, 1).cumsum()])
        at = np.arange(ends[-1] + 1)
        return np.stack([np.interp(at, ends, axis) for axis in line.T], axis=1)

    def _cells(self, points: Polyline) -> np.ndarray:
        return np.floor((points - self._corner) / self._cell).astype(np.int64)
