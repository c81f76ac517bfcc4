"""Connected things on a page, by their four outermost corners: of a layout, and of a picture."""

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box
from digitpad.layout.layout import Layout
from digitpad.picture.labelling import label

SMALLEST = 1 / 100  # of the picture's longer side: letters of a form's small print are less
MOST = 200  # of a picture: the largest; a form has tens of frames, a full table is one
TOUCHING = 1 / 300  # of the page's longer side between lines that are one shape

Corners = npt.NDArray[np.float64]  # (n, 4, 2): top left, top right, bottom right, bottom left
# What is outermost in these directions are the corners of a box that is turned by less than 45°.
OUTWARD = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])


def printed_shapes(layout: Layout) -> Corners:
    """Return the corners of what a layout has printed: of lines that touch, and of marks."""
    near = TOUCHING * max(layout.width, layout.height)
    lines = layout.lines.reshape(-1, 2, 2)
    shape_of = np.arange(len(lines))
    for one in range(len(lines)):
        for other in np.flatnonzero(_touch(lines[one], lines[:one], near)).tolist():
            shape_of[shape_of == shape_of[other]] = shape_of[one]
    shapes = [corners_of(lines[shape_of == s].reshape(-1, 2)) for s in np.unique(shape_of)]
    return np.array([*shapes, *map(corners_of_box, layout.marks)])


def corners_of(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the outermost of points (n, 2): (4, 2)."""
    return np.asarray(points[(points @ OUTWARD.T).argmax(axis=0)])


def corners_of_box(box: Box) -> npt.NDArray[np.float64]:
    """Return the corners of a box, (4, 2)."""
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def find_shapes(mask: npt.NDArray[np.bool_]) -> Corners:
    """Return the corners of the largest connected things in a mask (h, w), in its px.

    They are told apart at half the size, so that a gap of a pixel parts nothing.
    """
    rows, columns = (-(-side // 2) for side in mask.shape)
    padded = np.zeros((2 * rows, 2 * columns), np.bool_)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    small = padded[::2, ::2] | padded[1::2, ::2] | padded[::2, 1::2] | padded[1::2, 1::2]
    labels = label(small)
    y, x = np.nonzero(labels)
    order = np.argsort(labels[y, x], kind="stable")
    y, x = y[order], x[order]
    starts = np.flatnonzero(np.diff(labels[y, x], prepend=0))
    if len(starts) == 0:
        return np.empty((0, 4, 2))
    extents = [
        np.maximum.reduceat(axis, starts) - np.minimum.reduceat(axis, starts) for axis in (x, y)
    ]
    size = np.maximum(*extents)
    largest = np.argsort(-size, kind="stable")[:MOST]
    chosen = largest[size[largest] >= SMALLEST * max(small.shape)]
    ends = np.append(starts[1:], len(x))
    found = [
        corners_of(np.stack([x[starts[n] : ends[n]], y[starts[n] : ends[n]]], axis=1).astype(float))
        for n in chosen
    ]
    return 2 * np.array(found).reshape(-1, 4, 2) + 1.0


def _touch(
    line: npt.NDArray[np.float64], others: npt.NDArray[np.float64], near: float
) -> npt.NDArray[np.bool_]:
    """Return which of other lines (n, 2, 2), along the axes or nearly so, touch one (2, 2)."""
    low, high = line.min(axis=0) - near, line.max(axis=0) + near
    overlapping = (others.min(axis=1) <= high) & (others.max(axis=1) >= low)
    return np.asarray(overlapping.all(axis=1))
