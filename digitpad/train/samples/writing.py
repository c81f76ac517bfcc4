"""Writing: a pattern set out on a line in one person's hand.

The unit of length is the height of the hand's digits; x goes right, y down, the top of the digits
is at 0 and the line they stand on at 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box
from digitpad.ink import Stroke
from digitpad.labels import DIGITS, OTHER, SIGNS, STRUCK
from digitpad.train.samples.habits import apply_habit, redraw
from digitpad.train.samples.people import People, Scan, Strokes, normalise
from digitpad.train.samples.perturb import Perturbation
from digitpad.train.samples.texts import DIGIT, Pattern

HABITS = 0.12  # share of digits in a hand that the data lacks
REDRAWN = 0.15  # share whose strokes are joined, broken, trimmed, …, as `perturb` does
REDRAW = Perturbation(
    rotation=0, upright=0, slant=0, aspect=0, elastic=0.03, habitual=0, embellished=0, flagged=0
)
JOINED = 0.03  # share of neighbours between which the pen is not lifted
SCANNED = 0.45  # share of lines by people of whom there are scans

# Size and top of each sign, uniform, in digits' heights.
SIGN_PLACES: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    ".": ((0.03, 0.12), (0.86, 1.02)),
    ",": ((0.12, 0.32), (0.8, 0.98)),
    "-": ((0.2, 0.6), (0.38, 0.62)),
    "+": ((0.35, 0.7), (0.2, 0.42)),
    "/": ((0.9, 1.4), (-0.2, 0.05)),
    ":": ((0.35, 0.7), (0.15, 0.45)),
    "(": ((1.0, 1.5), (-0.25, 0.02)),
    ")": ((1.0, 1.5), (-0.25, 0.02)),
    "=": ((0.3, 0.6), (0.25, 0.55)),
    "%": ((0.6, 1.05), (-0.05, 0.35)),
    "#": ((0.6, 1.05), (-0.05, 0.3)),
}

T = TypeVar("T")

NOWHERE = Box(0.0, 0.0, 0.0, 0.0)

Kind = Literal["digit", "sign", "other", "underline", "circle", "box", "rule", "strike", "speck"]


@dataclass(frozen=True, eq=False)
class Piece:
    """One thing on a line: what it says, if anything, and its ink."""

    token: str | None  # of TOKENS; None for a mark
    kind: Kind
    strokes: Strokes = ()  # each float64 (n, 2)
    scan: Scan | None = None  # instead of strokes: (28, 28), and where it lies
    traced: bool = False  # whether the scan says how near its centre line is
    matrix: npt.NDArray[np.float64] | None = None  # (2, 3), from px of the scan to the line
    printed: bool = False  # by a machine, under the writing
    box: Box = NOWHERE  # of its ink, without the pen's width


def name_of(piece: Piece) -> str:
    """Return what a piece's strokes are, of STROKES: a sign goes by its own name."""
    if piece.kind == "sign":
        return piece.token or STRUCK
    if piece.kind == "digit":
        return "digit" if piece.token in DIGITS else STRUCK
    return piece.kind


@dataclass(frozen=True)
class Hand:
    """How one line is written; drawn anew for each."""

    gap: float  # between boxes
    spread: float  # standard deviation of the gap
    pitch: float  # from digit to digit where they stand in cells, 0 where not
    slant: float  # horizontal shear
    slope: float  # by which the line falls
    drift: float  # log of the last digit's scale over the first's
    aspect: float  # of the widths
    uneven: float  # standard deviation of each digit's log scale
    jitter: float  # standard deviation of each digit's place above the line


def draw_hand(rng: np.random.Generator, cells: bool) -> Hand:
    """Draw how a line is written; in cells the digits have one pitch."""
    chance = rng.random()
    if chance < 0.2:
        gap = rng.uniform(-0.22, 0.0)
    elif chance < 0.9:
        gap = rng.uniform(0.0, 0.45)
    else:
        gap = rng.uniform(0.45, 1.1)
    return Hand(
        gap=gap,
        spread=rng.uniform(0.01, 0.08),
        pitch=rng.uniform(0.9, 1.7) if cells else 0.0,
        slant=rng.uniform(-0.2, 0.4) if rng.random() < 0.7 else rng.normal(0, 0.05),
        slope=rng.normal(0, 0.04),
        drift=rng.normal(0, 0.07),
        aspect=float(np.exp(rng.normal(0, 0.18))),
        uneven=rng.uniform(0.01, 0.14),
        jitter=rng.uniform(0.01, 0.08),
    )


