"""What stands beside the digits: signs and marks. All ink is accounted for.

The lattice knows digits alone: a point or an underline could only be melted into one. So the
strokes' network says first what each stroke is, or each piece of a picture, and the lattice reads
those that are digits'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

import numpy as np

from digitpad.geometry import SMALLEST, Box, union
from digitpad.ink import Ink
from digitpad.labels import MARKS, OTHER, SIGNS, STROKES, STRUCK
from digitpad.lattice.groups import line_height
from digitpad.network.posteriors import Probabilities
from digitpad.network.windows import Windows, see_pieces, see_strokes
from digitpad.picture.hanging import hangs_at_line, hangs_at_ring
from digitpad.picture.pieces import Pieces
from digitpad.reading import Mark, Sign

DIGIT, STRIKE = "digit", "strike"  # of STROKES
HARMLESS = tuple(kind for kind in MARKS if kind != STRIKE)  # marks that leave the text as it is

# Each piece's certainty is raised to this power: what misleads the network about one piece misleads
# it about others of the drawing, so the product of all would be too small. Chosen on validation
# writers (`digitpad strokes evaluate`): with less more signs are overlooked surely, with more plain
# numbers are unsure.
ALIKE = 0.35
# Of a picture, whose pieces were never strokes, the least certain one counts so much more: whether
# it is struck out is told from its outline alone. Chosen likewise.
WORST = 2.0
# So many times as likely as it seems is a slash, where something else is taken for certain, and a
# digit in a picture, where made paper has taught too much caution. Chosen likewise.
SLASHED, CLEAN = 4.5, 1.5
# Of a picture, what is smaller than this share of the line's height is so many times as likely a
# digit's as it seems, and a point: made paper breaks digits into bits. Chosen likewise.
SMALL, BROKEN, POINTED = 0.35, 0.1, 3.0
POINTS = [STROKES.index(sign) for sign in (".", ",", ":")]
# A slash is a one but for its size, and rare: training counts it so many times as much, so that it
# is doubted rather than overlooked. What stands there is the likelier of the two all the same.
SLASH_COUNTS = 5.0
COUNTS = np.array([SLASH_COUNTS if kind == "/" else 1.0 for kind in STROKES], np.float32)
# An upright line of a picture that is lower than so many digits may be a one, however surely it is
# taken for a rule, and by so much.
RULE, ONE = 1.4, 0.4
HANGS = {  # what says whether a digit hangs together with a mark, of pictures
    "circle": hangs_at_ring,
    "box": hangs_at_ring,
    "underline": hangs_at_line,
    "rule": hangs_at_line,
}
# Ways to take pieces that are looked at where a form says what is expected, and how likely the
# rarest of them is compared with the likeliest: each costs the digits' network a look.
MOST_WAYS, UNLIKELY = 4, 0.01
MOST_LINES = 64  # of the line's height, in all the ink's: twenty digits far apart have 40

WORDS = {
    ".": "a point",
    ",": "a comma",
    "-": "a minus or a hyphen",
    "+": "a plus",
    "/": "a slash",
    ":": "a colon",
    "(": "a bracket",
    ")": "a bracket",
    "=": "an equals sign",
    "%": "a percent sign",
    "#": "a number sign",
    OTHER: "something that is no digit",
}
STRUCK_OUT = "something is struck out"


class Way(NamedTuple):
    """A way to take all pieces."""

    likely: Probabilities  # (pieces, STROKES), of the kinds that it takes each for
    share: float  # how likely it is, of all ways


@dataclass(frozen=True, eq=False)
class Parted:
    """Pieces, strokes or those of a picture, parted into digits and what stands beside them."""

    digits: tuple[int, ...] = ()  # which pieces are digits'
    signs: tuple[Sign, ...] = ()  # from left to right
    marks: tuple[Mark, ...] = ()
    trust: float = 1.0  # probability that each piece is what it was taken for
    sure: tuple[float, ...] = ()  # the same of each of the digits' pieces
    doubtful: str = DIGIT  # what the least certain piece may be instead, of STROKES
    odds: tuple[Mapping[str, float], ...] = ()  # of each sign: others that it may be, and itself 1


def see_ink(ink: Ink) -> Windows:
    """Return what the strokes' network sees of each stroke of ink, which has points."""
    boxes = Box.around_each(ink.strokes)
    return see_strokes(ink, boxes, _height(boxes, boxes))


def see_picture(pieces: Pieces) -> Windows:
    """Return what the strokes' network sees of the connected pieces of a picture, then of the rest.

    (connected + rest, HIGH, WIDE, LAYERS): where digits may touch, a piece has several components.
    The line's height is that of whole pieces, so it does not matter which are cut.
    """
    own = [[pieces.components[number] for number in numbers] for numbers in pieces.connected]
    everything = [*own, *([piece] for piece in pieces.rest)]
    boxes = _boxes(pieces)
    height = _height(boxes[: len(own)], boxes)
    return see_pieces([[(piece.ink, piece.box) for piece in parts] for parts in everything], height)


