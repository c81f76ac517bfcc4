"""Drawings that numbers are made of, simple enough to foretell where they stand."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitpad.train.samples.numbers import GAPS, Hand, InkNumber, Spacing
from digitpad.train.sources.unipen import Sample
from tests.train import small

PLAIN = Hand(
    jitter=0, slope=0, drift=0, late=0, disordered=0, joined_natural=0, joined_touching=0
)  # fmt: skip


SPACINGS: tuple[Spacing, ...] = tuple(GAPS)


Points = npt.NDArray[np.float64]


def drawing(*strokes: Sequence[tuple[float, float]], label: str = "4") -> Sample:
    points = tuple(np.array(stroke, np.float32) for stroke in strokes)
    return Sample(points, label, "aga/one", "aga", "1a", f"1a/one.dat#{label}")


def block(width: float, height: float, label: str = "8") -> Sample:
    """Two strokes that span a box: down its left side, then across."""
    return drawing([(5, 7), (5, 7 + height)], [(5, 7), (5 + width, 7 + height)], label=label)


def inked(number: InkNumber) -> list[Points]:
    """The points of each digit, in the order they were written."""
    points, owners = number.ink.points, np.concatenate(number.owners)
    assert all(len(s) == len(o) for s, o in zip(number.ink.strokes, number.owners, strict=True))
    return [points[owners == digit] for digit in range(len(number.text))]


def small_digits() -> list[Sample]:
    """The small set's, ten by each writer."""
    return [made for made in small.drawings() if made.category == "1a"]


def by_writer() -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for made in small_digits():
        found.setdefault(made.writer, []).append(made)
    return found
