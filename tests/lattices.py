"""What holds for every lattice, and how well its candidates match boxes."""

from collections import Counter
from itertools import product

import numpy as np

from digitpad import Ink
from digitpad.geometry import Box
from digitpad.lattice.candidate import Geometry
from digitpad.lattice.decode import Lattice
from digitpad.lattice.groups import MOST_PIECES, TOGETHER

MOST = 2 * MOST_PIECES * TOGETHER + 1  # groups: of pieces, of whole strokes, and of all of them


def strokes_of(ink: Ink) -> list[list[list[float]]]:
    return sorted(ink.to_lists())


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    common = float(np.prod(np.maximum(high - low, 0)))
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return common / (sum(areas) - common)


def matches(lattice: Lattice, boxes: list[Box], used: int = 0) -> bool:
    """Whether candidates that use every piece once have nearly these boxes, from left to right."""
    if not boxes:
        return used == lattice.whole
    return any(
        matches(lattice, boxes[1:], used | candidate.pieces)
        for candidate in lattice.candidates
        if not candidate.pieces & used and overlap(candidate.box, boxes[0]) > 0.8
    )


def best_overlap(lattice: Lattice, boxes: list[Box]) -> float:
    """How well the two halves of a lattice, no piece in both or none, match two boxes."""
    pairs = product(lattice.candidates, repeat=2)
    return max(
        min(overlap(one.box, boxes[0]), overlap(two.box, boxes[1]))
        for one, two in pairs
        if one.pieces ^ two.pieces == lattice.whole and not one.pieces & two.pieces
    )


def check(lattice: Lattice) -> None:
    """What holds for every lattice."""
    sets = [candidate.pieces for candidate in lattice.candidates]
    assert 1 <= len(set(sets)) <= MOST
    drawn = [candidate.spans for candidate in lattice.candidates]
    assert len(set(zip(sets, drawn, strict=True))) == len(sets)
    assert max(Counter(sets).values()) <= 2  # with the lines that lead on, and without
    assert {1 << piece for piece in range(lattice.pieces)} <= set(sets)  # no dead end
    geometry = np.array([candidate.geometry for candidate in lattice.candidates])
    assert geometry.shape == (len(sets), len(Geometry._fields))
    assert np.isfinite(geometry).all()
    assert geometry.min() >= 0
    for candidate in lattice.candidates:
        left, top, right, bottom = candidate.box
        assert left <= right
        assert top <= bottom
