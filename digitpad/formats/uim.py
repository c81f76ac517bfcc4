"""Wacom's Universal Ink Model (UIM 3.0 and 3.1), in 1/96 inch once its transform is applied.

A RIFF file whose chunks are Protocol Buffers. Wacom's own universal-ink-library 2.1.2 cannot stand
beside ONNX Runtime, since one needs protobuf below 4 and the other 4.25 or newer; so the few
fields that ink takes are named here, as its schema numbers them, for protobuf itself to parse.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from digitpad.errors import InvalidInput
from digitpad.formats.erasing import erased
from digitpad.formats.parsing import Strokes, found
from digitpad.geometry import Polyline

ERASERS = ("destinationout", "eras")  # in the address of a render mode
WIDTH = 2.0  # of an eraser that has no size: 1/48 inch
STEPS = 4  # that a spline's piece is drawn with; a pen's pieces are short

_KINDS = {"float": 2, "uint32": 13, "sint32": 17, "string": 9}  # as protobuf numbers them
_MATRIX = [(f"m{at // 4}{at % 4}", at + 1, "float") for at in range(16)]
_SCHEMA: dict[str, list[tuple[str, int, str]]] = {  # message: name, number and kind of its fields
    "Matrix": _MATRIX,
    "Properties": [("size", 2, "float")],
    "Spline": [("x", 1, "float*"), ("y", 2, "float*"), ("size", 8, "float*")],
    "Packed": [("x", 1, "sint32*"), ("y", 2, "sint32*"), ("size", 8, "sint32*")],
    "Stroke": [
        ("precisions", 2, "sint32"),
        ("start", 3, "float"),
        ("end", 4, "float"),
        ("spline", 5, "Spline"),
        ("packed", 6, "Packed"),
        ("properties_index", 7, "uint32"),
        ("properties", 8, "Properties"),
        ("mode_index", 11, "uint32"),
        ("mode", 12, "string"),
    ],
    "InkData": [
        ("strokes", 1, "Stroke*"),
        ("transform", 3, "Matrix"),
        ("modes", 5, "string*"),
        ("properties", 6, "Properties*"),
    ],
    "Float": [("value", 1, "float")],
    "OldProperties": [("size", 1, "Float")],
    "Style": [("properties", 1, "OldProperties"), ("mode", 4, "string")],
    "OldStroke": [
        ("start", 2, "float"),
        ("end", 3, "float"),
        ("x", 4, "float*"),
        ("y", 5, "float*"),
        ("size", 11, "float*"),
        ("style", 22, "Style"),
    ],
    "OldInkData": [("strokes", 1, "OldStroke*")],
    "InkObject": [("ink", 2, "OldInkData"), ("transform", 7, "Matrix")],
}


def read(data: bytes) -> Strokes:
    """Return the strokes, without what was erased."""
    chunks = list(_chunks(data[12:]))
    head = chunks[0][1] if chunks and chunks[0][0] == b"HEAD" else b""
    version = tuple(head[:2])
    if version not in ((3, 0), (3, 1)):
        raise InvalidInput(f"expected UIM 3.0 or 3.1, found {found(version)}")
    for number, (name, chunk) in enumerate(chunks[1:]):
        if version == (3, 1) and name == b"INKD":
            described = head[4 + 8 * number :][:8]
            if described[4:5] not in (b"", b"\0"):
                raise InvalidInput("expected UIM that is not compressed, found compressed ink")
            return _read(_parse("InkData", chunk), _pieces)
        if version == (3, 0) and name == b"DATA":
            return _read(_parse("InkObject", chunk), _old_pieces)
    return []


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the content of each chunk."""
    while data:
        name, size = data[:4], int.from_bytes(data[4:8], "little")
        if len(data) < 8 + size:
            raise InvalidInput(f"expected {size:,} bytes of a UIM chunk, found {len(data) - 8:,}")
        yield name, data[8 : 8 + size]
        data = data[8 + size + size % 2 :]


