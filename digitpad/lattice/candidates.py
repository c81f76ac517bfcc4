"""Ink or a picture of a number -> a lattice of the digits that may be in it."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np

from digitpad.ink import SMALLEST, Box, Ink, Stroke
from digitpad.lattice.decode import Candidate, Lattice, bits
from digitpad.network.inputs import Raster, Rasters, is_mnist_form, raster_found, raster_picture
from digitpad.picture import decode as picture
from digitpad.picture.components import Component, find_components
from digitpad.picture.decode import Grey
from digitpad.picture.strokes import TINY, choose_cuts, find_corners, find_moves, length

MOST_PIECES = 80  # beyond, a drawing is no number: twenty digits of four pieces
MOST_CANDIDATES = 400  # groups of pieces, and of whole strokes; of more, only neighbours are
MOST_POINTS = 4_000  # what twenty slow digits have; denser ink is thinned, each point costs time
TOGETHER = 8  # pieces in one digit, or whole strokes, at most
HOLES = 2  # pieces of other digits between those, at most

# Lengths as shares of the line's height.
LOOSE = 0.4  # gap in x between two pieces of one digit, at most
LOOSE_TALL = 0.2  # the same, where both are TALL
TALL = 0.6
WIDEST = 1.7  # width of a digit in several pieces, at most
WIDEST_FLAT = 2.5  # the same, where one is FLAT: a five may have a long bar
FLAT = 0.3
ALONE = 3.0  # the same of all that is drawn, and of whole strokes
JOINED = 0.6  # a stroke wider than this may hold several digits
LONG = 3.5  # so may a stroke longer than this, from the start to the end of the pen's way
MARGIN = 0.45  # longer side that a part of such a stroke must have
RIGHT = 0.1  # how far the pen moves to the right from one digit to the next, at least
UP = 0.6  # or up
STRAIGHT = 0.03  # how far the pen strays from a line that leads to the next digit, at most
LEADING = 0.25  # length of such a line, at least
MOST_CUTS = 5  # places where one stroke may be cut, for each height of its width
MOST_INK = 120.0  # length of all strokes: a third more than twenty eights have
ENOUGH = 3.0  # length of the strokes of one digit: few have more
MUCH = 5.0  # beyond that, longer by so much or by more is the same


@dataclass(frozen=True, eq=False)
class _Piece:
    """Part of a number that is never divided: parts of strokes, as (stroke, first, last + 1)."""

    parts: tuple[tuple[int, int, int], ...]
    box: Box
    span: float  # width of the stroke it is a part of


def segment_ink(ink: Ink) -> Lattice:
    """Find the candidate digits of ink, which has at least one point."""
    step = -(-sum(map(len, ink.strokes)) // MOST_POINTS)
    if step > 1:
        ink = Ink(tuple(np.concatenate([s[:-1:step], s[-1:]]) for s in ink.strokes))
    height = _line_height([_box(stroke) for stroke in ink.strokes])
    if sum(map(length, ink.strokes)) > MOST_INK * height:
        return one_digit(ink)
    pieces = _pieces(ink, height)
    if len(pieces) > MOST_PIECES:
        return one_digit(ink)
    boxes = [piece.box for piece in pieces]
    wholes: dict[int, list[int]] = {}  # by stroke
    for number, piece in enumerate(pieces):
        wholes.setdefault(piece.parts[0][0], []).append(number)
    corners = {
        stroke: find_corners(ink.strokes[stroke], STRAIGHT * height)
        for stroke in {
            s for piece in pieces for s, _, last in piece.parts if last < len(ink.strokes[s])
        }
    }
    candidates = []
    for group in _groups(boxes, [piece.span for piece in pieces], wholes.values(), height):
        parts = sorted(part for piece in group for part in pieces[piece].parts)
        joined = _join(parts)
        cuts = 2 * len(joined) - sum(
            (first == 0) + (last == len(ink.strokes[stroke])) for stroke, first, last in joined
        )
        written = [stroke for stroke, _, _ in joined]
        others = {s for p in range(len(pieces)) if p not in group for s, _, _ in pieces[p].parts}
        interrupted = any(s in others for s in range(written[0] + 1, written[-1]))
        whole = [ink.strokes[stroke][first:last] for stroke, first, last in joined]
        bare = [
            _without_lines(ink.strokes[stroke], first, last, corners.get(stroke, []), height)
            for stroke, first, last in joined
        ]
        for strokes in (bare, whole) if sum(map(len, bare)) < sum(map(len, whole)) else (whole,):
            own = Ink(tuple(strokes))
            candidates.append(candidate(group, boxes, height, float(cuts), float(interrupted), own))
    return Lattice(tuple(candidates), len(pieces))


def segment_picture(grey: Grey) -> tuple[Lattice, Rasters] | None:
    """Find the candidate digits of a picture, and the rasters of each; None without ink.

    `grey` is float32 (h, w) in [0, 1] from `picture.load`, the rasters (candidates, 28, 28). A
    picture in MNIST's form is one digit.
    """
    if is_mnist_form(grey) or is_mnist_form(1 - grey):
        return picture_of_one_digit(grey)
    components = find_components(picture.find_ink(grey))
    if not components:
        return None
    lattice = segment_components(components)
    return lattice, np.stack([raster_pieces(components, c.pieces) for c in lattice.candidates])


def segment_components(components: Sequence[Component]) -> Lattice:
    """Find the candidate digits of a picture's components, which are the lattice's pieces."""
    boxes = [
        (float(c.left), float(c.top), float(c.left + c.ink.shape[1]), float(c.top + c.ink.shape[0]))
        for c in components
    ]
    height = _line_height(boxes)
    parts: dict[int, list[int]] = {}  # of each connected piece
    for number, component in enumerate(components):
        parts.setdefault(component.piece, []).append(number)
    candidates = []
    spans = [right - left for left, _, right, _ in boxes]
    for group in _groups(boxes, spans, parts.values(), height):
        used = Counter(components[i].piece for i in group)
        cuts = sum(len(parts[piece]) > count for piece, count in used.items())
        if cuts <= 1:  # parts of two pieces that do not even touch are no digit
            candidates.append(candidate(group, boxes, height, float(cuts), 0.0, None))
    return Lattice(tuple(candidates), len(components))


def raster_pieces(components: Sequence[Component], pieces: int) -> Raster:
    """Return the raster, float32 (28, 28), of those components whose bits are set in `pieces`."""
    chosen = [component for i, component in enumerate(components) if pieces >> i & 1]
    return raster_found(_paste(chosen))[0]


def picture_of_one_digit(grey: Grey) -> tuple[Lattice, Rasters] | None:
    """Return the lattice and the raster of a picture that shows one digit and nothing else."""
    raster, box = raster_picture(grey)
    if box is None:
        return None
    whole = candidate((0,), [box], box[3] - box[1], 0.0, 0.0, None)
    return Lattice((whole,), 1), raster[None]


def one_digit(ink: Ink) -> Lattice:
    """Return the lattice of ink that is one digit and nothing else."""
    box = ink.box
    assert box is not None, "blank ink has no lattice"
    whole = candidate((0,), [box], max(_extent(box), SMALLEST), 0.0, 0.0, ink)
    return Lattice((whole,), 1)


def candidate(
    group: Sequence[int],
    boxes: Sequence[Box],
    height: float,
    cuts: float,
    interrupted: float,
    ink: Ink | None,
) -> Candidate:
    """Describe the pieces of a group, all of whose `boxes` are given, as one digit."""
    chosen = sorted(boxes[piece] for piece in group)
    left, right = chosen[0][0], chosen[0][2]
    top, bottom = min(box[1] for box in chosen), max(box[3] for box in chosen)
    gap = 0.0
    for box in chosen[1:]:
        gap = max(gap, box[0] - right)
        right = max(right, box[2])
    overlap = depth = 0.0
    for piece, (other_left, _, other_right, _) in enumerate(boxes):
        common = min(right, other_right) - max(left, other_left)
        if common > 0 and piece not in group:
            narrow = max(min(right - left, other_right - other_left), 0.1 * height)
            overlap = max(overlap, common / narrow)
            depth = max(depth, min(right - other_left, other_right - left))
    way = sum(map(length, ink.strokes)) / height if ink else 0.0
    geometry = (
        1.0,
        gap / height,
        min(overlap, 1.0),
        min(depth / height, 1.0),
        -math.log(min(1.0, max((bottom - top) / height, 0.05))),
        max(0.0, (right - left) / height - 0.8),
        cuts,
        interrupted,
        min(max(0.0, way - ENOUGH), MUCH),
    )
    own = ink.box if ink else None  # without lines that lead on, so maybe smaller than its pieces'
    return Candidate(bits(group), own or (left, top, right, bottom), geometry, ink)


def _groups(
    boxes: Sequence[Box], spans: Sequence[float], wholes: Iterable[Sequence[int]], height: float
) -> list[tuple[int, ...]]:
    """Choose the pieces, sorted by the middle of their boxes, that may be one digit together.

    `spans` are the widths of the strokes they were cut from, in pictures their own: that much a
    digit may always have. `wholes` are the pieces of each stroke, in pictures of all that is
    connected: what may be one digit where nothing is cut may be one in any case, up to ALONE.
    """
    groups = dict.fromkeys(_neighbours(boxes, spans, height))
    joined = [(reduce(_union, (boxes[piece] for piece in pieces)), pieces) for pieces in wholes]
    joined.sort(key=lambda whole: whole[0][0] + whole[0][2])
    outer = [box for box, _ in joined]
    for chosen in _neighbours(outer, [right - left for left, _, right, _ in outer], height):
        group = tuple(sorted(piece for whole in chosen for piece in joined[whole][1]))
        left, _, right, _ = reduce(_union, (outer[whole] for whole in chosen))
        if right - left <= ALONE * height and group[-1] - group[0] < len(group) + HOLES:
            groups[group] = None
    left, _, right, _ = reduce(_union, boxes)
    if len(boxes) <= TOGETHER and right - left <= ALONE * height:
        groups[tuple(range(len(boxes)))] = None
    return list(groups)


def _neighbours(
    boxes: Sequence[Box], spans: Sequence[float], height: float
) -> list[tuple[int, ...]]:
    """Choose from boxes in order; where that is too many, only those with none between them."""
    for most_holes in (HOLES, 0):
        found = [
            group
            for first in range(len(boxes))
            for group in _grow((first,), first + 1, boxes[first], boxes, spans, height, most_holes)
        ]
        if len(found) <= MOST_CANDIDATES:
            break
    return found


def _grow(
    group: tuple[int, ...],
    following: int,
    box: Box,
    boxes: Sequence[Box],
    spans: Sequence[float],
    height: float,
    holes: int,
) -> Iterator[tuple[int, ...]]:
    """Yield the group and all larger ones, in which a piece is passed over only if it overlaps."""
    yield group
    for piece in range(following, min(len(boxes), group[0] + TOGETHER)):
        other = boxes[piece]
        union = _union(box, other)
        lower = min(box[3] - box[1], other[3] - other[1])
        loose = (LOOSE_TALL if lower > TALL * height else LOOSE) * height
        widest = (WIDEST_FLAT if lower < FLAT * height else WIDEST) * height
        wide = max(widest, *(1.15 * spans[p] for p in (*group, piece)))
        if other[0] - box[2] <= loose and union[2] - union[0] <= wide:
            longer = (*group, piece)
            yield from _grow(longer, piece + 1, union, boxes, spans, height, holes)
        if other[0] >= box[2] or holes == 0:
            return
        holes -= 1


def _paste(components: Sequence[Component]) -> Grey:
    """Return the ink of these components alone, each where it was."""
    left, top = (min(c.left for c in components), min(c.top for c in components))
    right = max(c.left + c.ink.shape[1] for c in components)
    bottom = max(c.top + c.ink.shape[0] for c in components)
    ink = np.zeros((bottom - top, right - left), np.float32)
    for c in components:
        height, width = c.ink.shape
        y, x = c.top - top, c.left - left
        there = ink[y : y + height, x : x + width]
        np.maximum(there, c.ink, out=there)
    return ink


def _line_height(boxes: Sequence[Box]) -> float:
    """Estimate how tall the digits are: the median of columns of strokes that overlap in x."""
    columns: list[list[float]] = []
    for left, top, right, bottom in sorted(boxes):
        if columns:
            column = columns[-1]
            common = min(right, column[2]) - max(left, column[0])
            if common >= 0.5 * min(right - left, column[2] - column[0]):
                columns[-1] = [
                    column[0], min(top, column[1]), max(right, column[2]), max(bottom, column[3])
                ]  # fmt: skip
                continue
        columns.append([left, top, right, bottom])
    heights = np.array([bottom - top for _, top, _, bottom in columns])
    tall = heights[heights >= heights.max() / 2]
    width = max(box[2] for box in boxes) - min(box[0] for box in boxes)
    return max(float(np.median(tall)), width / (4 * MOST_PIECES), SMALLEST)


def _pieces(ink: Ink, height: float) -> list[_Piece]:
    parts = []
    for number, stroke in enumerate(ink.strokes):
        ends = [0, *_cuts(stroke, height), len(stroke)]
        for first, last in pairwise(ends):
            box = _box(stroke[first:last])
            parts.append(_Piece(((number, first, last),), box, float(np.ptp(stroke[:, 0]))))
    large = [part for part in parts if _extent(part.box) >= TINY * height]
    for part in parts if large else []:
        if _extent(part.box) < TINY * height:
            near = min(range(len(large)), key=lambda i: _distance(large[i].box, part.box))
            host = large[near]
            large[near] = _Piece(host.parts + part.parts, _union(host.box, part.box), host.span)
    return sorted(large or parts, key=lambda piece: piece.box[0] + piece.box[2])


def _cuts(stroke: Stroke, height: float) -> list[int]:
    """Find where a stroke may pass from one digit to the next: indices of first points.

    The pen then moves to the right, or back up, from where one digit ends to where the next begins;
    the middles of the longest such moves are taken.
    """
    width = float(np.ptp(stroke[:, 0]))
    if width <= JOINED * height and length(stroke) <= LONG * height:
        return []
    moves = find_moves(stroke[:, 0], RIGHT * height) + find_moves(-stroke[:, 1], UP * height)
    most = int(MOST_CUTS * max(width / height, 1))
    return choose_cuts(stroke, moves[:most], height, MARGIN)


def _join(parts: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Put parts of one stroke that follow each other together again."""
    joined: list[tuple[int, int, int]] = []
    for stroke, first, last in parts:
        if joined and joined[-1][0] == stroke and joined[-1][2] == first:
            joined[-1] = (stroke, joined[-1][1], last)
        else:
            joined.append((stroke, first, last))
    return joined


