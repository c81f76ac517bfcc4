"""The corpus: MNIST's scans and UNIPEN's ink, split by writer."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink
from digitpad.labels import DIGITS
from digitpad.network.inputs import Rasters
from digitpad.train.samples.trace import find_lines
from digitpad.train.sources.mnist import load_mnist, load_mnist_writers
from digitpad.train.sources.split import split_writers, writers_by_source
from digitpad.train.sources.unipen import DIGIT_LIKE, Sample, read_drawings

MNIST_HELD_OUT = 10  # one in so many of MNIST's training writers is in the validation split

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Part:
    """The digits and the negatives of some writers."""

    scans: Rasters
    scan_labels: Labels
    inks: list[Sample]
    negatives: list[Sample]

    @cached_property
    def lines(self) -> Rasters:
        """The scans' centre lines, as `find_lines` returns them: float32 (n, 28, 28)."""
        return find_lines(self.scans)

    @property
    def ink_labels(self) -> Labels:
        """The digits that the inks show, uint8 (n,)."""
        return np.array([DIGITS.index(d.label) for d in self.inks], np.uint8)


Corpus = Mapping[str, Part]  # "train", "validation" and "test"


def load_corpus(data: Path, unipen: Path | None) -> dict[str, Part]:
    """Return the parts `train`, `validation` and `test` of all data, disjoint by writer.

    `data` holds MNIST and its writers, `unipen` is the prepared file, None to do without ink.
    MNIST's test images belong to `test`; a tenth of the writers of its training images to
    `validation`. Raises DataError.
    """
    drawings = read_drawings(unipen) if unipen else []
    splits = split_writers(writers_by_source(drawings))
    images, labels = load_mnist(data, "train")
    writers = load_mnist_writers(data, "train")
    held_out = writers % MNIST_HELD_OUT == 0
    test_images, test_labels = load_mnist(data, "test")
    scans = {
        "train": (images[~held_out], labels[~held_out]),
        "validation": (images[held_out], labels[held_out]),
        "test": (test_images, test_labels),
    }
    parts = {}
    for name, (pixels, digits) in scans.items():
        mine = [d for d in drawings if d.writer in splits[name]]
        parts[name] = Part(
            scans=pixels.astype(np.float32) / np.float32(255),
            scan_labels=digits,
            inks=[d for d in mine if d.category == "1a"],
            negatives=[d for d in mine if d.category != "1a" and d.label not in DIGIT_LIKE],
        )
    return parts


def join(first: Part, second: Part) -> Part:
    """Return one part with all of both."""
    return Part(
        np.concatenate([first.scans, second.scans]),
        np.concatenate([first.scan_labels, second.scan_labels]),
        first.inks + second.inks,
        first.negatives + second.negatives,
    )


def leave_out(part: Part, without: Collection[str]) -> Part:
    """Return the part without the ink of some sources ("apb") and writers ("apb/kd")."""

    def keep(drawings: list[Sample]) -> list[Sample]:
        return [d for d in drawings if d.source not in without and d.writer not in without]

    return dataclasses.replace(part, inks=keep(part.inks), negatives=keep(part.negatives))


def to_ink(drawing: Sample) -> Ink:
    """Return a drawing's strokes as ink."""
    return Ink(tuple(stroke.astype(np.float64) for stroke in drawing.strokes))
