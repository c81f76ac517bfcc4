"""Pieces of ink as they are found in pictures of made lines, and what each is."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import distance_transform_edt

from digitpad.labels import OTHER, STROKES
from digitpad.network.runtime import PaperNetwork
from digitpad.picture import pieces
from digitpad.picture.components import Component
from digitpad.train.samples.camera import Pixels
from digitpad.train.samples.lines import MadeLine

MOSTLY = 0.65  # share of a piece's pixels from which on it is what they are; else nobody knows
# Share from which on a digit that hangs together with a mark or a sign makes it something else. As
# the mark that it mostly is it would be read past, and the digit with it.
SOME = 0.08
# px of a made line's canvas, and at least one of the picture: so far ink may spread beyond what
# was drawn, by blur and by the camera's px. With less, blurred digits are taught as specks.
SPREAD = 4.0
MOST = 40  # pieces of a picture; with more, its paper was taken for ink


def find_pieces(made: MadeLine, network: PaperNetwork) -> tuple[pieces.Pieces, list[int]] | None:
    """Find the pieces in a made picture, and what each is.

    That is a place in STROKES, -1 where a piece is several things; of connected pieces, which are
    not cut, then of the rest. None where there are none, or far too many.
    """
    grey = made.picture.astype(np.float32) / np.float32(255)
    found = pieces.find_pieces(grey, network, lambda inks: inks)
    if found is None or not found.components or len(found.components) > MOST:
        return None
    own = [[found.components[number] for number in numbers] for numbers in found.connected]
    owners = _spread(made)
    return found, [_kind(parts, made, owners) for parts in (*own, *([p] for p in found.rest))]


def _spread(made: MadeLine) -> Pixels:
    """Return what lies at each pixel of the canvas, or near it: 1 + number of the piece, or 0."""
    reach = max(SPREAD, 1.5 * len(made.owners) / len(made.picture))
    if not made.owners.any():
        return made.owners
    away, nearest = distance_transform_edt(made.owners == 0, return_indices=True)
    return np.where(away <= reach, made.owners[tuple(nearest)], 0).astype(made.owners.dtype)


def _kind(parts: Sequence[Component], made: MadeLine, owners: Pixels) -> int:
    """Return what most of a piece is; what nobody drew is a speck.

    What is struck out and what strikes it out mostly hang together: that is struck out. A digit
    that hangs together with anything else is something else.
    """
    names = np.array([STROKES.index("speck"), *map(STROKES.index, made.pieces)])
    found = np.zeros(len(STROKES), np.intp)
    height, width = made.picture.shape
    high, wide = owners.shape
    for part in parts:
        rows, columns = np.nonzero(part.ink > 0.5)
        at = (
            np.minimum((rows + part.top) * high // height, high - 1),
            np.minimum((columns + part.left) * wide // width, wide - 1),
        )
        found += np.bincount(names[owners[at]], minlength=len(STROKES))
    struck, strike = STROKES.index("struck"), STROKES.index("strike")
    if found[struck]:
        found[struck], found[strike] = found[struck] + found[strike], 0
    shares = found / max(int(found.sum()), 1)
    best, digit = int(shares.argmax()), shares[STROKES.index("digit")]
    beside = 1 - digit - shares[STROKES.index("speck")]
    if min(digit, beside) >= SOME:
        return STROKES.index(OTHER)
    return best if shares[best] >= MOSTLY else -1
