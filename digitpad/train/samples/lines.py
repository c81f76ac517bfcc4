"""Made lines: writing in one hand, with signs and marks, on paper or as rendered ink, with truth.

A line follows from (seed, index) and its recipe alone.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box, union
from digitpad.labels import OTHER, STRUCK
from digitpad.train.samples.camera import CANVAS, Canvas, Pixels, draw, photograph
from digitpad.train.samples.marks import MARKS, SPACE
from digitpad.train.samples.people import People
from digitpad.train.samples.texts import draw_pattern
from digitpad.train.samples.writing import Piece, draw_hand, name_of, write

RENDERED = 0.3  # share of lines that are ink with one pen on clean paper
EMPTY = 0.02  # share of papers without writing
PEN = 0.065  # width of the pen of rendered ink, share of the ink's height
ROOM = 0.05  # paper around rendered ink beside half of a pen, share of its height
FLATTEST = 1 / 16  # ink flatter than this share of its width is a bar in the middle of the line
LOWEST = 9.0  # px, height of the smallest digits

Look = Literal["ink", "paper"]


@dataclass(frozen=True)
class Recipe:
    """What a line must have; None leaves it to chance, "" means none."""

    look: Look | None = None
    sign: str | None = None  # of SIGNS, or OTHER
    mark: str | None = None  # of `marks.MARKS`
    paper: str | None = None  # of `paper.PAPERS`
    plain: bool = False  # digits alone, without marks unless one is named
    length: int | None = None  # how many digits, of a plain one
    text: str | None = None  # all that stands there, of digits, as somebody drew them, and SIGNS


@dataclass(frozen=True, eq=False)
class MadeLine:
    """A line and what stands there."""

    picture: Pixels  # (h, w), as it was photographed
    tokens: tuple[str, ...]  # of TOKENS, left to right
    boxes: npt.NDArray[np.float32]  # (tokens, 4): left, top, right, bottom, as shares of w and h
    owners: Pixels  # (CANVAS, w'): the same picture, 1 + number of the piece that lies there, or 0
    pieces: tuple[str, ...]  # what each piece is, of STROKES


ANY = Recipe()


def make_line(people: People, seed: int, index: int, recipe: Recipe = ANY) -> MadeLine:
    """Make line `index` of a seed."""
    rng = np.random.default_rng([seed, index])
    rendered = recipe.look == "ink" or (recipe.look is None and rng.random() < RENDERED)
    pieces, text = compose(people, recipe, rendered, rng)
    if rendered:
        canvas, picture = _render(pieces, rng)
    else:
        canvas, picture = _photograph(pieces, text, recipe.paper, rng)
    return _with_truth(pieces, canvas, picture)


def compose(
    people: People, recipe: Recipe, ink: bool, rng: np.random.Generator
) -> tuple[list[Piece], Box]:
    """Return what stands on a line, marks included, and the box of the writing alone."""
    mark = recipe.mark
    if mark is None:
        mark = "" if recipe.plain else _draw_mark(rng, ink)
    if not ink and recipe == ANY and rng.random() < EMPTY:
        pieces: list[Piece] = []
    else:
        if recipe.text is not None:
            pattern = list(recipe.text)
        elif recipe.plain:
            length = recipe.length or int(rng.integers(1, 6))
            pattern = ["d"] * length
        else:
            pattern = draw_pattern(rng, recipe.sign)
        hand = draw_hand(rng, cells=mark == "cells" and rng.random() < 0.9)
        pieces = write(people, pattern, hand, rng, ink=ink)
    text = union([p.box for p in pieces]) if pieces else SPACE
    if mark:
        pieces = MARKS[mark](pieces, rng)
        if recipe.mark is None and rng.random() < 0.12:
            pieces = MARKS[("underline", "rules", "speck")[int(rng.integers(3))]](pieces, rng)
    return pieces, text


def _draw_mark(rng: np.random.Generator, rendered: bool) -> str:
    if rng.random() < 0.5:
        return ""
    names = [name for name in MARKS if not (rendered and name == "cells")]  # those are printed
    return names[int(rng.integers(len(names)))]


def _render(pieces: list[Piece], rng: np.random.Generator) -> tuple[Canvas, Pixels]:
    """Show ink as the reader does: one pen, all of it in the window, black on white."""
    window, pen = ink_window(union([p.box for p in pieces if p.kind != "rule"]))
    pen *= rng.uniform(0.8, 1.3)
    canvas = draw(pieces, window, pen, 0.5)
    ink = canvas.ink if canvas.printed is None else np.maximum(canvas.ink, canvas.printed)
    return canvas, 255 - ink


def ink_window(box: Box) -> tuple[Box, float]:
    """Return the part of the paper that ink in a box is seen on, and the pen's width there."""
    height = max(box.height, box.width * FLATTEST) or 1.0
    room = height * (ROOM + PEN / 2)
    middle = (box.top + box.bottom) / 2
    top, bottom = middle - height / 2 - room, middle + height / 2 + room
    return Box(box.left - room, top, box.right + room, bottom), height * PEN


def _photograph(
    pieces: list[Piece], text: Box, paper: str | None, rng: np.random.Generator
) -> tuple[Canvas, Pixels]:
    """Take a crop of the line, around its writing or around marks too, loose or tight."""
    left, top, right, bottom = text
    if rng.random() < 0.5:
        boxes = [p.box for p in pieces if p.kind != "rule"]
        left, top, right, bottom = union([text, *boxes])
    top, bottom = min(top, bottom - 0.4), max(bottom, top + 0.4)
    pen = float(np.exp(rng.uniform(np.log(0.025), np.log(0.17))))
    loose = 0.02 if rng.random() < 0.25 else 0.45
    room = pen / 2 + rng.uniform(-0.02, loose, 4)
    window = Box(left - room[0], top - room[1], right + room[2], bottom + room[3])
    canvas = draw(pieces, window, pen, rng.uniform(0.25, 0.7))
    lowest = min(CANVAS, LOWEST * CANVAS / canvas.scale)
    high = min(CANVAS, round(np.exp(rng.uniform(np.log(lowest), np.log(1.6 * CANVAS)))))
    return canvas, photograph(canvas, high, canvas.scale, rng, paper)


def _with_truth(pieces: list[Piece], canvas: Canvas, picture: Pixels) -> MadeLine:
    """Read off the tokens; letters beside each other are one, and what was struck out is, too."""
    size = np.array([*canvas.ink.shape[::-1], *canvas.ink.shape[::-1]], np.float32)
    tokens: list[str] = []
    boxes: list[Box] = []
    for piece, box in zip(pieces, canvas.boxes, strict=True):
        if piece.token is None:
            continue
        if tokens and piece.token in (OTHER, STRUCK) and tokens[-1] == piece.token:
            boxes[-1] = union([boxes[-1], box])
        else:
            tokens.append(piece.token)
            boxes.append(box)
    found = np.array(boxes, np.float32).reshape(-1, 4) / size
    names = tuple(name_of(piece) for piece in pieces)
    return MadeLine(picture, tuple(tokens), np.clip(found, 0, 1), canvas.owners, names)
