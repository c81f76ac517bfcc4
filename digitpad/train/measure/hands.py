"""Evaluation of digits in hands that the data lacks, or nearly lacks, as ink."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from digitpad.ink import Ink
from digitpad.reader import Reader
from digitpad.train.measure.beside import fate
from digitpad.train.samples.corpus import Part, to_ink
from digitpad.train.samples.habits import HABITS, is_rare
from digitpad.train.samples.people import normalise

SEED = 6_000_000  # none of training
RARE = {"4": "four in one stroke", "1": "one that is wide"}


def evaluate_hands(reader: Reader, part: Part) -> Iterator[dict[str, Any]]:
    """Read the part's digits as people with each habit might have written them, as one digit.

    Yields for each kind `what` it is, how many `drawings`, and their `Fate`: first of those that
    the part's writers drew so themselves, if there are any, then of each habit of `HABITS`, made of
    all drawings that suit it.
    """
    for digit, name in RARE.items():
        own = [sample for sample in part.inks if sample.label == digit]
        inks = [to_ink(sample) for sample in own if is_rare(digit, sample.strokes)]
        if inks:
            yield _row(f"{name}, as it was written", reader, inks, digit)
    for digit, habits in HABITS.items():
        drawn = [to_ink(sample).strokes for sample in part.inks if sample.label == digit]
        for number, habit in enumerate(habits):
            rng = np.random.default_rng([SEED, int(digit), number])
            inks = []
            for strokes in map(normalise, drawn):
                written = habit(strokes, rng)
                if written is not strokes:
                    inks.append(Ink(written))
            if inks:
                name = getattr(habit, "__name__", digit).replace("_", " ")
                yield _row(f"{name}, made", reader, inks, digit)


def _row(what: str, reader: Reader, inks: Sequence[Ink], digit: str) -> dict[str, Any]:
    readings = reader.read_many(inks, "digit")
    right = [reading.text == digit for reading in readings]
    return {"what": what, "drawings": len(inks), **asdict(fate(right, readings))}
