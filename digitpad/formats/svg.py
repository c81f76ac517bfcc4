"""SVG: what is stroked, by svgelements; in px of 1/96 inch, or what the file takes for them.

A filled outline is no ink: it shows where a pen was, not how it went. So drawing programs that make
outlines of strokes are better saved in their own format.
"""

import io
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element, tostring

import numpy as np
import svgelements

from digitpad.errors import InvalidInput, TooLarge
from digitpad.formats.parsing import MAX_ELEMENTS, Strokes, local
from digitpad.geometry import Polyline

STEPS = 12  # that a curve is drawn with; a pen's curves are short
NEVER = {"clipPath", "marker", "mask", "pattern", "symbol"}  # drawn where they stand
HREF = ("href", "{http://www.w3.org/1999/xlink}href")


def read(root: Element) -> Strokes:
    """Return what is stroked and visible, each subpath a stroke.

    Pieces of which one begins exactly where the one before ended are one stroke.
    """
    _count(root)
    _put_away(root)
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
    """Raise TooLarge if `use` would make too many elements, and InvalidInput if it uses itself."""
    named = {element.get("id"): element for element in root.iter()}
    counts: dict[int, float] = {}

    def count(element: Element) -> float:
        if id(element) not in counts:
            counts[id(element)] = np.nan  # until it is known
            total = 1 + sum(map(count, element))
            if local(element) == "use":
                used = next((name for key in HREF if (name := element.get(key))), "#")
                target = named.get(used.removeprefix("#"))
                total += 0 if target is None else count(target)
            counts[id(element)] = total
        return counts[id(element)]

    total = count(root)
    if np.isnan(total):
        raise InvalidInput("expected SVG, found one in which something uses itself")
    if total > MAX_ELEMENTS:
        raise TooLarge(f"SVG may have at most {MAX_ELEMENTS:,} elements, found more, as used")


def _put_away(root: Element) -> None:
    """Put what is only drawn by reference into `defs`: svgelements takes some of it for ink."""
    for parent in list(root.iter()):
        for place, child in enumerate(parent):
            if local(child) in NEVER and local(parent) != "defs":
                parent[place] = Element(
                    root.tag.replace("}svg", "}defs") if "}" in root.tag else "defs"
                )
                parent[place].append(child)


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
        points: list[complex] = []
        for segment in svgelements.Path(subpath):
            if isinstance(segment, svgelements.Move | svgelements.Line | svgelements.Close):
                points.append(complex(segment.end))
            else:
                points += [complex(segment.point(n / STEPS)) for n in range(1, STEPS + 1)]
        yield np.array([(point.real, point.imag) for point in points])


def _joined(lines: list[Polyline]) -> Polyline:
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])