def _without_lines(
    stroke: Stroke, first: int, last: int, corners: Sequence[int], height: float
) -> Stroke:
    """Return the points from `first` to before `last`, without the lines that lead there and on.

    Where a stroke is cut on a straight line between `corners`, that may lead from one digit to the
    next: with it a one looks like a seven. `corners` may be empty where nothing is cut.
    """

    def find_line(cut: int) -> tuple[int, int]:
        """Return where the line through a cut begins and ends; at the cut if it is short."""
        at = bisect_left(corners, cut)
        before, after = corners[at - 1], corners[at]
        is_long = np.hypot(*(stroke[after] - stroke[before])) >= LEADING * height
        return (before + 1, after) if is_long else (cut, cut)

    begin = find_line(first)[1] if first > 0 else first
    end = find_line(last)[0] if last < len(stroke) else last
    return stroke[begin:end] if end - begin > 1 else stroke[first:last]


def _box(points: Stroke) -> Box:
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return (left, top, right, bottom)


def _extent(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _union(a: Box, b: Box) -> Box:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _distance(a: Box, b: Box) -> float:
    """Return how far two boxes are apart, 0 if they touch."""
    across = max(a[0] - b[2], b[0] - a[2], 0.0)
    down = max(a[1] - b[3], b[1] - a[3], 0.0)
    return float(np.hypot(across, down))
