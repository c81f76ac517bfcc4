"""Evaluation of the line network alone, on lines made of writers that it never saw."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from digitpad.labels import OTHER, SIGNS, TOKENS
from digitpad.picture.line import LineReader
from digitpad.train.fit.line_training import edit_distance
from digitpad.train.measure.measures import calibration_error
from digitpad.train.samples.lines import Look, Recipe, make_line
from digitpad.train.samples.marks import MARKS
from digitpad.train.samples.paper import PAPERS
from digitpad.train.samples.people import People

COUNT = 200  # lines in a row
LENGTHS = (1, 2, 5, 8)
SEED = 1_000_000  # of the first row, the others count on: none of training or calibration


@dataclass(frozen=True)
class Row:
    """What became of lines of one kind, as shares of them; `error` is of their tokens."""

    what: str  # "ink with underline", "paper squares"
    lines: int
    right: float  # all tokens right, whether sure or not
    unsure: float
    blank: float  # nothing is read where something stands
    wrong_and_sure: float
    error: float  # insertions, deletions and changes for each token that stands there
    ece: float  # of the texts' probabilities


def recipes() -> Iterator[tuple[str, Recipe]]:
    """Yield every kind of line, with its name."""
    looks: tuple[Look, Look] = ("ink", "paper")
    for look in looks:
        for length in LENGTHS:
            digits = "one digit" if length == 1 else f"{length} digits"
            yield f"{look}: {digits}", Recipe(look=look, plain=True, length=length, paper="")
        for sign in SIGNS:
            yield f"{look}: with {sign}", Recipe(look=look, sign=sign, mark="", paper="")
        yield f"{look}: letters", Recipe(look=look, sign=OTHER, mark="", paper="")
        for mark in MARKS:
            if not (look == "ink" and mark == "cells"):  # those are printed
                yield f"{look}: {mark}", Recipe(look=look, plain=True, mark=mark, paper="")
    for paper in PAPERS:
        yield f"paper: {paper}", Recipe(look="paper", plain=True, mark="", paper=paper)


def evaluate_lines(reader: LineReader, people: People, count: int = COUNT) -> list[dict[str, Any]]:
    """Read `count` lines of each kind; returns a `Row` for each as a dictionary, and for all."""
    threshold = reader.network.manifest.threshold
    rows: list[Row] = []
    for number, (what, recipe) in enumerate(recipes()):
        found = [_read(reader, people, SEED + number, index, recipe) for index in range(count)]
        rows.append(_row(what, found, threshold))
    return [asdict(row) for row in (_all(rows), *rows)]


@dataclass(frozen=True)
class _Outcome:
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    confidence: float


def _read(reader: LineReader, people: People, seed: int, index: int, recipe: Recipe) -> _Outcome:
    made = make_line(people, seed, index, recipe)
    best = reader.read(made.picture).hypotheses[0]
    return _Outcome(made.tokens, best.tokens, best.confidence)


def _row(what: str, found: list[_Outcome], threshold: float) -> Row:
    right = np.array([o.found == o.wanted for o in found])
    sure = np.array([o.confidence >= threshold for o in found])
    blank = np.array([not o.found and bool(o.wanted) for o in found])
    wrong = sum(edit_distance(_numbers(o.found), _numbers(o.wanted)) for o in found)
    return Row(
        what,
        len(found),
        float(right.mean()),
        float((~sure).mean()),
        float(blank.mean()),
        float((sure & ~right).mean()),
        wrong / max(1, sum(len(o.wanted) for o in found)),
        calibration_error(np.array([o.confidence for o in found]), right),
    )


def _all(rows: list[Row]) -> Row:
    """Return the mean over all kinds, each counting alike."""
    shares = ("right", "unsure", "blank", "wrong_and_sure", "error", "ece")
    means = [float(np.mean([getattr(row, share) for row in rows])) for share in shares]
    return Row("all kinds", sum(row.lines for row in rows), *means)


def _numbers(tokens: tuple[str, ...]) -> list[int]:
    return [TOKENS.index(token) for token in tokens]
