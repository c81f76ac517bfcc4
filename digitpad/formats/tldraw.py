"""tldraw: the draw shapes of a file or a snapshot, in its pixels; pages one below the other."""

import base64
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from digitpad.errors import InvalidInput
from digitpad.formats.parsing import Strokes, number, one_below_other, points_of, turned
from digitpad.geometry import Box, Polyline, union

MAX_DEPTH = 100  # of groups in groups
BETWEEN = 0.1  # gap between pages, in heights of the page before: more than between its lines

Record = Mapping[str, Any]


def read(body: Any) -> Strokes:
    """Return what was drawn by hand; a page has no height, so each is as high as its ink."""
    records = body.get("records") or (body.get("document") or body)["store"].values()
    inside: dict[str, list[Record]] = defaultdict(list)
    pages = []
    for record in records:
        if record["typeName"] == "shape":
            inside[record["parentId"]].append(record)
        elif record["typeName"] == "page":
            pages.append(record)
    inks = []
    for page in sorted(pages, key=_order):
        ink = list(_drawn(page["id"], inside))
        if ink:
            inks.append(ink)
    if len(inks) < 2:
        return inks[0] if inks else []
    boxes = [union(Box.around_each(ink)) for ink in inks]
    tops = [[line - (0.0, box.top) for line in ink] for ink, box in zip(inks, boxes, strict=True)]
    return one_below_other(tops, [(1 + BETWEEN) * box.height for box in boxes])


def _order(record: Record) -> str:
    return str(record["index"])


def _drawn(
    parent: str, inside: Mapping[str, Sequence[Record]], depth: int = 0
) -> Iterator[Polyline]:
    """Yield what is drawn in a page or shape, relative to it."""
    if depth > MAX_DEPTH:
        raise InvalidInput(f"expected groups at most {MAX_DEPTH} deep, found more")
    for shape in sorted(inside.get(parent, ()), key=_order):
        lines = list(_drawn(shape["id"], inside, depth + 1))
        if shape["type"] == "draw":
            lines.append(_line(shape["props"]))
        place = (number(shape, "x"), number(shape, "y"))
        for line in lines:
            if len(line):
                yield turned(line, number(shape, "rotation", 0.0), (0.0, 0.0)) + place


def _line(props: Record) -> Polyline:
    """Return the line of a shape, whose pieces go on where the one before ends."""
    pieces = [_piece(segment) for segment in props["segments"]]
    scale = (number(props, "scaleX", 1.0), number(props, "scaleY", 1.0))
    return np.concatenate([np.empty((0, 2)), *pieces]) * scale


def _piece(segment: Record) -> Polyline:
    """Return points: up to 4.2 as JSON, later as base64 of float32, then float16 differences."""
    if "path" not in segment:
        return points_of(segment["points"], "points")
    values = segment.get("dim", 3)
    if values not in (2, 3):
        raise InvalidInput(f"expected 2 or 3 as dim, found {values}")
    data = base64.b64decode(segment["path"], validate=True)
    first, steps = data[: 4 * values], data[4 * values :]
    if not data:
        return np.empty((0, 2))
    if len(first) < 4 * values or len(steps) % (2 * values):
        raise InvalidInput(
            f"expected points of {values} numbers in a path, found {len(data)} bytes"
        )
    start = np.frombuffer(first, "<f4")[None].astype(float)
    moves = np.frombuffer(steps, "<f2").reshape(-1, values).astype(float)
    return np.concatenate([start, moves]).cumsum(axis=0)[:, :2]