def part_ink(ink: Ink, likely: Probabilities) -> Parted:
    """Part ink by what its strokes are: `likely` (strokes, STROKES)."""
    return _part(Box.around_each(ink.strokes), likely, len(ink.strokes), ink)


def part_picture(pieces: Pieces, likely: Probabilities) -> Parted:
    """Part a picture by what its pieces are, `likely` (connected + rest, STROKES).

    `digits` and `sure` are of its components. What looks like a digit in the rest is none: it was
    left out as dust, or as a straight line.
    """
    connected = pieces.connected
    likely, rest = weigh_pieces(pieces, likely), len(connected)
    boxes = _boxes(pieces)
    kinds = likeliest(likely[:rest])
    digits = [box for box, kind in zip(boxes[:rest], kinds, strict=True) if kind == DIGIT]
    height = line_height(digits or boxes[:rest])
    for piece, numbers in enumerate(connected):
        parts = [pieces.components[number] for number in numbers]
        if (hangs := HANGS.get(kinds[piece])) and hangs(parts, height):
            likely[piece] = np.eye(len(STROKES))[STROKES.index(OTHER)]
    for piece, box in enumerate(boxes[:rest]):
        if kinds[piece] == "rule" and 2 * box.width < box.height < RULE * height:
            likely[piece] *= 1 - ONE
            likely[piece, STROKES.index(DIGIT)] += ONE
    parted = _part(boxes, likely, rest, None)
    sure = {
        number: share
        for piece, share in zip(parted.digits, parted.sure, strict=True)
        for number in connected[piece]
    }
    chosen = tuple(sorted(sure))
    return replace(parted, digits=chosen, sure=tuple(sure[number] for number in chosen))


def weigh_pieces(pieces: Pieces, likely: Probabilities) -> Probabilities:
    """Return how likely a picture's pieces are of each kind, where no dust is a digit."""
    weighed, rest = likely.copy(), len(pieces.connected)
    boxes = _boxes(pieces)
    small = [box.extent < SMALL * _height(boxes[:rest], boxes) for box in boxes]
    weighed[:, STROKES.index(DIGIT)] *= np.where(small, BROKEN * CLEAN, CLEAN)
    weighed[np.ix_(small, POINTS)] *= POINTED
    for kind in (DIGIT, STRUCK):
        weighed[rest:, STROKES.index("speck")] += weighed[rest:, STROKES.index(kind)]
        weighed[rest:, STROKES.index(kind)] = 0
    return weighed


def _boxes(pieces: Pieces) -> list[Box]:
    """Return the boxes of the connected pieces of a picture, then of the rest."""
    own = [union(pieces.components[n].box for n in numbers) for numbers in pieces.connected]
    return [*own, *(piece.box for piece in pieces.rest)]


def _height(tall: Sequence[Box], boxes: Sequence[Box]) -> float:
    """Return the line's height, not so small that the windows' px would be beyond all bounds."""
    return max(line_height(tall), union(boxes).extent / MOST_LINES, SMALLEST)


def _part(boxes: Sequence[Box], likely: Probabilities, count: int, ink: Ink | None) -> Parted:
    """Part pieces, (pieces, STROKES), by the likeliest kind of each.

    Those of one sign that follow each other from left to right are that sign; those of one kind of
    mark are one mark. Where no digit is left, what is struck out is read, and where that is
    nothing, the first `count` pieces, which may all be digits.
    """
    kinds = likeliest(likely)
    sure = np.array([_certain(own, kind) for own, kind in zip(likely, kinds, strict=True)])
    left = next((kind for kind in (DIGIT, STRUCK) if kind in kinds), None)
    if left is None:
        all_digits = np.array([_certain(own, DIGIT) for own in likely])
        doubtful = kinds[int(all_digits.argmin())]
        return Parted(
            digits=tuple(range(count)),
            trust=float(all_digits.prod()),
            sure=tuple(all_digits[:count].tolist()),
            doubtful=doubtful,
        )
    digits = tuple(number for number, kind in enumerate(kinds) if kind == left)
    weakest = int(sure.argmin())
    others = likely[weakest].copy()
    others[_PLACES[kinds[weakest]]] = 0
    signs: list[Sign] = []
    odds: list[dict[str, float]] = []
    for kind, run in groupby(_from_left(kinds, boxes), key=lambda number: kinds[number]):
        own = list(run)
        if kind not in (DIGIT, *MARKS):
            box, confidence = union(boxes[n] for n in own), float(sure[own].prod())
            signs.append(Sign(kind, confidence, box, take(ink, own)))
            odds.append(sign_odds(likely[own], kind))
    marks: list[Mark] = []
    for kind in dict.fromkeys(kind for kind in kinds if kind in MARKS):
        own = [n for n, other in enumerate(kinds) if other == kind]
        marks.append(Mark(kind, union(boxes[n] for n in own), take(ink, own)))
    return Parted(
        digits,
        tuple(signs),
        tuple(marks),
        float(sure.prod() if ink else min(sure.prod(), sure.min() ** WORST)),
        tuple(sure[list(digits)].tolist()),
        STROKES[int(others.argmax())],
        tuple(odds),
    )


