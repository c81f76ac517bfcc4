"""A picture of a number -> a lattice of the digits that may be in it."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from PIL import Image

from digitpad.geometry import Box
from digitpad.labels import NONE
from digitpad.lattice.candidate import Candidate, bits, measure
from digitpad.lattice.decode import Lattice
from digitpad.lattice.groups import choose_groups, line_height
from digitpad.network.inputs import (
    WORK,
    Grey,
    Raster,
    Rasters,
    is_mnist_form,
    raster_found,
    see_rasters,
)
from digitpad.network.posteriors import softmax
from digitpad.network.runtime import PaperNetwork, Recognizer
from digitpad.picture.components import Component
from digitpad.picture.digit import raster_ink, raster_picture
from digitpad.picture.pieces import Pieces, find_pieces, find_plain_pieces

MAX_DRAWN = 30_000_000  # px of all candidates, 5 ns each; five digits 1,500 px wide have a third
SURE = 0.95  # posterior from which on a piece is one digit, and not looked at in parts


Found = tuple[Lattice, Rasters]  # of a picture; the rasters are (candidates, 28, 28)


def segment_picture(grey: Grey, network: PaperNetwork) -> Found | None:
    """Find the candidate digits of a picture, and the rasters of each; None without ink."""
    found = look(grey, network)
    return found_in(found.components) if isinstance(found, Pieces) else found


def look(
    grey: Grey, network: PaperNetwork, recognizer: Recognizer | None = None
) -> Pieces | Found | None:
    """Find the pieces of a picture; None without ink.

    `grey` is float32 (h, w) in [0, 1] from `picture.decode.load`. A picture in MNIST's form is one
    digit at once; so is one with far more in it than a line of digits, and its lattice is
    `crowded`. Pieces that a recognizer is SURE are one digit are not cut: most are, and each cut
    makes candidates that take longer than this one look; and two of them are not one digit.
    """
    if is_mnist_form(grey) or is_mnist_form(1 - grey):
        return picture_of_one_digit(grey, network)
    know = partial(_know_digits, recognizer) if recognizer else None
    pieces = find_pieces(grey, network, know)
    if pieces is None:
        return _of_one_digit(*raster_ink(grey, network), crowded=True)
    return pieces if pieces.components else None


def look_at_plain(grey: Grey, recognizer: Recognizer) -> Pieces | None:
    """Find the pieces of a picture on plain paper, which needs no network; None if it is not."""
    if is_mnist_form(grey) or is_mnist_form(1 - grey):
        return None
    pieces = find_plain_pieces(grey, partial(_know_digits, recognizer))
    return pieces if pieces and pieces.components else None


def found_in(components: Sequence[Component]) -> Found:
    """Find the candidate digits of a picture's components, and the rasters of each."""
    lattice = segment_components(components)
    return lattice, np.stack([raster_pieces(components, c.pieces) for c in lattice.candidates])


def segment_components(components: Sequence[Component]) -> Lattice:
    """Find the candidate digits of a picture's components, which are the lattice's pieces."""
    boxes = [component.box for component in components]
    height = line_height(boxes)
    parts: dict[int, list[int]] = {}  # of each connected piece
    for number, component in enumerate(components):
        parts.setdefault(component.piece, []).append(number)
    candidates = []
    for group in choose_groups(boxes, [box.width for box in boxes], parts.values(), height):
        used = Counter(components[i].piece for i in group)
        cuts = sum(len(parts[piece]) > count for piece, count in used.items())
        # Parts of two pieces that do not even touch are no digit, nor is one with more beside it.
        if cuts <= 1 and not _has_more(group, components, cuts):
            candidates.append(Candidate(bits(group), *measure(group, boxes, height, cuts)))
    if sum(c.box.width * c.box.height for c in candidates) > MAX_DRAWN:
        candidates = [c for c in candidates if c.pieces.bit_count() == 1]
    return Lattice(tuple(candidates), len(components))


def _has_more(group: Sequence[int], components: Sequence[Component], cuts: int) -> bool:
    """Say whether a group has a digit that is known, and a part of another piece or such a digit.

    Two of these may overlap in x: a bar over a five may be known as a one that lies.
    """
    known = sorted(components[i].box for i in group if components[i].known is not None)
    return bool(cuts and known) or any(one.right <= other.left for one, other in pairwise(known))


def raster_pieces(components: Sequence[Component], pieces: int) -> Raster:
    """Return the raster, float32 (28, 28), of those components whose bits are set in `pieces`."""
    chosen = [c for i, c in enumerate(components) if pieces >> i & 1]
    known = chosen[0].known if len(chosen) == 1 else None
    return _raster(_paste(chosen)) if known is None else known


def _know_digits(recognizer: Recognizer, inks: Sequence[Grey]) -> Sequence[Raster | None]:
    """Return the rasters of inks that the network is SURE are one digit."""
    rasters = np.stack([_raster(ink) for ink in inks])
    posteriors = softmax(recognizer(see_rasters(rasters))[0])
    sure = posteriors[:, :NONE].max(axis=1) >= SURE
    return [raster if one else None for raster, one in zip(rasters, sure.tolist(), strict=True)]


def _raster(ink: Grey) -> Raster:
    """Return the raster of ink, which is averaged down first if it is far larger than WORK px."""
    factor = max(ink.shape) // (2 * WORK)
    if factor > 1:
        ink = np.asarray(Image.fromarray(ink).reduce(factor))
    return raster_found(ink)[0]


def picture_of_one_digit(
    grey: Grey, network: PaperNetwork, recognizer: Recognizer | None = None
) -> Found | None:
    """Return the lattice and the raster of a picture that shows one digit and nothing else.

    Where a recognizer is SURE of all the ink on plain paper, the network is not asked.
    """
    plain = look_at_plain(grey, recognizer) if recognizer else None
    if plain and len(plain.components) == 1 and not plain.rest:
        (one,) = plain.components
        if one.known is not None:
            box = Box(*(plain.times * edge for edge in one.box))
            return _of_one_digit(one.known, box)
    return _of_one_digit(*raster_picture(grey, network))


def _of_one_digit(raster: Raster, box: Box | None, crowded: bool = False) -> Found | None:
    if box is None:
        return None
    whole = Candidate(1, *measure((0,), [box], box.height))
    return Lattice((whole,), 1, crowded=crowded), raster[None]


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
