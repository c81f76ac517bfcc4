"""Ink as other hands and other pads would have drawn it, anew for each epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink, Stroke
from digitpad.network.inputs import PEN
from digitpad.train.samples.augment import GRID, spline_basis

NEAR = 0.3  # of a drawing's longest side: a pen that was not lifted draws no longer line

Strokes = tuple[Stroke, ...]


@dataclass(frozen=True)
class Perturbation:
    """How far ink varies. Lengths are shares of the drawing's longest side."""

    rotation: float = 18.0  # degrees, uniform in ±
    upright: float = 8.0  # at most so much of ones and sevens: a turned seven looks like a one
    slant: float = 0.4  # horizontal shear, uniform in ±
    aspect: float = 0.35  # log of width over height, uniform in ±
    elastic: float = 0.1  # length, at each knot of a smooth field, uniform in ±
    jitter: float = 0.012  # length, standard deviation of each point
    pen: float = 0.5  # log of the pen's width over PEN, uniform in ±
    resampled: float = 0.4  # share of drawings sampled anew, at 6 to 40 points
    dropped: float = 0.2  # share of drawings that lose up to half of their points
    joined: float = 0.1  # share of drawings whose pen was not lifted between near strokes
    broken: float = 0.1  # share of drawings with a gap in a stroke
    hooked: float = 0.12  # share of drawings whose pen slipped as it was set down or lifted
    trimmed: float = 0.12  # share of drawings that lack the first or last bit of a stroke
    reordered: float = 0.1  # share of drawings whose strokes come in another order and direction
    habitual: float = 0.12  # share of digits in a hand that the data lacks, where there is one
    embellished: float = 0.25  # share of zeros and sevens with another hand's extra stroke
    flagged: float = 0.5  # share of bare ones with a flag, a base or both
    undirected: float = 0.4  # share of drawings that are seen like pictures, without direction


def perturb(strokes: Strokes, options: Perturbation, rng: np.random.Generator) -> tuple[Ink, float]:
    """Return the ink as drawn once more, in units of its longest side, and its pen in raster px."""
    points = np.concatenate(strokes).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    points = (points - (low + high) / 2) / max(float((high - low).max()), 1e-9)
    chance = rng.random(7)
    drawn = np.split(points, np.cumsum([len(s) for s in strokes])[:-1])
    if chance[0] < options.joined:
        drawn = _join(drawn)
    if chance[1] < options.resampled:
        drawn = _resample(drawn, int(np.exp(rng.uniform(np.log(6), np.log(40)))))
    elif chance[1] < options.resampled + options.dropped:
        drawn = [_drop(stroke, rng) for stroke in drawn]
    if chance[2] < options.broken:
        drawn = _break(drawn, rng)
    if chance[3] < options.trimmed:
        drawn = _trim(drawn, rng)
    if chance[4] < options.hooked:
        drawn = _hook(drawn, rng)
    if chance[5] < options.reordered:
        drawn = _reorder(drawn, rng)
    sizes = np.cumsum([len(s) for s in drawn])[:-1]
    points = _warp(np.concatenate(drawn), options, rng)
    pen = PEN * float(np.exp(rng.uniform(-options.pen, options.pen)))
    return Ink(tuple(np.split(points, sizes))), pen


def _warp(points: Stroke, options: Perturbation, rng: np.random.Generator) -> Stroke:
    unit = rng.uniform(-1, 1, 3)
    knots = rng.uniform(-options.elastic, options.elastic, (2, GRID, GRID))
    at = (np.clip(points, -0.5, 0.5) + 0.5) * (GRID - 1)
    down, across = spline_basis(at[:, 1]), spline_basis(at[:, 0])
    points = points + ((down @ knots) * across).sum(axis=-1).T
    points = points + rng.normal(0, options.jitter, points.shape)
    angle, slant, aspect = unit * (np.deg2rad(options.rotation), options.slant, options.aspect / 2)
    cos, sin = np.cos(angle), np.sin(angle)
    shear = np.array([[np.exp(aspect), slant], [0, np.exp(-aspect)]])
    turned: Stroke = points @ (np.array([[cos, -sin], [sin, cos]]) @ shear).T
    return turned


def _lengths(stroke: Stroke) -> npt.NDArray[np.float64]:
    """Return how far along the stroke each point lies."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _between(stroke: Stroke, along: npt.NDArray[np.float64], at: Sequence[float]) -> Stroke:
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1)


def _resample(strokes: list[Stroke], count: int) -> list[Stroke]:
    """Place about `count` points at equal distances over all strokes, at least two on each."""
    alongs = [_lengths(stroke) for stroke in strokes]
    total = sum(float(along[-1]) for along in alongs) or 1.0
    return [
        _between(
            stroke,
            along,
            np.linspace(0, along[-1], max(2, round(count * along[-1] / total))).tolist(),
        )
        for stroke, along in zip(strokes, alongs, strict=True)
    ]


def _drop(stroke: Stroke, rng: np.random.Generator) -> Stroke:
    kept = rng.random(len(stroke)) > rng.uniform(0, 0.5)
    kept[[0, -1]] = True
    return stroke[kept]


def _join(strokes: list[Stroke]) -> list[Stroke]:
    """Draw on from each stroke's end to the next one's start where it is near.

    Only there: with a line from its stem's foot to its bar, a crossed seven is a two with a loop.
    """
    joined = strokes[:1]
    for stroke in strokes[1:]:
        if np.hypot(*(stroke[0] - joined[-1][-1])) < NEAR:
            joined[-1] = np.concatenate([joined[-1], stroke])
        else:
            joined.append(stroke)
    return joined


def _break(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Lift the pen for up to 6% of the size somewhere in the middle of the longest stroke."""
    alongs = [_lengths(stroke) for stroke in strokes]
    longest = int(np.argmax([along[-1] for along in alongs]))
    stroke, along = strokes[longest], alongs[longest]
    start = rng.uniform(0.15, 0.8) * along[-1]
    end = start + rng.uniform(0, 0.06)
    cut = _between(stroke, along, [start, min(end, along[-1])])
    parts = [
        np.concatenate([stroke[along < start], cut[:1]]),
        np.concatenate([cut[1:], stroke[along > end]]),
    ]
    return [*strokes[:longest], *parts, *strokes[longest + 1 :]]


def _trim(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Take up to 8% of the size from one end of one stroke, never more than a quarter of it.

    Half of these strokes are drawn the other way after that, as they are by `_hook`.
    """
    which = int(rng.integers(len(strokes)))
    stroke = strokes[which] if rng.random() < 0.5 else strokes[which][::-1]
    along = _lengths(stroke)
    start = min(rng.uniform(0, 0.08), along[-1] / 4)
    rest = np.concatenate([_between(stroke, along, [start]), stroke[along > start]])
    return [*strokes[:which], rest, *strokes[which + 1 :]]


def _hook(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Add a slip of up to 8% of the size to one end of one stroke."""
    which = int(rng.integers(len(strokes)))
    stroke = strokes[which] if rng.random() < 0.5 else strokes[which][::-1]
    angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.01, 0.08)
    slip = stroke[-1] + length * np.array([np.cos(angle), np.sin(angle)])
    return [*strokes[:which], np.concatenate([stroke, slip[None]]), *strokes[which + 1 :]]


def _reorder(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Shuffle the strokes, and draw half of them from their ends."""
    turned = [stroke[::-1] if rng.random() < 0.5 else stroke for stroke in strokes]
    return [turned[i] for i in rng.permutation(len(turned))]
