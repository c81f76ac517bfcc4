"""Batches of made lines: made by processes of their own, sorted by width, with their targets."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad.labels import INK_KINDS
from digitpad.picture.line import COARSE, HEIGHT, ROWS, STEP
from digitpad.train.fit.ahead import ahead
from digitpad.train.samples.lines import MOST, MadeLine, Recipe, encode, make_line
from digitpad.train.samples.people import People, load_people

CHUNK = 8  # batches of lines that are made together and sorted by width
PITCH = 32  # px: widths of batches are multiples of it, so that few shapes are compiled
NARROW = 6.0  # px: a narrower token's box is asked for within so much around its middle

Floats = npt.NDArray[np.float32]


class Batch(NamedTuple):
    """Lines padded to one width w, and what the network should say of each."""

    line: Floats  # (n, HEIGHT, w, 1)
    tokens: npt.NDArray[np.int32]  # (n, MOST): 0 after the last
    steps: npt.NDArray[np.int32]  # (n, w / STEP): token or 0 for blank where it is plain, else -1
    boxes: Floats  # (n, w / STEP, 5): see `box_loss`
    cells: Floats  # (n, ROWS, w / COARSE, kinds)

    @property
    def targets(self) -> dict[str, npt.NDArray[np.generic]]:
        """The targets by the names of the network's outputs."""
        said = np.concatenate([self.tokens, self.steps], axis=1)
        return {"logits": said, "boxes": self.boxes, "cells": self.cells}


def pack(lines: Sequence[MadeLine]) -> Batch:
    """Pad lines with paper to the width that the widest, or the longest text, needs."""
    seen = [made.line for made in lines]
    # CTC needs a step for each token and one between equal ones.
    needed = max(STEP * (2 * len(made.tokens) + 1) for made in lines)
    width = max(needed, *(line.shape[1] for line in seen))
    width = -(-width // PITCH) * PITCH
    n = len(lines)
    batch = Batch(
        np.zeros((n, HEIGHT, width, 1), np.float32),
        np.zeros((n, MOST), np.int32),
        np.zeros((n, width // STEP), np.int32),
        np.zeros((n, width // STEP, 5), np.float32),
        np.zeros((n, ROWS, width // COARSE, len(INK_KINDS)), np.float32),
    )
    for row, (made, line) in enumerate(zip(lines, seen, strict=True)):
        wide = line.shape[1]
        batch.line[row, :, :wide, 0] = line
        batch.tokens[row, : len(made.tokens)] = encode(made.tokens)
        boxes = made.boxes * (wide, HEIGHT, wide, HEIGHT)
        batch.steps[row] = step_targets(batch.tokens[row], boxes, width // STEP)
        batch.boxes[row] = box_targets(boxes, width // STEP)
        batch.cells[row, :, : wide // COARSE] = made.cells(wide // COARSE)
    return batch


def box_targets(boxes: npt.NDArray[np.floating], steps: int) -> Floats:
    """Return what `boxes` should be at each step, (steps, 5), for boxes (tokens, 4) in px.

    A step belongs to the token whose middle is nearest, of those above and below it.
    """
    targets = np.zeros((steps, 5), np.float32)
    if not len(boxes):
        return targets
    x = STEP * (np.arange(steps, dtype=np.float32) + 0.5)
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    reach = np.maximum((boxes[:, 2] - boxes[:, 0]) / 2, NARROW / 2)
    away = np.abs(x[:, None] - middles)
    owner = np.where(away <= reach, away, np.inf).argmin(axis=1)
    own = boxes[owner]
    targets[:, :4] = np.stack([x - own[:, 0], own[:, 2] - x, own[:, 1], own[:, 3]], 1) / HEIGHT
    targets[:, 4] = (away <= reach).any(axis=1)
    return targets


def step_targets(
    tokens: npt.NDArray[np.int32], boxes: npt.NDArray[np.floating], steps: int
) -> npt.NDArray[np.int32]:
    """Return what should be said at each step, int32 (steps,), for boxes (tokens, 4) in px.

    The token at its middle, blank halfway between two and outside of all, -1 (whatever CTC finds)
    elsewhere. It spares CTC the long search for an alignment that is known here.
    """
    x = STEP * (np.arange(steps, dtype=np.float32) + 0.5)
    within = (x[:, None] > boxes[:, 0] - STEP) & (x[:, None] < boxes[:, 2] + STEP)
    said = np.where(within.any(axis=1), -1, 0).astype(np.int32)
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    said[((middles[1:] + middles[:-1]) / (2 * STEP)).astype(int)] = 0
    said[np.clip((middles / STEP).astype(int), 0, steps - 1)] = tokens[: len(boxes)]
    return said


def make_batches(
    data: Path, unipen: Path, recipe: Recipe, seed: int, size: int, first: int
) -> Iterator[Batch]:
    """Yield batches of `size` lines of training writers without end, beginning with batch `first`.

    Lines are made ahead by a process beside this one. Batch i follows from (recipe, seed, size, i).
    """
    start, skipped = divmod(first, CHUNK)
    chunks = ahead(partial(_prepare, data, unipen), partial(_make_chunk, recipe, seed, size), start)
    for batches in chunks:
        yield from batches[skipped:]
        skipped = 0


_people: list[People] = []  # of the process that makes lines


def _prepare(data: Path, unipen: Path) -> None:
    _people.append(load_people(data, unipen)["train"])


def _make_chunk(recipe: Recipe, seed: int, size: int, number: int) -> list[Batch]:
    indices = range(number * CHUNK * size, (number + 1) * CHUNK * size)
    lines = [make_line(_people[0], seed, index, recipe) for index in indices]
    lines.sort(key=lambda made: made.picture.shape[1] / made.picture.shape[0])
    order = np.random.default_rng([seed, number, 1]).permutation(CHUNK)
    return [pack(lines[place * size : (place + 1) * size]) for place in order]
