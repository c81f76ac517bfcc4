"""Excalidraw: the freehand elements of a drawing, in its pixels."""

from typing import Any

import numpy as np

from digitpad.formats.parsing import Strokes, number, points_of, turned
from digitpad.geometry import Box


def read(body: Any) -> Strokes:
    """Return what was drawn by hand; builds since November 2025 keep what was deleted, marked."""
    strokes = []
    for element in body["elements"]:
        if element["type"] != "freedraw" or element.get("isDeleted"):
            continue
        points = points_of(element["points"], "points")
        if not len(points):
            continue
        box = Box.around(points)
        middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        place = np.array([number(element, "x"), number(element, "y")])
        strokes.append(turned(points, number(element, "angle", 0.0), middle) + place)
    return strokes
