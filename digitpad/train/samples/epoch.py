"""One epoch's images: scans, ink and what is no digit, mixed and varied, as batches of inputs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink
from digitpad.labels import DIGITS, NONE
from digitpad.network.inputs import CHANNELS, PEN, Inputs, Rasters, see_inks
from digitpad.train.samples.augment import Distorter, Distortion, spoil
from digitpad.train.samples.candidates import Candidates
from digitpad.train.samples.corpus import Labels, Part, leave_out
from digitpad.train.samples.doodles import doodle
from digitpad.train.samples.habits import is_rare, redraw
from digitpad.train.samples.perturb import Perturbation, perturb
from digitpad.train.samples.trace import draw_lines
from digitpad.train.sources.unipen import Sample

RARE = 3  # how often a digit in a hand that the data nearly lacks counts

Indices = npt.NDArray[np.intp]


class Kind(IntEnum):
    """What an image of an epoch is made of; `Mixture.counts` has the same order."""

    SCAN = 0
    TRACE = 1
    INK = 2
    CHARACTER = 3
    DOODLE = 4
    CANDIDATE = 5


@dataclass(frozen=True)
class Mixture:
    """What an epoch is made of, and how it is varied."""

    scans: int = 60_000  # MNIST's
    traces: int = 20_000  # of MNIST's again, drawn with a pen along their lines
    inks: int = 30_000  # UNIPEN's digits
    characters: int = 12_000  # UNIPEN's letters and symbols, not a digit
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


class Epoch:
    """One epoch's images: what is drawn as image i depends on (seed, epoch, i) alone.

    How it is spoiled after that depends on its batch too, and so do the candidates of numbers.
    """

    def __init__(self, part: Part, mixture: Mixture, seed: int, epoch: int, batch: int) -> None:
        """Choose what each image is made of; they are made when asked for, from any thread."""
        lines = part.lines if mixture.traces else part.scans[:0]  # kept for the next epoch
        part = leave_out(part, mixture.without)
        self._part, self._mixture, self._key = part, mixture, [seed, epoch]
        rng = np.random.default_rng(self._key)
        self._kinds = np.repeat(np.arange(len(Kind)), mixture.counts)
        self._chosen = _choose(part, mixture, rng)
        self._digits = [(sample.label, sample.strokes) for sample in part.inks]
        self._candidates = Candidates(part.inks, part.scans, part.scan_labels, mixture.perturbation)
        scanned = mixture.scans + mixture.traces
        self._distort = Distorter(mixture.distortion, seed, epoch, scanned)
        spread = mixture.perturbation.pen
        self._lines, self._pens = lines, PEN * np.exp(rng.uniform(-spread, spread, scanned))
        order = rng.permutation(mixture.images)
        self.steps = len(order) // batch
        self._order = order[: self.steps * batch].reshape(self.steps, batch)

    def __call__(self, step: int) -> tuple[Inputs, Labels]:
        """Return batch `step`: what the network sees (batch, 28, 28, CHANNELS), labels (batch,)."""
        images = self._order[step]
        kinds = self._kinds[images]
        inputs = np.zeros((len(images), *self._part.scans.shape[1:], CHANNELS), np.float32)
        labels = np.full(len(images), NONE, np.uint8)
        scans, traces, candidates = (
            kinds == kind for kind in (Kind.SCAN, Kind.TRACE, Kind.CANDIDATE)
        )
        drawn = ~(scans | traces | candidates)
        inputs[scans, ..., 0], labels[scans] = self._scan(images[scans])
        inputs[traces, ..., 0], labels[traces] = self._trace(images[traces])
        if candidates.any():
            rng = np.random.default_rng([*self._key, step, 8])
            inputs[candidates], labels[candidates] = self._candidates(int(candidates.sum()), rng)
        if drawn.any():
            inputs[drawn], labels[drawn] = self._draw(images[drawn])
        spoil(inputs[..., 0], np.random.default_rng([*self._key, step, 7]))
        return inputs, labels

    def _scan(self, images: Indices) -> tuple[Rasters, Labels]:
        """Distort the scans chosen for these images: (n, 28, 28) and labels (n,)."""
        chosen = self._chosen[images]
        return self._distort(self._part.scans[chosen], images), self._part.scan_labels[chosen]

    def _trace(self, images: Indices) -> tuple[Rasters, Labels]:
        """Draw scans anew along their lines, distorted, each with a pen of its own: the same."""
        chosen = self._chosen[images]
        lines = self._distort(self._lines[chosen], images)
        return draw_lines(lines, self._pens[images]), self._part.scan_labels[chosen]

    def _draw(self, images: Indices) -> tuple[Inputs, Labels]:
        """Draw digits, characters and doodles in another hand: (n, 28, 28, CHANNELS), (n,)."""
        inks, pens, labels, undirected = [], [], [], []
        for image in images.tolist():
            rng = np.random.default_rng([*self._key, image])
            ink, pen, label = self._draw_one(image, rng)
            inks.append(ink)
            pens.append(pen)
            labels.append(label)
            undirected.append(rng.random() < self._mixture.perturbation.undirected)
        inputs = see_inks(inks, pens)
        inputs[undirected, ..., 1:] = 0
        return inputs, np.array(labels, np.uint8)

    def _draw_one(self, image: int, rng: np.random.Generator) -> tuple[Ink, float, int]:
        """Return ink, the pen's width in px of the raster, and the label."""
        perturbation, chosen = self._mixture.perturbation, self._chosen[image]
        if self._kinds[image] == Kind.INK:
            digit = self._part.inks[chosen]
            ink, pen = redraw(digit.strokes, digit.label, perturbation, rng)
            return ink, pen, DIGITS.index(digit.label)
        if self._kinds[image] == Kind.CHARACTER:
            strokes = self._part.negatives[chosen].strokes
        else:
            strokes = doodle(rng, self._digits)
        return *perturb(strokes, perturbation, rng), NONE


def _choose(part: Part, mixture: Mixture, rng: np.random.Generator) -> Indices:
    """Choose which scan, ink or character of the part each image is made of, by kind: (images,)."""
    return np.concatenate(
        [
            _draw(len(part.scans), None, mixture.scans, rng),
            _draw(len(part.scans), None, mixture.traces, rng),
            _draw(len(part.inks), _ink_weights(part.inks), mixture.inks, rng),
            _draw(len(part.negatives), _writer_weights(part.negatives), mixture.characters, rng),
            np.arange(mixture.doodles + mixture.candidates),
        ]
    )


def _ink_weights(inks: Sequence[Sample]) -> npt.NDArray[np.float64]:
    """Weigh digits by their writers, and those in a hand that the data nearly lacks more."""
    rare = np.array([is_rare(digit.label, digit.strokes) for digit in inks])
    weights = _writer_weights(inks) * np.where(rare, RARE, 1)
    return np.asarray(weights / weights.sum())


def _writer_weights(drawings: Sequence[Sample]) -> npt.NDArray[np.float64]:
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
