"""Whether digits stand as those of a number do: beside each other, on one line, each by itself.

Each may be read rightly where they do not: a 3 with a small 2 above its right, a digit written over
another, a question mark that is a 7 and a dot. So this is told from where they stand alone.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from digitpad.geometry import Box, union
from digitpad.lattice.candidate import Candidate
from digitpad.lattice.decode import Lattice
from digitpad.reading import Mark

LINES = "there may be more than one line"
OVER = "something may be written over"
RAISED = "a digit may be raised or lowered"
POINT = "there may be a point"

# Shares of a digit's height.
PART, APART = 0.3, 0.02  # parts so high, and so far below each other, may be digits of two lines
DOT = 0.16  # side of a dot, at most
NEAR = 0.5  # from a digit to the dot of its question mark, at most

BELOW = 0.5  # of the narrower one's width: digits of two lines share so much
SAME = 0.3  # of the wider one's width, or height: so near are the middles of what is written over
NARROW = 0.25  # of the height: narrower ones count as so wide
SMALL = 0.6  # of the others' height: what is raised is smaller
HIGH, LOW = 0.2, 0.1  # of it: so far above the foot of the others it ends, or below it


def misplaced(lattice: Lattice, path: Sequence[int], marks: Sequence[Mark]) -> str | None:
    """Say how the digits of a path through a lattice stand otherwise than a number's, or None."""
    digits = [lattice.candidates[number] for number in path]
    parts = [_parts(lattice, digit) for digit in digits]
    boxes = [digit.box for digit in digits]
    whole = [own for own, digit in zip(parts, digits, strict=True) if not digit.geometry.cuts]
    if _are_below(boxes) or any(map(_is_of_two_lines, whole)):
        return LINES
    if any(_is_over(one, other) for one, other in combinations(boxes, 2)):
        return OVER
    if any(map(_is_raised, *_with_others(boxes))):
        return RAISED
    dots = [mark.box for mark in marks if mark.kind == "speck"]
    if any(_has_dot(own) for own in parts) or any(
        _is_dot_of(dot, box) for dot in dots for box in boxes
    ):
        return POINT
    return None


def _parts(lattice: Lattice, whole: Candidate) -> list[Box]:
    """Return the boxes of a candidate's strokes, of a picture those of its components."""
    if lattice.ink is None:
        own = [c for c in lattice.candidates if c.pieces.bit_count() == 1]
        return [candidate.box for candidate in own if candidate.pieces & whole.pieces]
    boxes: dict[int, Box] = {}
    for stroke, first, last in whole.spans:
        box = Box.around(lattice.ink.strokes[stroke][first:last])
        boxes[stroke] = box.union(boxes.get(stroke, box))
    return list(boxes.values())


def _are_below(boxes: Sequence[Box]) -> bool:
    """Say whether two digits stand below each other."""
    for one, other in combinations(boxes, 2):
        common = min(one.right, other.right) - max(one.left, other.left)
        apart = one.bottom <= other.top or other.bottom <= one.top
        if apart and common > BELOW * min(one.width, other.width):
            return True
    return False


def _is_of_two_lines(parts: Sequence[Box]) -> bool:
    """Say whether a digit is of two high parts, one below the other."""
    around = union(parts)
    bottom = around.top
    for box in sorted(parts, key=lambda box: box.top):
        lower = min(bottom - around.top, around.bottom - box.top)
        if box.top - bottom > APART * around.height and lower > PART * around.height:
            return True
        bottom = max(bottom, box.bottom)
    return False


def _is_over(one: Box, other: Box) -> bool:
    """Say whether one digit is written over another."""
    height = max(one.height, other.height)
    away = abs(one.left + one.right - other.left - other.right) / 2
    down = abs(one.top + one.bottom - other.top - other.bottom) / 2
    return away < SAME * max(one.width, other.width, NARROW * height) and down < height / 2


def _with_others(boxes: Sequence[Box]) -> tuple[Sequence[Box], list[list[Box]]]:
    """Return each digit's box, and those of all others."""
    return boxes, [[*boxes[:place], *boxes[place + 1 :]] for place in range(len(boxes))]


def _is_raised(box: Box, others: Sequence[Box]) -> bool:
    """Say whether a small digit ends above the line that the others stand on, or is below it."""
    height = float(np.median([other.height for other in others or [box]]))
    if box.height >= SMALL * height:
        return False
    # In that height, from the digit's left and top: in some units squares are beyond all bounds.
    across = [((o.left - box.left) + (o.right - box.left)) / 2 / height for o in others]
    middles = [((o.top - box.top) + (o.bottom - box.top)) / 2 / height for o in others]
    middle = middles[0]
    if np.ptp(across) > SAME:
        at = (box.right - box.left) / 2 / height
        middle = float(np.polyval(np.polyfit(across, middles, 1), at))
    foot, bottom = middle + 0.5, box.height / height
    return bottom < foot - HIGH or (middle < 0 and bottom > foot + LOW)


def _has_dot(parts: Sequence[Box]) -> bool:
    """Say whether a digit has a dot above or below all the rest of it."""
    for dot in (min(parts, key=lambda box: box.bottom), max(parts, key=lambda box: box.top)):
        rest = [part for part in parts if part is not dot]
        if rest and _is_dot_of(dot, union(rest)):
            return True
    return False


def _is_dot_of(dot: Box, box: Box) -> bool:
    """Say whether a dot stands above or below a digit, as that of a question mark does."""
    middle, room = (dot.left + dot.right) / 2, DOT * box.height
    gap = max(dot.top - box.bottom, box.top - dot.bottom)
    return (
        dot.extent <= room
        and box.left - room < middle < box.right + room
        and APART * box.height < gap < NEAR * box.height
    )