def write(
    people: People, pattern: Pattern, hand: Hand, rng: np.random.Generator, ink: bool = False
) -> list[Piece]:
    """Set a pattern out from left to right, beginning at x = 0; `ink` asks for strokes alone.

    Somebody writes it who wrote each digit that it names, and those as they are.
    """
    scanned = not ink and rng.random() < SCANNED
    named = {token for token in pattern if token in DIGITS}
    rows = _somebody(people.hands, named, rng) if scanned else {}
    own = _somebody(people.inks, named, rng) if not scanned else {}
    traced = bool(rng.random() < 0.4)
    labels = list(rows or own)
    pieces: list[Piece] = []
    edge, cell = 0.0, 0
    for place, token in enumerate(pattern):
        along = place / max(len(pattern) - 1, 1) - 0.5
        scale = float(np.exp(hand.drift * along + rng.normal(0, hand.uneven)))
        if token == DIGIT or token in DIGITS:
            digit = token if token in DIGITS else labels[int(rng.integers(len(labels)))]
            if scanned:
                row = rows[digit][int(rng.integers(len(rows[digit])))]
                scan = people.trace(row) if traced else people.scans[row]
                piece = _from_scan(digit, scan, people.scans[row], traced, scale, hand, rng)
            else:
                drawing = own[digit][int(rng.integers(len(own[digit])))]
                if token == DIGIT:
                    drawing = _vary(digit, drawing, rng)
                piece = _from_strokes(digit, "digit", drawing, scale, hand, rng)
        elif token in SIGNS:
            piece = _sign(people, token, hand, rng)
        else:
            drawing = people.others[int(rng.integers(len(people.others)))]
            piece = _from_strokes(OTHER, "other", drawing, scale, hand, rng)
        left, _, right, _ = piece.box
        if hand.pitch and piece.kind == "digit":
            middle = (cell + 0.5) * hand.pitch + rng.normal(0, 0.05) * hand.pitch
            shift = middle - (left + right) / 2
            cell += 1
        else:
            shift = edge - left + (_gap(hand, rng, token, pattern[place - 1]) if place else 0.0)
        fall = hand.slope * (shift + left) + rng.normal(0, hand.jitter)
        pieces.append(move(piece, shift, fall))
        edge = max(edge, right + shift) if token in SIGNS else right + shift
    if not scanned:
        pieces = _join_some(pieces, rng)
    return pieces


def _somebody(
    hands: Sequence[Mapping[str, T]], named: set[str], rng: np.random.Generator
) -> Mapping[str, T]:
    able = [hand for hand in hands if named <= hand.keys()] if named else hands
    return able[int(rng.integers(len(able)))]


def move(piece: Piece, right: float, down: float) -> Piece:
    """Return a piece moved by so much."""
    left, top, far, low = piece.box
    shift = np.array([right, down])
    return replace(
        piece,
        strokes=tuple(stroke + shift for stroke in piece.strokes),
        matrix=None
        if piece.matrix is None
        else piece.matrix + np.array([[0, 0, right], [0, 0, down]]),
        box=Box(left + right, top + down, far + right, low + down),
    )


def box_of(strokes: Strokes) -> Box:
    """Return the smallest box around strokes."""
    return Box.around(np.concatenate(strokes))


def _gap(hand: Hand, rng: np.random.Generator, token: str, before: str) -> float:
    gap = hand.gap + rng.normal(0, hand.spread)
    if OTHER in (token, before) and token != before:
        return max(gap, 0.03)
    if token in ".,:" or before in ".,:":
        return max(float(rng.uniform(0.02, 0.22)), min(gap, 0.2))
    if token in SIGNS or before in SIGNS:
        return max(float(rng.uniform(0.02, 0.3)), min(gap, 0.3))
    return gap