def _parse(name: str, chunk: bytes) -> Any:
    try:
        return _MESSAGES[name].FromString(chunk)
    except DecodeError:
        raise InvalidInput(
            f"expected UIM's {name} as Protocol Buffers, found other bytes"
        ) from None


def _read(model: Any, pieces: Any) -> Strokes:
    matrix = np.array([getattr(model.transform, name) for name, *_ in _MATRIX]).reshape(4, 4)
    if not matrix.any():
        matrix = np.eye(4)
    strokes = erased(pieces(model))
    return [stroke @ matrix[:2, :2].T + matrix[:2, 3] for stroke in strokes]


def _pieces(model: Any) -> Iterator[tuple[Polyline, float | None]]:
    """Yield the strokes of UIM 3.1, with the radius of those that erase."""
    for stroke in model.strokes:
        if stroke.HasField("packed"):
            position, size = 10.0 ** (stroke.precisions & 15), 10.0 ** (stroke.precisions >> 4 & 15)
            x, y = (np.cumsum(axis) / position for axis in (stroke.packed.x, stroke.packed.y))
            sizes = np.cumsum(stroke.packed.size) / size
        else:
            x, y, sizes = (
                np.array(axis) for axis in (stroke.spline.x, stroke.spline.y, stroke.spline.size)
            )
        shared = model.properties[stroke.properties_index - 1] if stroke.properties_index else None
        mode = model.modes[stroke.mode_index - 1] if stroke.mode_index else stroke.mode
        width = max([*sizes, (shared or stroke.properties).size])
        yield from _drawn(x, y, stroke.start, stroke.end, mode, width)


def _old_pieces(document: Any) -> Iterator[tuple[Polyline, float | None]]:
    """Yield the strokes of UIM 3.0, likewise."""
    for stroke in document.ink.strokes:
        width = max([*stroke.size, stroke.style.properties.size.value])
        yield from _drawn(
            np.array(stroke.x),
            np.array(stroke.y),
            stroke.start,
            stroke.end,
            stroke.style.mode,
            width,
        )


def _drawn(
    x: np.ndarray, y: np.ndarray, start: float, end: float, mode: str, width: float
) -> Iterator[tuple[Polyline, float | None]]:
    if len(x) != len(y) or len(x) < 4:
        raise InvalidInput(
            f"expected four points or more of a spline, found {len(x)} x and {len(y)} y"
        )
    erases = any(word in mode.lower() for word in ERASERS)
    yield _curve(np.stack([x, y], axis=1), start, end), (width or WIDTH) / 2 if erases else None


def _curve(points: Polyline, start: float, end: float) -> Polyline:
    """Return a Catmull-Rom spline as a line from its second point to the last but one.

    Ends are doubled, so it begins and ends with what was drawn; `start` and `end` in [0, 1] say
    where in its first and last piece it really does. (Catmull and Rom, 1974)
    """
    pieces = len(points) - 3
    at = np.linspace(start, pieces - 1 + (end or 1.0), STEPS * pieces + 1)
    first = np.minimum(at.astype(int), pieces - 1)
    t = (at - first)[:, None]
    before, one, two, after = (points[first + n] for n in range(4))
    bend = 2 * before - 5 * one + 4 * two - after + t * (3 * (one - two) + after - before)
    line: Polyline = one + t / 2 * (two - before + t * bend)
    return line


def _messages() -> dict[str, Any]:
    """Return a class for each message of _SCHEMA."""
    file = descriptor_pb2.FileDescriptorProto(
        name="digitpad/uim.proto", package="digitpad.uim", syntax="proto3"
    )
    for name, fields in _SCHEMA.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            one = kind.removesuffix("*")
            added = message.field.add(name=field, number=number, label=1 if one == kind else 3)
            added.type = _KINDS.get(one, 11)  # else a message
            if one not in _KINDS:
                added.type_name = f".{file.package}.{one}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.{name}"))
        for name in _SCHEMA
    }


_MESSAGES = _messages()
