"""Following a page's printed lines in a picture, from nearly the right place to the right one.

Across each line the darkest place nearby is looked for, and the page is fitted to all of them, as
in Lowe's "Fitting parameterized three-dimensional models to images" (PAMI 13, 1991).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box
from digitpad.layout.homography import Matrix, Points, fit, move
from digitpad.layout.layout import Layout
from digitpad.layout.shapes import corners_of_box
from digitpad.network.inputs import Grey

# Lengths are shares of the picture's longer side.
STEP = 1 / 400  # between two places that are looked at
REACHES = (1 / 100, 1 / 200, 1 / 300)  # how far a line may be away, round by round
MOST_PLACES = 6_000  # on all lines together: a full table has 4,000
ALONG = 5  # places that are looked at together, so that a pen that crosses a line is outvoted
MARK_WEIGHT = 100  # of a mark, in places of a line: those around a field have as many


class Places(NamedTuple):
    """Places along all lines of a layout."""

    source: Points  # (n, 2), on the page
    line: npt.NDArray[np.intp]  # (n,): the line of each

    @classmethod
    def along(cls, layout: Layout) -> "Places":
        """Lay places on the lines, STEP apart where the page fills the picture."""
        begins, ends = layout.lines[:, :2], layout.lines[:, 2:]
        apart = STEP * max(layout.width, layout.height)
        most = max(4, MOST_PLACES // max(len(begins), 1))
        counts = np.clip(np.hypot(*(ends - begins).T) / apart, 4, most).astype(int)
        line = np.arange(len(counts)).repeat(counts)
        number = np.arange(len(line)) - (counts.cumsum() - counts)[line]
        share = ((number + 0.5) / counts[line])[:, None]
        return cls(begins[line] + share * (ends - begins)[line], line)

    def seen(self, layout: Layout, matrix: Matrix) -> tuple[Points, Points]:
        """Return where they are in the picture, and the unit vector across the line there."""
        begins, ends = (move(matrix, part) for part in (layout.lines[:, :2], layout.lines[:, 2:]))
        way = ends - begins
        across = np.stack([-way[:, 1], way[:, 0]], axis=1)
        across /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
        return move(matrix, self.source), across[self.line]


def follow(dark: Grey, layout: Layout, places: Places, guess: Matrix) -> Matrix:
    """Refine a homography until the layout's lines and marks lie where the picture has them."""
    for reach in REACHES:
        parts = []
        if len(layout.lines):
            parts.append(look_across(dark, layout, places, guess, reach * max(dark.shape)))
        parts += [_look_at_mark(dark, mark, guess) for mark in layout.marks]
        source, target, normals, weights = (np.concatenate(p) for p in zip(*parts, strict=True))
        for _ in range(3):
            guess = fit(source, target, normals, weights + 1e-6)
            residual = np.abs(((move(guess, source) - target) * normals).sum(axis=1))
            spread = max(1.0, 2 * float(np.median(residual)))
            weights = weights / (1 + (residual / spread) ** 2)
    return guess


Looked = tuple[Points, Points, Points, npt.NDArray[np.float64]]  # as `fit` takes them


def look_across(dark: Grey, layout: Layout, places: Places, guess: Matrix, reach: float) -> Looked:
    """Return where print is across the lines, and how dark it is."""
    seen, across = places.seen(layout, guess)
    offsets = np.arange(-round(reach), round(reach) + 1)
    profile = sample(dark, seen[:, None] + offsets[:, None] * across[:, None])
    padded = np.pad(profile, ((ALONG // 2 + 1, ALONG // 2), (0, 0)), mode="edge").cumsum(axis=0)
    profile = (padded[ALONG:] - padded[:-ALONG]) / ALONG
    peak = profile.argmax(axis=1)
    weights = profile[np.arange(len(seen)), peak]
    mass = np.where(np.abs(np.arange(len(offsets)) - peak[:, None]) <= 2, profile, 0)
    offset = (mass @ offsets) / np.maximum(mass.sum(axis=1), 1e-9)
    return places.source, seen + offset[:, None] * across, across, weights


def _look_at_mark(dark: Grey, mark: Box, guess: Matrix) -> Looked:
    """Return where the middle of a filled mark is, once across and once down."""
    corners = corners_of_box(mark)
    seen = move(guess, corners)
    half = 0.9 * np.ptp(seen, axis=0).max()
    steps = np.linspace(-half, half, 41)
    grid = seen.mean(axis=0) + np.stack(np.meshgrid(steps, steps), axis=-1)
    mass = sample(dark, grid)
    mass = np.where(mass > 0.5 * mass.max(), mass, 0)
    centre = (grid * mass[..., None]).sum(axis=(0, 1)) / max(float(mass.sum()), 1e-9)
    weight = float(mass.max()) * MARK_WEIGHT
    return (
        np.tile(corners.mean(axis=0), (2, 1)),
        np.tile(centre, (2, 1)),
        np.eye(2),
        np.full(2, weight),
    )


def sample(dark: Grey, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return darkness at points (…, 2), px, bilinearly; 0 outside."""
    height, width = dark.shape
    x, y = points[..., 0] - 0.5, points[..., 1] - 0.5
    inside = (x >= 0) & (x < width - 1) & (y >= 0) & (y < height - 1)
    x, y = np.where(inside, x, 0), np.where(inside, y, 0)
    left, top = x.astype(int), y.astype(int)
    across, down = x - left, y - top
    upper = dark[top, left] * (1 - across) + dark[top, left + 1] * across
    lower = dark[top + 1, left] * (1 - across) + dark[top + 1, left + 1] * across
    return np.asarray((upper * (1 - down) + lower * down) * inside)
