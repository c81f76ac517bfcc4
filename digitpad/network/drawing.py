"""One digit as a person drew it: ink, or the raster where only a picture is known."""

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from digitpad.errors import InvalidInput
from digitpad.ink import Ink
from digitpad.network.inputs import SIDE, Inputs, Raster, raster_inks, see_inks, see_rasters

MOST_POINTS = 500  # five for each px of what the network sees of a long digit


@dataclass(frozen=True, eq=False)
class Drawing:
    """Ink, or a raster: what is corrected, kept and learned from. It is never blank."""

    ink: Ink | None  # None where a picture was read
    pixels: bytes = b""  # then the raster: 28 x 28 greys of a byte each, row by row

    @classmethod
    def of(cls, source: "Drawing | Ink | Raster") -> "Drawing":
        """Return the drawing of ink, or of a raster (28, 28) in [0, 1], kept in steps of 1/255.

        Of ink with more than MOST_POINTS points, every so many are kept.
        Raises InvalidInput for anything else, and for what has no ink.
        """
        if isinstance(source, Drawing):
            return source
        if isinstance(source, Ink):
            if not source.strokes:
                raise InvalidInput("drawing must have points, found none")
            return cls(source.thinned(MOST_POINTS))
        return cls.of_pixels(_quantize(source))

    @classmethod
    def of_pixels(cls, pixels: bytes) -> "Drawing":
        """Return the drawing of 28 x 28 greys of a byte each; raises InvalidInput."""
        if len(pixels) != SIDE * SIDE:
            raise InvalidInput(f"raster must be {SIDE * SIDE} bytes, found {len(pixels)}")
        if not any(pixels):
            raise InvalidInput("drawing must have ink, found a black raster")
        return cls(None, pixels)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Drawing":
        """Read what `to_json` wrote. Raises InvalidInput that names the place, or TooLarge."""
        if value.keys() == {"raster"}:
            try:
                pixels = base64.b64decode(value["raster"], validate=True)
            except (TypeError, ValueError) as error:
                raise InvalidInput(
                    f"raster must be base64 of {SIDE * SIDE} bytes, found {error}"
                ) from error
            return cls.of_pixels(pixels)
        ink = value.get("ink")
        if value.keys() != {"ink"} or not isinstance(ink, dict) or ink.keys() != {"strokes"}:
            raise InvalidInput(f"ink must be an object of strokes, found {ink!r:.60}")
        return cls.of(Ink.from_strokes(ink["strokes"]))

    def to_json(self) -> dict[str, Any]:
        """Return it for JSON: `{"ink": {"strokes": …}}`, or `{"raster": …}` with base64."""
        if self.ink is not None:
            return {"ink": {"strokes": self.ink.to_lists()}}
        return {"raster": base64.b64encode(self.pixels).decode()}

    @cached_property
    def raster(self) -> Raster:
        """The first channel of what the network sees, float32 (28, 28) in [0, 1]."""
        if self.ink is not None:
            return np.asarray(raster_inks([self.ink])[0])
        greys = np.frombuffer(self.pixels, np.uint8).reshape(SIDE, SIDE)
        return np.asarray(greys / 255, np.float32)

    @property
    def inputs(self) -> Inputs:
        """What the network sees, float32 (1, 28, 28, CHANNELS)."""
        return see_rasters(self.raster[None]) if self.ink is None else see_inks([self.ink])


def to_pixels(raster: Raster) -> bytes:
    """Return a raster (28, 28) in [0, 1] as greys of a byte each, row by row."""
    return np.rint(raster * 255).astype(np.uint8).tobytes()


def _quantize(raster: Any) -> bytes:
    if not isinstance(raster, np.ndarray) or raster.dtype.kind not in "fiu":
        raise InvalidInput(f"drawing must be Ink or a raster, found {type(raster).__name__}")
    if raster.shape != (SIDE, SIDE):
        raise InvalidInput(f"a raster must have the shape {(SIDE, SIDE)}, found {raster.shape}")
    if not (raster.min() >= 0 and raster.max() <= 1):
        raise InvalidInput(f"a raster must be in [0, 1], found {raster.min()} to {raster.max()}")
    return to_pixels(raster)
