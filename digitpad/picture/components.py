"""The ink of a picture of a number -> its connected pieces, wide ones cut where digits may touch.

Specks are left out; rules and frames are marks, and not in this ink. Too many pieces are better
than too few: what reads them can join two, but cannot part what was left together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box, choose_cuts, find_moves
from digitpad.network.inputs import Grey, Raster, pen_width
from digitpad.picture.labelling import Boxes, Labels, boxes_of, label, line_height
from digitpad.picture.strokes import Traced, trace

MAX_COMPONENTS = 80  # twenty digits of four parts; with more, cuts are fewer, or none

# Beyond these no line of digits is looked for: each would take seconds.
MAX_RUNS = 60_000  # horizontal ones; a page of writing has fewer, noise and cloth more
MAX_PIECES = 1000  # the same
MAX_TALL = 45  # at least half as high as the line: forty digits can still be called too many
MAX_COVER = 3  # all boxes' area over the picture's; digits beside each other cover it once
SPECK = 0.2  # of the line's height: longest side of what is dust away from the digits
NEAR = 0.25  # of the line's height: gap to a digit within which a speck may be part of it
EDGE = 1 / 20  # of the line's height: how far soft edges reach, as in `inputs.py`

# Cuts. Lengths are shares of the line's height.
TALL = 0.6  # height from which on a piece may be one digit beyond doubt
SLIM = 0.95  # width up to which it may
WIDE = 0.55  # width from which on a piece may be more than one digit
MARGIN = 0.2  # longer side that either part of a stroke must have
BETWEEN = 0.12  # longer side of what lies between two cuts, at least
RIGHT = 0.1  # how far a stroke leads to the right from one digit to the next, at least
STEEP = 0.6  # or up or down
THICK = 0.4  # width of the pen; ink that is thicker is no writing
WORK = 64  # px, line's height at which strokes are looked for
LARGEST = 60_000  # px of all such pieces at that size: twenty digits side by side

Mask = npt.NDArray[np.bool_]
KnowDigits = Callable[[Sequence[Grey]], Sequence[Raster | None]]  # of inks that are one digit


@dataclass(frozen=True, eq=False)
class Component:
    """A connected piece of ink in a picture, or a part of one, cut where two digits may touch."""

    ink: Grey  # float32 (h, w) in [0, 1]: its ink alone, soft edges included, cropped to its box
    left: int  # px in the picture
    top: int
    piece: int  # which connected piece it was cut from; parts of one piece share it
    known: Raster | None = None  # of what is one digit beyond doubt

    @property
    def box(self) -> Box:
        """Where it is, in px of the picture."""
        height, width = self.ink.shape
        return Box(
            float(self.left), float(self.top), float(self.left + width), float(self.top + height)
        )


def find_components(ink: Grey, know: KnowDigits | None = None) -> list[Component] | None:
    """Part ink, float32 (h, w) in [0, 1] as `foreground.find_ink` returns it, into components.

    They are sorted from left to right by the middle of their boxes, at most MAX_COMPONENTS. What
    `know` says is one digit is not cut. None if there is far more than a line of digits has.
    """
    mask = ink > 0.5
    if not mask.any():
        return []
    if np.count_nonzero(mask[:, 1:] & ~mask[:, :-1]) > MAX_RUNS:
        return None
    labels = label(mask)
    boxes = boxes_of(labels)
    if len(boxes) > MAX_PIECES or _cover(boxes) > MAX_COVER * ink.size:
        return None
    height = line_height(boxes)
    if np.count_nonzero(boxes[:, 3] - boxes[:, 1] >= height / 2) > MAX_TALL:
        return None
    kept = _near_digits(boxes, height)
    numbers = np.where(kept, np.arange(1, len(kept) + 1, dtype=np.int32), np.int32(0))
    labels = np.concatenate([np.zeros(1, np.int32), numbers])[labels]
    reach = max(2, round(EDGE * height))
    _take_edges(labels, (ink > 0) & ~mask, reach)
    pieces: list[tuple[Grey, int, int]] = []
    wide: list[int] = []
    tall: list[int] = []
    for number in np.flatnonzero(kept):
        left, top, right, bottom = boxes[number].tolist()
        left, top = max(left - reach, 0), max(top - reach, 0)
        place = (slice(top, bottom + reach), slice(left, right + reach))
        if right - left - 2 > WIDE * height:
            wide.append(len(pieces))
        if bottom - top > TALL * height and right - left < SLIM * height:
            tall.append(len(pieces))
        pieces.append((np.where(labels[place] == number + 1, ink[place], np.float32(0)), left, top))
    known: dict[int, Raster | None] = {}
    if know and tall:
        known = dict(zip(tall, know([pieces[number][0] for number in tall]), strict=True))
    wide = [number for number in wide if known.get(number) is None]
    written = dict(zip(wide, _find_writing([pieces[i][0] for i in wide], height), strict=True))
    for margin in (MARGIN, 2 * MARGIN, None):
        found: list[Component] = []
        for piece, (own, left, top) in enumerate(pieces):
            writing = written.get(piece) if margin else None
            parts = np.ones(own.shape, np.int32)
            if writing is not None and margin:
                parts = _parts(own, writing, height, margin)
            found += _part(own, left, top, piece, parts, known.get(piece))
        if len(found) <= max(MAX_COMPONENTS, len(pieces)):
            break
    largest = sorted(found, key=lambda c: -float(c.ink.sum()))[:MAX_COMPONENTS]
    return sorted(largest, key=lambda c: (2 * c.left + c.ink.shape[1], c.top))


def _part(
    ink: Grey, left: int, top: int, piece: int, parts: Labels, known: Raster | None
) -> Iterator[Component]:
    """Yield the parts of a piece; `parts` (h, w) say where they are."""
    parts = np.where(ink > 0, parts, np.int32(0))
    for part, (x0, y0, x1, y1) in enumerate(boxes_of(parts).tolist(), start=1):
        inside = slice(y0, y1), slice(x0, x1)
        own = np.where(parts[inside] == part, ink[inside], np.float32(0))
        if (own > 0.5).any():
            yield Component(own, left + x0, top + y0, piece, known)


def _cover(boxes: Boxes) -> int:
    """Return the area of all boxes together, in px, as often as they cover it."""
    return int(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).sum())


def _near_digits(boxes: Boxes, height: float) -> Mask:
    """Tell pieces of digits from specks, (n,): those are small and away from all that are not."""
    low, high = boxes[:, :2], boxes[:, 2:]
    large = (high - low).max(axis=1) >= SPECK * height
    gaps = np.maximum(low[:, None] - high[large], low[large] - high[:, None]).max(axis=2)
    return np.asarray(large | (gaps.min(axis=1) <= NEAR * height))


def _take_edges(labels: Labels, soft: Mask, reach: int) -> None:
    """Give each soft pixel within `reach` px of a piece to the nearest: `labels` grow in place."""
    rows, columns = np.nonzero(soft)
    height, width = labels.shape
    for _ in range(reach):
        nearest = np.zeros(len(rows), np.int32)
        for dy, dx in np.ndindex(3, 3):
            y = np.clip(rows + dy - 1, 0, height - 1)
            np.maximum(nearest, labels[y, np.clip(columns + dx - 1, 0, width - 1)], out=nearest)
        if not nearest.any():
            break
        labels[rows, columns] = nearest
        rows, columns = rows[nearest == 0], columns[nearest == 0]


@dataclass(frozen=True, eq=False)
class _Writing:
    """What a wide piece may have been written with, at about WORK px of the line's height."""

    soft: Mask  # (h, w): all its ink
    strokes: list[Traced]
    factor: int  # px of the picture in one of these


