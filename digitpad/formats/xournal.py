"""Xournal++ (.xopp) and Xournal (.xoj): pages of layers of strokes, in points of 1/72 inch.

Pages are set one below the other. As Xournal++ 1.1.3 and newer draw it: a pen's colour and alpha
hide nothing, layers are always seen, highlighters are no ink, an eraser's strokes are white-out.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import numpy as np

from digitpad.errors import InvalidInput
from digitpad.formats.erasing import erased
from digitpad.formats.parsing import Strokes, children, one_below_other, parse_numbers
from digitpad.geometry import Polyline


def read(root: Element) -> Strokes:
    """Return the strokes of all pages."""
    pages = list(children(root, "page"))
    heights = [float(parse_numbers(page.get("height", "0"), "height")[0]) for page in pages]
    return one_below_other((erased(_drawn(page)) for page in pages), heights)


def _drawn(page: Element) -> Iterator[tuple[Polyline, float | None]]:
    for layer in children(page, "layer"):
        for stroke in children(layer, "stroke"):
            tool = stroke.get("tool", "pen")
            widths = parse_numbers(stroke.get("width", "1"), "width")
            if tool == "highlighter" or not len(widths):
                continue
            for part in _seen(_points(stroke), widths[1:]):
                yield part, widths[0] / 2 if tool == "eraser" else None


def _points(stroke: Element) -> Polyline:
    values = parse_numbers(stroke.text or "", "a stroke")
    if len(values) % 2:
        raise InvalidInput(
            f"expected x and y of each point in a stroke, found {len(values)} values"
        )
    return values.reshape(-1, 2)


def _seen(points: Polyline, widths: np.ndarray) -> Iterator[Polyline]:
    """Yield the parts of a stroke that have a width: those of its pieces are zero where it is cut.

    A stroke of less than two points is not drawn; a tap is two equal ones.
    """
    if not len(widths):
        widths = np.ones(max(len(points) - 1, 0))
    points = points[: len(widths) + 1]
    (wide,) = np.nonzero(widths[: max(len(points) - 1, 0)] > 0)  # nan is not
    for run in np.split(wide, np.flatnonzero(np.diff(wide) > 1) + 1):
        if len(run):
            part = points[run[0] : run[-1] + 2]
            yield part[:1] if (part == part[0]).all() else part
