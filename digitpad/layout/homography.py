"""Where a flat page is seen: homographies, fitted to points and to lines."""

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]  # (3, 3), from one plane to another, defined up to a factor
Points = npt.NDArray[np.float64]  # (n, 2)
Weights = npt.NDArray[np.float64]  # (n,)

# Of the squares of the terms in perspective, in a page scaled to 1, beside residuals in the same
# unit: a camera that is held over the page tilts lines little, and what lies in one row, or at one
# end of the page, cannot tell how much.
UPRIGHT = 1e-4


def move(matrix: Matrix, points: Points) -> Points:
    """Return where a homography brings points (n, 2)."""
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[:, :2] / moved[:, 2:])


def fit_similarity(source: Points, target: Points) -> Matrix:
    """Fit a turn, a scale and a shift to n >= 2 pairs of points, by least squares."""
    one, other = (points @ (1, 1j) for points in (source, target))
    away = one - one.mean()
    factor = np.vdot(away, other) / max(float(np.vdot(away, away).real), 1e-12)
    shift = other.mean() - factor * one.mean()
    a, b = factor.real, factor.imag
    return np.array([[a, -b, shift.real], [b, a, shift.imag], [0, 0, 1]])


def fit_points(source: Points, target: Points) -> Matrix:
    """Fit a homography to pairs of points."""
    normals = np.eye(2).repeat(len(source), axis=0)
    return fit(np.tile(source, (2, 1)), np.tile(target, (2, 1)), normals, np.ones(len(normals)))


def fit(source: Points, target: Points, normals: Points, weights: Weights) -> Matrix:
    """Fit a homography by least squares, each point counting along one direction alone.

    Where `source` (n, 2) is brought shall lie on the line through `target` (n, 2) across the unit
    vector `normals` (n, 2): a point of a line tells nothing of where along the line it is, and one
    that is known in both directions is there twice. The equations are linear after multiplication
    with the denominator (direct linear transformation; Hartley and Zisserman, 2004, 4.1), in
    coordinates of mean 0 and deviation 1.
    """
    before, after = _unit(source), _unit(target)
    x, y = move(before, source).T
    aim = (move(after, target) * normals).sum(axis=1)
    across, down = normals.T
    terms = np.stack(
        [across * x, across * y, across, down * x, down * y, down, -aim * x, -aim * y], axis=1
    )
    weighted = terms.T * weights
    ridge = np.diag([1e-9] * 6 + [UPRIGHT] * 2) * weights.sum()
    found = np.linalg.solve(weighted @ terms + ridge, weighted @ aim)
    matrix = np.linalg.inv(after) @ np.append(found, 1.0).reshape(3, 3) @ before
    return np.asarray(matrix / matrix[2, 2])


def _unit(points: Points) -> Matrix:
    """Return what moves points to mean 0 and scales them to deviation 1."""
    middle, size = points.mean(axis=0), max(float(points.std()), 1e-9)
    return np.array([[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size], [0, 0, 1]])
