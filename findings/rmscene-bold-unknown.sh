#!/bin/sh
# rmscene 0.8.0: bold text is read as bold, and logged as an unknown formatting code.
#
# In `TextDocument.from_scene_item` codes 1 and 2 begin and end bold, 3 and 4 italic. The test for 3
# begins with `if`, not `elif`, so codes 1 and 2 also reach the `else`, which warns. A program that
# takes warnings of this logger for damaged files refuses each page with bold text.
#
# Seen with Python 3.11:
#   text [('ab', 'bold'), ('c', 'normal')]
#   Unknown formatting code in text: 1
#   Unknown formatting code in text: 2
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rmscene==0.8.0
"$folder/venv/bin/python" - >"$folder/found" <<'PYTHON'
import logging
import sys

from rmscene import CrdtId, CrdtSequence, CrdtSequenceItem, LwwValue
from rmscene.scene_items import ParagraphStyle, Text
from rmscene.text import TextDocument

said = []
handler = logging.Handler()
handler.emit = lambda record: said.append(record.getMessage())
logging.getLogger("rmscene").addHandler(handler)

items, before = [], CrdtId(0, 0)
for number, value in ((16, 1), (17, "ab"), (19, 2), (20, "c")):
    items.append(CrdtSequenceItem(CrdtId(1, number), before, CrdtId(0, 0), 0, value))
    before = CrdtId(1, number + (len(value) - 1 if isinstance(value, str) else 0))
styles = {CrdtId(0, 0): LwwValue(CrdtId(1, 15), ParagraphStyle.PLAIN)}
text = Text(CrdtSequence(items), styles, -468.0, 234.0, 936.0)
(paragraph,) = TextDocument.from_scene_item(text).contents
print("text", [(part.s, part.properties["font-weight"]) for part in paragraph.contents])
print(*said, sep="\n")
PYTHON
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
