"""The ink of a picture of a number -> its connected pieces, wide ones cut where digits may touch.

What is no digit is left out: specks, ruled lines, frames. Too many pieces are better than too few:
what reads them can join two, but cannot part what was left together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box, choose_cuts, find_moves
from digitpad.network.inputs import Grey, pen_width
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

# Ruled lines and frames.
RULE = 2.5  # length of a ruled line over the height of the digits, at least
THIN = 1 / 12  # thickness of a line over its length, at most
STEEPEST = 0.1  # rise of a line over its length
COVERED = 0.9  # of a piece's width that a line covers, without a gap
ALONE = 0.5  # of its length on which nothing crosses it
BENT = 0.02  # height of a line's arc over its length, at most
SIDED = 0.8  # of each side of a frame that its line covers; a round 0 covers 0.7
BORDER = 0.15  # of the side of a frame: its lines are no further from its box
INSIDE = 0.3  # height of what a frame is around, as a share of its own

# Cuts. Lengths are shares of the line's height.
WIDE = 0.55  # width from which on a piece may be more than one digit
MARGIN = 0.2  # longer side that either part of a stroke must have
BETWEEN = 0.12  # longer side of what lies between two cuts, at least
RIGHT = 0.1  # how far a stroke leads to the right from one digit to the next, at least
STEEP = 0.6  # or up or down
THICK = 0.4  # width of the pen; ink that is thicker is no writing
WORK = 64  # px, line's height at which strokes are looked for
LARGEST = 400_000  # px of all such pieces at that size; more is no writing, and takes seconds
MAX_LINES = 16  # straight lines looked for in one piece: a frame has 2, ruled paper more

Mask = npt.NDArray[np.bool_]
AreDigits = Callable[[Sequence[Grey]], Sequence[bool]]  # which inks are one digit beyond doubt


@dataclass(frozen=True, eq=False)
class Component:
    """A connected piece of ink in a picture, or a part of one, cut where two digits may touch."""

    ink: Grey  # float32 (h, w) in [0, 1]: its ink alone, soft edges included, cropped to its box
    left: int  # px in the picture
    top: int
    piece: int  # which connected piece it was cut from; parts of one piece share it

    @property
    def box(self) -> Box:
        """Where it is, in px of the picture."""
        height, width = self.ink.shape
        return Box(
            float(self.left), float(self.top), float(self.left + width), float(self.top + height)
        )


def find_components(ink: Grey, are_digits: AreDigits | None = None) -> list[Component] | None:
    """Part ink, float32 (h, w) in [0, 1] as `foreground.find_ink` returns it, into components.

    They are sorted from left to right by the middle of their boxes, at most MAX_COMPONENTS. What
    `are_digits` says is a digit is not cut. None if there is far more than a line of digits has.
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
    cleared = _clear_lines(labels, boxes)
    if cleared is not None:
        labels = label(cleared)
        boxes = boxes_of(labels)
    height = line_height(boxes)
    if np.count_nonzero(boxes[:, 3] - boxes[:, 1] >= height / 2) > MAX_TALL:
        return None
    kept = _near_digits(boxes, height)
    numbers = np.where(kept, np.arange(1, len(kept) + 1, dtype=np.int32), np.int32(0))
    labels = np.concatenate([np.zeros(1, np.int32), numbers])[labels]
    reach = max(2, round(EDGE * height))
    _take_edges(labels, (ink > 0) & ~mask, reach)
    pieces = []
    for number in np.flatnonzero(kept):
        left, top, right, bottom = boxes[number].tolist()
        left, top = max(left - reach, 0), max(top - reach, 0)
        place = (slice(top, bottom + reach), slice(left, right + reach))
        own = np.where(labels[place] == number + 1, ink[place], np.float32(0))
        pieces.append((own, left, top, right - left - 2 > WIDE * height))
    wide = [number for number, piece in enumerate(pieces) if piece[3]]
    if are_digits and wide:
        whole = are_digits([pieces[number][0] for number in wide])
        wide = [number for number, one in zip(wide, whole, strict=True) if not one]
    written = dict(zip(wide, _find_writing([pieces[i][0] for i in wide], height), strict=True))
    for margin in (MARGIN, 2 * MARGIN, None):
        found: list[Component] = []
        for piece, (own, left, top, _) in enumerate(pieces):
            writing = written.get(piece) if margin else None
            parts = np.ones(own.shape, np.int32)
            if writing is not None and margin:
                parts = _parts(own, writing, height, margin)
            found += _part(own, left, top, piece, parts)
        if len(found) <= max(MAX_COMPONENTS, len(pieces)):
            break
    largest = sorted(found, key=lambda c: -float(c.ink.sum()))[:MAX_COMPONENTS]
    return sorted(largest, key=lambda c: (2 * c.left + c.ink.shape[1], c.top))


def _part(ink: Grey, left: int, top: int, piece: int, parts: Labels) -> Iterator[Component]:
    """Yield the parts of a piece; `parts` (h, w) say where they are."""
    parts = np.where(ink > 0, parts, np.int32(0))
    for part, (x0, y0, x1, y1) in enumerate(boxes_of(parts).tolist(), start=1):
        inside = slice(y0, y1), slice(x0, x1)
        own = np.where(parts[inside] == part, ink[inside], np.float32(0))
        if (own > 0.5).any():
            yield Component(own, left + x0, top + y0, piece)


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


