"""MyScript JIIX: strokes in mm, wherever they stand in the file, by their time."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from digitpad.errors import InvalidInput
from digitpad.formats.parsing import Strokes, found

KIND = "stroke"


def read(body: Any) -> Strokes:
    """Return the strokes, each once, in the order they were written."""
    strokes = {stroke.get("id", id(stroke)): stroke for stroke in _strokes(body)}
    if not strokes:
        raise InvalidInput("expected strokes in JIIX, found none: export it with them")
    written = sorted(strokes.values(), key=lambda stroke: stroke.get("timestamp", ""))
    return [_points(stroke) for stroke in written if stroke["X"]]


def _strokes(value: Any) -> Iterator[Any]:
    """Yield all objects with X and Y, in the order of the document."""
    if isinstance(value, list):
        for one in value:
            yield from _strokes(one)
    elif isinstance(value, dict):
        if isinstance(value.get("X"), list) and value.get("type", KIND) == KIND:
            yield value
        else:
            yield from _strokes(list(value.values()))


def _points(stroke: Any) -> np.ndarray:
    x, y = stroke["X"], stroke["Y"]
    if len(x) != len(y):
        raise InvalidInput(f"expected as many Y as X in a stroke, found {len(x)} and {len(y)}")
    if not all(isinstance(value, int | float) for value in (*x, *y)):
        raise InvalidInput(f"expected numbers in a stroke, found {found(x)} and {found(y)}")
    return np.array([x, y], float).T