def _find_writing(pieces: Sequence[Grey], height: float) -> list[_Writing | None]:
    """Find the strokes of wide pieces; None for what is no writing, or too much of it."""
    whole = max(1, round(height / WORK))
    found: list[_Writing | None] = []
    room = LARGEST
    for ink in pieces:
        found.append(None)
        if ink.size > room * whole**2:
            continue
        pen = pen_width(ink)
        factor = max(1, min(whole, round(pen / 2)))  # thin lines must not fade
        if ink.size > room * factor**2 or pen > THICK * height:
            continue
        room -= ink.size // factor**2
        rows, columns = (-(-side // factor) for side in ink.shape)
        padded = np.zeros((rows * factor, columns * factor), np.float32)
        padded[: ink.shape[0], : ink.shape[1]] = ink
        small = padded.reshape(rows, factor, columns, factor).mean(axis=(1, 3))
        found[-1] = _Writing(small > 0, trace(small > 0.5, pen_width(small)), factor)
    return found


def _parts(ink: Grey, writing: _Writing, height: float, margin: float) -> Labels:
    """Number the parts of a wide piece from 1: (h, w), the part of each pixel.

    They are parts of the strokes that it may have been drawn with, and all that is nearest to each.
    """
    labels, numbers = np.zeros(writing.soft.shape, np.int32), count(1)
    for stroke in writing.strokes:
        for part in np.split(stroke.pixels, _cuts(stroke, height / writing.factor, margin)):
            labels[part[:, 1], part[:, 0]] = next(numbers)
    _take_edges(labels, writing.soft & (labels == 0), sum(labels.shape))
    labels = labels.repeat(writing.factor, axis=0).repeat(writing.factor, axis=1)
    return np.maximum(labels[: ink.shape[0], : ink.shape[1]], 1)


def _cuts(stroke: Traced, height: float, margin: float) -> list[int]:
    """Find where a stroke may pass from one digit to the next: indices of first pixels.

    There it meets another, or leads on to the right, or up or down, from where one ends to where
    the next begins.
    """
    across, down = stroke.points.T
    moves = find_moves(across, RIGHT * height)
    moves += find_moves(-down, STEEP * height) + find_moves(down, STEEP * height)
    return choose_cuts(
        stroke.points, [*stroke.junctions, *moves], BETWEEN * height, margin * height
    )