def _clear_lines(labels: Labels, boxes: Boxes) -> Mask | None:
    """Return the mask of what is no ruled line and no frame; None if there is neither."""
    mask, boxes = labels > 0, boxes.copy()
    found = False
    sides = boxes[:, 2:] - boxes[:, :2]
    longest = np.argsort(-sides.max(axis=1), kind="stable")[:MAX_COMPONENTS]
    for number in longest[np.argsort(-sides[longest, 1], kind="stable")]:  # lines lie flat: last
        left, top, right, bottom = boxes[number].tolist()
        width, height = right - left, bottom - top
        others = np.delete(boxes, number, axis=0)
        own = labels[top:bottom, left:right] == number + 1
        accepted = False
        if _is_frame(own):
            rest, inner = _leave(own, _lines(own) | _lines(own.T).T, height)
            inside = (others[:, :2] >= (left, top)) & (others[:, 2:] <= (right, bottom))
            tall = max(inner, _tallest(others[inside.all(axis=1)]))
            accepted = INSIDE * height <= tall < 0.95 * height
        if not accepted and width >= RULE * height:
            rest, inner = _leave(own, _lines(own), width / RULE)
            accepted = 0 < max(inner, _tallest(others)) <= width / RULE
        elif not accepted and height >= max(RULE * width, 0.9 * len(labels)) and len(others):
            # From top to bottom of the picture, or any 1 beside a smaller digit would be one.
            rest, inner = _leave(own, _lines(own.T).T, height / RULE)
            accepted = max(inner, line_height(others)) <= height / RULE
        if accepted:
            mask[top:bottom, left:right] &= ~own | rest
            boxes[number, 3] = top + inner  # what the next are compared with
            found = True
    return mask if found and mask.any() else None


def _tallest(boxes: Boxes) -> int:
    return int((boxes[:, 3] - boxes[:, 1]).max(initial=0))


def _leave(own: Mask, lines: Mask, height: float) -> tuple[Mask, int]:
    """Return a piece without its lines and their crumbs, and the height of what is left, in px."""
    labels = label(own & ~lines)
    boxes = boxes_of(labels)
    large = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) >= SPECK * height
    return np.concatenate([[False], large])[labels], _tallest(boxes[large])


def _is_frame(own: Mask) -> bool:
    """Whether ink is near all four sides of its box nearly everywhere: a 0 has round corners."""
    height, width = own.shape
    if min(height, width) < 1 / THIN:
        return False
    y, x = max(2, round(BORDER * height)), max(2, round(BORDER * width))
    level = own[:y].any(axis=0), own[-y:].any(axis=0)
    sides = (*level, own[:, :x].any(axis=1), own[:, -x:].any(axis=1))
    return min(float(side.mean()) for side in sides) >= SIDED and float(own.mean()) < 0.5


def _lines(own: Mask) -> Mask:
    """Find straight, thin lines from left to right through a piece: what of it is nothing else.

    Votes of vertical runs for lines of all slopes (Hough, 1962); runs longer than the line is
    thick are where a digit crosses it, and stay.
    """
    width = own.shape[1]
    padded = np.pad(own, ((1, 1), (0, 0))).astype(np.int8)
    edges = np.diff(padded, axis=0).T
    x, start = np.nonzero(edges == 1)
    stop = np.nonzero(edges == -1)[1]
    middle, length = (start + stop - 1) / 2, stop - start
    free = length <= max(2, THIN * width)  # not yet part of a line, and thin
    found = np.zeros_like(own)
    slopes = np.linspace(-STEEPEST, STEEPEST, 41)
    offsets = np.rint(STEEPEST * width + middle - slopes[:, None] * x).astype(np.intp)
    for _ in range(MAX_LINES):
        if np.count_nonzero(free) < ALONE * width:
            break
        votes = [np.convolve(np.bincount(row[free]), (1, 1, 1), "same") for row in offsets]
        best = int(np.argmax([vote.max() for vote in votes]))
        on = free & (np.abs(offsets[best] - int(votes[best].argmax())) <= 2)
        if len(np.unique(x[on])) < max(3, 0.8 * ALONE * width):
            break
        thick = float(np.median(length[on]))
        for _ in range(3):  # paper is seldom flat: let the line bend
            curve = np.polynomial.Polynomial.fit(x[on], middle[on], 2)
            if abs(curve.coef[2]) > BENT * width:
                curve = np.polynomial.Polynomial.fit(x[on], middle[on], 1)
            off = np.abs(middle - curve(x))
            on = free & (off <= max(1.5, thick)) & (length <= 1.6 * thick + 1)
            if not on.any():
                break
        columns = np.unique(x[on | ((start <= curve(x) + 1) & (stop >= curve(x)))])
        if (
            len(np.unique(x[on])) < ALONE * width
            or len(columns) < COVERED * width
            or len(columns) <= np.ptp(columns)
        ):
            break
        for column, first, last in zip(x[on], start[on], stop[on], strict=True):
            found[first:last, column] = True
        free &= ~on
    return found


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
