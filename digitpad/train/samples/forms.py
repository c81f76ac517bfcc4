"""Made forms: eight fields filled in by one hand, photographed by another.

A form follows from (seed, index) alone. Lengths are in mm of the page, A5.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from digitpad.expect import Expect, Format
from digitpad.geometry import Box, union
from digitpad.labels import DIGITS
from digitpad.layout import Field, Layout
from digitpad.train.samples.camera import SHIFT, Pixels
from digitpad.train.samples.paper import Sheet, noise, shadow
from digitpad.train.samples.people import People
from digitpad.train.samples.writing import Hand, Piece, draw_hand, move, write

cv2.setNumThreads(1)

PAGE = (148.0, 210.0)
SHARP = 12.0  # px in a mm of the page, before the camera makes it smaller
RULE = 0.3  # width of printed lines
HEIGHTS = (4.5, 6.5)  # of digits: what fits in boxes 10 high
PENS = (0.35, 0.8)
LED = 0.3  # of the slope that a hand's lines have on plain paper: a printed line leads it
ROOM = 1.5  # beside the writing in its field
CELLS = 6  # of the comb
FIRST_DAY, DAYS = date(1930, 1, 1), 40_000

# Of the camera.
SIDES = (1600, 3200)  # px, the picture's longer side: messengers send 1,600, phones take 4,000
TILT = 5.0  # degrees, turned in the picture
LEAN = 0.03  # by so much of the page's sides its corners move: a camera that is not held level
FILLED = (0.78, 0.95)  # of the picture's height by the page

Text = Callable[[np.random.Generator], str]


@dataclass(frozen=True, eq=False)
class MadeForm:
    """A photograph, and what was written in each field of FORM."""

    picture: bytes  # a JPEG
    texts: Mapping[str, str]
    seen: npt.NDArray[np.float64]  # (3, 3): from the page to px of the picture


def _digits(count: int) -> Text:
    return lambda rng: "".join(rng.choice(DIGITS, count))


def _card(rng: np.random.Generator) -> str:
    first = "".join(rng.choice(DIGITS, 15))
    return next(first + digit for digit in DIGITS if CARD.accepts(first + digit))


def _date(rng: np.random.Generator) -> str:
    return f"{FIRST_DAY + timedelta(int(rng.integers(DAYS))):%d.%m.%Y}"


def _amount(rng: np.random.Generator) -> str:
    return f"{10 ** rng.uniform(0, 4.7):.2f}".replace(".", ",")


def _time(rng: np.random.Generator) -> str:
    return f"{rng.integers(24)}:{rng.integers(60):02}"


CARD = Format(pattern=r"\d{16}", checksum="luhn")
MARK = Format(min=0, max=100, step=1)
_PLACES: tuple[tuple[str, Box, Expect, Text], ...] = (
    ("number", Box(15, 40, 60, 50), Format(pattern=r"\d{5}"), _digits(5)),
    ("date", Box(75, 40, 133, 50), "date", _date),
    ("amount", Box(15, 66, 65, 76), "amount", _amount),
    (
        "postcode",
        Box(80, 66, 120, 76),
        "postcode-de",
        lambda rng: f"{rng.integers(1_000, 100_000):05}",
    ),
    ("card", Box(15, 92, 133, 102), CARD, _card),
    ("time", Box(15, 118, 50, 128), "time", _time),
    ("mark", Box(75, 118, 105, 128), MARK, lambda rng: str(rng.integers(101))),
    ("comb", Box(15, 144, 15 + 8 * CELLS, 154), Format(pattern=rf"\d{{{CELLS}}}"), _digits(CELLS)),
)
UNDERLINED = "date"  # the others have frames
TITLE = "Application for a permit"


@cache
def layout() -> Layout:
    """Return the layout of the form."""
    lines: list[tuple[float, float, float, float]] = []
    for name, (left, top, right, bottom), *_ in _PLACES:
        lines.append((left, bottom, right, bottom))
        if name != UNDERLINED:
            walls = np.linspace(left, right, CELLS + 1) if name == "comb" else (left, right)
            lines.append((left, top, right, top))
            lines += [(float(x), top, float(x), bottom) for x in walls]
    fields = tuple(Field(name, box, expect) for name, box, expect, _ in _PLACES)
    return Layout(*PAGE, fields, np.array(lines))


def make_form(people: People, seed: int, index: int) -> MadeForm:
    """Make form `index` of a seed."""
    rng = np.random.default_rng([seed, index])
    texts = {name: text(rng) for name, *_, text in _PLACES}
    printed, ink = _blank(), _blank()
    _print(printed)
    writers = [own for own in people.inks if own.keys() >= set(DIGITS)]
    people = replace(people, inks=[writers[int(rng.integers(len(writers)))]])
    hand, pen = draw_hand(rng, cells=False), rng.uniform(*PENS)
    hand = replace(hand, slope=LED * hand.slope)
    for name, box, *_ in _PLACES:
        _fill(ink, people, texts[name], box, name == "comb", hand, pen, rng)
    picture, seen = photograph(printed, ink, rng)
    return MadeForm(picture, texts, seen)


def empty_form(rng: np.random.Generator) -> bytes:
    """Return a photograph of the form with nothing in it."""
    printed = _blank()
    _print(printed)
    return photograph(printed, _blank(), rng)[0]


def _blank() -> Pixels:
    return np.zeros((round(PAGE[1] * SHARP), round(PAGE[0] * SHARP)), np.uint8)


def _print(sheet: Pixels) -> None:
    """Draw the lines, a title, and a name above each field."""
    for x, y, to_x, to_y in layout().lines:
        _draw(sheet, [np.array([[x, y], [to_x, to_y]])], RULE)
    _say(sheet, TITLE, (15, 22), 1.6)
    for name, box, *_ in _PLACES:
        _say(sheet, name.capitalize(), (box.left, box.top - 2), 0.9)
    _say(sheet, "Please use a pen. Keep a copy.", (15, 180), 0.9)


def _say(sheet: Pixels, text: str, at: tuple[float, float], size: float) -> None:
    place = (round(at[0] * SHARP), round(at[1] * SHARP))
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(sheet, text, place, font, size, 255, round(2 * size), cv2.LINE_AA)


def _draw(sheet: Pixels, strokes: list[npt.NDArray[np.float64]], pen: float) -> None:
    lines = [np.rint((s * SHARP - 0.5) * 2**SHIFT).astype(np.int32) for s in strokes]
    cv2.polylines(sheet, lines, False, 255, max(1, round(pen * SHARP)), cv2.LINE_AA, SHIFT)


def _fill(
    sheet: Pixels, people: People, text: str, box: Box, in_cells: bool, hand: Hand, pen: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Write a text into its field: from the left, or a digit a cell."""
    size = rng.uniform(*HEIGHTS)
    pieces = _apart(write(people, list(text), hand, rng, ink=True), pen / size)
    around = union([piece.box for piece in pieces])
    if in_cells:
        walls = list(pairwise(np.linspace(box.left, box.right, CELLS + 1)))
        for piece, (left, right) in zip(pieces, walls, strict=True):
            own = min(size, 0.8 * (right - left) / max(piece.box.width, 0.1))
            middle = np.array([piece.box.left + piece.box.right, piece.box.top + piece.box.bottom])
            at = np.array([left + right, box.top + box.bottom]) / 2 + rng.normal(0, 0.4, 2)
            _draw(sheet, [(s - middle / 2) * own + at for s in piece.strokes], pen)
        return
    size = min(size, (box.width - 2 * ROOM) / around.width)
    left = box.left + ROOM + rng.uniform(0, 0.5) * (box.width - 2 * ROOM - size * around.width)
    foot = box.bottom - rng.uniform(0.08, 0.3) * box.height
    at = np.array([left - around.left * size, foot - size])
    _draw(sheet, [s * size + at for piece in pieces for s in piece.strokes], pen)


