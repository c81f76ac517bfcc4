"""Pieces in their surroundings: strokes, or a picture's pieces -> what the strokes' network sees.

A window is centred on its piece across the line, and on what is drawn around there down: one
channel has the piece, the other all ink, so that a dot is seen to lie on the line, and a slash to
be taller than a one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.geometry import Box, union
from digitpad.ink import Ink
from digitpad.network.inputs import Grey, pen_width

HIGH, WIDE = 32, 64  # px of a window
LAYERS = 2  # the piece, and all ink
LINE = 20.0  # px: height of the line
INNER = 12.0  # px: the middle of its piece is in a window, whatever else there is
PEN = 1.8  # px, width of the pen
STEP = 0.75  # px from one stamp of the pen to the next
MOST_STAMPS = 20_000  # further apart where there are more: a scribble; twenty digits have 3,000
SPAN = int(PEN) + 2  # px from a stamp's middle to either side, in all, in which it may colour
MOST_SEEN = 100_000  # pixels in all windows; five digits have 30,000, strokes on one heap millions
THIN = 0.8  # px: lines that lack so much of PEN are thickened
FAINT = 0.1  # of a picture's pixels in a window's size: less is no ink
GRAIN = 0.5  # px: in so fine a grid it is known where a picture has ink

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]  # (n,)
Windows = npt.NDArray[np.float32]  # (pieces, HIGH, WIDE, LAYERS) in [0, 1]


def see_strokes(ink: Ink, boxes: Sequence[Box], height: float) -> Windows:
    """Return the window of each stroke of ink: (strokes, HIGH, WIDE, LAYERS).

    `boxes` are the strokes', `height` is the line's, both in the ink's unit. A pixel's value is how
    far it lies inside the pen's way. Place and unit do not matter, nor how densely the pen was
    sampled.
    """
    scaled, low, scale = _scale(boxes, height)
    return _cut(_draw(*_stamps(ink, low, scale), PEN), scaled)


def see_pieces(pieces: Sequence[Sequence[tuple[Grey, Box]]], height: float) -> Windows:
    """Return the window of each piece of a picture's ink: (pieces, HIGH, WIDE, LAYERS).

    A piece is parts of ink, float32 (h, w) in [0, 1], each with its box, all in px of the picture,
    and so is the line's `height`. Thin lines would fade in the windows' size: they are thickened.
    """
    scaled, low, scale = _scale([union(box for _, box in parts) for parts in pieces], height)
    largest = max((ink for parts in pieces for ink, _ in parts), key=lambda ink: float(ink.sum()))
    missing = PEN - pen_width(largest) * scale
    found = []
    for owner, parts in enumerate(pieces):
        for ink, box in parts:
            corner = (np.array(box[:2]) - low) * scale
            if missing >= THIN:
                points = _places(ink > 0.5, corner, scale)
                found.append(_draw(points, np.full(points.shape[1], owner), missing))
            else:
                found.append(_shrink(ink, corner, scale, owner))
    columns, rows, amounts, owners = (np.concatenate(part) for part in zip(*found, strict=True))
    order = columns.argsort(kind="stable")
    return _cut(_Pixels(columns[order], rows[order], amounts[order], owners[order]), scaled)


def _shrink(ink: Grey, corner: Floats, scale: float, owner: int) -> "_Pixels":
    """Return the pixels of ink (h, w) that is made smaller, or larger."""
    size = [max(1, round(side * scale)) for side in reversed(ink.shape)]
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BILINEAR))
    rows, columns = np.nonzero(small > FAINT)
    left, top = np.rint(corner).astype(np.intp).tolist()
    amounts = small[rows, columns]
    return _Pixels(columns + left, rows + top, amounts, np.full(len(rows), owner))


def _places(mask: npt.NDArray[np.bool_], corner: Floats, scale: float) -> Floats:
    """Return where a mask (h, w) has ink, in px of a window's size, (2, n), once in each GRAIN."""
    rows, columns = np.nonzero(mask)
    fine = scale / GRAIN
    high, wide = (int(side * fine) + 1 for side in mask.shape)
    grid = np.zeros((high, wide), bool)
    grid[((rows + 0.5) * fine).astype(np.intp), ((columns + 0.5) * fine).astype(np.intp)] = True
    down, across = np.nonzero(grid)
    return np.array([across + 0.5, down + 0.5]) * GRAIN + corner[:, None]


class _Pixels(NamedTuple):
    """Pixels that have ink, from left to right; some are there more than once."""

    columns: Places
    rows: Places
    amounts: npt.NDArray[np.float32]
    owners: Places  # the pieces that they are of


def _scale(boxes: Sequence[Box], height: float) -> tuple[Floats, Floats, float]:
    """Return the boxes in px, (n, 4), the place that is 0 there, and px in a unit."""
    corners, scale = np.array(boxes, np.float64), LINE / height
    low = corners[:, :2].min(axis=0)
    return (corners - np.tile(low, 2)) * scale, low, scale


