"""A page in a picture -> each field by itself, upright, without what is printed on it."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.geometry import Box
from digitpad.layout.homography import Matrix, move
from digitpad.layout.layout import Lines
from digitpad.layout.light import find_dark, widest
from digitpad.layout.shapes import corners_of_box
from digitpad.network.inputs import Grey

# Shares of the field's height.
ROOM = 0.2  # around it, since people write over the edge; labels are further away
REACH = 0.08  # from where a printed line should be to where it is, and half of its width
CHUNK = 1.0  # of a printed line whose place is found together: lenses and folds bend it

TALLEST = 96  # px of a field's height: what the picture has, and no more than digits need
WIDEST = 1536  # px of a field's width, as of any picture that is read
MOST_PIXELS = 1_000_000  # of a field; together with it the sides bound time and memory

# Printed lines.
TRACE = 0.1  # darkness of what is left of one: the fields of an empty form stay below twice that
FAINTEST = 0.08  # darkness below which nothing is printed there
EDGE = 0.15  # where a line ends, share of the darkness in its middle
COVERED = 25  # percentile of the darkness along it: what is written covers less than the rest


class Crop(NamedTuple):
    """A field by itself."""

    grey: Grey  # (h, w), ink dark on paper of 1
    field: Box  # in its px
    matrix: Matrix  # from its px to those of the picture

    def place(self, box: Box) -> Box:
        """Return the box in the picture around a box in its px."""
        return Box.around(move(self.matrix, corners_of_box(box)))


def cut(grey: Grey, page: Matrix, box: Box, lines: Lines) -> Crop:
    """Cut out a field, whose `box` is on the page, from a picture, float32 (h, w) in [0, 1].

    `page` brings the page to the picture, `lines` are what is printed.
    """
    room = ROOM * box.height
    window = Box(box.left - room, box.top - room, box.right + room, box.bottom + room)
    scale = _scale(page, box)
    width, height = (max(8, round(side * scale)) for side in (window.width, window.height))
    to_page = np.array(
        [
            [window.width / width, 0, window.left],
            [0, window.height / height, window.top],
            [0, 0, 1],
        ]
    )
    matrix = page @ to_page
    matrix = matrix / matrix[2, 2]
    dark, shift = _dark_around(grey, Box.around(move(page, corners_of_box(window))))
    coefficients = tuple((shift @ matrix / (shift @ matrix)[2, 2]).ravel()[:8].tolist())
    seen = Image.fromarray(dark).transform(
        (width, height), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC
    )
    field = np.clip(np.asarray(seen), 0, 1)
    printed = move(np.linalg.inv(to_page), lines.reshape(-1, 2)).reshape(-1, 2, 2)
    _erase(field, printed, scale * box.height)
    field = _without_traces(field)
    own = Box.around(move(np.linalg.inv(to_page), corners_of_box(box)))
    return Crop(1 - field, own, matrix)


def _dark_around(grey: Grey, place: Box) -> tuple[Grey, Matrix]:
    """Return the darkness of a part of the picture, and what brings the picture to the part."""
    wide = widest(grey)
    low = np.maximum(np.floor(place[:2]).astype(int) - wide, 0)
    high = np.ceil(place[2:]).astype(int) + wide
    shift = np.array([[1.0, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    return find_dark(grey[low[1] : high[1], low[0] : high[0]], wide), shift


def _without_traces(field: Grey) -> Grey:
    """Return the darkness of ink alone: without what noise, and erased lines, leave on paper."""
    noise = 1.4826 * float(np.median(np.abs(field - np.median(field))))
    left = max(TRACE, float(np.median(field)) + 3 * noise)
    soft = np.asarray(Image.fromarray(field).reduce(2))
    if soft.max() < 2 * left:
        return np.zeros_like(field)
    return np.asarray(np.maximum(field - left, 0) / (1 - left), np.float32)


def _scale(page: Matrix, box: Box) -> float:
    """Return how many px a unit of the page becomes: as many as it has in the picture."""
    seen = move(page, corners_of_box(box))
    sides = np.hypot(*(np.roll(seen, -1, axis=0) - seen).T)
    own = max(sides[0] / box.width, sides[1] / box.height)
    most = min(
        TALLEST / box.height, WIDEST / box.width, (MOST_PIXELS / box.width / box.height) ** 0.5
    )
    return float(min(own, most))


def _erase(field: Grey, lines: npt.NDArray[np.float64], tall: float) -> None:
    """Take printed lines (n, 2, 2) out of a field, in place: along the axes, in its px.

    What was on both sides goes on through a line, so that strokes that cross it stay whole.
    """
    for line in lines:
        way = np.abs(line[1] - line[0])
        if way[0] >= 10 * way[1]:
            _erase_level(field, line, tall)
        elif way[1] >= 10 * way[0]:
            _erase_level(field.T, line[:, ::-1], tall)


def _erase_level(field: Grey, line: npt.NDArray[np.float64], tall: float) -> None:
    """Take a level line out: rows of an array, which may be a view with the axes changed."""
    height, width = field.shape
    (begin, end), (y, to_y) = line[np.argsort(line[:, 0])].T
    reach = max(2, round(REACH * tall))
    low, high = round(max(begin - reach, 0)), round(min(end + reach, width))
    if high - low < 2:
        return
    chunks = max(1, round((high - low) / (CHUNK * tall)))
    offsets = np.arange(-reach, reach + 1)
    for left, right in pairwise(np.linspace(low, high, chunks + 1).astype(int).tolist()):
        columns = np.arange(left, right)
        middle = np.rint(np.interp(columns, (begin, end), (y, to_y)) - 0.5).astype(int)
        rows = middle + offsets[:, None]
        inside = (rows >= 0) & (rows < height)
        if right - left < 2 or not inside.any(axis=1).all():
            continue
        rows = np.clip(rows, 0, height - 1)
        profile = np.percentile(field[rows, columns], COVERED, axis=1)
        peak = int(profile.argmax())
        if profile[peak] < FAINTEST:
            continue
        faint = np.flatnonzero(profile <= EDGE * profile[peak])
        above = int(faint[faint < peak].max(initial=0))
        below = int(faint[faint > peak].min(initial=len(profile) - 1))
        share = (np.arange(below - above + 1) / (below - above))[:, None].astype(np.float32)
        band = field[rows, columns]
        field[rows[above : below + 1], columns] = band[above] * (1 - share) + band[below] * share
