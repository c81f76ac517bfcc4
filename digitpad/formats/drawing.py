"""Digitpad's own JSON, of HTTP bodies: {"ink": {"strokes": [[[x, y], ...], ...]}}."""

from typing import Any

from digitpad.formats.parsing import Strokes


def read(body: Any) -> Strokes:
    """Return the strokes as they stand there: `Ink` checks them."""
    strokes: Strokes = body["ink"]["strokes"]
    return strokes
