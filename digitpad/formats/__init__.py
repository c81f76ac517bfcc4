"""Ink from where people keep it: files of note-taking and drawing programs, told by their content.

A module a format. Each has one function `read`, which takes what the file was parsed to and returns
its strokes in the order they were written, y pointing down: what is drawn to be seen, without what
was erased or deleted, without highlighters and pens in the air. What each program means by its file
was tried on real ones: docs/formats.md.
"""

import re
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from digitpad.errors import InvalidInput
from digitpad.formats.parsing import (
    MAX_BYTES,
    Strokes,
    check_size,
    found,
    local,
    parse_json,
    parse_xml,
    unpack,
)

NAMES = {  # of the modules
    "drawing": "Digitpad's JSON",
    "excalidraw": "Excalidraw",
    "inkml": "InkML",
    "jiix": "JIIX",
    "remarkable": "reMarkable .rm",
    "signature_pad": "signature_pad JSON",
    "svg": "SVG",
    "tldraw": "tldraw",
    "uim": "Wacom UIM",
    "unipen": "UNIPEN",
    "xournal": "Xournal++",
}
EXPECTED = f"expected one of {', '.join(NAMES.values())}"
MALFORMED = (  # what taking a file for what it says it is may raise
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
LIBRARIES = ("rmscene", "svgelements")  # of the extra `formats`

_ROOTS = {"ink": "inkml", "xournal": "xournal", "MrWriter": "xournal", "svg": "svg"}
_DRAWING = re.compile(rb'\s*\{\s*"ink"\s*:')
_UNIPEN = re.compile(rb"\s*\.[A-Z][A-Z_0-9]*\s")
_UTF_16 = (b"\xff\xfe<\0", b"\xfe\xff\0<")  # XML begins so
_MAGIC = {b"RIFF....UINK": "uim", b"reMarkable .lines file": "remarkable"}


def is_ink(data: bytes) -> bool:
    """Whether a file's bytes begin as an ink file does, and as no picture does."""
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    begins = (b"\x1f\x8b", b"PK\x03\x04", b"{", b"[", b"<", *_UTF_16)
    return start.startswith(begins) or _by_magic(data) is not None


def is_drawing(data: bytes) -> bool:
    """Whether an ink file's bytes are Digitpad's own JSON: one drawing, where others are pages."""
    return _DRAWING.match(data.removeprefix(b"\xef\xbb\xbf")) is not None


def read(source: "str | PathLike[str] | bytes") -> Strokes:
    """Return the strokes of an ink file, given as path or bytes.

    A stroke is float64 (n, 2), or what JSON had in its place. Raises InvalidInput that says what
    was expected and found, and TooLarge beyond MAX_BYTES.
    """
    data = unpack(source if isinstance(source, bytes) else _load(Path(source)))
    name, content = _recognise(data)
    try:
        with np.errstate(all="ignore"):  # what is not finite, `Ink` refuses
            strokes: Strokes = import_module(f"digitpad.formats.{name}").read(content)
        return strokes
    except MALFORMED as error:
        what = f"{type(error).__name__} {error}".replace("\n", " ")
        raise InvalidInput(f"expected {NAMES[name]}, found something else in it: {what}") from None
    except ModuleNotFoundError as error:
        if error.name not in LIBRARIES:
            raise
        raise InvalidInput(
            f"{NAMES[name]} needs {error.name}: in a checkout, pip install '.[formats]'"
        ) from None


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return check_size(stream.read(MAX_BYTES + 1))
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror}") from error


def _recognise(data: bytes) -> tuple[str, Any]:
    """Return the module of a file's format, and its content as that takes it."""
    if name := _by_magic(data):
        return name, data
    start = data[:4].removeprefix(b"\xef\xbb\xbf") + data[4:200]
    if start.lstrip().startswith((b"{", b"[")):
        body = parse_json(data)
        if name := _by_keys(body):
            return name, body
        raise InvalidInput(
            'expected {"ink": {"strokes": [...]}}, or JSON of Excalidraw, tldraw, signature_pad '
            f"or JIIX, found {found(body)}"
        )
    if start.lstrip().startswith(b"<") or start.startswith(_UTF_16):
        root = parse_xml(data)
        if name := _ROOTS.get(local(root)):
            return name, root
        raise InvalidInput(f"expected InkML, Xournal++ or SVG, found XML of <{local(root)}>")
    raise InvalidInput(f"{EXPECTED}, found {found(data)}")


def _by_magic(data: bytes) -> str | None:
    for magic, name in _MAGIC.items():
        if re.match(magic, data, re.S):
            return name
    return "unipen" if _UNIPEN.match(data) else None


def _by_keys(body: Any) -> str | None:
    name = None
    match body:
        case {"ink": {"strokes": _, **more}, **others} if not more and not others:
            name = "drawing"
        case {"type": str(kind), "elements": list()} if kind.startswith("excalidraw"):
            name = "excalidraw"
        case (
            {"records": list(), "schema": _}
            | {"store": dict(), "schema": _}
            | {"document": {"store": dict(), "schema": _}}
        ):
            name = "tldraw"
        case [{"points": list()}, *_]:
            name = "signature_pad"
        case {"type": str(), "version": str()}:
            name = "jiix"
    return name
