"""Ink: the strokes of a drawing, as a pen made them. What is stored, sent and trained on."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad import formats
from digitpad.errors import InvalidInput, TooLarge
from digitpad.geometry import Box, Polyline

MAX_POINTS = 20_000  # points in one drawing; a digit has about 40, twenty slow ones under 4,000
MAX_STROKES = 1_000  # in one drawing; twenty digits have 50, a lively scribble 200
PAGE_POINTS = 500_000  # in a file of ink, all its pages together: 10,000 digits of 50
PAGE_STROKES = 20_000  # likewise, two to a digit
MAX_COORDINATE = 1e9  # any unit; beyond it float32 geometry loses the drawing

Stroke = Polyline  # float64 (n, 2), n >= 1


class _Limits(NamedTuple):
    what: str
    strokes: int
    points: int


@dataclass(frozen=True, eq=False)
class Ink:
    """The strokes of one drawing, in the order they were drawn, in any unit, y pointing down."""

    strokes: tuple[Stroke, ...]

    @classmethod
    def from_strokes(cls, strokes: Iterable[Sequence[Sequence[float]] | Stroke]) -> "Ink":
        """Build ink from strokes of `(x, y)` or `(x, y, t)` points; strokes without points vanish.

        Raises InvalidInput that names the place when a point is not two or three finite numbers,
        and TooLarge beyond MAX_POINTS or MAX_STROKES.
        """
        return cls(_parse(strokes, _Limits("a drawing", MAX_STROKES, MAX_POINTS)))

    @classmethod
    def load(cls, source: "str | PathLike[str] | bytes") -> "Ink":
        """Read all ink of a file of one of the formats in docs/formats.md, given as path or bytes.

        Its pages stand one below the other; the unit is the format's. Raises InvalidInput that
        says what was expected and found, and TooLarge beyond PAGE_POINTS or PAGE_STROKES.
        """
        strokes = formats.read(source)
        return cls(_parse(strokes, _Limits("a file of ink", PAGE_STROKES, PAGE_POINTS)))

    @property
    def points(self) -> Stroke:
        """All points of all strokes, float64 (n, 2)."""
        return np.concatenate(self.strokes) if self.strokes else np.empty((0, 2))

    @property
    def box(self) -> Box | None:
        """The smallest box around all points, or None without points."""
        return Box.around(self.points) if self.strokes else None

    def transform(self, matrix: npt.ArrayLike, offset: npt.ArrayLike = (0.0, 0.0)) -> "Ink":
        """Return the ink with every point p moved to `matrix @ p + offset`; matrix is (2, 2)."""
        turn, shift = np.asarray(matrix, float).T, np.asarray(offset, float)
        return Ink(tuple(stroke @ turn + shift for stroke in self.strokes))

    def thinned(self, most: int) -> "Ink":
        """Return the ink with every so many points if it has more than `most`.

        Both ends of each stroke stay, so that many strokes may have more in all.
        """
        points = sum(map(len, self.strokes))
        if points <= most:
            return self
        step = -(-points // max(1, most - 2 * len(self.strokes)))
        return Ink(tuple(np.concatenate([s[:-1:step], s[-1:]]) for s in self.strokes))

    def to_lists(self) -> list[list[list[float]]]:
        """Return the strokes as nested lists, as JSON carries them."""
        return [stroke.tolist() for stroke in self.strokes]


def _parse(strokes: Any, limits: _Limits) -> tuple[Stroke, ...]:
    """Return the strokes that have points, checked."""
    if isinstance(strokes, str | bytes) or not isinstance(strokes, Iterable):
        raise InvalidInput(f"strokes must be a list of strokes, found {_kind(strokes)}")
    kept: list[Stroke] = []
    total = 0
    for number, stroke in enumerate(strokes):
        if number == limits.strokes:
            raise TooLarge(f"{limits.what} may have at most {number:,} strokes, found more")
        points = _parse_stroke(stroke, f"strokes[{number}]", total, limits)
        total += len(points)
        if len(points):
            kept.append(points)
    return tuple(kept)


def _parse_stroke(stroke: Any, place: str, before: int, limits: _Limits) -> Stroke:
    if isinstance(stroke, np.ndarray):
        points = stroke
        if points.dtype.kind not in "iuf":
            raise InvalidInput(f"{place} must hold numbers, found dtype {points.dtype}")
    elif isinstance(stroke, str | bytes) or not isinstance(stroke, Sequence):
        raise InvalidInput(f"{place} must be a list of points, found {_kind(stroke)}")
    else:
        points = None
    if before + len(stroke) > limits.points:
        most = f"at most {limits.points:,} points"
        raise TooLarge(f"{limits.what} may have {most}, found more at {place}")
    if points is None:
        points = np.array([_parse_point(p, f"{place}[{i}]") for i, p in enumerate(stroke)])
    if points.size == 0:
        return np.empty((0, 2))
    if points.ndim != 2 or points.shape[1] not in (2, 3):
        raise InvalidInput(f"{place} must have the shape (n, 2) or (n, 3), found {points.shape}")
    points = points[:, :2].astype(np.float64)
    wrong = ~(np.abs(points) <= MAX_COORDINATE).all(axis=1)
    if wrong.any():
        at = int(wrong.argmax())
        raise InvalidInput(
            f"{place}[{at}] must be finite numbers within ±{MAX_COORDINATE:.0e}, "
            f"found {points[at].tolist()}"
        )
    return points


def _parse_point(point: Any, place: str) -> tuple[float, float]:
    if isinstance(point, np.ndarray):
        point = point.tolist()
    if isinstance(point, str | bytes) or not isinstance(point, Sequence):
        raise InvalidInput(f"{place} must be a point [x, y], found {_kind(point)}")
    if len(point) not in (2, 3):
        raise InvalidInput(f"{place} must be [x, y] or [x, y, t], found {len(point)} values")
    for axis, value in zip("xyt", point, strict=False):
        if isinstance(value, bool) or not isinstance(value, Real):
            raise InvalidInput(f"{place}.{axis} must be a number, found {_kind(value)}")
        if not _is_finite(value):
            raise InvalidInput(f"{place}.{axis} must be a finite number, found {value}")
    return float(point[0]), float(point[1])


def _is_finite(value: Real) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__
