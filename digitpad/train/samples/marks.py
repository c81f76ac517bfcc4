"""Marks: what is drawn or printed around digits and does not change what they say.

Lengths are shares of the digits' height, as in `writing`. Each kind takes the pieces of a line and
returns them with its own; only strikes change what is said.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from digitpad.geometry import Box, union
from digitpad.ink import Stroke
from digitpad.labels import DIGITS, STRUCK
from digitpad.train.samples.people import Strokes
from digitpad.train.samples.writing import Kind, Piece, box_of

SPACE = Box(0.0, 0.0, 2.0, 1.0)  # what marks go around where nothing is written

Mark = Callable[[list[Piece], np.random.Generator], list[Piece]]


def _piece(kind: Kind, strokes: Strokes, printed: bool = False) -> Piece:
    return Piece(None, kind, strokes, printed=printed, box=box_of(strokes))


def _around(pieces: list[Piece]) -> Box:
    return union([piece.box for piece in pieces]) if pieces else SPACE


def _wobble(line: Stroke, rng: np.random.Generator, amount: float = 0.02) -> Stroke:
    """Draw points on a line by hand: a slow wave across it."""
    phase, pace = rng.uniform(0, 2 * np.pi, 2), rng.uniform(1, 5, 2)
    share = np.linspace(0, 1, len(line))[:, None]
    waved: Stroke = line + rng.uniform(0, amount) * np.sin(pace * 2 * share + phase)
    return waved


def _line(start: tuple[float, float], end: tuple[float, float], points: int = 12) -> Stroke:
    share = np.linspace(0, 1, points)[:, None]
    line: Stroke = np.array(start) + share * (np.array(end) - np.array(start))
    return line


def underline(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """One or two lines under the writing, below its feet or touching them."""
    left, _, right, bottom = _around(pieces)
    y = bottom + (rng.uniform(0.06, 0.4) if rng.random() < 0.7 else rng.uniform(-0.06, 0.06))
    fall = rng.normal(0, 0.04)
    start, end = left - rng.uniform(-0.1, 0.3), right + rng.uniform(-0.1, 0.3)
    lines = []
    for number in range(1 if rng.random() < 0.65 else 2):
        at = y + number * rng.uniform(0.08, 0.25)
        line = _line((start + rng.normal(0, 0.06), at), (end + rng.normal(0, 0.06), at + fall))
        lines.append(_wobble(line, rng))
    if len(lines) == 2 and rng.random() < 0.3:  # drawn without lifting the pen
        lines = [np.concatenate([lines[0], lines[1][::-1]])]
    return [*pieces, _piece("underline", tuple(lines))]


def circle(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """A ring around all of it, closed, open or overlapping."""
    left, top, right, bottom = _around(pieces)
    middle = np.array([left + right, top + bottom]) / 2 + rng.normal(0, 0.05, 2)
    room = np.array([rng.uniform(0.15, 0.5), rng.uniform(0.1, 0.4)])
    reach = np.array([right - left, bottom - top]) / 2 * rng.uniform(1.0, 1.25) + room
    start = rng.uniform(0, 2 * np.pi)
    turn = start + np.linspace(0, 2 * np.pi * rng.uniform(0.88, 1.15), 40)
    swell = (
        1
        + rng.normal(0, 0.03) * np.sin(turn + rng.uniform(0, 6))
        + np.linspace(0, rng.normal(0, 0.06), 40)
    )
    power = rng.uniform(0.75, 1.0)  # below 1 towards a box with round corners
    unit = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ring = middle + reach * np.sign(unit) * np.abs(unit) ** power * swell[:, None]
    return [*pieces, _piece("circle", (ring,))]


def box(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """A box drawn by hand around all of it, in one stroke or four."""
    left, top, right, bottom = _around(pieces)
    room = rng.uniform(0.08, 0.5, 4)
    left, top, right, bottom = left - room[0], top - room[1], right + room[2], bottom + room[3]
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
    corners = corners + rng.normal(0, 0.04, corners.shape)
    over = rng.uniform(0, 0.08)
    sides = []
    for start, end in pairwise(corners):
        way = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
        beyond = over * way * rng.uniform(-0.3, 1, 2)[:, None]
        ends = (start - beyond[0], end + beyond[1])
        sides.append(_wobble(_line((ends[0][0], ends[0][1]), (ends[1][0], ends[1][1])), rng))
    strokes = (np.concatenate(sides),) if rng.random() < 0.4 else tuple(sides)
    return [*pieces, _piece("box", strokes)]


def cells(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """A printed box around all, cells or a comb with one place for each digit, or single boxes.

    Places go by the digits' middles; some are empty, before or after.
    """
    left, top, right, bottom = _around(pieces)
    middles = [(p.box[0] + p.box[2]) / 2 for p in pieces if p.token in DIGITS]
    up, down = top - rng.uniform(0.05, 0.5), bottom + rng.uniform(0.05, 0.5)
    kind = rng.integers(4)
    if kind == 0 or len(middles) < 2:
        walls = [left - rng.uniform(0.1, 0.6), right + rng.uniform(0.1, 0.6)]
    else:
        between = [(a + b) / 2 for a, b in pairwise(middles)]
        pitch = float(np.median(np.diff(middles)))
        walls = [between[0] - pitch, *between, between[-1] + pitch]
        walls = [walls[0] - pitch * n for n in range(int(rng.integers(3)), 0, -1)] + walls
        walls += [walls[-1] + pitch * n for n in range(1, int(rng.integers(3)) + 1)]
    comb = kind == 1 and len(walls) > 2
    high = down - rng.uniform(0.15, 0.5) if comb else up
    parted = rng.uniform(0.06, 0.25) if kind == 2 and len(walls) > 2 else 0.0
    strokes: list[Stroke] = []
    if parted:
        for wall, other in pairwise(walls):
            a, b = wall + parted / 2, other - parted / 2
            strokes.append(np.array([[a, up], [b, up], [b, down], [a, down], [a, up]]))
    else:
        outer = up if comb and rng.random() < 0.5 else high
        for number, x in enumerate(walls):
            ends = number in (0, len(walls) - 1)
            strokes.append(np.array([[x, outer if ends else high], [x, down]]))
        strokes.append(np.array([[walls[0], down], [walls[-1], down]]))
        if not comb:
            strokes.append(np.array([[walls[0], up], [walls[-1], up]]))
    return [*pieces, _piece("box", tuple(strokes), printed=True)]


def rules(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """Printed lines: under, over, through the feet, beside, or a corner of a table."""
    left, top, right, bottom = _around(pieces)
    far = 6.0
    strokes: list[Stroke] = []
    tilt = rng.normal(0, 0.01)
    drawn = rng.random(5) < (0.45, 0.25, 0.3, 0.3, 0.2)
    drawn[int(rng.integers(5))] = True
    places = (
        bottom + rng.uniform(0.02, 0.5),
        top - rng.uniform(0.02, 0.5),
        left - rng.uniform(0.06, 0.7),
        right + rng.uniform(0.06, 0.7),
        bottom - rng.uniform(0.0, 0.12),
    )
    for number, (there, at) in enumerate(zip(drawn, places, strict=True)):
        if not there:
            continue
        if number in (2, 3):
            strokes.append(
                np.array([[at - far * tilt, top - far], [at + far * tilt, bottom + far]])
            )
        else:
            strokes.append(
                np.array([[left - far, at - far * tilt], [right + far, at + far * tilt]])
            )
    return [*pieces, _piece("rule", tuple(strokes), printed=bool(rng.random() < 0.85))]


def speck(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """A flick of the pen, a dot of the palm or dirt: where no sign stands."""
    left, top, right, bottom = _around(pieces)
    strokes: list[Stroke] = []
    for _ in range(int(rng.integers(1, 3))):
        side = rng.integers(4)
        x = rng.uniform(left, right)
        y = top - rng.uniform(0.12, 0.5)
        if side == 1:
            y = bottom + rng.uniform(0.25, 0.6)
        elif side == 2:
            x, y = right + rng.uniform(0.3, 0.9), rng.uniform(top, max(top, bottom - 0.35))
        elif side == 3:
            x, y = left - rng.uniform(0.3, 0.9), rng.uniform(top, max(top, bottom - 0.35))
        angle = np.deg2rad(rng.uniform(25, 155))  # lying, it would be a hyphen
        length = rng.uniform(0.0, 0.05) if rng.random() < 0.5 else rng.uniform(0.05, 0.22)
        flick = length * np.array([np.cos(angle), np.sin(angle)])
        if side == 0:  # upwards, away from the digits
            y -= float(flick[1])
        strokes.append(np.array([[x, y], [x + flick[0], y + flick[1]]]))
    return [*pieces, _piece("speck", tuple(strokes))]


def strike(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """Strike out one digit or a few neighbours: lines, a cross, a scribble."""
    digits = [number for number, piece in enumerate(pieces) if piece.token in DIGITS]
    if not digits:
        return pieces
    first = digits[int(rng.integers(len(digits)))]
    last = first
    while last + 1 in digits and rng.random() < 0.35:
        last += 1
    struck = pieces[first : last + 1]
    left, top, right, bottom = union([piece.box for piece in struck])
    # A line through a one, a seven or a zero may be its serif, bar or slash: they need more.
    plain = len(struck) == 1 and struck[0].token in ("0", "1", "7")
    kind = int(rng.integers(2, 5)) if plain else int(rng.integers(5))
    out = rng.uniform(0.05, 0.3, 4)
    left, right = min(left - out[0], right - 0.3), max(right + out[1], left + 0.3)
    low, high = top + (bottom - top) * rng.uniform(0.3, 0.7), rng.normal(0, 0.12)
    strokes: list[Stroke]
    if kind == 0:  # one or two lying lines
        strokes = [_line((left, low - high), (right, low + high))]
        if rng.random() < 0.4:
            strokes.append(strokes[0] + np.array([0, rng.uniform(0.1, 0.25)]))
    elif kind == 1:  # a slanting line
        ends = ((left, bottom + out[2] * 0.5), (right, top - out[3] * 0.5))
        strokes = [_line(*ends)] if rng.random() < 0.7 else [_line((left, top), (right, bottom))]
    elif kind == 2:  # a cross
        strokes = [
            _line((left, top - out[2] * 0.5), (right, bottom + out[2] * 0.5)),
            _line((right, top - out[3] * 0.5), (left, bottom + out[3] * 0.5)),
        ]
    else:  # a scribble from side to side, or up and down
        turns = int(rng.integers(5, 14))
        x = np.linspace(left, right, turns) + rng.normal(0, 0.05, turns)
        y = np.where(np.arange(turns) % 2, top + 0.1, bottom - 0.1) + rng.normal(0, 0.1, turns)
        if kind == 4:
            x = np.where(np.arange(turns) % 2, left, right) + rng.normal(0, 0.06, turns)
            y = np.linspace(top + 0.15, bottom - 0.1, turns) + rng.normal(0, 0.04, turns)
        strokes = [np.stack([x, y], axis=1)]
    taken = [replace(piece, token=None) for piece in struck]
    over = Piece(
        STRUCK,
        "strike",
        tuple(_wobble(s, rng) for s in strokes),
        box=union([p.box for p in struck]),
    )
    return [*pieces[:first], *taken, over, *pieces[last + 1 :]]


MARKS: Mapping[str, Mark] = {
    "underline": underline,
    "circle": circle,
    "box": box,
    "cells": cells,
    "rules": rules,
    "speck": speck,
    "strike": strike,
}