def _cut(pixels: _Pixels, boxes: Floats) -> Windows:
    """Return the windows of pieces with these boxes."""
    columns, rows, amounts, owners = pixels
    lefts, tops = _corners(boxes)
    windows = np.zeros((len(boxes), HIGH, WIDE, LAYERS), np.float32)
    flat = windows.reshape(-1, LAYERS)
    across, down = columns - lefts[owners], rows - tops[owners]
    seen = (across >= 0) & (across < WIDE) & (down >= 0) & (down < HIGH)
    at = (owners * HIGH + down) * WIDE + across
    np.maximum.at(flat[:, 0], at[seen], amounts[seen])
    first, last = np.searchsorted(columns, (lefts, lefts + WIDE))
    if int((last - first).sum()) > MOST_SEEN:
        columns, rows, amounts = _once(columns, rows, amounts)
        first, last = np.searchsorted(columns, (lefts, lefts + WIDE))
    counts = last - first
    window = np.arange(len(boxes), dtype=np.int32).repeat(counts)
    pixel = np.arange(len(window), dtype=np.int32)
    pixel -= (counts.cumsum() - counts - first).astype(np.int32)[window]
    row = rows[pixel] - tops[window]
    seen = (row >= 0) & (row < HIGH)
    window, pixel, row = window[seen], pixel[seen], row[seen]
    at = (window * HIGH + row) * WIDE + columns[pixel] - lefts[window]
    np.maximum.at(flat[:, 1], at, amounts[pixel])
    return windows


def _once(
    columns: Places, rows: Places, amounts: npt.NDArray[np.float32]
) -> tuple[Places, Places, npt.NDArray[np.float32]]:
    """Return pixels that are there more than once with the most that any has, by columns."""
    order = np.lexsort((-amounts, rows, columns))
    columns, rows, amounts = columns[order], rows[order], amounts[order]
    new = np.ones(len(order), bool)
    new[1:] = (columns[1:] != columns[:-1]) | (rows[1:] != rows[:-1])
    return columns[new], rows[new], amounts[new]


def _corners(boxes: Floats) -> Places:
    """Return where the top left of each piece's window is, (2, pieces).

    Up and down its middle is that of all pieces whose middles are in the window, so that it follows
    a line that rises or falls; but its own piece's is no further away than INNER.
    """
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    near = np.abs(middles[:, None] - middles) <= WIDE / 2
    top = np.where(near, boxes[:, 1], np.inf).min(axis=1)
    bottom = np.where(near, boxes[:, 3], -np.inf).max(axis=1)
    own = (boxes[:, 1] + boxes[:, 3]) / 2
    down = np.clip((top + bottom) / 2, own - INNER, own + INNER)
    corners = np.array([middles - WIDE / 2, down - HIGH / 2])
    return np.asarray(np.rint(corners).astype(np.intp))


def _draw(points: Floats, owners: Places, pen: float) -> _Pixels:
    """Return the pixels that stamps (2, n) of a pen colour; `owners` (n,) are their pieces."""
    corners = np.floor(points - (SPAN / 2 - 0.5)).astype(np.intp)
    around = np.arange(SPAN)[:, None]
    columns, rows = corners[:, None] + around  # (span, stamps)
    across, down = columns + 0.5 - points[0], rows + 0.5 - points[1]
    away = np.sqrt((across * across)[None] + (down * down)[:, None])  # (down, across, stamps)
    full = min(pen / 2 + 0.5, 1)
    amounts = np.minimum((pen / 2 + 0.5 - away) / full, 1).astype(np.float32)
    row, column, stamp = np.nonzero(amounts > 0)
    found = columns[column, stamp]
    order = found.argsort(kind="stable")
    row, column, stamp = row[order], column[order], stamp[order]
    return _Pixels(found[order], rows[row, stamp], amounts[row, column, stamp], owners[stamp])


def _stamps(ink: Ink, low: Floats, scale: float) -> tuple[Floats, Places]:
    """Return where the pen is stamped, in px, (2, n), and the stroke of each, (n,)."""
    sizes = np.array([len(stroke) for stroke in ink.strokes])
    points = (np.concatenate(ink.strokes) - low).T * scale
    moves = np.zeros_like(points)
    moves[:, :-1] = np.diff(points)
    moves[:, sizes.cumsum() - 1] = 0  # from one stroke to the next
    ways = np.hypot(*moves)
    step = max(STEP, float(ways.sum()) / MOST_STAMPS)
    counts = np.maximum(1, np.ceil(ways / step)).astype(np.intp)
    line = np.arange(len(counts)).repeat(counts)
    share = (np.arange(len(line)) - (counts.cumsum() - counts)[line]) / counts[line]
    owners = np.arange(len(sizes)).repeat(sizes)
    return points[:, line] + moves[:, line] * share, owners[line]
