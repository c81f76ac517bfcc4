"""All pieces of a picture's ink: those that may be of digits, and the rest.

What `components` leaves out, dust and straight lines, is not forgotten: a point is as small as
dust, and whoever reads must know that a line was there.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from digitpad.network.inputs import Grey
from digitpad.picture.components import Component, boxes_of, find_components
from digitpad.picture.foreground import find_ink, label, remove_specks

DUST = 0.003  # of the area of the largest piece: a point has twice that in a circle; less is noise
MOST_REST = 40  # pieces that are no component, the largest ones


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces of a picture's ink."""

    components: list[Component]  # from left to right
    rest: list[Component]  # dust and lines

    @cached_property
    def connected(self) -> list[list[int]]:
        """Which components hang together: their numbers, a list for each piece."""
        found: dict[int, list[int]] = {}
        for number, component in enumerate(self.components):
            found.setdefault(component.piece, []).append(number)
        return list(found.values())


def find_pieces(grey: Grey) -> Pieces | None:
    """Find the pieces of a picture, float32 (h, w) in [0, 1] from `decode.load`.

    None if there is far more than a line of digits has.
    """
    fine = find_ink(grey, DUST)
    components = find_components(remove_specks(fine.copy()))
    if components is None:
        return None
    return Pieces(components, _rest(fine, components) if components else [])


def _rest(fine: Grey, components: list[Component]) -> list[Component]:
    """Return the connected pieces of ink that are in no component."""
    free = fine > 0.5
    for component in components:
        height, width = component.ink.shape
        top, left = component.top, component.left
        free[top : top + height, left : left + width] &= component.ink == 0
    if not free.any():
        return []
    labels = label(free)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    least = DUST * max(float((c.ink > 0.5).sum()) for c in components)
    boxes = boxes_of(labels)
    rest = []
    for number in np.argsort(-areas, kind="stable")[:MOST_REST]:
        if areas[number] >= max(least, 1):
            left, top, right, bottom = boxes[number - 1].tolist()
            place = np.s_[top:bottom, left:right]
            cut = np.where(labels[place] == number, fine[place], np.float32(0))
            rest.append(Component(cut, left, top, -1))
    return rest
