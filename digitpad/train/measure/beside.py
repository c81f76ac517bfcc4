"""Evaluation of drawings that have more than digits: signs, letters and marks beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from digitpad.geometry import Box
from digitpad.labels import OTHER, SIGNS
from digitpad.lattice.groups import line_height
from digitpad.reader import Expect, Reader
from digitpad.reading import Reading
from digitpad.train.measure.numbers import pictured
from digitpad.train.samples.drawn import Drawn, draw
from digitpad.train.samples.lines import Recipe
from digitpad.train.samples.marks import MARKS
from digitpad.train.samples.people import People

COUNT = 200  # drawings in a row
SEED = 2_000_000  # of the first row, the others count on: none of training or calibration
LENGTHS = (1, 2, 3, 5)
DECIMALS = (".", ",", "-")


@dataclass(frozen=True)
class Fate:
    """What became of drawings of one kind, as shares of them."""

    right: float  # the text is what stands there, signs included, whether sure or not
    unsure: float
    wrong_and_sure: float  # read, with another text than what stands there


def kinds() -> Iterator[tuple[str, Recipe, Expect]]:
    """Yield every kind of drawing, with its name and what is expected."""
    for length in LENGTHS:
        what = "1 digit" if length == 1 else f"{length} digits"
        yield what, Recipe(plain=True, mark="", length=length), "number"
    for sign in (*SIGNS, OTHER):
        what = "letters" if sign == OTHER else f"with {sign}"
        yield what, Recipe(sign=sign, mark=""), "number"
    for mark in MARKS:
        if mark != "cells":  # those are printed
            yield mark, Recipe(plain=True, mark=mark), "number"
    for sign in DECIMALS:
        yield f"with {sign}, as decimal", Recipe(sign=sign, mark=""), "decimal"


def evaluate_beside(reader: Reader, people: People, count: int = COUNT) -> Iterator[dict[str, Any]]:
    """Read `count` drawings of each kind by these people, as ink and as clean pictures of it.

    Yields for each kind `what` it is, how many `drawings`, and a `Fate` as `ink` and as `picture`.
    """
    for number, (what, recipe, expect) in enumerate(kinds()):
        rng = np.random.default_rng(SEED + number)
        drawn = [draw(people, SEED + number, index, recipe) for index in range(count)]
        inks = [one.ink for one in drawn]
        pictures = [pictured(ink, line_height(Box.around_each(ink.strokes)), rng) for ink in inks]
        yield {
            "what": what,
            "drawings": count,
            "ink": asdict(_fate(drawn, reader.read_many(inks, expect))),
            "picture": asdict(_fate(drawn, reader.read_many(pictures, expect))),
        }


def _fate(drawn: Sequence[Drawn], readings: Sequence[Reading]) -> Fate:
    return fate(
        [_is_right(one, reading) for one, reading in zip(drawn, readings, strict=True)], readings
    )


def fate(right: Sequence[bool], readings: Sequence[Reading]) -> Fate:
    """Return what became of drawings, given which of them were read right."""
    sure = [reading.status == "read" for reading in readings]
    wrong = sum(read and not ok for read, ok in zip(sure, right, strict=True))
    count = len(readings)
    return Fate(sum(right) / count, 1 - sum(sure) / count, wrong / count)


def _is_right(drawn: Drawn, reading: Reading) -> bool:
    """Whether the text is what stands there; a comma may be told as a point."""
    wanted = "".join(token for token in drawn.tokens if len(token) == 1)
    return reading.text in (wanted, wanted.replace(",", "."))