def _apart(pieces: Sequence[Piece], pen: float) -> list[Piece]:
    """Leave as much more room around signs as a pen is wide: gaps are those of lines without width.

    People see to it that a point does not run into a digit.
    """
    apart, shift = list(pieces), 0.0
    for place in range(1, len(apart)):
        shift += pen * ("sign" in (pieces[place - 1].kind, pieces[place].kind))
        apart[place] = move(pieces[place], shift, 0.0)
    return apart


def photograph(
    printed: Pixels, ink: Pixels, rng: np.random.Generator
) -> tuple[bytes, npt.NDArray[np.float64]]:
    """Return a JPEG of the page on a table, and where it is seen: (3, 3), from mm to px.

    With up to TILT degrees, perspective, a shadow, light that falls off, blur and noise.
    """
    long = rng.integers(*SIDES)
    shape = (int(long), int(0.75 * long))
    seen = _camera(shape, rng)
    paper, shade = np.full(ink.shape, rng.uniform(190, 250), np.float32), np.float32(1 / 255)
    for layer, dark in ((printed, rng.uniform(0.1, 0.5)), (ink, rng.uniform(0.05, 0.45))):
        paper -= layer * shade * (1 - np.float32(dark)) * paper
    matrix = seen @ np.diag([1 / SHARP, 1 / SHARP, 1])
    small = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    paper = np.asarray(cv2.GaussianBlur(paper, (0, 0), 0.45 / small), np.float32)
    table = float(rng.uniform(40, 200))
    sheet = cv2.warpPerspective(
        paper, matrix, shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=table,
    )  # fmt: skip
    picture = _light(np.asarray(sheet, np.float32), small * SHARP * 6, rng)
    quality = int(rng.integers(60, 93))
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return encoded.tobytes(), seen


def _camera(shape: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return where the page is seen."""
    corners = np.array([(0, 0), (PAGE[0], 0), PAGE, (0, PAGE[1])])
    scale = min(shape[0] / PAGE[1], shape[1] / PAGE[0]) * rng.uniform(*FILLED)
    angle = np.deg2rad(rng.uniform(-TILT, TILT))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    lean = rng.uniform(-LEAN, LEAN, (4, 2)) * PAGE
    away = (corners + lean - np.array(PAGE) / 2) @ turn.T * scale
    free = np.maximum(np.array(shape[::-1]) - np.ptp(away, axis=0), 0)
    at = rng.uniform(0.2, 0.8, 2) * free - away.min(axis=0)
    found = cv2.getPerspectiveTransform(corners.astype(np.float32), (away + at).astype(np.float32))
    return np.asarray(found, np.float64)


def _light(sheet: Sheet, unit: float, rng: np.random.Generator) -> Pixels:
    """Let light and shadow fall on it, and the camera see it."""
    height, width = sheet.shape
    fall = rng.uniform(-0.15, 0.15, 2)
    sheet *= 1 + np.linspace(-fall[0], fall[0], height, dtype=np.float32)[:, None]
    sheet *= 1 + np.linspace(-fall[1], fall[1], width, dtype=np.float32)
    shadow(sheet, unit, rng)
    sheet = np.asarray(cv2.GaussianBlur(sheet, (0, 0), rng.uniform(0.4, 1.1)), np.float32)
    sheet = sheet + rng.uniform(1, 7) * noise((height, width), rng, int(rng.random() < 0.3))
    return np.clip(sheet, 0, 255).astype(np.uint8)
