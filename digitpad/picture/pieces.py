"""All pieces of a picture's ink: those that may be of digits, and the rest.

What `components` leaves out is not forgotten: a point is as small as dust, and whoever reads must
know that a line was there.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from digitpad.geometry import union
from digitpad.network.inputs import Grey
from digitpad.network.runtime import PaperNetwork
from digitpad.picture.components import Component, KnowDigits, Mask, find_components
from digitpad.picture.foreground import Inked, find_ink, find_plain_ink, remove_specks
from digitpad.picture.labelling import boxes_of, label

DUST = 0.003  # of the area of the largest piece: a point has twice that in a circle; less is noise
SMALL = 0.35  # of the highest piece's height: so large may be what was taken for nothing
MOST_LOOSE = 6  # of those; more are a pattern
MOST_REST = 40  # pieces that are no component, the largest ones


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces of a picture's ink."""

    components: list[Component]  # from left to right
    rest: list[Component]  # dust and marks
    times: int = 1  # px of the picture, across and down, in one of these

    @cached_property
    def connected(self) -> list[list[int]]:
        """Which components hang together: their numbers, a list for each piece."""
        found: dict[int, list[int]] = {}
        for number, component in enumerate(self.components):
            found.setdefault(component.piece, []).append(number)
        return list(found.values())


def find_pieces(grey: Grey, network: PaperNetwork, know: KnowDigits | None = None) -> Pieces | None:
    """Find the pieces of a picture, float32 (h, w) in [0, 1] from `decode.load`.

    What `know` says is a digit is not cut. None if there is far more than a line of digits
    has.
    """
    found = find_ink(grey, network)
    return Pieces([], []) if found is None else pieces_of(found, know)


def find_plain_pieces(grey: Grey, know: KnowDigits | None = None) -> Pieces | None:
    """Find the same without a network; None, too, if the paper is not plain."""
    found = find_plain_ink(grey)
    return None if found is None else pieces_of(found, know)


def pieces_of(found: Inked, know: KnowDigits | None) -> Pieces | None:
    """Return the pieces of the ink that was found; None if there is far too much of it."""
    writing, marks = found.writing, found.marks
    if not (writing > 0.5).any():
        writing, marks = marks, np.zeros_like(marks)
    fine = remove_specks(writing.copy(), DUST)
    components = find_components(remove_specks(fine.copy()), know)
    if components is None:
        return None
    if not components:
        return Pieces([], [])
    least = DUST * max(float((c.ink > 0.5).sum()) for c in components)
    free = fine > 0.5
    for component in components:
        height, width = component.ink.shape
        top, left = component.top, component.left
        free[top : top + height, left : left + width] &= component.ink == 0
    rest = [*_connected(fine, free, least), *_connected(marks, marks > 0.5, least)]
    rest += _loose(found.loose, components, least)
    rest.sort(key=lambda piece: -float(piece.ink.sum()))
    return Pieces(
        [_move(component, found) for component in components],
        [_move(piece, found) for piece in rest[:MOST_REST]],
        found.times,
    )


def _move(piece: Component, found: Inked) -> Component:
    """Return a piece of a part of the picture at its place in the whole."""
    return replace(piece, left=piece.left + found.left, top=piece.top + found.top)


def _loose(ink: Grey, components: list[Component], least: float) -> list[Component]:
    """Return small pieces beside the line that the network took for nothing: points, if any.

    Where there are many they are a pattern, or noise.
    """
    box = union(component.box for component in components)
    height = max(component.box.height for component in components)
    top, bottom = max(0, int(box.top - height / 4)), int(box.bottom + height / 4)
    left, right = max(0, int(box.left - height)), int(box.right + height)
    near = ink[top:bottom, left:right]
    found = _connected(near, near > 0.5, least)
    small = [piece for piece in found if max(piece.ink.shape) <= SMALL * height]
    if len(small) < len(found) or len(small) > MOST_LOOSE:
        return []
    return [replace(piece, left=piece.left + left, top=piece.top + top) for piece in small]


def _connected(ink: Grey, mask: Mask, least: float) -> list[Component]:
    """Return the connected pieces of a mask that have at least so many px, the largest ones."""
    if not mask.any():
        return []
    labels = label(mask)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    boxes = boxes_of(labels)
    found = []
    for number in np.argsort(-areas, kind="stable")[:MOST_REST]:
        if areas[number] >= max(least, 1):
            left, top, right, bottom = boxes[number - 1].tolist()
            place = np.s_[top:bottom, left:right]
            cut = np.where(labels[place] == number, ink[place], np.float32(0))
            found.append(Component(cut, left, top, -1))
    return found
