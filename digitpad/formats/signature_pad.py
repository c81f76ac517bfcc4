"""signature_pad's `toData()` as JSON, in pixels of its canvas.

Its SVG lacks the end of strokes, and shows what was erased: take this.
"""

from typing import Any

from digitpad.formats.erasing import erased
from digitpad.formats.parsing import Strokes, number, points_of

ERASER = "destination-out"
WIDTH = 2.5  # of its pens at most, where the file does not say


def read(body: Any) -> Strokes:
    """Return its groups of points, without what was erased."""
    return erased(
        (
            points_of(group["points"], "points"),
            number(group, "maxWidth", WIDTH) if group.get("compositeOperation") == ERASER else None,
        )
        for group in body
        if group["points"]
    )
