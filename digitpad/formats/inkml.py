"""InkML (W3C Recommendation, 20 September 2011), and what CROHME makes of it; in mm unless told.

Traces stand for strokes, in the order of the file. Channels, their order, unit and direction come
from the context that holds where a trace stands, or that it names.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from xml.etree.ElementTree import Element

import numpy as np

from digitpad.errors import InvalidInput
from digitpad.formats.parsing import Strokes, children, found, local
from digitpad.geometry import Polyline

UNITS = {"m": 1e3, "cm": 10.0, "mm": 1.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6}  # in mm
ID = "{http://www.w3.org/XML/1998/namespace}id"

_PLAIN = re.compile(r"[-+.\deE\s,]*")
_VALUE = re.compile(
    r"""\s*([!'"]?)\s*(?:([-+]?)\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|\#([\da-fA-F]+))"""
    r"""|([*?TF]))[\s:]*"""
)


class _Channels(NamedTuple):
    """The channels of a trace: how many are always there, which are X and Y, and their mm."""

    regular: int
    x: int
    y: int
    scale: tuple[float, float]  # negative where values grow to the left or upwards


class _Traces:
    """A walk through a file that keeps the strokes, and those that may go on."""

    def __init__(self, root: Element) -> None:
        self.strokes: dict[str, list[Polyline]] = {}
        self._named = {
            name: element for element in root.iter() if (name := element.get(ID, element.get("id")))
        }
        self._walk(root, _channels(None, None))

    def _walk(self, element: Element, channels: _Channels) -> None:
        for child in element:
            kind, reference = local(child), child.get("contextRef", "").lstrip("#")
            if kind == "traceFormat":
                channels = _channels(child, None)
            elif kind == "context":
                channels = self._resolve(child, channels)
            elif kind in ("trace", "traceGroup"):
                context = self._named.get(reference)
                own = channels if context is None else self._resolve(context, channels)
                if kind == "trace":
                    self._add(child, own)
                else:
                    self._walk(child, own)

    def _resolve(self, context: Element, given: _Channels, depth: int = 0) -> _Channels:
        """Return the channels of a context; those that hold already where it names none."""
        source = self._find(context, "inkSource")
        traces = self._find(context, "traceFormat")
        if traces is None and source is not None:
            traces = self._find(source, "traceFormat")
        if traces is not None:
            return _channels(traces, source)
        parent = self._named.get(context.get("contextRef", "").lstrip("#"))
        if parent is None or depth == 100:
            return given
        return self._resolve(parent, given, depth + 1)

    def _find(self, element: Element, name: str) -> Element | None:
        inside = next(children(element, name), None)
        return (
            self._named.get(element.get(f"{name}Ref", "").lstrip("#")) if inside is None else inside
        )

    def _add(self, trace: Element, channels: _Channels) -> None:
        if trace.get("type", "penDown").lower() == "penup":
            return
        text = (trace.text or "") + "".join(child.tail or "" for child in trace)
        name = trace.get(ID, trace.get("id", ""))
        points = _points(text, channels, f"trace {name}".rstrip())
        before = self.strokes.get(trace.get("priorRef", "").lstrip("#"))
        if before is None or trace.get("continuation") not in ("middle", "end"):
            before = []
            self.strokes[f"#{len(self.strokes)}"] = before
        if name:
            self.strokes[name] = before
        before.append(points)


def read(root: Element) -> Strokes:
    """Return the traces that were drawn with the pen on the paper."""
    parts = {id(parts): parts for parts in _Traces(root).strokes.values()}
    return [np.concatenate(own) for own in parts.values()]


def _channels(traces: Element | None, source: Element | None) -> _Channels:
    """Return the channels of a traceFormat; X and Y where there is none."""
    if traces is None:
        return _Channels(2, 0, 1, (1.0, 1.0))
    regular = list(children(traces, "channel"))
    sometimes = [c for group in children(traces, "intermittentChannels") for c in group]
    names = [channel.get("name", "") for channel in (*regular, *sometimes)]
    if not {"X", "Y"} <= set(names[: len(regular)]):
        raise InvalidInput(f"expected the channels X and Y in a traceFormat, found {found(names)}")
    x, y = names.index("X"), names.index("Y")
    return _Channels(
        len(regular), x, y, (_scale(regular[x], source, "X"), _scale(regular[y], source, "Y"))
    )


def _scale(channel: Element, source: Element | None, name: str) -> float:
    """Return a channel's unit in mm, negative where it grows against the axis; 1 if unknown."""
    unit = channel.get("units", "mm")
    size = UNITS.get(unit, 1.0)
    counted = unit == "dev" or channel.get("type") == "integer"  # as Office writes it
    for told in source.iter() if counted and source is not None else ():
        if (told.get("channel"), told.get("name")) == (name, "resolution"):
            size = UNITS.get(told.get("units", "").removeprefix("1/"), 1.0)
            size /= float(told.get("value", "1"))
    return -size if channel.get("orientation") == "-ve" else size


def _points(text: str, channels: _Channels, what: str) -> Polyline:
    """Return the points of a trace, in mm; those without X or Y are left out."""
    if _PLAIN.fullmatch(text) and text.strip():
        rows = [point.split() for point in text.split(",")]
        if all(len(row) == channels.regular for row in rows):
            with suppress(ValueError):  # such as 3-4, two values
                return np.array(rows, float)[:, [channels.x, channels.y]] * channels.scale
    decoders = {channels.x: _Decoder(), channels.y: _Decoder()}
    points = []
    for number, point in enumerate(text.split(",") if text.strip() else ()):
        values = list(_values(point, f"{what}, point {number}"))
        if len(values) < channels.regular:
            raise InvalidInput(
                f"expected {channels.regular} values in {what}, point {number}, "
                f"found {found(point.strip())}"
            )
        place = [decoders[axis].next(*values[axis]) for axis in (channels.x, channels.y)]
        if None not in place:
            points.append(place)
    return np.array(points, float).reshape(-1, 2) * channels.scale


def _values(point: str, what: str) -> Iterator[tuple[str, float | str]]:
    """Yield the prefix and the value of each channel of a point: a number, or one of * ? T F."""
    at = 0
    while at < len(point):
        value = _VALUE.match(point, at)
        if value is None:
            if not point[at:].strip():
                return
            raise InvalidInput(f"expected values in {what}, found {found(point.strip())}")
        prefix, sign, decimal, hexadecimal, word = value.groups()
        if hexadecimal:
            yield prefix, float(int(sign + hexadecimal, 16))
        else:
            yield prefix, word or float(sign + decimal)
        at = value.end()


class _Decoder:
    """One channel of a trace: explicit values, differences and differences of those."""

    def __init__(self) -> None:
        self.order, self.value, self.speed = "!", 0.0, 0.0

    def next(self, prefix: str, value: float | str) -> float | None:
        """Return the channel's value at the next point, None where it has none."""
        self.order = prefix or self.order
        if value == "?":
            return None
        if isinstance(value, str):  # * repeats the last value
            return self.value
        if self.order == "!":
            self.value = value
            return value
        self.speed = value if self.order == "'" else self.speed + value
        self.value += self.speed
        return self.value
