"""Variation for training images: affine and elastic distortion, drawn anew in every epoch."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from digitpad.network.inputs import SIDE, Rasters

GRID = 4  # knots a side of the elastic field


@dataclass(frozen=True)
class Distortion:
    """How far images vary: each amount is drawn uniformly from ± the number."""

    rotation: float = 9.0  # degrees
    slant: float = 0.15  # horizontal shear
    scale: float = 0.1  # of the size, in each direction on its own
    shift: float = 1.0  # px
    elastic: float = 1.2  # px, at each knot of the field


class Distorter:
    """The distortions of one epoch: a table drawn from the seed, one row for each image.

    What image i becomes in epoch e depends on (seed, e, i) alone, not on batches or threads.
    """

    def __init__(self, distortion: Distortion, seed: int, epoch: int, images: int) -> None:
        rng = np.random.default_rng([seed, epoch])
        unit = rng.uniform(-1, 1, (images, 6 + 2 * GRID * GRID)).astype(np.float32)
        angle = unit[:, 0] * math.radians(distortion.rotation)
        slant = unit[:, 1] * distortion.slant
        across, down = (np.exp(unit[:, i] * distortion.scale) for i in (2, 3))
        cos, sin = np.cos(angle), np.sin(angle)
        rows = [cos * down, (cos * slant + sin) * across, -sin * down, (cos - sin * slant) * across]
        self._matrix = np.stack(rows, 1).reshape(-1, 2, 2)
        self._shift = unit[:, 4:6] * distortion.shift
        self._knots = unit[:, 6:].reshape(-1, 2, GRID, GRID) * distortion.elastic

    def __call__(self, rasters: Rasters, index: npt.NDArray[np.intp]) -> Rasters:
        """Distort float32 (n, 28, 28) images, whose rows in the table `index` (n,) names."""
        matrix, shift = self._matrix[index], self._shift[index]
        field = _SPLINE @ self._knots[index] @ _SPLINE.T  # (n, 2, 28, 28)
        along = np.arange(SIDE, dtype=np.float32) - np.float32((SIDE - 1) / 2)
        y = matrix[:, 0, 0, None, None] * along[:, None] + matrix[:, 0, 1, None, None] * along
        x = matrix[:, 1, 0, None, None] * along[:, None] + matrix[:, 1, 1, None, None] * along
        centre = np.float32((SIDE - 1) / 2) + shift
        return _sample(
            rasters, y + field[:, 0] + centre[:, 0, None, None],
            x + field[:, 1] + centre[:, 1, None, None],
        )  # fmt: skip


def spoil(rasters: Rasters, rng: np.random.Generator) -> None:
    """Give some of the images (n, 28, 28) softer edges, another contrast or noise, in place."""
    chance, amount = rng.random((3, len(rasters))), rng.random((3, len(rasters), 1, 1))
    soft = chance[0] < 0.2
    if soft.any():
        framed = np.pad(rasters[soft], ((0, 0), (1, 1), (1, 1)))
        rows = (framed[:, :-2] + 2 * framed[:, 1:-1] + framed[:, 2:]) / 4
        blurred = (rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 4
        rasters[soft] += (amount[0, soft] * (blurred - rasters[soft])).astype(np.float32)
    faded = chance[1] < 0.2
    rasters[faded] **= np.exp(amount[1, faded] * 1.2 - 0.6).astype(np.float32)
    noisy = chance[2] < 0.07
    grain = rng.normal(0, 1, (int(noisy.sum()), SIDE, SIDE)) * amount[2, noisy] * 0.12
    rasters[noisy] = np.clip(rasters[noisy] + grain.astype(np.float32), 0, 1)


def _sample(images: Rasters, y: Rasters, x: Rasters) -> Rasters:
    """Read images (n, 28, 28) at real coordinates, bilinearly, 0 outside."""
    framed = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    side = SIDE + 3
    y, x = np.clip(y + 1, 0, SIDE + 1), np.clip(x + 1, 0, SIDE + 1)
    row, column = y.astype(np.int32), x.astype(np.int32)
    fy, fx = y - row.astype(np.float32), x - column.astype(np.float32)
    at = np.arange(len(images), dtype=np.int32)[:, None, None] * (side * side) + row * side + column
    flat = framed.ravel()
    upper = flat[at] * (1 - fx) + flat[at + 1] * fx
    lower = flat[at + side] * (1 - fx) + flat[at + side + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)


def spline_basis(at: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the cubic B-spline weights of GRID knots at positions (n,) in 0 … GRID - 1: (n, GRID).

    The weights sum to 1, also near the ends.
    """
    d = np.abs(np.asarray(at, np.float64)[:, None] - np.arange(GRID))
    near, far = 2 / 3 - d**2 + d**3 / 2, (2 - d) ** 3 / 6
    basis = np.where(d < 1, near, np.where(d < 2, far, 0))
    return np.asarray(basis / basis.sum(axis=1, keepdims=True))


_SPLINE = spline_basis(np.linspace(0, GRID - 1, SIDE)).astype(np.float32)
