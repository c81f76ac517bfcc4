"""Candidates of made numbers, as the network meets them: digits torn from others, and several."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitpad.ink import Stroke
from digitpad.labels import NONE
from digitpad.lattice.decode import Lattice
from digitpad.lattice.pictures import raster_pieces, segment_components
from digitpad.lattice.strokes import segment_ink
from digitpad.network.inputs import CHANNELS, PEN, SIDE, Inputs, Rasters, see_inks, see_rasters
from digitpad.network.runtime import PaperNetwork
from digitpad.picture.components import Component
from digitpad.picture.pieces import find_pieces, find_plain_pieces
from digitpad.train.samples.habits import redraw
from digitpad.train.samples.numbers import (
    LINE,
    Digits,
    Hand,
    InkNumber,
    Owners,
    PictureNumber,
    Spacing,
    by_writer,
    choose_digits,
    draw_number,
    join_scans,
    write_number,
)
from digitpad.train.samples.perturb import Perturbation
from digitpad.train.sources.unipen import Sample

LENGTHS = (2, 3)  # digits in a number
TOUCHING = 0.75  # share of numbers whose digits touch
INK, DRAWN = 0.4, 0.3  # share of numbers that are ink, and pictures of ink; the others are scans
HAND = Hand(joined_natural=0.05, joined_touching=0.15)
MOST = 4  # candidates of either kind from one number

# Shares of a digit's own ink.
WHOLE = 0.85  # from which on a candidate is that digit
FOREIGN = 0.12  # of any other digit, and of lines between digits, that such a one has at most
SEVERAL = 0.25  # of two digits, from which on a candidate is none

Labels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


class Candidates:
    """Draws numbers made of these digits, and candidates from their lattices."""

    def __init__(
        self,
        inks: Sequence[Sample],
        scans: Rasters,
        scan_labels: Labels,
        perturbation: Perturbation,
    ) -> None:
        """Without `inks`, all numbers are of scans, float32 (n, 28, 28), with labels (n,)."""
        self._hands = by_writer(inks)
        counts = np.array([sum(map(len, own.values())) for own in self._hands])
        self._weights = np.sqrt(counts) / np.sqrt(counts).sum()
        self._scans, self._scan_labels = scans, scan_labels
        self._digits = np.flatnonzero(scan_labels != NONE)  # corrections have others
        self._perturbation = perturbation
        self._paper = PaperNetwork()

    def __call__(self, count: int, rng: np.random.Generator) -> tuple[Inputs, Labels]:
        """Return what the network sees, (count, 28, 28, CHANNELS), and labels (count,).

        About half are digits, nearly whole and alone; the others have much of two digits.
        """
        found: list[tuple[Inputs, Labels]] = []
        while sum(len(labels) for _, labels in found) < count:
            found.append(self._of_a_number(rng))
        inputs, labels = zip(*found, strict=True)
        return np.concatenate(inputs)[:count], np.concatenate(labels)[:count]

    def _of_a_number(self, rng: np.random.Generator) -> tuple[Inputs, Labels]:
        length = int(rng.choice(LENGTHS))
        spacing: Spacing = "touching" if rng.random() < TOUCHING else "natural"
        kind = rng.random() if self._hands else 1.0
        if kind < INK:
            return self._from_ink(self._write(length, spacing, rng), rng)
        if kind < INK + DRAWN:
            return self._from_picture(draw_number(self._write(length, spacing, rng), rng), rng)
        some = rng.choice(self._digits, size=length)
        scanned = join_scans(self._scans[some], self._scan_labels[some], spacing, rng)
        return self._from_picture(scanned, rng)

    def _write(self, length: int, spacing: Spacing, rng: np.random.Generator) -> InkNumber:
        """Write a number with one writer's digits, each varied, about as large as it was."""
        own: Digits = self._hands[int(rng.choice(len(self._hands), p=self._weights))]
        varied = []
        for drawing in choose_digits(own, length, rng):
            ink, _ = redraw(drawing.strokes, drawing.label, self._perturbation, rng)
            size = float(np.ptp(np.concatenate(drawing.strokes), axis=0).max())
            varied.append(
                dataclasses.replace(drawing, strokes=ink.transform(np.eye(2) * size).strokes)
            )
        return write_number(varied, spacing, rng, HAND)

    def _from_ink(self, number: InkNumber, rng: np.random.Generator) -> tuple[Inputs, Labels]:
        lattice = segment_ink(number.ink)
        chosen, labels = self._choose(_shares_of_ink(number, lattice), number.text, rng)
        inks = [lattice.candidates[i].ink(number.ink) for i in chosen]
        spread = self._perturbation.pen
        inputs = see_inks(inks, PEN * np.exp(rng.uniform(-spread, spread, len(inks))))
        inputs[rng.random(len(inks)) < self._perturbation.undirected, ..., 1:] = 0
        return inputs, labels

    def _from_picture(
        self, number: PictureNumber, rng: np.random.Generator
    ) -> tuple[Inputs, Labels]:
        found = find_plain_pieces(number.grey) or find_pieces(number.grey, self._paper)
        components = found.components if found else []
        if not components:  # a correction may be nearly black
            return np.zeros((0, SIDE, SIDE, CHANNELS), np.float32), np.zeros(0, np.uint8)
        lattice = segment_components(components)
        shares = _shares_of_picture(number, components, lattice)
        chosen, labels = self._choose(shares, number.text, rng)
        rasters = [raster_pieces(components, lattice.candidates[i].pieces) for i in chosen]
        return see_rasters(np.array(rasters, np.float32).reshape(-1, SIDE, SIDE)), labels

    def _choose(
        self, shares: Floats, text: str, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.intp], Labels]:
        """Choose MOST digits at most and as many other candidates, or one, and label them.

        `shares` (candidates, digits + 1) are of each digit's ink, and of the lines between them.
        """
        second, first = np.sort(shares[:, :-1], axis=1)[:, -2:].T
        is_digit = (first >= WHOLE) & (np.maximum(second, shares[:, -1]) <= FOREIGN)
        digits = rng.permutation(np.flatnonzero(is_digit))[:MOST]
        others = rng.permutation(np.flatnonzero(second >= SEVERAL))[: max(len(digits), 1)]
        labels = [int(text[i]) for i in shares[digits, :-1].argmax(axis=1)]
        labels += [NONE] * len(others)
        order = rng.permutation(len(labels))
        return np.concatenate([digits, others])[order], np.array(labels, np.uint8)[order]


