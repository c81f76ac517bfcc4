"""Ink that is no digit and no letter: lines, shapes, scribbles, parts of digits, and several."""

from collections.abc import Callable, Sequence

import numpy as np

from digitpad.ink import Stroke

Strokes = tuple[Stroke, ...]

PAIRS = 0.3  # share of two digits among the doodles, the second whole or in part
PARTS = 0.25  # share of a part of one digit

# The sides of a digit that are no digit themselves when it is cut from top to bottom. Others are:
# the right side of a 4 is a 1, that of an 8 a 3.
SIDES = (
    "0 left", "0 right", "2 left", "3 left", "4 left", "5 left", "5 right", "6 left", "6 right",
    "8 left", "9 left",
)  # fmt: skip


def doodle(rng: np.random.Generator, digits: Sequence[tuple[str, Strokes]]) -> Strokes:
    """Draw one doodle; `digits`, as label and strokes, is what parts and pairs are taken from."""
    chance = rng.random()
    if digits and chance < PAIRS:
        first, second = (digits[i] for i in rng.integers(len(digits), size=2))
        return _pair(first[1], second[1], rng)
    if digits and chance < PAIRS + PARTS:
        for i in rng.integers(len(digits), size=30):
            side = f"{digits[i][0]} {rng.choice(['left', 'right'])}"
            part = _part(digits[i][1], side.endswith("right"), rng.uniform(0.35, 0.65))
            share = _length(part) / _length(digits[i][1])
            if part and side in SIDES and 0.25 < share < 0.5 and not _is_upright(part):
                return part
    return KINDS[int(rng.integers(len(KINDS)))](rng)


def _pair(first: Strokes, second: Strokes, rng: np.random.Generator) -> Strokes:
    """Set two digits of about one height side by side, from overlapping to 40% of it apart.

    Of the second there may be only the left part.
    """
    placed: list[Stroke] = []
    edge = 0.0
    if rng.random() < 0.3:
        second = _part(second, False, rng.uniform(0.4, 0.8)) or second  # a line has no sides
    for strokes in (first, second):
        points = np.concatenate(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        scale = float(np.exp(rng.uniform(-0.15, 0.15))) / max(float(high[1] - low[1]), 1e-9)
        scale = min(scale, 1.5 / max(float(high[0] - low[0]), 1e-9))
        shift = np.array([edge, rng.uniform(-0.1, 0.1)])
        placed += [(stroke - low) * scale + shift for stroke in strokes]
        width = float(high[0] - low[0]) * scale
        edge += width + max(rng.uniform(-0.15, 0.4), -width / 2)
    return tuple(placed)


def _part(strokes: Strokes, right: bool, share: float) -> Strokes:
    """Cut a drawing from top to bottom, `share` of its width from the left, and keep one side."""
    points = np.concatenate(strokes)
    low, high = points[:, 0].min(), points[:, 0].max()
    fine = [_densely(stroke, (high - low) / 20) for stroke in strokes]
    cut = low + share * (high - low)
    kept: list[Stroke] = []
    for stroke in fine:
        inside = (stroke[:, 0] >= cut) == right
        runs = np.split(stroke, np.flatnonzero(np.diff(inside)) + 1)
        kept += [run for run in runs if (run[0, 0] >= cut) == right]
    return tuple(kept)


def _is_upright(strokes: Strokes) -> bool:
    """Whether a drawing is so narrow that it may be a one."""
    width, height = np.ptp(np.concatenate(strokes), axis=0)
    return bool(width < 0.25 * height)


def _length(strokes: Strokes) -> float:
    return sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes) + 1e-9


def _densely(stroke: Stroke, step: float) -> Stroke:
    """Put points at most `step` apart in x."""
    counts = np.ceil(np.abs(np.diff(stroke[:, 0])) / max(step, 1e-9)).astype(int)
    at = [np.linspace(i, i + 1, max(1, n), endpoint=False) for i, n in enumerate(counts)]
    along = np.concatenate([*at, [len(stroke) - 1]])
    return np.stack([np.interp(along, np.arange(len(stroke)), axis) for axis in stroke.T], axis=1)


def _line(rng: np.random.Generator) -> Strokes:
    """A line that is too flat for a one."""
    angle = np.deg2rad(rng.uniform(-25, 25))
    along = np.linspace(-0.5, 0.5, 8)
    bend = rng.uniform(-0.08, 0.08) * np.cos(np.pi * along)
    cos, sin = np.cos(angle), np.sin(angle)
    return (np.stack([along * cos - bend * sin, along * sin + bend * cos], axis=1),)


