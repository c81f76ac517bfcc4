"""Ink of a number -> a lattice of the digits that may be in it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from digitpad.geometry import SMALLEST, Box, choose_cuts, find_corners, find_moves, union
from digitpad.ink import Ink, Stroke
from digitpad.lattice.candidate import Candidate, Span, bits, measure
from digitpad.lattice.decode import Lattice
from digitpad.lattice.groups import MOST_PIECES, choose_groups, line_height

MOST_STROKES = 4 * MOST_PIECES  # beyond, a drawing is no number: most would be dots
MOST_INK = 120.0  # line's heights of pen's way: a third more than twenty eights have

# Shares of the line's height. Chosen on numbers of validation writers, so that the right path is
# in the lattice as often as it can be (`python -m digitpad evaluate` tells how numbers are read):
# fewer or longer pieces lose digits that were drawn in one stroke or that cross their neighbour;
# more and shorter ones cost time, and give wrong paths a chance.
TINY = 0.12  # longer side of a piece that is one by itself, and of what lies between two cuts
JOINED = 0.6  # a stroke wider than this may hold several digits
LONG = 3.5  # so may a stroke longer than this, from the start to the end of the pen's way
MARGIN = 0.45  # longer side that a part of such a stroke must have
RIGHT = 0.1  # how far the pen moves to the right from one digit to the next, at least
UP = 0.6  # or up
STRAIGHT = 0.03  # how far the pen strays from a line that leads to the next digit, at most
LEADING = 0.25  # length of such a line, at least
MOST_CUTS = 5  # places where one stroke may be cut, for each height of its width


@dataclass(frozen=True, eq=False, slots=True)
class _Piece:
    """Part of a number that is never divided."""

    spans: tuple[Span, ...]
    box: Box
    width: float  # of the stroke it is a part of


def segment_ink(ink: Ink) -> Lattice:
    """Find the candidate digits of ink, which has at least one point."""
    if len(ink.strokes) > MOST_STROKES:
        return one_digit(ink)
    outer = Box.around_each(ink.strokes)
    height = line_height(outer)
    ways = [_way(stroke) for stroke in ink.strokes]
    if sum(way[-1] for way in ways) > MOST_INK * height:
        return one_digit(ink)
    pieces = _pieces(ink, outer, ways, height)
    if not 1 < len(pieces) <= MOST_PIECES:
        return one_digit(ink)
    boxes = [piece.box for piece in pieces]
    wholes: dict[int, list[int]] = {}  # by stroke
    for number, piece in enumerate(pieces):
        wholes.setdefault(piece.spans[0][0], []).append(number)
    corners = {
        stroke: find_corners(ink.strokes[stroke], STRAIGHT * height)
        for stroke in {s for p in pieces for s, _, last in p.spans if last < len(ink.strokes[s])}
    }

    def describe(group: tuple[int, ...]) -> Iterator[Candidate]:
        """Yield the group without the lines that lead to its neighbours, if any, and with them."""
        whole = _join(sorted(span for piece in group for span in pieces[piece].spans))
        bare = tuple(_without_lines(ink, span, corners.get(span[0], []), height) for span in whole)
        cuts = _count_cuts(ink, whole)
        interrupted = _is_interrupted(whole, group, pieces)
        for spans in dict.fromkeys((bare, whole)):
            way = sum(ways[stroke][last - 1] - ways[stroke][first] for stroke, first, last in spans)
            box, geometry = measure(group, boxes, height, cuts, interrupted, float(way))
            if spans != whole:
                box = union(_boxes(ink, spans))  # smaller than its pieces' box: that has the lines
            yield Candidate(bits(group), box, geometry, spans)

    groups = choose_groups(boxes, [piece.width for piece in pieces], wholes.values(), height)
    candidates = tuple(candidate for group in groups for candidate in describe(group))
    return Lattice(candidates, len(pieces), ink)


def one_digit(ink: Ink) -> Lattice:
    """Return the lattice of ink that is one digit and nothing else."""
    spans = tuple((number, 0, len(stroke)) for number, stroke in enumerate(ink.strokes))
    box = Box.around(ink.points)
    _, geometry = measure((0,), [box], max(box.extent, SMALLEST))
    return Lattice((Candidate(1, box, geometry, spans),), 1, ink)


def _way(stroke: Stroke) -> npt.NDArray[np.float64]:
    """Return how far the pen has come at each point of a stroke, (n,)."""
    way = np.zeros(len(stroke))
    np.hypot(*(stroke[1:] - stroke[:-1]).T).cumsum(out=way[1:])
    return way


def _boxes(ink: Ink, spans: Sequence[Span]) -> list[Box]:
    return Box.around_each([ink.strokes[stroke][first:last] for stroke, first, last in spans])


def _pieces(
    ink: Ink, outer: Sequence[Box], ways: Sequence[npt.NDArray[np.float64]], height: float
) -> list[_Piece]:
    """Cut strokes where digits may join; what is TINY joins the nearest piece that is not."""
    spans: list[Span] = []
    for number, (stroke, way) in enumerate(zip(ink.strokes, ways, strict=True)):
        cuts = _cuts(stroke, outer[number].width, float(way[-1]), height)
        spans += [(number, *ends) for ends in pairwise([0, *cuts, len(stroke)])]
    boxes = outer if len(spans) == len(outer) else _boxes(ink, spans)
    parts = [
        _Piece((span,), box, outer[span[0]].width) for span, box in zip(spans, boxes, strict=True)
    ]
    large = [part for part in parts if part.box.extent >= TINY * height]
    for part in parts if large else []:
        if part.box.extent < TINY * height:
            near = min(range(len(large)), key=lambda i: large[i].box.distance(part.box))
            host = large[near]
            large[near] = _Piece(host.spans + part.spans, host.box.union(part.box), host.width)
    return sorted(large or parts, key=lambda piece: piece.box.left + piece.box.right)


def _cuts(stroke: Stroke, width: float, way: float, height: float) -> list[int]:
    """Find where a stroke may pass from one digit to the next: indices of first points.

    The pen then moves to the right, or back up, from where one digit ends to where the next begins;
    the middles of the longest such moves are taken.
    """
    if width <= JOINED * height and way <= LONG * height:
        return []
    moves = find_moves(stroke[:, 0], RIGHT * height) + find_moves(-stroke[:, 1], UP * height)
    most = int(MOST_CUTS * max(width / height, 1))
    return choose_cuts(stroke, moves[:most], TINY * height, MARGIN * height)


def _join(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Put parts of one stroke that follow each other together again."""
    joined: list[Span] = []
    for stroke, first, last in spans:
        if joined and joined[-1][0] == stroke and joined[-1][2] == first:
            joined[-1] = (stroke, joined[-1][1], last)
        else:
            joined.append((stroke, first, last))
    return tuple(joined)


