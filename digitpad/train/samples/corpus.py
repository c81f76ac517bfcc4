"""The corpus: MNIST's scans and UNIPEN's ink, split by writer, as batches of inputs."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink
from digitpad.network.inputs import CHANNELS, PEN, Inputs, Rasters, see_inks
from digitpad.train.samples.augment import Distorter, Distortion, spoil
from digitpad.train.samples.candidates import Candidates
from digitpad.train.samples.doodles import doodle
from digitpad.train.samples.perturb import Perturbation, perturb, redraw
from digitpad.train.samples.trace import draw_lines, find_lines
from digitpad.train.sources.mnist import load_mnist, load_mnist_writers
from digitpad.train.sources.split import split_writers, writers_by_source
from digitpad.train.sources.unipen import DIGIT_LIKE, Drawing, read_drawings

NOT_A_DIGIT = 10  # label of the eleventh class
MNIST_HELD_OUT = 10  # one in so many of MNIST's training writers is in the validation split

SCAN, TRACE, INK, CHARACTER, DOODLE, CANDIDATE = range(6)  # the kinds of image in an epoch

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Mixture:
    """What an epoch is made of, and how it is varied."""

    scans: int = 60_000  # MNIST's
    traces: int = 20_000  # of MNIST's again, drawn with a pen along their lines
    inks: int = 30_000  # UNIPEN's digits
    characters: int = 10_000  # UNIPEN's letters and symbols, not a digit
    doodles: int = 8_000  # drawn by chance, not a digit
    candidates: int = 20_000  # of numbers made of the digits; half of them not a digit
    distortion: Distortion = field(default_factory=Distortion)
    perturbation: Perturbation = field(default_factory=Perturbation)
    without: tuple[str, ...] = ()  # sources and writers of UNIPEN to leave out

    @property
    def images(self) -> int:
        """How many images an epoch has."""
        return sum(self.counts)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many there are of each kind, in their order."""
        scans = self.scans, self.traces
        return *scans, self.inks, self.characters, self.doodles, self.candidates


@dataclass(frozen=True, eq=False)
class Part:
    """The digits and the negatives of some writers."""

    scans: Rasters
    scan_labels: Labels
    inks: list[Drawing]
    negatives: list[Drawing]

    @cached_property
    def lines(self) -> Rasters:
        """The scans' centre lines, as `find_lines` returns them: float32 (n, 28, 28)."""
        return find_lines(self.scans)

    @property
    def ink_labels(self) -> Labels:
        """The digits that the inks show, uint8 (n,)."""
        return np.array([int(d.label) for d in self.inks], np.uint8)


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

    def keep(drawings: list[Drawing]) -> list[Drawing]:
        return [d for d in drawings if d.source not in without and d.writer not in without]

    return dataclasses.replace(part, inks=keep(part.inks), negatives=keep(part.negatives))


def to_ink(drawing: Drawing) -> Ink:
    """Return a drawing's strokes as ink."""
    return Ink(tuple(stroke.astype(np.float64) for stroke in drawing.strokes))


class Epoch:
    """One epoch's images: what is drawn as image i depends on (seed, epoch, i) alone.

    How it is spoiled after that depends on its batch too, and so do the candidates of numbers.
    """

    def __init__(self, part: Part, mixture: Mixture, seed: int, epoch: int, batch: int) -> None:
        lines = part.lines if mixture.traces else part.scans[:0]  # kept for the next epoch
        part = leave_out(part, mixture.without)
        self._part, self._mixture, self._key = part, mixture, [seed, epoch]
        rng = np.random.default_rng([seed, epoch])
        self._digits = [(d.label, d.strokes) for d in part.inks]
        scans = mixture.scans, mixture.traces
        kinds = np.repeat(np.arange(len(mixture.counts)), mixture.counts)
        chosen = np.concatenate(
            [
                *(_draw(len(part.scans), None, count, rng) for count in scans),
                _draw(len(part.inks), _writer_weights(part.inks), mixture.inks, rng),
                _draw(
                    len(part.negatives), _writer_weights(part.negatives), mixture.characters, rng
                ),
                np.arange(mixture.doodles + mixture.candidates),
            ]
        )
        self._candidates = Candidates(
            part.inks, part.scans, part.scan_labels, mixture.perturbation, NOT_A_DIGIT
        )
        self._distort = Distorter(mixture.distortion, seed, epoch, sum(scans))
        spread = mixture.perturbation.pen
        self._lines, self._pens = lines, PEN * np.exp(rng.uniform(-spread, spread, sum(scans)))
        order = rng.permutation(len(kinds))
        self.steps = len(order) // batch
        self._order = order[: self.steps * batch].reshape(self.steps, batch)
        self._kinds, self._chosen = kinds, chosen

    def __call__(self, step: int) -> tuple[Inputs, Labels]:
        """Return batch `step`: what the network sees (batch, 28, 28, CHANNELS), labels (batch,)."""
        index = self._order[step]
        kinds, chosen = self._kinds[index], self._chosen[index]
        inputs = np.zeros((len(index), *self._part.scans.shape[1:], CHANNELS), np.float32)
        rasters = inputs[..., 0]
        labels = np.full(len(index), NOT_A_DIGIT, np.uint8)
        scans, traces, candidates = kinds == SCAN, kinds == TRACE, kinds == CANDIDATE
        drawn = ~(scans | traces | candidates)
        rasters[scans] = self._distort(self._part.scans[chosen[scans]], index[scans])
        lines = self._distort(self._lines[chosen[traces]], index[traces])
        rasters[traces] = draw_lines(lines, self._pens[index[traces]])
        labels[scans | traces] = self._part.scan_labels[chosen[scans | traces]]
        if candidates.any():
            rng = np.random.default_rng([*self._key, step, 8])
            found = self._candidates(int(candidates.sum()), rng)
            inputs[candidates], labels[candidates] = found
        inks, pens, undirected = [], [], []
        perturbation = self._mixture.perturbation
        for place in np.flatnonzero(drawn):
            rng = np.random.default_rng([*self._key, int(index[place])])
            if kinds[place] == INK:
                drawing = self._part.inks[chosen[place]]
                labels[place] = int(drawing.label)
                ink, pen = redraw(drawing.strokes, drawing.label, perturbation, rng)
            elif kinds[place] == CHARACTER:
                ink, pen = perturb(self._part.negatives[chosen[place]].strokes, perturbation, rng)
            else:
                ink, pen = perturb(doodle(rng, self._digits), perturbation, rng)
            inks.append(ink)
            pens.append(pen)
            undirected.append(rng.random() < perturbation.undirected)
        if inks:
            seen = see_inks(inks, pens)
            seen[undirected, ..., 1:] = 0
            inputs[drawn] = seen
        spoil(rasters, np.random.default_rng([*self._key, step, 7]))
        return inputs, labels


def _writer_weights(drawings: Sequence[Drawing]) -> npt.NDArray[np.float64]:
    """Weigh each drawing so that a writer counts by the square root of how much they drew."""
    counts = Counter(d.writer for d in drawings)
    weights = np.array([counts[d.writer] ** -0.5 for d in drawings])
    return np.asarray(weights / weights.sum())


def _draw(
    size: int, weights: npt.NDArray[np.float64] | None, count: int, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    if not count:
        return np.empty(0, np.intp)
    if weights is None and count <= size:
        return rng.permutation(size)[:count]
    return np.asarray(rng.choice(size, count, p=weights))
