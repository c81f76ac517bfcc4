"""Ink files of our own making."""

import gzip
import io
import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rmscene import CrdtId, LwwValue, simple_text_document, write_blocks
from rmscene.crdt_sequence import CrdtSequenceItem
from rmscene.scene_items import Group, Line, Pen, PenColor, Point
from rmscene.scene_stream import (
    Block,
    SceneGroupItemBlock,
    SceneLineItemBlock,
    SceneTreeBlock,
    TreeNodeBlock,
)

from digitpad import Ink
from digitpad.formats.uim import _MESSAGES

Points = Sequence[tuple[float, float]]


def lists(data: bytes | str) -> list[list[list[float]]]:
    """What is read of a file, as nested lists rounded to thousandths."""
    source = data.encode() if isinstance(data, str) else data
    return [[[round(v, 3) for v in p] for p in s] for s in Ink.load(source).to_lists()]


def xopp(*pages: str) -> bytes:
    """Xournal++'s XML of pages 100 high, each given as its layers or one layer's strokes."""
    layers = (page if page.startswith("<layer") else f"<layer>{page}</layer>" for page in pages)
    body = "".join(
        '<page width="200" height="100"><background type="solid" color="#ffffffff" style="plain"/>'
        f"{layer}</page>"
        for layer in layers
    )
    return f'<?xml version="1.0"?><xournal creator="us" fileversion="4">{body}</xournal>'.encode()


def stroke(points: str, width: str = "1.41", tool: str = "pen", color: str = "#000000ff") -> str:
    """A stroke of Xournal++."""
    return f'<stroke tool="{tool}" color="{color}" width="{width}">{points}</stroke>'


def packed(content: bytes, kind: str) -> bytes:
    """Xournal++'s XML as its gzip, its zip, or plain."""
    if kind == "gzip":
        return gzip.compress(content)
    if kind == "plain":
        return content
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/xournal++", zipfile.ZIP_STORED)
        archive.writestr("META-INF/version", "current=5\nmin=5")
        archive.writestr("content.xml", content)
    return stream.getvalue()


def inkml(*traces: str, before: str = "") -> str:
    """InkML of traces, after what defines them."""
    body = "".join(t if t.startswith("<") else f"<trace>{t}</trace>" for t in traces)
    return f'<ink xmlns="http://www.w3.org/2003/InkML">{before}{body}</ink>'


def svg(body: str, attributes: str = "") -> str:
    """An SVG."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{attributes}>{body}</svg>"
    )


def uim(strokes: Sequence[dict[str, Any]], **model: Any) -> bytes:
    """A UIM 3.1 file of strokes, whose fields are named as in `digitpad.formats.uim`."""
    ink = _MESSAGES["InkData"](strokes=[_MESSAGES["Stroke"](**s) for s in strokes], **model)
    return riff((3, 1), b"INKD", ink.SerializeToString())


def riff(version: tuple[int, int], name: bytes, content: bytes, compression: int = 0) -> bytes:
    """A UIM file of one chunk."""
    described = bytes([*version, 0, 1, compression, 0, 0, 0]) if version == (3, 1) else b""
    body = b"UINK" + _chunk(b"HEAD", bytes([*version, 0, 0]) + described) + _chunk(name, content)
    return _chunk(b"RIFF", body)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


LAYER = CrdtId(0, 11)  # that `simple_text_document` makes
TOP = CrdtId(0, 1)


def remarkable(*items: Iterable[Block], text: str = "", version: str = "3.6.0") -> bytes:
    """A page of typed text and what `line` and `group` make; before 3.0 points are floats."""
    stream = io.BytesIO()
    blocks = [*simple_text_document(text), *(block for item in items for block in item)]
    write_blocks(stream, blocks, {"version": version})
    return stream.getvalue()


def line(
    number: int,
    points: Points | None,
    color: PenColor = PenColor.BLACK,
    tool: Pen = Pen.FINELINER_2,
    parent: CrdtId = LAYER,
) -> Iterator[Block]:
    """A stroke, after those of lower numbers; one that was deleted without points."""
    value = points and Line(color, tool, [Point(x, y, 0, 0, 8, 100) for x, y in points], 2.0, 0.0)
    item = CrdtSequenceItem(CrdtId(1, number), CrdtId(0, 0), CrdtId(0, 0), int(not points), value)
    yield SceneLineItemBlock(parent, item)


def group(
    number: int, anchor: CrdtId | None = None, x: float = 0.0, visible: bool = True
) -> Iterator[Block]:
    """A group in the layer, told from a character of the text; its id is CrdtId(2, number)."""
    node, now = CrdtId(2, number), CrdtId(1, 1)
    made = Group(node, visible=LwwValue(now, visible))
    if anchor is not None:
        made.anchor_id, made.anchor_type = LwwValue(now, anchor), LwwValue(now, 2)
        made.anchor_threshold, made.anchor_origin_x = LwwValue(now, 0.0), LwwValue(now, x)
    yield SceneTreeBlock(node, CrdtId(0, 0), True, LAYER)
    yield TreeNodeBlock(made)
    item = CrdtSequenceItem(CrdtId(1, number), CrdtId(0, 0), CrdtId(0, 0), 0, node)
    yield SceneGroupItemBlock(LAYER, item)
