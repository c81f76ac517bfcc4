"""What is printed on a form, and where its fields are."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitpad.errors import InvalidInput
from digitpad.expect import EXPECTED, Expect, Format, to_plain
from digitpad.geometry import Box

MOST_FIELDS = 50  # of a form: each costs as much as a number
LEAST_LINES = 4  # or half as many marks: fewer may be anything
MOST_LINES = 500  # printed ones that it is found by
LONGEST_NAME = 100  # characters
MAX_BYTES = 300_000  # of the file: all that, at length
FARTHEST = 1e6  # of a coordinate, in any unit

Lines = npt.NDArray[np.float64]  # (n, 4): where each begins and ends, x and y


@dataclass(frozen=True)
class Field:
    """A place where something is written, and what."""

    name: str
    box: Box  # on the page
    expect: Expect = "number"

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"box": list(self.box), "format": to_plain(self.expect)}


@dataclass(frozen=True, eq=False)
class Layout:
    """A form: its page, its fields, and what is printed on it that it is found by.

    All in one unit, x from left to right and y from top to bottom. `lines` are printed rules, such
    as the frames of fields; `marks` are filled boxes, such as those in a page's corners. Raises
    InvalidInput where that is too little to find a page by.
    """

    width: float
    height: float
    fields: tuple[Field, ...]
    lines: Lines
    marks: tuple[Box, ...] = ()

    def __post_init__(self) -> None:
        """Check that there is something to find it by, along both directions."""
        points = np.concatenate(
            [self.lines.reshape(-1, 2), np.array(self.marks, float).reshape(-1, 2)]
        )
        extent = np.ptp(points, axis=0) if len(points) else np.zeros(2)
        if len(self.lines) + 2 * len(self.marks) < LEAST_LINES or min(extent) <= 0:
            raise InvalidInput(
                "a layout must have printed lines or marks that a page is found by: at least four "
                f"lines or two marks, found {len(self.lines)} and {len(self.marks)}"
            )

    @classmethod
    def load(cls, path: "str | PathLike[str]") -> "Layout":
        """Read a layout's file, as `digitpad layout` writes it.

        Raises InvalidInput that names the place, what was expected and what was found.
        """
        try:
            return cls.from_json(Path(path).read_bytes())
        except OSError as error:
            raise InvalidInput(f"cannot read {path}: {error.strerror}") from error

    @classmethod
    def from_json(cls, text: str | bytes) -> "Layout":
        """Return the layout that was written by `to_json`. Raises InvalidInput."""
        if len(text) > MAX_BYTES:
            raise InvalidInput(
                f"a layout may have at most {MAX_BYTES:,} bytes, found {len(text):,}"
            )
        try:
            value = json.loads(text, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"the layout is not JSON: {error}") from error
        _check_keys(value, "the layout", ("size", "fields"), ("lines", "marks"))
        width, height = _numbers(value["size"], "size", 2)
        if min(width, height) <= 0:
            raise InvalidInput(f"size must be above 0, found {value['size']}")
        named = value["fields"]
        if not isinstance(named, dict) or not 0 < len(named) <= MOST_FIELDS:
            raise InvalidInput(
                f"fields must be an object of 1 to {MOST_FIELDS} fields by name, "
                f"found {_kind(named)}"
            )
        lines = _each(value.get("lines", []), "lines", lambda v, place: _numbers(v, place, 4))
        return cls(
            width,
            height,
            tuple(_field(name, field) for name, field in named.items()),
            np.array(lines, float).reshape(-1, 4),
            tuple(_each(value.get("marks", []), "marks", _box)),
        )

    def to_json(self) -> str:
        """Return it as JSON, a field or a line of print a line."""
        named = ",\n".join(
            f"    {json.dumps(f.name)}: {json.dumps(f.to_dict())}" for f in self.fields
        )
        parts = [
            f'  "size": {json.dumps([self.width, self.height])}',
            f'  "fields": {{\n{named}\n  }}',
        ]
        for name, rows in (("lines", self.lines.tolist()), ("marks", list(map(list, self.marks)))):
            if rows:
                told = ",\n".join(f"    {json.dumps(row)}" for row in rows)
                parts.append(f'  "{name}": [\n{told}\n  ]')
        return "{\n" + ",\n".join(parts) + "\n}\n"


def _field(name: str, value: Any) -> Field:
    place = f"fields.{name}"
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInput(
            f"a field's name must have 1 to {LONGEST_NAME} characters that can be printed, "
            f"found {name!r:.40}"
        )
    _check_keys(value, place, ("box",), ("format",))
    return Field(name, _box(value["box"], f"{place}.box"), _expect(value, f"{place}.format"))


def _expect(value: Mapping[str, Any], place: str) -> Expect:
    told = value.get("format", "number")
    if isinstance(told, dict):
        _check_keys(told, place, (), tuple(f.name for f in fields(Format)))
        try:
            return Format(**told)
        except InvalidInput as error:
            raise InvalidInput(f"{place}: {error}") from error
    if told not in EXPECTED:
        names = ", ".join(f'"{name}"' for name in EXPECTED)
        raise InvalidInput(f"{place} must be a format or one of {names}, found {told!r:.40}")
    name: Expect = told
    return name


def _box(value: Any, place: str) -> Box:
    box = Box(*_numbers(value, place, 4))
    if box.width <= 0 or box.height <= 0:
        raise InvalidInput(f"{place} must be left, top, right and bottom, found {value}")
    return box


def _numbers(value: Any, place: str, count: int) -> list[float]:
    wanted = f"{place} must be {count} numbers within ±{FARTHEST:,.0f}"
    if not isinstance(value, list) or len(value) != count:
        found = f"{len(value)} values" if isinstance(value, list) else _kind(value)
        raise InvalidInput(f"{wanted}, found {found}")
    for number in value:
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not (is_number and abs(number) <= FARTHEST):
            raise InvalidInput(f"{wanted}, found {number!r:.40}")
    return [float(number) for number in value]


def _each(value: Any, place: str, parse: Callable[[Any, str], Any]) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_LINES:
        found = f"{len(value):,}" if isinstance(value, list) else _kind(value)
        raise InvalidInput(f"{place} must be a list of at most {MOST_LINES:,}, found {found}")
    return [parse(one, f"{place}[{number}]") for number, one in enumerate(value)]


def _check_keys(value: Any, place: str, needed: Sequence[str], allowed: Sequence[str]) -> None:
    if not isinstance(value, dict):
        raise InvalidInput(f"{place} must be an object, found {_kind(value)}")
    for key in value:
        if key not in (*needed, *allowed):
            raise InvalidInput(f"{place} has an unknown key {key!r:.40}")
    for key in needed:
        if key not in value:
            raise InvalidInput(f"{place} must have the key {key!r}")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"the layout has the key {twice!r:.40} twice")
    return found


def _kind(value: Any) -> str:
    kinds = {
        dict: "an object",
        list: "a list",
        str: "a text",
        type(None): "null",
        bool: "a boolean",
    }
    return kinds.get(type(value), "a number")
