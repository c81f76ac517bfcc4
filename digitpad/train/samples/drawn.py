"""Numbers drawn with a pen, with what people draw beside them, and what each stroke is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from digitpad.ink import Ink, Stroke
from digitpad.train.samples.lines import ANY, Recipe, compose
from digitpad.train.samples.people import People
from digitpad.train.samples.writing import Piece, name_of

SLOPING = 0.15  # share of drawings that rise or fall more than a hand's lines do
JOINED = 0.06  # share of digits that are led on to from the one before without lifting the pen
STEEPEST = 0.4  # by so much of the way along


@dataclass(frozen=True, eq=False)
class Drawn:
    """A drawing and what stands there."""

    ink: Ink
    tokens: tuple[str, ...]  # of TOKENS, left to right
    strokes: tuple[str, ...]  # what each stroke is, of STROKES


def draw(people: People, seed: int, index: int, recipe: Recipe = ANY) -> Drawn:
    """Draw number `index` of a seed."""
    rng = np.random.default_rng([seed, index])
    pieces, _ = compose(people, recipe, True, rng)
    if rng.random() < SLOPING:
        fall = np.array([[1.0, 0.0], [rng.uniform(-STEEPEST, STEEPEST), 1.0]])
        pieces = [replace(p, strokes=tuple(s @ fall.T for s in p.strokes)) for p in pieces]
    strokes = _join_some(pieces, rng)
    return Drawn(
        Ink(tuple(np.asarray(stroke, np.float64) for stroke, _ in strokes)),
        tuple(piece.token for piece in pieces if piece.token is not None),
        tuple(kind for _, kind in strokes),
    )


def _join_some(pieces: Sequence[Piece], rng: np.random.Generator) -> list[tuple[Stroke, str]]:
    """Return all strokes and what each is; from some digits the pen goes on to the next."""
    strokes: list[tuple[Stroke, str]] = []
    for piece in pieces:
        name = name_of(piece)
        for place, stroke in enumerate(piece.strokes):
            joined = place == 0 and name == "digit" and rng.random() < JOINED
            if joined and strokes and strokes[-1][1] == "digit":
                strokes[-1] = (np.concatenate([strokes[-1][0], stroke]), name)
            else:
                strokes.append((stroke, name))
    return strokes
