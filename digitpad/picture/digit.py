"""A picture of one digit -> its raster."""

import numpy as np

from digitpad.geometry import Box
from digitpad.network.inputs import SIDE, Grey, Raster, is_mnist_form, raster_found
from digitpad.network.runtime import PaperNetwork
from digitpad.picture.foreground import find_ink


def raster_picture(grey: Grey, network: PaperNetwork) -> tuple[Raster, Box | None]:
    """Render a picture of one digit: the raster, and the ink's box in px of `grey`.

    `grey` is float32 (h, w) in [0, 1] from `picture.load`. One in MNIST's form, white on black or
    black on white, passes unchanged. In others, strokes thinner than PEN are thickened to it: a
    pen of 2% of the digit would otherwise fade away in 20 px. The pen's width is estimated as
    twice the ink's area over its perimeter, and the perimeter as the total variation (coarea
    formula), which needs no threshold. Without ink the raster is black and the box None.
    """
    for candidate in (grey, 1 - grey):
        if is_mnist_form(candidate):
            return candidate, Box.of_mask(candidate > 0)
    return raster_ink(grey, network)


def raster_ink(grey: Grey, network: PaperNetwork) -> tuple[Raster, Box | None]:
    """Render all that is written in a picture as one digit, whatever its form."""
    found = find_ink(grey, network)
    if found is None:
        return np.zeros((SIDE, SIDE), np.float32), None
    raster, box = raster_found(found.all)
    if box is not None:
        corner = (found.left, found.top, found.left, found.top)
        box = Box(*(found.times * (edge + move) for edge, move in zip(box, corner, strict=True)))
    return raster, box
