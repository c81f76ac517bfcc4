"""reMarkable's .rm files of version 6, by rmscene; in pixels of its screen, 226 to the inch.

x counts from the middle of the page.
"""

import io
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import rmscene
from rmscene.scene_items import Group, Line, ParagraphStyle, Pen, PenColor
from rmscene.tagged_block_common import UnexpectedBlockError
from rmscene.tagged_block_reader import BlockOverflowError
from rmscene.text import TextDocument

from digitpad.errors import InvalidInput
from digitpad.formats.parsing import Strokes
from digitpad.geometry import Polyline

HEADER = b"reMarkable .lines file, version=6"
TOOLS = {Pen.ERASER, Pen.ERASER_AREA, Pen.HIGHLIGHTER_1, Pen.HIGHLIGHTER_2}  # that draw no ink

# Where typed text stands, in pixels, as rmc 0.3.0 measured it on a tablet: strokes beside it are
# told from their paragraph. Only the order of lines and their gaps depend on it.
TEXT_TOP = -88.0
LINE = 70.0
LINES = {
    ParagraphStyle.HEADING: 150.0,
    ParagraphStyle.BULLET: 35.0,
    ParagraphStyle.BULLET2: 35.0,
    ParagraphStyle.CHECKBOX: 35.0,
    ParagraphStyle.CHECKBOX_CHECKED: 35.0,
}
PAGE_TOP = 100.0  # of what is anchored before or after all text
ENDS = (0xFFFFFFFFFFFE, 0xFFFFFFFFFFFF)

logging.getLogger("rmscene").setLevel(logging.ERROR)  # it warns of what newer tablets add


def read(data: bytes) -> Strokes:
    """Return the strokes that are seen: not deleted, in no hidden layer, not white."""
    if not data.startswith(HEADER):
        version = data[:43].decode("ascii", "replace").strip()
        raise InvalidInput(f"expected {HEADER.decode()}, found {version}")
    try:
        tree = rmscene.read_tree(io.BytesIO(data))
        return list(_drawn(tree.root, _anchors(tree.root_text), np.zeros(2)))
    except (AssertionError, EOFError, BlockOverflowError, UnexpectedBlockError) as error:
        raise InvalidInput(f"expected a whole .rm file, found {error or 'its end'}") from None


def _anchors(text: Any) -> Mapping[Any, float]:
    """Return how far down each character of the typed text stands."""
    anchors = {rmscene.CrdtId(0, end): PAGE_TOP for end in ENDS}
    if text is not None:
        top = text.pos_y + TEXT_TOP
        for paragraph in TextDocument.from_scene_item(text).contents:
            ids = [paragraph.start_id, *(one for part in paragraph.contents for one in part.i)]
            anchors.update(dict.fromkeys(ids, top))
            top += LINES.get(paragraph.style.value, LINE)
    return anchors


def _drawn(group: Group, anchors: Mapping[Any, float], place: np.ndarray) -> Iterator[Polyline]:
    if group.anchor_id is not None:
        x = group.anchor_origin_x.value if group.anchor_origin_x is not None else 0.0
        place = place + np.array([x, anchors.get(group.anchor_id.value, 0.0)])
    for item in group.children.values():  # None is what was deleted
        if isinstance(item, Group) and item.visible.value:
            yield from _drawn(item, anchors, place)
        elif isinstance(item, Line) and item.points and _is_seen(item):
            yield np.array([(point.x, point.y) for point in item.points], float) + place


def _is_seen(line: Line) -> bool:
    return line.tool not in TOOLS and line.color != PenColor.WHITE
