"""A candidate digit of a number, and its geometry."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digitpad.geometry import Box
from digitpad.ink import Ink

ENOUGH = 3.0  # line's heights of pen's way in one digit: few have more
MUCH = 5.0  # beyond that, longer by so much or by more is the same
WIDE = 0.8  # of the line's height: up to this width a digit is not wide

Span = tuple[int, int, int]  # part of a stroke: its number, the first point, the last + 1


class Geometry(NamedTuple):
    """What a path's worth is made of, by a candidate's shape; lengths in line's heights.

    The weights of these are learned (`train/fit/paths.py`), so their scales do not matter; the
    limits keep one odd piece from outweighing all else.
    """

    digits: float  # 1: each has a price
    gap: float  # widest between its pieces
    overlap: float  # share of its width, or of the other piece's, that a piece left out covers
    depth: float  # how far such a piece reaches in
    low: float  # -log of its height
    wide: float  # width beyond WIDE
    cuts: float  # places where strokes were cut to make it
    interrupted: float  # 1 if another digit's stroke was drawn between its own
    long: float  # of the pen's way beyond ENOUGH


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """Some pieces that may be one digit, and where they came from."""

    pieces: int  # a bit for each piece of the number, the lowest for the leftmost
    box: Box  # of the ink; the geometry is of its pieces, which may have more
    geometry: Geometry
    spans: tuple[Span, ...] = ()  # parts of strokes; none in a picture, where pieces say it all

    def ink(self, drawing: Ink) -> Ink:
        """Return its part of the drawing that it was found in."""
        return Ink(tuple(drawing.strokes[stroke][first:last] for stroke, first, last in self.spans))


def measure(
    group: Sequence[int],
    boxes: Sequence[Box],
    height: float,
    cuts: int = 0,
    interrupted: bool = False,
    way: float = 0.0,
) -> tuple[Box, Geometry]:
    """Return the box and geometry of a group of pieces, all of whose `boxes` are given.

    `way` is the length of the pen's way in it, 0 where nobody knows; `height` is the line's. Both
    are in the boxes' unit.
    """
    chosen = sorted(boxes[piece] for piece in group)
    left, right = chosen[0].left, chosen[0].right
    top, bottom = min(box.top for box in chosen), max(box.bottom for box in chosen)
    gap = 0.0
    for box in chosen[1:]:
        gap = max(gap, box.left - right)
        right = max(right, box.right)
    overlap = depth = 0.0
    for piece, (other_left, _, other_right, _) in enumerate(boxes):
        common = min(right, other_right) - max(left, other_left)
        if common > 0 and piece not in group:
            narrow = max(min(right - left, other_right - other_left), 0.1 * height)
            overlap = max(overlap, common / narrow)
            depth = max(depth, min(right - other_left, other_right - left))
    return Box(left, top, right, bottom), Geometry(
        digits=1.0,
        gap=gap / height,
        overlap=min(overlap, 1.0),
        depth=min(depth / height, 1.0),
        low=-math.log(min(1.0, max((bottom - top) / height, 0.05))),
        wide=max(0.0, (right - left) / height - WIDE),
        cuts=float(cuts),
        interrupted=float(interrupted),
        long=min(max(0.0, way / height - ENOUGH), MUCH),
    )


def bits(pieces: Iterable[int]) -> int:
    """Return the set of these pieces."""
    return sum(1 << piece for piece in pieces)