def _without_lines(ink: Ink, span: Span, corners: Sequence[int], height: float) -> Span:
    """Return the span without the lines that lead from the digit before, and on to the next.

    Where a stroke is cut on a straight line between `corners`, that may lead from one digit to the
    next: with it a one looks like a seven. `corners` may be empty where nothing is cut.
    """
    number, first, last = span
    stroke = ink.strokes[number]

    def find_line(cut: int) -> tuple[int, int]:
        """Return where the line through a cut begins and ends; at the cut if it is short."""
        at = bisect_left(corners, cut)
        before, after = corners[at - 1], corners[at]
        is_long = np.hypot(*(stroke[after] - stroke[before])) >= LEADING * height
        return (before + 1, after) if is_long else (cut, cut)

    begin = find_line(first)[1] if first > 0 else first
    end = find_line(last)[0] if last < len(stroke) else last
    return (number, begin, end) if end - begin > 1 else span


def _count_cuts(ink: Ink, spans: Sequence[Span]) -> int:
    """Count the ends of spans that are no ends of strokes."""
    return sum((first > 0) + (last < len(ink.strokes[s])) for s, first, last in spans)


def _is_interrupted(spans: Sequence[Span], group: Sequence[int], pieces: Sequence[_Piece]) -> bool:
    """Whether a stroke of another piece was drawn between the first and the last of these."""
    first, last = spans[0][0] + 1, spans[-1][0]
    if first >= last:
        return False
    others = {s for p, piece in enumerate(pieces) if p not in group for s, _, _ in piece.spans}
    return not others.isdisjoint(range(first, last))
