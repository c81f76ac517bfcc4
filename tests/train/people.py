"""A few people whose digits, signs and letters lines are made of, small and drawn by rule."""

from functools import cache

import numpy as np

from digitpad.labels import SIGNS
from digitpad.network.inputs import raster_inks
from digitpad.train.samples.people import People, Strokes, normalise
from digitpad.train.sources.unipen import Sample
from tests.drawings import DIGITS
from tests.train import small

SHAPES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    ".": (((0, 0),),),
    ",": (((2, 0), (2, 2), (0, 5)),),
    "-": (((0, 0), (6, 0)),),
    "+": (((0, 3), (6, 3)), ((3, 0), (3, 6))),
    "/": (((4, 0), (0, 10)),),
    ":": (((0, 0), (0.5, 0)), ((0, 5), (0.5, 5))),
    "(": (((3, 0), (0, 5), (3, 10)),),
    ")": (((0, 0), (3, 5), (0, 10)),),
    "=": (((0, 0), (6, 0)), ((0, 3), (6, 3))),
    "%": (((6, 0), (0, 9)), ((0, 0), (2, 2)), ((4, 7), (6, 9))),
    "#": (((2, 0), (1, 9)), ((5, 0), (4, 9)), ((0, 3), (6, 3)), ((0, 6), (6, 6))),
}  # fmt: skip


def sign_drawings() -> list[Sample]:
    """Every sign by every writer of `small.drawings`, as the prepared file has them."""
    writers = sorted({drawing.writer for drawing in small.drawings()})
    return [
        Sample(
            strokes=tuple(np.array(stroke, np.float32) for stroke in SHAPES[sign]),
            label=sign,
            writer=writer,
            source=writer.partition("/")[0],
            category="1d",
            id=f"1d/{writer}.dat#{100 + place}",
        )
        for writer in writers
        for place, sign in enumerate(SIGNS)
    ]


@cache
def people() -> People:
    """One person with ink, one with scans, each sign once, one letter."""
    scans = np.rint(raster_inks(DIGITS) * 255).astype(np.uint8)
    letter: Strokes = (np.array([[0.0, 10], [4, 0], [8, 10]]), np.array([[2.0, 6], [6, 6]]))
    return People(
        inks=[{str(d): [normalise(ink.strokes)] for d, ink in enumerate(DIGITS)}],
        hands=[{str(d): [d] for d in range(10)}],
        scans=scans,
        signs={
            sign: [normalise(tuple(np.array(stroke, float) for stroke in SHAPES[sign]))]
            for sign in SIGNS
        },
        others=[normalise(letter)],
    )
