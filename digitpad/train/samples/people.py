"""People whose digits, letters and signs made lines are written with, split by writer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitpad.errors import DataError
from digitpad.ink import Stroke
from digitpad.labels import SIGNS
from digitpad.train.samples.corpus import MNIST_HELD_OUT
from digitpad.train.samples.trace import REACH, find_lines
from digitpad.train.sources.mnist import load_mnist, load_mnist_writers
from digitpad.train.sources.split import split_writers, writers_by_source
from digitpad.train.sources.unipen import DIGIT_LIKE, Sample, read_drawings

ENOUGH = 8  # different digits that a person must have written to write numbers
UNCLEAR = frozenset("_~")  # symbols that beside digits are an underline or a hyphen
FLAT = 0.6  # a drawing wider than 1 / FLAT of its height is as large as FLAT of its width

Strokes = tuple[Stroke, ...]
Scan = npt.NDArray[np.uint8]  # (28, 28), ink bright


@dataclass(frozen=True, eq=False)
class People:
    """Some writers: each hand maps a digit to its drawings, or to the rows of its scans."""

    inks: Sequence[Mapping[str, Sequence[Strokes]]]
    hands: Sequence[Mapping[str, Sequence[int]]]  # of scans
    scans: npt.NDArray[np.uint8]  # (n, 28, 28), ink bright
    signs: Mapping[str, Sequence[Strokes]]  # whoever of these people wrote them
    others: Sequence[Strokes]  # letters and symbols that do not look like digits
    _traced: dict[int, Scan] = field(default_factory=dict)

    def trace(self, row: int) -> Scan:
        """Return how near each pixel of a scan is to its centre line: 255 on it, 0 from REACH."""
        if row not in self._traced:
            near = find_lines(self.scans[row : row + 1].astype(np.float32) / np.float32(255))[0]
            self._traced[row] = np.rint(near * (255 / REACH)).astype(np.uint8)
        return self._traced[row]


def load_people(data: Path, unipen: Path) -> dict[str, People]:
    """Return the people of `train`, `validation` and `test`: the same split as the corpus has.

    `data` holds MNIST and its writers, `unipen` is the prepared ink. MNIST's test images belong to
    `test`. Raises DataError, also when a part has nobody who wrote enough, or lacks a sign.
    """
    drawings = read_drawings(unipen)
    splits = split_writers(writers_by_source(drawings))
    images, labels = load_mnist(data, "train")
    writers = load_mnist_writers(data, "train")
    held_out = writers % MNIST_HELD_OUT == 0
    tests = (*load_mnist(data, "test"), load_mnist_writers(data, "test"))
    scans = {
        "train": (images[~held_out], labels[~held_out], writers[~held_out]),
        "validation": (images[held_out], labels[held_out], writers[held_out]),
        "test": tests,
    }
    return {
        name: _gather([d for d in drawings if d.writer in splits[name]], *scans[name])
        for name in scans
    }


def normalise(strokes: Strokes) -> Strokes:
    """Move ink to the origin and scale it to a height of 1, or less where it is wide."""
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    size = max(float(extent[1]), FLAT * float(extent[0]), 1e-9)
    return tuple((stroke - low) / size for stroke in strokes)


def _gather(
    drawings: Sequence[Sample],
    scans: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    writers: npt.NDArray[np.int32],
) -> People:
    inks: dict[str, dict[str, list[Strokes]]] = defaultdict(lambda: defaultdict(list))
    signs: dict[str, list[Strokes]] = defaultdict(list)
    others: list[Strokes] = []
    for drawing in drawings:
        strokes = normalise(tuple(s.astype(np.float64) for s in drawing.strokes))
        if drawing.category == "1a":
            inks[drawing.writer][drawing.label].append(strokes)
        elif drawing.category == "1d" and drawing.label in SIGNS:
            signs[drawing.label].append(strokes)
        elif drawing.label not in DIGIT_LIKE | UNCLEAR:
            others.append(strokes)
    hands: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, (label, writer) in enumerate(zip(labels.tolist(), writers.tolist(), strict=True)):
        hands[writer][str(label)].append(row)
    people = People(
        [dict(own) for own in inks.values() if len(own) >= ENOUGH],
        [dict(own) for own in hands.values() if len(own) >= ENOUGH],
        scans,
        dict(signs),
        others,
    )
    if missing := sorted(set(SIGNS) - set(signs)):
        raise DataError(f"expected drawings of every sign, found none of {' '.join(missing)}")
    if not (people.inks and people.hands and others):
        raise DataError(f"expected writers of at least {ENOUGH} different digits, and letters")
    return people
