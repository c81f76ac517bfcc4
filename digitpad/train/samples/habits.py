"""Hands that the data lacks or nearly lacks, made by rule from real drawings of a digit.

Each habit takes strokes in units of the digit's height, y down, and returns them as another hand
might have written the same digit, or unchanged where the drawing does not suit.
"""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from digitpad.ink import Ink, Stroke
from digitpad.train.samples.people import normalise
from digitpad.train.samples.perturb import Perturbation, perturb

WIDE = 0.6  # width over height of a one, from which on it is one of few

Strokes = tuple[Stroke, ...]
Habit = Callable[[Strokes, np.random.Generator], Strokes]


def redraw(
    strokes: Strokes, digit: str, options: Perturbation, rng: np.random.Generator
) -> tuple[Ink, float]:
    """Perturb a digit that may first be written in another hand; turn ones and sevens less."""
    if rng.random() < options.habitual:
        strokes = apply_habit(digit, normalise(strokes), rng)
    elif rng.random() < (options.flagged if digit == "1" else options.embellished):
        strokes = embellish(strokes, digit, rng)
    if digit in ("1", "7"):
        rotation = min(options.rotation, options.upright)
        options = dataclasses.replace(options, rotation=rotation)
    return perturb(strokes, options, rng)


def apply_habit(digit: str, strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Write a digit with one of the habits there are for it, or as it is if there is none."""
    habits = HABITS.get(digit)
    return habits[int(rng.integers(len(habits)))](strokes, rng) if habits else strokes


def is_rare(digit: str, strokes: Strokes) -> bool:
    """Say whether this is a four in one stroke, or a one that is wide."""
    points = np.concatenate(strokes)
    width, height = np.ptp(points, axis=0)
    return (digit == "4" and len(strokes) == 1) or (digit == "1" and width > WIDE * height)


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
    length, angle = rng.uniform(0.4, 0.85), np.deg2rad(rng.uniform(32, 65))
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
    """Leave out much of the foot of a two; without any it would be a seven."""
    if len(strokes) != 1:
        return strokes
    (line,) = strokes
    lowest = line[:, 1].max()
    low = np.flatnonzero(line[:, 1] > lowest - 0.18)
    kept = len(line) - int(rng.uniform(0.2, 0.6) * (len(line) - low[0])) if len(low) else 0
    return (line[:kept],) if kept > 4 else strokes


def two_on_flat_base(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Make all of a two but its foot narrow, so that it stands on a base as some ones do."""
    if len(strokes) != 1:
        return strokes
    line = strokes[0].copy()
    body = line[:, 1] < line[:, 1].max() - 0.15
    middle = line[:, 0].mean()
    line[body, 0] = middle + rng.uniform(0.35, 0.75) * (line[body, 0] - middle)
    return (line,)


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


def seven_with_looped_foot(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """End a seven in a small loop or hook."""
    stem = max(range(len(strokes)), key=lambda i: float(strokes[i][:, 1].max()))
    line = strokes[stem]
    if line[-1, 1] < 0.8 * line[:, 1].max():
        return strokes
    turn = np.linspace(0, rng.uniform(0.6, 1.8) * np.pi, 9)[1:, None]
    loop = rng.uniform(0.04, 0.1) * np.concatenate([np.cos(turn) - 1, np.sin(turn)], axis=1)
    loop[:, 0] *= rng.choice([-1, 1])
    looped = np.concatenate([line, line[-1] + loop])
    return (*strokes[:stem], looped, *strokes[stem + 1 :])


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


def zero_slashed(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Slash a zero."""
    return embellish(strokes, "0", rng)


def one_with_flag_or_base(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Give a bare one a flag, a base or both."""
    return embellish(strokes, "1", rng)


def seven_crossed(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Cross a seven."""
    return embellish(strokes, "7", rng)


def embellish(strokes: Strokes, digit: str, rng: np.random.Generator) -> Strokes:
    """Write a digit as some hands do: slash a zero, cross a seven, give a one its flag or base."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    if not (high - low).any():
        return strokes
    width, height = np.maximum(high - low, 1e-9)
    if digit == "0":
        angle = np.deg2rad(rng.uniform(0, 90))
        along = np.array([np.cos(angle), -np.sin(angle)])
        edge = 1 / np.hypot(along[0] / (width / 2), along[1] / (height / 2))  # of the ellipse
        reach = edge * rng.uniform(0.7, 2.0, 2)
        middle = (low + high) / 2
        slash = np.stack([middle - along * reach[0], middle + along * reach[1]])
        return (*strokes, slash if rng.random() < 0.5 else slash[::-1])
    if digit == "7":
        at = low[1] + height * rng.uniform(0.4, 0.65)
        near = points[np.argsort(np.abs(points[:, 1] - at))[:2], 0].mean()
        reach = height * rng.uniform(0.12, 0.35, 2)
        tilt = height * rng.uniform(-0.08, 0.04)
        return (
            *strokes,
            np.array([[near - reach[0], at - tilt / 2], [near + reach[1], at + tilt / 2]]),
        )
    if digit == "1" and width < 0.3 * height:
        kind = rng.integers(3)
        if kind != 1:
            strokes = _flag(strokes, points[points[:, 1].argmin()], height, rng)
        if kind != 0:
            left, right = height * rng.uniform(0.1, 0.35, 2)
            base = points[points[:, 1].argmax()] + np.array([[-left, 0], [right, 0]])
            strokes = (*strokes, base)
    return strokes


def _flag(strokes: Strokes, top: Stroke, height: float, rng: np.random.Generator) -> Strokes:
    """Lead up to the top of a one, mostly without lifting the pen where its stem begins there.

    A flat flag is short, since a wide digit with a flat top is a seven.
    """
    degrees = rng.uniform(0, 65)
    length = height * rng.uniform(0.12, 0.65 if degrees > 22 else 0.35)
    angle = np.deg2rad(degrees)
    start = top + length * np.array([-np.cos(angle), np.sin(angle)])
    stem = strokes[0]
    if np.hypot(*(stem[0] - top)) < 0.1 * height and rng.random() < 0.8:
        return (np.concatenate([[start], stem]), *strokes[1:])
    return (*strokes, np.stack([start, top]))


def _round_corners(line: Stroke, times: int = 2) -> Stroke:
    """Cut the corners of a polyline (Chaikin, 1974), its ends kept."""
    for _ in range(times):
        ahead, behind = line[:-1] * 0.75 + line[1:] * 0.25, line[:-1] * 0.25 + line[1:] * 0.75
        cut = np.stack([ahead, behind], axis=1).reshape(-1, 2)
        line = np.concatenate([line[:1], cut, line[-1:]])
    return line


HABITS: Mapping[str, tuple[Habit, ...]] = {
    "0": (zero_overlapping, zero_slashed),
    "1": (one_with_wide_flag, one_with_flag_or_base),
    "2": (two_without_foot, two_on_flat_base),
    "4": (four_in_one_stroke,),
    "5": (five_in_one_stroke,),
    "7": (seven_waved, seven_with_looped_foot, seven_crossed),
    "9": (nine_left_open,),
}