def _shares_of_ink(number: InkNumber, lattice: Lattice) -> Floats:
    """Return how much of each digit's strokes a candidate has, by length: (candidates, digits + 1).

    The last is the lines between digits, as a share of the longest digit.
    """
    digits = len(number.text)
    own = [  # of each stroke (n, digits): the length around each point, its owner's
        _lengths_by_owner(stroke, owners, digits)
        for stroke, owners in zip(number.ink.strokes, number.owners, strict=True)
    ]
    held = np.array(
        [
            sum(own[stroke][first:last].sum(axis=0) for stroke, first, last in candidate.spans)
            for candidate in lattice.candidates
        ]
    )
    whole = sum(lengths[:, :-1].sum(axis=0) for lengths in own)
    return np.asarray(held / np.maximum(np.append(whole, np.max(whole)), 1e-9))


def _lengths_by_owner(stroke: Stroke, owners: Owners, digits: int) -> Floats:
    """Return the length of the pen's way around each point, in the column of its owner.

    (n, digits + 1); the last column is of lines between digits, whose owner is -1.
    """
    steps = np.hypot(*np.diff(stroke, axis=0).T) / 2 * (owners[1:] == owners[:-1])
    lengths = np.zeros((len(stroke), digits + 1))
    lengths[np.arange(len(stroke)), owners] = np.pad(steps, (1, 0)) + np.pad(steps, (0, 1))
    return lengths


def _shares_of_picture(
    number: PictureNumber, components: Sequence[Component], lattice: Lattice
) -> Floats:
    """Return the same of a picture, by pixels, of the ink that was not taken for dust."""
    digits = len(number.text)
    held = np.zeros((len(components), digits + 1))
    for i, component in enumerate(components):
        height, width = component.ink.shape
        place = np.s_[component.top :, component.left :]
        owners = number.owners[place][:height, :width][component.ink > 0.5]
        held[i, :-1] = np.bincount(owners[owners >= 0], minlength=digits)
        held[i, -1] = np.count_nonzero(owners == LINE)
    has = [[c.pieces >> i & 1 for i in range(len(components))] for c in lattice.candidates]
    whole = held[:, :-1].sum(axis=0)
    return np.asarray(np.array(has) @ (held / np.maximum(np.append(whole, whole.max()), 1)))
