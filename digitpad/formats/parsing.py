"""What the formats share: unpacking, XML, JSON and numbers, within bounds."""

import io
import json
import re
import reprlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np

from digitpad.errors import InvalidInput, TooLarge
from digitpad.geometry import Polyline

MAX_BYTES = 32 << 20  # of a file, unpacked too: half a million points of 64 characters
MAX_ELEMENTS = 200_000  # of XML: ten times the strokes that a page of ink may have
MAX_DEPTH = 100  # of XML; drawing programs nest groups a few deep
MAX_VALUES = 4_000_000  # of JSON: half a million points of three numbers, and as much again

Strokes = Sequence[Any]  # each a Polyline, or a list of points as JSON has it

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?nan|[-+]?inf(?:inity)?", re.I)


def check_size(data: bytes) -> bytes:
    """Return the data; raises TooLarge."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"an ink file may have at most {MAX_BYTES:,} bytes, unpacked, found more")
    return data


def unpack(data: bytes) -> bytes:
    """Return what is in a gzip file, or is the content of a zipped Xournal++ file."""
    check_size(data)
    try:
        if data.startswith(b"\x1f\x8b"):
            packed = zlib.decompressobj(wbits=31)
            return check_size(packed.decompress(data, MAX_BYTES + 1))
        if data.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if "content.xml" not in archive.namelist():
                    raise InvalidInput("expected a Xournal++ zip, found no content.xml in it")
                with archive.open("content.xml") as stream:
                    return check_size(stream.read(MAX_BYTES + 1))
    except (zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InvalidInput(f"expected a whole packed ink file, found {error}") from None
    return data


def parse_json(data: bytes) -> Any:
    """Parse JSON; raises InvalidInput and TooLarge."""
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise TooLarge(f"ink as JSON may have at most {MAX_VALUES:,} values, found more")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"expected a picture or ink as JSON, found {error}") from None


def parse_xml(data: bytes) -> Element:
    """Parse XML to a tree whose tags are `{namespace}name`; raises InvalidInput and TooLarge.

    Entities that the file declares are refused unless they are plain short texts, as Illustrator
    writes for its namespaces: what refers to others could grow without end, or fetch something.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = elements = size = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements, size
        depth, elements = depth + 1, elements + 1
        size += sum(map(len, attributes.values()))
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS or size > MAX_BYTES:
            raise TooLarge(
                f"ink as XML may have at most {MAX_ELEMENTS:,} elements, {MAX_DEPTH} deep, and "
                f"{MAX_BYTES:,} characters, found more"
            )
        builder.start(_qualify(tag), {_qualify(name): text for name, text in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_qualify(tag))

    def text(characters: str) -> None:
        nonlocal size
        size += len(characters)
        if size > MAX_BYTES:
            raise TooLarge(f"an ink file may have at most {MAX_BYTES:,} characters, found more")
        builder.data(characters)

    def entity(name: str, is_parameter: bool, value: str | None, *_: Any) -> None:
        if is_parameter or value is None or "&" in value or len(value) > 200:
            raise InvalidInput(f"expected XML without entities of its own, found {name}")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = text, entity
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError) as error:  # an encoding it does not know
        raise InvalidInput(f"expected a whole XML file, found {error}") from None


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield an element's children of these local names."""
    return (child for child in element if local(child) in names)


def parse_numbers(text: str, what: str) -> np.ndarray:
    """Parse numbers parted by blanks or commas, float64 (n,); raises InvalidInput."""
    words = text.replace(",", " ").split()
    try:
        if "_" not in text:  # which Python takes between digits
            return np.array(words, float)
    except ValueError:
        pass
    wrong = next(word for word in words if not _NUMBER.fullmatch(word))
    raise InvalidInput(f"expected numbers in {what}, found {found(wrong)}")


def number(record: Mapping[str, Any], key: str, default: float | None = None) -> float:
    """Return a number of a JSON object; raises InvalidInput."""
    value = record.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(f"expected a number as {key}, found {found(value)}")
    return float(value)


def points_of(value: Any, what: str) -> Polyline:
    """Return a JSON list of points [x, y, ...] or {"x": x, "y": y, ...} as float64 (n, 2)."""
    if not isinstance(value, list):
        raise InvalidInput(f"expected a list of points in {what}, found {found(value)}")
    points = np.empty((len(value), 2))
    for place, point in enumerate(value):
        match point:
            case {"x": int() | float() as x, "y": int() | float() as y}:
                points[place] = x, y
            case [int() | float() as x, int() | float() as y, *_]:
                points[place] = x, y
            case _:
                raise InvalidInput(f"expected a point in {what}, found {found(point)}")
    return points


def one_below_other(pages: Iterable[Sequence[Polyline]], heights: Sequence[float]) -> Strokes:
    """Return the strokes of pages, each in its own coordinates, as on one long page."""
    strokes: list[Polyline] = []
    top = 0.0
    for page, height in zip(pages, heights, strict=True):
        strokes += [stroke + np.array([0.0, top]) for stroke in page]
        top += height
    return strokes


def turned(points: Polyline, angle: float, middle: tuple[float, float]) -> Polyline:
    """Return points turned clockwise about a place, y pointing down; the angle in radians."""
    across, along = np.cos(angle), np.sin(angle)
    around = np.array(middle)
    turn = np.array([[across, along], [-along, across]])
    moved: Polyline = (points - around) @ turn + around
    return moved


def found(value: Any) -> str:
    """Return a short form of what was found, for an error's line."""
    if isinstance(value, bytes):
        return "nothing" if not value else f"{value[:20]!r}"
    return reprlib.repr(value)


def _qualify(name: str) -> str:
    return "{" + name if "}" in name else name