def sign_odds(likely: Probabilities, kind: str) -> dict[str, float]:
    """Return what a sign of some pieces, (pieces, STROKES), may be, compared with what it is."""
    if kind not in SIGNS:
        return {}
    shares = (likely / COUNTS).prod(axis=0)
    shares /= shares[STROKES.index(kind)]
    odds = {sign: float(shares[STROKES.index(sign)]) for sign in SIGNS}
    return {sign: ratio for sign, ratio in odds.items() if ratio >= UNLIKELY}


def other_ways(likely: Probabilities, trust: float, wanted: frozenset[str]) -> list[Way]:
    """Return ways to take pieces, (pieces, STROKES), in which all signs are `wanted`.

    All but the likeliest way of all, which is right with probability `trust`: the others share what
    is left, as they are likely compared with each other. Likeliest first, and only so many. A form
    does not say what is struck out: that is not taken otherwise.
    """
    masks = [np.isin(STROKES, group) for group in ([DIGIT], [*wanted & {*SIGNS}], HARMLESS)]
    found: list[tuple[float, list[Probabilities]]] = [(1.0, [])]
    others, is_wanted = 1.0, True
    for row, kind in zip(likely, likeliest(likely), strict=True):
        own, place = row / COUNTS, STROKES.index(kind)
        home = next((mask for mask in masks if mask[place]), None)
        choices = masks
        if kind in (STRIKE, STRUCK):
            home = np.arange(len(STROKES)) == place
            choices = [home]
        share = float(own[place] if home is None else own[home].sum())
        is_wanted &= home is not None
        others *= float(own.sum()) / share
        longer = [
            (odds * float(own[mask].sum()) / share, [*rows, row * mask])
            for odds, rows in found
            for mask in choices
        ]
        likely_enough = [way for way in longer if way[0] >= UNLIKELY]
        found = sorted(likely_enough, key=lambda way: -way[0])[:MOST_WAYS]
    rest = (1 - trust) / max(others - 1, 1e-9)
    return [
        Way(np.array([row / row.sum() for row in rows]), odds * rest)
        for odds, rows in found[1 if is_wanted else 0 :]
    ]


def likeliest(likely: Probabilities) -> list[str]:
    """Return what each piece, (pieces, STROKES), is taken for."""
    return [STROKES[best] for best in (likely / COUNTS).argmax(axis=1)]


def _certain(likely: Probabilities, kind: str) -> float:
    """Return how certain it is that a piece, of each of STROKES so likely, is of this kind."""
    own = float(likely[_PLACES[kind]].sum())
    slash = 0.0 if kind == "/" else (SLASHED - 1) * float(likely[STROKES.index("/")])
    return float((own / (float(likely.sum()) + slash)) ** ALIKE)


def take(ink: Ink | None, own: Sequence[int]) -> Ink | None:
    """Return some of the strokes, None of a picture's ink."""
    return ink and Ink(tuple(ink.strokes[number] for number in own))


def insert(digits: str, boxes: Sequence[Box], signs: Sequence[Sign]) -> str:
    """Put signs between digits, after as many as have their middles to the left of them."""
    parts = list(digits)
    for sign in reversed(signs):
        middle = (sign.box.left + sign.box.right) / 2
        before = sum((box.left + box.right) / 2 < middle for box in boxes)
        if sign.sign in SIGNS:
            parts.insert(before, sign.sign)
    return "".join(parts)


def is_struck(parted: Parted) -> bool:
    """Whether something is struck out."""
    struck = any(sign.sign == STRUCK for sign in parted.signs)
    return struck or any(mark.kind == STRIKE for mark in parted.marks)


def unwanted(signs: Sequence[Sign]) -> str | None:
    """Say what stands there beside digits alone, or None."""
    names = [sign.sign for sign in signs]
    return f"there is {WORDS[OTHER if OTHER in names else names[0]]}" if names else None


def doubt(parted: Parted) -> str:
    """Say what the least certain stroke may be instead."""
    if parted.doubtful in (STRIKE, STRUCK):
        return "something may be struck out"
    return f"there may be {WORDS.get(parted.doubtful, 'more than digits')}"


def _from_left(kinds: Sequence[str], boxes: Sequence[Box]) -> list[int]:
    """Return the strokes that are no marks, by their middles."""
    written = [n for n, kind in enumerate(kinds) if kind not in MARKS]
    return sorted(written, key=lambda n: boxes[n].left + boxes[n].right)


def _places(kind: str) -> list[int]:
    """Return where in STROKES a kind is, and those that are as good."""
    return [STROKES.index(other) for other in (HARMLESS if kind in HARMLESS else [kind])]


_PLACES = {kind: _places(kind) for kind in STROKES}
