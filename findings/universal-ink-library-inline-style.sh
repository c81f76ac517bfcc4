#!/bin/sh
# universal-ink-library 2.1.2: a stroke's render mode, brush and size are lost where they are inline.
#
# In a UIM 3.1 file a stroke names its render mode, brush and properties by their index in a table, or
# holds them itself: `renderModeURIIndex` or `renderModeURIValue`, and so on, each a `oneof` of the
# schema that the library brings. The parser looks at the indices alone. An eraser whose mode is inline
# becomes a black stroke of no size, with no error.
#
# Seen with Python 3.11 (render mode, brush, size):
#   by index will://rasterization/3.0/blend-mode/DestinationOut brush 5.0
#   inline will://rasterization/3.0/blend-mode/SourceOver None 0.0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet universal-ink-library==2.1.2
"$folder/venv/bin/python" - >"$folder/found" 2>"$folder/log" <<'PYTHON' || { cat "$folder/log"; exit 1; }
import io
import struct
import uuid

from uim.codec.format import UIM_3_1_0_pb2 as schema
from uim.codec.parser.uim import UIMParser

ERASER, BRUSH, SIZE = "will://rasterization/3.0/blend-mode/DestinationOut", "brush", 5.0


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def file(ink):
    tree = schema.InkTree(tree=[schema.Node(depth=0, groupID=uuid.uuid4().bytes_le), schema.Node(depth=1)])
    tree.tree[1].index = 0
    structure = schema.InkStructure(inkTree=tree)
    described = bytes([3, 1, 0, 1, 0, 0, 0, 0])
    body = chunk(b"HEAD", bytes([3, 1, 0, 0]) + 2 * described)
    body += chunk(b"INKD", ink.SerializeToString()) + chunk(b"INKS", structure.SerializeToString())
    return chunk(b"RIFF", b"UINK" + body)


for what in ("by index", "inline"):
    ink = schema.InkData(unitScaleFactor=1)
    stroke = ink.strokes.add(id=uuid.uuid4().bytes_le, endParameter=1)
    stroke.splineData.splineX.extend([0, 0, 1, 1])
    stroke.splineData.splineY.extend([0, 0, 1, 1])
    if what == "inline":
        stroke.renderModeURIValue, stroke.brushURIValue = ERASER, BRUSH
        stroke.propertiesValue.size = SIZE
    else:
        ink.renderModeURIs.append(ERASER)
        ink.brushURIs.append(BRUSH)
        ink.properties.add(size=SIZE)
        stroke.renderModeURIIndex = stroke.brushURIIndex = stroke.propertiesIndex = 1
    (read,) = UIMParser().parse(io.BytesIO(file(ink))).strokes
    style = read.style
    print(what, style.render_mode_uri, style.brush_uri, style.path_point_properties.size)
PYTHON
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
