"""Whether more hangs together with a mark than the mark: a digit that a circle touches.

The strokes' network sees a piece no wider than three digits; a circle around five is wider.
"""

from collections.abc import Sequence

import numpy as np

from digitpad.network.inputs import pen_width
from digitpad.picture.components import Component

TURNS = 96  # directions from a ring's middle
# Of the line's height: what lies so far within a ring, or beside a line, is not of its own way.
# Less takes wavy rings and lines for more; more overlooks digits that stand close to them.
APART = 0.3
LEAST = 0.4  # times the line's height by the pen's width: so much ink apart is more than a tail


def hangs_at_ring(parts: Sequence[Component], height: float) -> bool:
    """Whether ink lies within the ring, a circle or a box, that it is part of.

    `parts` are the ink of one connected piece, `height` is the line's, in px of the picture.
    """
    points = _points(parts)
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    half = np.maximum((high - low) / 2, 1)
    x, y = (points - (low + high) / 2) / half
    turn = np.arctan2(y, x)
    number = ((turn / (2 * np.pi) + 0.5) * TURNS).astype(np.intp) % TURNS
    radius = np.hypot(x, y)
    outer = np.zeros(TURNS)
    np.maximum.at(outer, number, radius)
    depth = (outer[number] - radius) * np.hypot(np.cos(turn) * half[0], np.sin(turn) * half[1])
    return _is_much(depth, parts, height)


def hangs_at_line(parts: Sequence[Component], height: float) -> bool:
    """Whether ink lies beside the line, one under the digits or upright, that it is part of."""
    x, y = _points(parts)
    if np.ptp(y) > np.ptp(x):
        x, y = y, x
    middle = np.full_like(y, np.median(y))
    for _ in range(3):  # a line through most of it: what hangs there is left out bit by bit
        near = np.abs(y - middle) <= max(APART * height / 2, float(np.ptp(y)) / 8)
        if near.sum() < 2 or np.ptp(x[near]) == 0:
            break
        slope, begin = np.polyfit(x[near], y[near], 1).tolist()
        middle = slope * x + begin
    return _is_much(np.abs(y - middle), parts, height)


def _points(parts: Sequence[Component]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return where there is ink, (2, n): x and y."""
    found = []
    for part in parts:
        rows, columns = np.nonzero(part.ink > 0.5)
        found.append((columns + float(part.left), rows + float(part.top)))
    x, y = zip(*found, strict=True)
    return np.array([np.concatenate(x), np.concatenate(y)])


def _is_much(
    apart: np.ndarray[tuple[int], np.dtype[np.float64]], parts: Sequence[Component], height: float
) -> bool:
    pen = pen_width(max((part.ink for part in parts), key=lambda ink: float(ink.sum())))
    return int((apart > APART * height).sum()) > LEAST * height * pen
