"""Hands that the data lacks or nearly lacks, made by rule from real drawings of a digit.

Each habit takes strokes in units of the digit's height, y down, and returns them as another hand
might have written the same digit, or unchanged where the drawing does not suit.
"""

from collections.abc import Callable, Mapping

import numpy as np

from digitpad.ink import Stroke
from digitpad.train.samples.perturb import embellish

Strokes = tuple[Stroke, ...]
Habit = Callable[[Strokes, np.random.Generator], Strokes]


def apply_habit(digit: str, strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Write a digit with one of the habits there are for it, or as it is if there is none."""
    habits = HABITS.get(digit)
    return habits[int(rng.integers(len(habits)))](strokes, rng) if habits else strokes


def four_in_one_stroke(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Lead the angle's end on to the stem: up to its top, or straight down like a lightning bolt.

    The bar ends at the stem, short of it or beyond, and the turns are round or sharp.
    """
    if len(strokes) != 2:
        return strokes
    angle, stem = strokes
    if stem[0, 1] > stem[-1, 1]:
        stem = stem[::-1]
    upright = np.ptp(stem[:, 1]) > 1.5 * np.ptp(stem[:, 0])
    if not upright or angle[-1, 0] < angle[:, 0].mean() or len(angle) < 3:
        return strokes
    bar = angle[-1, 1]
    at_bar = float(np.interp(bar, stem[:, 1], stem[:, 0]))
    reach = at_bar + rng.uniform(-0.12, 0.2)
    corner = int(angle[:, 0].argmin())
    shortened = angle[corner:, 0] > reach
    if shortened.any():
        angle = angle[: corner + int(shortened.argmax()) + 1]
    if len(angle) < 3:
        return strokes
    top = float(stem[0, 1])
    start = top + (bar - top) * (rng.uniform(0, 0.7) if rng.random() < 0.6 else rng.uniform(0.8, 1))
    lower = stem[stem[:, 1] > start]
    if len(lower) < 2:
        return strokes
    line = np.concatenate([angle, lower])
    return (_round_corners(line) if rng.random() < 0.6 else line,)


def one_with_wide_flag(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Give a bare one a long flag, straight, bent or with a loop at the top."""
    points = np.concatenate(strokes)
    if np.ptp(points[:, 0]) > 0.35 * np.ptp(points[:, 1]) or len(strokes) != 1:
        return strokes
    stem = strokes[0] if strokes[0][0, 1] < strokes[0][-1, 1] else strokes[0][::-1]
    length, angle = rng.uniform(0.4, 0.85), np.deg2rad(rng.uniform(25, 65))
    away = length * np.array([-np.cos(angle), np.sin(angle)])
    bulge = rng.normal(0, 0.15) * length * np.array([np.sin(angle), np.cos(angle)])
    share = np.linspace(0, 1, 9)[:, None]
    flag = stem[0] + (1 - share) * away + 4 * share * (1 - share) * bulge
    if rng.random() < 0.25:
        turn = np.linspace(0, 2 * np.pi, 9)[:, None]
        radius = rng.uniform(0.03, 0.08)
        loop = radius * np.concatenate([np.sin(turn), np.cos(turn) - 1], axis=1)
        flag = np.concatenate([flag, stem[0] + loop])
    return (np.concatenate([flag, stem]),)


def two_without_foot(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Leave out most of the foot of a two."""
    if len(strokes) != 1:
        return strokes
    (line,) = strokes
    lowest = line[:, 1].max()
    low = np.flatnonzero(line[:, 1] > lowest - 0.18)
    kept = len(line) - int(rng.uniform(0.5, 0.95) * (len(line) - low[0])) if len(low) else 0
    return (line[:kept],) if kept > 4 else strokes


def nine_left_open(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Leave the top of a nine open, or curl its tail, or both."""
    line = strokes[0]
    kind = rng.integers(3)
    if kind != 1 and len(line) > 12:
        line = line[int(rng.uniform(0.05, 0.2) * len(line)) :]
    last = (line, *strokes[1:])[-1]
    if kind != 0 and last[-1, 1] > 0.7:
        turn = np.linspace(0, rng.uniform(0.5, 1.3) * np.pi, 8)[1:, None]
        radius = rng.uniform(0.1, 0.3)
        curl = radius * np.concatenate([np.cos(turn) - 1, np.sin(turn)], axis=1)
        longer = np.concatenate([last, last[-1] + curl])
        return (longer,) if len(strokes) == 1 else (line, *strokes[1:-1], longer)
    return (line, *strokes[1:])


def seven_waved(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Wave the top of a seven, and mostly cross it."""
    line = strokes[0].copy()
    top = line[:, 1] < line[:, 1].min() + 0.35
    phase = 2 * np.pi * line[:, 0] / max(float(np.ptp(line[top, 0])), 0.1)
    line[:, 1] += top * rng.uniform(0.04, 0.12) * np.sin(phase + rng.uniform(0, 1))
    waved = (line, *strokes[1:])
    return embellish(waved, "7", rng) if rng.random() < 0.6 and len(strokes) == 1 else waved


def zero_overlapping(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Go on around a zero beyond where it began, a little further in."""
    if len(strokes) != 1 or len(strokes[0]) < 8:
        return strokes
    (line,) = strokes
    again = line[: int(rng.uniform(0.1, 0.35) * len(line))]
    middle = line.mean(axis=0)
    inwards = np.linspace(0, rng.uniform(0.05, 0.35), len(again))[:, None]
    return (np.concatenate([line, again + inwards * (middle - again)]),)


def five_in_one_stroke(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Begin a five with its bar, from right to left, without lifting the pen."""
    if len(strokes) != 2:
        return strokes
    bar, body = sorted(strokes, key=lambda stroke: float(np.ptp(stroke[:, 1])))
    if np.ptp(bar[:, 1]) > 0.3 or body[0, 1] > 0.3:
        return strokes
    bar = bar if bar[0, 0] > bar[-1, 0] else bar[::-1]
    line = np.concatenate([bar, body])
    return (_round_corners(line) if rng.random() < 0.4 else line,)


def _round_corners(line: Stroke, times: int = 2) -> Stroke:
    """Cut the corners of a polyline (Chaikin, 1974), its ends kept."""
    for _ in range(times):
        ahead, behind = line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75
        cut = np.stack([ahead, behind], axis=1).reshape(-1, 2)
        line = np.concatenate([line[:1], cut, line[-1:]])
    return line


HABITS: Mapping[str, tuple[Habit, ...]] = {
    "0": (zero_overlapping, lambda s, rng: embellish(s, "0", rng)),
    "1": (one_with_wide_flag, lambda s, rng: embellish(s, "1", rng)),
    "2": (two_without_foot,),
    "4": (four_in_one_stroke,),
    "5": (five_in_one_stroke,),
    "7": (seven_waved, lambda s, rng: embellish(s, "7", rng)),
    "9": (nine_left_open,),
}