def _dot(rng: np.random.Generator) -> Strokes:
    """A filled blob, as a pen leaves that is turned on the spot."""
    return (rng.normal(0, 1, (int(rng.integers(12, 30)), 2)),)


def _scribble(rng: np.random.Generator) -> Strokes:
    """A smooth random walk that crosses itself many times."""
    count = int(rng.integers(40, 90))
    phases, speeds = rng.uniform(0, 2 * np.pi, (3, 2)), rng.uniform(1, 7, (3, 2))
    at = np.linspace(0, 2 * np.pi, count)[:, None, None]
    return ((np.sin(at * speeds + phases) / np.sqrt(speeds)).sum(axis=1),)


def _wave(rng: np.random.Generator) -> Strokes:
    at = np.linspace(0, rng.uniform(2, 5), 50)
    height = rng.uniform(0.15, 0.6)
    corner = rng.random() < 0.5
    wave = 2 * np.abs(at % 1 - 0.5) - 0.5 if corner else np.sin(2 * np.pi * at) / 2
    return (np.stack([at / at[-1], height * wave], axis=1),)


def _polygon(rng: np.random.Generator) -> Strokes:
    """A closed triangle, square or pentagon, or a star of five."""
    corners = int(rng.integers(3, 6))
    step = 2 if corners == 5 and rng.random() < 0.6 else 1
    angles = 2 * np.pi * step * np.arange(corners + 1) / corners + rng.uniform(-0.3, 0.3)
    if corners == 4:
        angles = angles + np.pi / 4
    points = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    points[:-1] += rng.normal(0, 0.06, (corners, 2))
    points[-1] = points[0] + rng.normal(0, 0.04, 2)
    return (points if rng.random() < 0.5 else points[::-1],)


def _spiral(rng: np.random.Generator) -> Strokes:
    at = np.linspace(0.15, 1, 80)
    angle = rng.uniform(0, 2 * np.pi) + 2 * np.pi * rng.uniform(2.5, 4) * at
    sense = rng.choice([-1, 1])
    return (np.stack([at * np.cos(angle), sense * at * np.sin(angle)], axis=1),)


def _arrow(rng: np.random.Generator) -> Strokes:
    turn = rng.integers(4) * np.pi / 2 + rng.uniform(-0.2, 0.2)
    cos, sin = np.cos(turn), np.sin(turn)
    shaft = np.array([[-1.0, 0.0], [1.0, 0.0]])
    head = np.array([[0.5, -0.4], [1.0, 0.0], [0.5, 0.4]])
    rotation = np.array([[cos, sin], [-sin, cos]])
    return (shaft @ rotation, head @ rotation)


def _tick(rng: np.random.Generator) -> Strokes:
    deep = rng.uniform(0.3, 0.6)
    return (np.array([[0, 0], [rng.uniform(0.2, 0.4), deep], [1, -rng.uniform(0.5, 0.9)]]),)


def _heart(rng: np.random.Generator) -> Strokes:
    at = np.linspace(0, 2 * np.pi, 40) + rng.uniform(-0.2, 0.2)
    x = 16 * np.sin(at) ** 3
    y = -(13 * np.cos(at) - 5 * np.cos(2 * at) - 2 * np.cos(3 * at) - np.cos(4 * at))
    return (np.stack([x, y], axis=1),)


def _face(rng: np.random.Generator) -> Strokes:
    at = np.linspace(0, 2 * np.pi, 30)
    circle = np.stack([np.cos(at), np.sin(at)], axis=1)
    eyes = [0.1 * circle[::5] + np.array([side, -0.3]) for side in (-0.35, 0.35)]
    mouth = 0.5 * circle[2:14] * np.array([1, rng.uniform(0.5, 1)]) + np.array([0, 0.1])
    return (circle, *eyes, mouth)


def _parallel(rng: np.random.Generator) -> Strokes:
    """Two to four lines side by side, upright, lying or crossed by as many others."""
    places = np.linspace(-0.5, 0.5, int(rng.integers(2, 5)))
    lines = [np.array([[-0.6, p], [0.6, p]]) + rng.normal(0, 0.04, (2, 2)) for p in places]
    kind = rng.integers(3)
    if kind == 0:
        return tuple(lines)
    upright = [line[:, ::-1] for line in lines]
    return tuple(upright if kind == 1 else [*lines, *upright])


KINDS: tuple[Callable[[np.random.Generator], Strokes], ...] = (
    _line, _dot, _scribble, _scribble, _wave, _polygon, _polygon, _spiral, _arrow, _tick, _heart,
    _face, _parallel,
)  # fmt: skip
