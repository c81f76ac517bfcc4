"""A picture of a form -> a layout for it: where there are boxes, combs, and lines to write on.

Boxes are what printed rules enclose, so a table's cells and a comb's are found as a single box is.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.geometry import Box, union
from digitpad.layout.following import Places, look_across
from digitpad.layout.homography import Matrix
from digitpad.layout.layout import LEAST_LINES, MOST_FIELDS, MOST_LINES, Field, Layout
from digitpad.layout.light import find_dark, find_print, widest
from digitpad.layout.shapes import OUTWARD, corners_of, find_shapes
from digitpad.network.inputs import Grey
from digitpad.picture.cost import shrinking
from digitpad.picture.labelling import label

SIDE = 2048  # px that a picture is averaged down to: thin rules and small print stay apart

# Shares of the picture's longer side.
LEVEL = 1 / 25  # of a level rule, at least: longer than a digit's bar
UPRIGHT = 1 / 55  # of an upright one: as high as the lowest boxes
THICKEST = 1 / 200  # of a rule: letters that run together are thicker
LOWEST, HIGHEST = 1 / 80, 1 / 8  # of a box
ABOVE = 1 / 24  # the room above a line to write on, where the form has no boxes to go by
SURE = 1 / 20  # the side of a shape whose direction tells how the page is turned

MOST_CELLS = 500  # and level rules, of a page; a full table has so many

# Shares of a box's height.
CELL = 1.5  # the widest cell of a comb; a wider one is a field by itself
NARROWEST = 0.4  # the narrowest
BESIDE = 0.3  # between a comb's cells, and by which they are higher or lower

# Of its median darkness a rule has so much in such a share of its length; small print has gaps.
EVEN = (0.6, 0.93)
BEYOND = 3.5  # px from what a box encloses to the middle of its rules, which were made wider by 2
RECTANGULAR = 0.8  # share of the box around it that a box's inside fills; writing touches its edge
ROUND = 1  # digits after the point of a coordinate, px

Mask = npt.NDArray[np.bool_]
Quad = npt.NDArray[np.float64]  # (4, 2): top left, top right, bottom right, bottom left


class Proposal(NamedTuple):
    """A layout in px of the picture turned upright, and where that is in the picture."""

    layout: Layout
    matrix: Matrix


def propose(grey: Grey) -> Proposal | None:
    """Propose a layout for a picture of a form, empty or filled in, float32 (h, w) in [0, 1].

    Its fields are field1, field2 … in the order in which they are read, and take numbers. None
    where there is nothing to write on, or too little to find another copy by.
    """
    factor = shrinking(grey.shape[1], grey.shape[0], SIDE)
    small = np.asarray(Image.fromarray(grey).reduce(factor)) if factor > 1 else grey
    dark, matrix = _upright(find_dark(small, widest(small)))
    level, upright = _rules(find_print(dark))
    cells = _cells(level | upright)
    combs = _combs(cells)
    written = _lines_to_write_on(dark, level, [Box.around(cell) for cell in cells])
    boxes = [union(Box.around(cell) for cell in comb) for comb in combs] + [w.box for w in written]
    if not combs and len(written) < LEAST_LINES:
        return None
    lines = np.concatenate(
        [line for comb in combs for line in _frame(comb)] + [w.line for w in written]
    )
    height, width = dark.shape
    order = _reading_order(boxes)[:MOST_FIELDS]
    lines = lines[:MOST_LINES]
    fields = tuple(
        Field(f"field{number}", Box(*np.round(boxes[place], ROUND).tolist()))
        for number, place in enumerate(order, start=1)
    )
    rough = Layout(float(width), float(height), fields, lines.reshape(-1, 4))
    exact = Layout(rough.width, rough.height, fields, np.round(_refine(dark, rough), ROUND))
    return Proposal(exact, np.diag([factor, factor, 1.0]) @ matrix)


def _upright(dark: Grey) -> tuple[Grey, Matrix]:
    """Turn a picture so that most printed lines are level; with where it was before."""
    shapes = find_shapes(find_print(dark))
    top, bottom = shapes[:, 1] - shapes[:, 0], shapes[:, 2] - shapes[:, 3]
    ways = np.concatenate([top, bottom])
    ways = ways[np.hypot(*ways.T) >= SURE * max(dark.shape)]
    angle = float(np.median(np.arctan2(ways[:, 1], ways[:, 0]))) if len(ways) else 0.0
    cos, sin = np.cos(angle), np.sin(angle)
    height, width = dark.shape
    wide, high = (round(abs(cos) * a + abs(sin) * b) for a, b in ((width, height), (height, width)))
    turn = np.array([[cos, -sin], [sin, cos]])
    shift = np.array([width, height]) / 2 - turn @ (wide / 2, high / 2)
    matrix = np.vstack([np.column_stack([turn, shift]), (0, 0, 1)])
    turned = Image.fromarray(dark).transform(
        (wide, high), Image.Transform.AFFINE, tuple(matrix[:2].ravel().tolist()),
        Image.Resampling.BILINEAR,
    )  # fmt: skip
    return np.asarray(turned), matrix


def _rules(mask: Mask) -> tuple[Mask, Mask]:
    """Return which pixels are of level rules, and of upright ones that lead from one to another.

    A digit's stem leads to none, or to one.
    """
    longer = max(mask.shape)
    level = np.zeros_like(mask)
    for rule in _parts(_open(mask, round(LEVEL * longer))):
        if len(rule) <= THICKEST * longer * np.ptp(rule[:, 0]):
            level[rule[:, 1], rule[:, 0]] = True
    upright = np.zeros_like(mask)
    near = _grow(_grow(level, 0), 0)
    for rule in _parts(_open(mask.T, round(UPRIGHT * longer)).T):
        top, bottom = rule[rule[:, 1].argmin()], rule[rule[:, 1].argmax()]
        if near[top[1], top[0]] and near[bottom[1], bottom[0]]:
            upright[rule[:, 1], rule[:, 0]] = True
    return level, upright


def _parts(mask: Mask, least: int = 1) -> list[npt.NDArray[np.intp]]:
    """Return the pixels of each connected part of a mask that has at least so many: (n, 2)."""
    labels = label(mask)
    labels[(np.bincount(labels.ravel()) < least)[labels]] = 0
    y, x = np.nonzero(labels)
    order = np.argsort(labels[y, x], kind="stable")
    pixels = np.stack([x[order], y[order]], axis=1)
    starts = np.flatnonzero(np.diff(labels[y, x][order], prepend=0))
    return np.split(pixels, starts[1:]) if len(starts) else []


def _grow(mask: Mask, axis: int) -> Mask:
    """Return a mask that is a pixel wider on both sides."""
    rows = np.moveaxis(np.pad(mask, 1), axis, 0)
    grown = np.moveaxis(rows[:-2] | rows[1:-1] | rows[2:], 0, axis)
    return np.asarray(grown[:, 1:-1] if axis == 0 else grown[1:-1])


def _open(mask: Mask, length: int) -> Mask:
    """Keep runs along the rows of at least so many pixels."""
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    long = ends - starts >= length
    steps = np.zeros((mask.shape[0], mask.shape[1] + 1), np.int8)
    steps[rows[long], starts[long]] = 1
    steps[rows[long], ends[long]] = -1
    return np.asarray(steps.cumsum(axis=1)[:, :-1] > 0)


def _cells(rules: Mask) -> list[Quad]:
    """Return the corners of all boxes that rules enclose, but not of boxes around others."""
    longer, (height, width) = max(rules.shape), rules.shape
    quads = []
    least = int(RECTANGULAR * NARROWEST * (LOWEST * longer) ** 2)
    for part in _parts(~_grow(_grow(rules, 0), 1), least)[:MOST_CELLS]:
        points = part.astype(np.float64) + 0.5
        box = Box.around(points)
        is_open = box.left < 1 or box.top < 1 or box.right > width - 1 or box.bottom > height - 1
        is_box = LOWEST * longer <= box.height <= HIGHEST * longer
        fills = len(part) >= RECTANGULAR * (box.width + 1) * (box.height + 1)
        if not is_open and is_box and box.width >= NARROWEST * box.height and fills:
            quads.append(corners_of(points) + BEYOND * OUTWARD)
    middles = [quad.mean(axis=0) for quad in quads]
    return [
        quad
        for quad in quads
        if sum(_holds(Box.around(quad), middle) for middle in middles) == 1  # its own
    ]


def _holds(box: Box, point: npt.NDArray[np.float64]) -> bool:
    return bool(box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom)


def _combs(cells: Sequence[Quad]) -> list[list[Quad]]:
    """Return the cells of each field, from left to right: those of a comb stand side by side."""
    combs: list[list[Quad]] = []
    for cell in sorted(cells, key=lambda cell: float(cell[:, 0].min())):
        box = Box.around(cell)
        for comb in combs:
            last = Box.around(comb[-1])
            near = BESIDE * box.height
            narrow = max(box.width / box.height, last.width / last.height) <= CELL
            level = max(abs(box.top - last.top), abs(box.bottom - last.bottom)) <= near
            if narrow and level and abs(box.left - last.right) <= near:
                comb.append(cell)
                break
        else:
            combs.append([cell])
    return combs


class _Written(NamedTuple):
    """A line to write on."""

    line: npt.NDArray[np.float64]  # (1, 4)
    box: Box  # above it


def _lines_to_write_on(dark: Grey, level: Mask, cells: Sequence[Box]) -> list[_Written]:
    """Return level rules that are no box's, and the room above each."""
    longer = max(level.shape)
    heights = [box.height for box in cells]
    room = float(np.median(heights)) if heights else ABOVE * longer
    found = []
    rules = _parts(level)[:MOST_CELLS]
    boxes = [(Box.around(rule + 0.5), rule[:, 1], rule[:, 0]) for rule in rules]
    for box, y, x in boxes:
        touches = any(box.distance(cell) <= room / 4 for cell in cells)
        above = [
            box.top - other.bottom
            for other, *_ in boxes
            if other.bottom < box.top and other.left < box.right and other.right > box.left
        ]
        is_low = box.height > room or min(above, default=room) < room / 2
        if touches or is_low or not _is_even(dark, x, y):
            continue
        reach = max(2, int(np.ptp(x)) // 8)
        ends = [float(y[x <= x.min() + reach].mean()), float(y[x >= x.max() - reach].mean())]
        line = np.array([[box.left, ends[0] + 0.5, box.right, ends[1] + 0.5]])
        high = (
            min(room, *(gap - room / 4 for gap in above), box.top) if above else min(room, box.top)
        )
        found.append(_Written(line, Box(box.left, min(ends) - high, box.right, max(ends) + 0.5)))
    return found


def _is_even(dark: Grey, x: npt.NDArray[np.intp], y: npt.NDArray[np.intp]) -> bool:
    """Whether what is at these pixels is as dark all along, which letters in a row are not."""
    darkest = np.zeros(int(x.max()) + 1, np.float32)
    np.maximum.at(darkest, x, dark[y, x])
    darkest = darkest[x.min() :]
    return bool((darkest >= np.median(darkest) * EVEN[0]).mean() >= EVEN[1])


def _frame(comb: Sequence[Quad]) -> list[npt.NDArray[np.float64]]:
    """Return the lines around a comb's cells and between them, each (1, 4)."""
    first, last = comb[0], comb[-1]
    walls = [(first[0], first[3])]
    walls += [((a[1] + b[0]) / 2, (a[2] + b[3]) / 2) for a, b in pairwise(comb)]
    walls.append((last[1], last[2]))
    sides = [(first[0], last[1]), (first[3], last[2]), *walls]
    return [np.concatenate(side)[None] for side in sides]


def _refine(dark: Grey, layout: Layout) -> npt.NDArray[np.float64]:
    """Return a layout's lines moved and turned onto the print beside them."""
    places = Places.along(layout)
    _, target, across, weights = look_across(dark, layout, places, np.eye(3), widest(dark) / 6)
    lines = layout.lines.reshape(-1, 2, 2).copy()
    for number in range(len(lines)):
        own = places.line == number
        offset = ((target[own] - places.source[own]) * across[own]).sum(axis=1)
        along = np.linspace(-1, 1, len(offset))
        sure = np.abs(offset - np.median(offset)) <= 2 + np.median(
            np.abs(offset - np.median(offset))
        )
        slope, middle = np.polyfit(along[sure], offset[sure], 1, w=weights[own][sure] + 1e-6)
        lines[number] += np.array([[middle - slope], [middle + slope]]) * across[own][0]
    return lines.reshape(-1, 4)


def _reading_order(boxes: Sequence[Box]) -> list[int]:
    """Return the boxes' places, line by line from top to bottom and in each from left to right."""
    rows: list[list[int]] = []
    for place in sorted(range(len(boxes)), key=lambda p: boxes[p].top + boxes[p].bottom):
        middle = (boxes[place].top + boxes[place].bottom) / 2
        if rows and middle < boxes[rows[-1][0]].bottom:
            rows[-1].append(place)
        else:
            rows.append([place])
    return [place for row in rows for place in sorted(row, key=lambda p: boxes[p].left)]