def _vary(digit: str, strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Write a drawing of height 1 anew, sometimes in another hand."""
    chance = rng.random()
    if chance < HABITS:
        strokes = apply_habit(digit, strokes, rng)
    elif chance < HABITS + REDRAWN:
        strokes = normalise(redraw(strokes, digit, REDRAW, rng)[0].strokes)
    phase, way = rng.uniform(0, 2 * np.pi, (2, 2)), rng.normal(0, 1, (2, 2))
    amount = rng.uniform(0, 0.04)
    return tuple(
        s + amount * np.sin(4 * (s @ way.T) + phase[0]) if len(s) > 1 else s for s in strokes
    )


def _shape(hand: Hand, scale: float, rng: np.random.Generator, turned: float) -> Stroke:
    """Return the matrix (2, 2) that gives a drawing the line's slant and its own size."""
    angle = np.deg2rad(rng.normal(0, turned))
    width = scale * hand.aspect * np.exp(rng.normal(0, 0.08))
    cos, sin = np.cos(angle), np.sin(angle)
    sheared = np.array([[width, -(hand.slant + rng.normal(0, 0.05)) * scale], [0.0, scale]])
    turned_by: Stroke = np.array([[cos, -sin], [sin, cos]]) @ sheared
    return turned_by


def _from_strokes(
    token: str, kind: Kind, strokes: Strokes, scale: float, hand: Hand, rng: np.random.Generator
) -> Piece:
    matrix = _shape(hand, scale, rng, 3.0)
    low = np.array([0.0, 1.0])  # stands on the line
    shaped = tuple((stroke - low) @ matrix.T + low for stroke in strokes)
    return Piece(token, kind, shaped, box=box_of(shaped))


def _from_scan(
    token: str,
    scan: Scan,
    original: Scan,
    traced: bool,
    scale: float,
    hand: Hand,
    rng: np.random.Generator,
) -> Piece:
    rows, columns = np.nonzero(original > 99)
    pixels = np.stack([columns, rows], axis=1) + 0.5
    unit = max(float(np.ptp(pixels[:, 1])), 0.6 * float(np.ptp(pixels[:, 0]))) + 1
    shape = _shape(replace(hand, slant=hand.slant * 0.5), scale, rng, 3.0) / unit
    foot = np.array([pixels[:, 0].min(), pixels[:, 1].max()])
    matrix = np.column_stack([shape, np.array([0.0, 1.0]) - shape @ foot])
    box = Box.around(pixels @ shape.T + matrix[:, 2])
    return Piece(token, "digit", scan=scan, traced=traced, matrix=matrix, box=box)


def _sign(people: People, sign: str, hand: Hand, rng: np.random.Generator) -> Piece:
    sizes, tops = SIGN_PLACES[sign]
    size, top = rng.uniform(*sizes), rng.uniform(*tops)
    if sign == "." and rng.random() < 0.4:  # a tap, or a short slip of the pen
        strokes: Strokes = (np.array([[0.0, 0.0], rng.uniform(-0.3, 0.3, 2)]),)
    elif sign == "," and rng.random() < 0.3:  # a short tail
        strokes = (
            np.array([[rng.uniform(0.1, 0.5), 0.0], [rng.uniform(0.2, 0.5), 0.4], [0.0, 1.0]]),
        )
    else:
        drawings = people.signs[sign]
        strokes = drawings[int(rng.integers(len(drawings)))]
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = size / max(float(extent.max()), 1e-6)
    lean = hand.slant * 0.5 if sign not in ".,-=" else 0.0
    placed = tuple((stroke - low) * scale for stroke in strokes)
    placed = tuple(np.stack([s[:, 0] - lean * s[:, 1], s[:, 1] + top], axis=1) for s in placed)
    return Piece(sign, "sign", placed, box=box_of(placed))


def _join_some(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """Lead the pen on from some digits to their neighbours."""
    for place in range(len(pieces) - 1):
        one, other = pieces[place], pieces[place + 1]
        both = one.token in DIGITS and other.token in DIGITS
        if both and rng.random() < JOINED and other.box[0] - one.box[2] < 0.4:
            link = np.stack([one.strokes[-1][-1], other.strokes[0][0]])
            pieces[place] = replace(one, strokes=(*one.strokes, link))
    return pieces
