"""Where a layout's page is in a picture: its printed shapes are found, then followed.

A shape of the picture that may be one of the layout's says where all the others must be; what is
there is fitted, and what fits most is refined along the printed lines. A page counts as found only
where every line and mark of its layout is in the picture, and nowhere else.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.layout.following import Places, follow
from digitpad.layout.homography import Matrix, Points, fit_points, fit_similarity, move
from digitpad.layout.layout import Layout
from digitpad.layout.light import find_dark, find_print, widest
from digitpad.layout.shapes import Corners, corners_of_box, find_shapes, printed_shapes
from digitpad.network.inputs import Grey
from digitpad.picture.cost import shrinking

STEEPEST = 30.0  # degrees by which a page may be turned
MOST_SHAPES = 50  # of a layout that are matched, the largest; all its lines are followed
SEEDS = 8  # of the layout's shapes, the largest, that the others are sought from
TRIED = 6  # guesses that are followed along the lines
ALIKE = 1.5  # by which two sides may differ and be the same: handwriting sticks out of its frame
DRIFT = 0.12  # of the way to a shape: how far off it may be, by perspective and a seed's tilt

EDGE = 1 / 100  # of the picture's longer side by which a field may be beyond its edge
FOUND = 0.75  # share of a line's places with print, below which it is not there
TOLERANCE = 1 / 700  # of the picture's longer side that print may be away from its line
MOST_LEAN = 1.6  # times as large as the farthest part of a page its nearest is, at most


class Registration(NamedTuple):
    """Where the page is, or why it was not found."""

    matrix: Matrix | None  # from the page to px of the picture
    reason: str = ""


NOT_FOUND = "the form's printed lines were not found"
OUTSIDE = "a field of the form is not in the picture"
TWICE = "the form's printed lines are found in more than one place"


def register(grey: Grey, layout: Layout) -> Registration:
    """Find a layout's page in a picture, float32 (h, w) in [0, 1].

    It is looked for at a side of MAX_SIDE: a line is found to a part of a pixel there.
    """
    factor = shrinking(grey.shape[1], grey.shape[0])
    small = np.asarray(Image.fromarray(grey).reduce(factor)) if factor > 1 else grey
    found = _register(find_dark(small, widest(small)), layout)
    if found.matrix is None:
        return found
    return Registration(np.diag([factor, factor, 1.0]) @ found.matrix)


def _register(dark: Grey, layout: Layout) -> Registration:
    mask = find_print(dark)
    corners, found = printed_shapes(layout), find_shapes(mask)
    corners = corners[np.argsort(-_extents(corners), kind="stable")[:MOST_SHAPES]]
    places = Places.along(layout)
    there: list[Matrix] = []
    for guess in _guesses(corners, found):
        matrix = follow(dark, layout, places, guess)
        if not (_is_view(matrix, corners) and _is_there(mask, layout, places, matrix)):
            continue
        if not any(_is_same(matrix, other, corners) for other in there):
            there.append(matrix)
    if len(there) != 1:
        return Registration(None, TWICE if there else NOT_FOUND)
    fields = np.array([corners_of_box(field.box) for field in layout.fields])
    if not (_is_view(there[0], fields) and _is_inside(dark, move(there[0], fields.reshape(-1, 2)))):
        return Registration(None, OUTSIDE)
    return Registration(there[0])


def _guesses(prints: Corners, found: Corners) -> list[Matrix]:
    """Return where the page may be, best first."""
    seeded = [
        (_matches(guess, prints, found, prints[seed].mean(axis=0), DRIFT), seed, guess)
        for seed in range(min(SEEDS, len(prints)))
        for guess in _seeded(prints[seed], found)
    ]
    seeded = [one for one in seeded if one[0].score >= len(prints) / 4]
    seeded.sort(key=lambda one: -one[0].score)
    grown = [
        _grow(matches, prints, found, prints[seed].mean(axis=0))
        for matches, seed, _ in seeded[: 3 * TRIED]
    ]
    chosen: list[Matrix] = []
    for score, matrix in sorted(grown, key=lambda one: -one[0]):
        if score >= len(prints) / 4 and not any(_is_same(matrix, c, prints) for c in chosen):
            chosen.append(matrix)
    return chosen[:TRIED]


def _seeded(seed: npt.NDArray[np.float64], found: Corners) -> Iterator[Matrix]:
    """Yield where the page is, by each thing in the picture that may be this shape."""
    (wide,), (high,) = _sides(seed[None])
    widths, heights = np.maximum(_sides(found), 1e-9)
    alike = (
        np.abs(np.log(widths / heights * high / max(wide, 1e-9))) < np.log(ALIKE) if high else []
    )
    flat = high <= wide / 20  # a line that is written on: its height is the writing's
    for thing in range(len(found)) if flat else np.flatnonzero(alike).tolist():
        matrix = fit_similarity(seed, found[thing])
        if abs(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))) <= STEEPEST:
            yield matrix


class _Matches(NamedTuple):
    """What of a picture may be which shape."""

    prints: npt.NDArray[np.intp]  # (n,)
    found: npt.NDArray[np.intp]  # (n,)
    room: npt.NDArray[np.float64]  # px by which each may be off
    score: float  # how many there are, less where they are off


def _matches(
    guess: Matrix, prints: Corners, found: Corners, start: npt.NDArray[np.float64], share: float
) -> _Matches:
    """Match shapes to what is found where a guess says, which is sure at `start` on the page."""
    seen = move(guess, prints.reshape(-1, 2)).reshape(-1, 4, 2)
    middles, sizes = seen.mean(axis=1), np.maximum(_extents(seen), 1e-9)[:, None]
    room = share * np.hypot(*(middles - move(guess, start[None])).T) + sizes[:, 0] / 4
    away = np.linalg.norm(middles[:, None] - found.mean(axis=1), axis=2) / room[:, None]
    away[np.abs(np.log(np.maximum(_extents(found), 1e-9) / sizes)) > np.log(ALIKE)] = np.inf
    nearest = away.argmin(axis=1)
    off = away[np.arange(len(prints)), nearest]
    good = np.flatnonzero(off <= 1)
    return _Matches(good, nearest[good], room[good], float((1 - off[good] / 2).sum()))


def _grow(
    matches: _Matches, prints: Corners, found: Corners, start: npt.NDArray[np.float64]
) -> tuple[float, Matrix]:
    """Fit the page to what was matched, and match again: how much that is, and the page."""
    guess = np.eye(3)
    for share in (DRIFT / 2, DRIFT / 4, DRIFT / 4):
        if len(matches.prints) == 0:
            break
        source, target = prints[matches.prints].reshape(-1, 2), found[matches.found].reshape(-1, 2)
        guess = fit_points(source, target)
        matches = _matches(guess, prints, found, start, share)
    return matches.score, guess


def _is_view(matrix: Matrix, prints: Corners) -> bool:
    """Whether a camera may see a page so: neither mirrored, nor on edge, nor folded."""
    points = prints.reshape(-1, 2)
    step = 1e-3 * np.ptp(points, axis=0).max()
    at, right, down = (move(matrix, points + shift) for shift in ((0, 0), (step, 0), (0, step)))
    right, down = (right - at) / step, (down - at) / step
    across, along = np.hypot(*right.T), np.hypot(*down.T)
    area = right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0]
    scales = np.concatenate([across, along])
    return bool(scales.max() < MOST_LEAN * scales.min() and (area > 0.7 * across * along).all())


def _is_there(mask: npt.NDArray[np.bool_], layout: Layout, places: Places, matrix: Matrix) -> bool:
    """Whether every line and mark of a layout is where it should be."""
    for mark in layout.marks:
        corners = corners_of_box(mark)
        middle = corners.mean(axis=0)
        if not _look(mask, move(matrix, middle + (corners - middle) / 2)).all():
            return False
    if len(layout.lines) == 0:
        return True
    seen, across = places.seen(layout, matrix)
    reach = max(1, round(TOLERANCE * max(mask.shape)))
    offsets = np.arange(-reach, reach + 1)[:, None]
    print_there = _look(mask, seen[:, None] + offsets * across[:, None]).any(axis=1)
    shares = np.bincount(places.line, print_there) / np.bincount(places.line)
    return bool(shares.min() >= FOUND)


def _is_inside(dark: Grey, points: Points) -> bool:
    """Whether points (n, 2) are in a picture, or nearly so."""
    height, width = dark.shape
    room = EDGE * max(height, width)
    return bool(((points >= -room) & (points <= np.array([width, height]) + room)).all())


def _look(mask: npt.NDArray[np.bool_], points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return what a mask has at points (…, 2), px; nothing outside."""
    at = np.floor(np.clip(points, -1, 1e6)).astype(int)
    x, y = at[..., 0], at[..., 1]
    height, width = mask.shape
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return np.asarray(mask[np.where(inside, y, 0), np.where(inside, x, 0)] & inside)


def _is_same(one: Matrix, other: Matrix, prints: Corners) -> bool:
    """Whether two homographies bring a layout to one place."""
    here, there = (move(matrix, prints.reshape(-1, 2)) for matrix in (one, other))
    apart = np.hypot(*(here - there).T).max()
    return bool(apart <= 0.02 * np.ptp(here, axis=0).max())


def _sides(corners: Corners) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the mean width and height of quadrilaterals."""
    sides = np.hypot(*np.moveaxis(np.roll(corners, -1, axis=1) - corners, 2, 0))
    return (sides[:, 0] + sides[:, 2]) / 2, (sides[:, 1] + sides[:, 3]) / 2


def _extents(corners: Corners) -> npt.NDArray[np.float64]:
    return np.maximum(*_sides(corners))
