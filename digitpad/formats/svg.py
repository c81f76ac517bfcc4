"""SVG: what is stroked, by svgelements; in px of 1/96 inch, or what the file takes for them.

A filled outline is no ink: it shows where a pen was, not how it went. So drawing programs that make
outlines of strokes are better saved in their own format.
"""

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element, tostring

import numpy as np
import svgelements

from digitpad.errors import InvalidInput, TooLarge
from digitpad.formats.parsing import Strokes, local
from digitpad.geometry import Polyline

TIMES = np.arange(1, 13)[:, None] / 12  # along a curve, of its points; a pen's curves are short
MAX_NUMBERS = 200_000  # in the paths of a file; svgelements takes about 0.1 ms for each
ELEMENT = 5  # numbers that an element without any costs as much as
REFERRED = {"clipPath", "marker", "mask", "pattern", "symbol"}  # not drawn where they stand
HREF = ("href", "{http://www.w3.org/1999/xlink}href")

_NUMBER = re.compile(r"[\d.]+")


def read(root: Element) -> Strokes:
    """Return what is stroked and visible, each subpath a stroke.

    Pieces of which one begins exactly where the one before ended are one stroke.
    """
    _count(root)
    _put_in_order(root)
    shapes = [
        element
        for element in svgelements.SVG.parse(io.BytesIO(tostring(root))).elements()
        if isinstance(element, svgelements.Shape) and _is_visible(element)
    ]
    stroked = [shape for shape in shapes if _is_painted(shape.stroke)]
    if shapes and not stroked:
        raise InvalidInput(
            f"expected lines that are stroked in SVG, found {len(shapes)} filled shapes: "
            "take the program's own format, or a picture"
        )
    lines = [line for shape in stroked for line in _lines(shape) if len(line) > 1]
    starts = [
        0,
        *(n + 1 for n, (one, two) in enumerate(pairwise(lines)) if (one[-1] != two[0]).any()),
        len(lines),
    ]
    return [_joined(lines[first:last]) for first, last in pairwise(starts) if last > first]


def _count(root: Element) -> None:
    """Raise TooLarge beyond MAX_NUMBERS, as often as they are used, InvalidInput for a circle."""
    named = {element.get("id"): element for element in root.iter()}
    counts: dict[int, float] = {}

    def count(element: Element) -> float:
        if id(element) not in counts:
            counts[id(element)] = np.nan  # until it is known
            numbers = sum(len(_NUMBER.findall(element.get(key, ""))) for key in ("d", "points"))
            total = ELEMENT + numbers + sum(map(count, element))
            if local(element) == "use":
                used = next((name for key in HREF if (name := element.get(key))), "#")
                target = named.get(used.removeprefix("#"))
                total += 0 if target is None else count(target)
            counts[id(element)] = total
        return counts[id(element)]

    total = count(root)
    if np.isnan(total):
        raise InvalidInput("expected SVG, found one in which something uses itself")
    if total > MAX_NUMBERS:
        raise TooLarge(
            f"SVG may have at most {MAX_NUMBERS:,} numbers in its paths, and {ELEMENT} times fewer "
            "elements, as often as they are used, found more"
        )


def _put_in_order(root: Element) -> None:
    """Put style sheets first, and what is only drawn by reference into `defs`.

    svgelements applies a sheet to what follows alone, and takes masks and symbols for ink.
    """
    styles = [element for element in root.iter() if local(element) == "style"]
    for parent in list(root.iter()):
        away = REFERRED if local(parent) != "defs" else set()
        inside = [child for child in parent if local(child) != "style"]
        parent[:] = [_in_defs(child) if local(child) in away else child for child in inside]
    root[:0] = styles


def _in_defs(element: Element) -> Element:
    defs = Element(element.tag.removesuffix(local(element)) + "defs")
    defs.append(element)
    return defs


def _is_visible(shape: svgelements.Shape) -> bool:
    values = shape.values
    hidden = values.get("visibility") in ("hidden", "collapse") or values.get("display") == "none"
    return not hidden and float(values.get("opacity") or 1) > 0


def _is_painted(colour: svgelements.Color | None) -> bool:
    return colour is not None and colour.value is not None and colour.alpha > 0


def _lines(shape: svgelements.Shape) -> Iterator[Polyline]:
    """Yield the subpaths of a shape, as lines."""
    path = svgelements.Path(shape)
    path.reify()
    for subpath in path.as_subpaths():
        parts = [np.empty((0, 2))]
        for segment in svgelements.Path(subpath):
            if isinstance(segment, svgelements.Move | svgelements.Line | svgelements.Close):
                parts.append(_places(segment.end))
            elif isinstance(segment, svgelements.CubicBezier):
                parts.append(_curve(segment.start, segment.control1, segment.control2, segment.end))
            elif isinstance(segment, svgelements.QuadraticBezier):
                parts.append(_curve(segment.start, segment.control, segment.end))
            else:
                parts.append(_places(*(segment.point(t) for t in TIMES[:, 0].tolist())))
        yield np.concatenate(parts)


def _places(*points: svgelements.Point | None) -> Polyline:
    """Return points as an array; where a path goes back to no beginning there is none."""
    return np.array([(point.x, point.y) for point in points if point is not None]).reshape(-1, 2)


def _curve(*controls: svgelements.Point) -> Polyline:
    """Return the points of a Bézier curve after its first (de Casteljau, 1959)."""
    places: list[Polyline] = list(_places(*controls))
    while len(places) > 1:
        places = [one * (1 - TIMES) + two * TIMES for one, two in pairwise(places)]
    return places[0]


def _joined(lines: list[Polyline]) -> Polyline:
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])
