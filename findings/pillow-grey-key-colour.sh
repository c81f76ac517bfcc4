#!/bin/sh
# Pillow 13.0.0: the key colour of a grey PNG of 2 or 4 bits makes nothing transparent.
#
# A grey PNG may name one value as transparent (PNG, third edition, 11.3.1.1, tRNS). Pillow scales
# the pixels of such a file to 8 bits, and leaves the key in the file's own: white, 15 of 15, becomes
# 255, and `info["transparency"]` says 15. `convert("RGBA")` compares the two, so that white paper
# that the file calls transparent comes out opaque. With 1 and with 16 bits the same picture is right.
#
# Seen with Python 3.11 (bits, mode, key, and the alpha of a white and of a black pixel):
#   1 1 255 0 255
#   2 L 3 255 255
#   4 L 15 255 255
#   16 I;16 65535 0 255
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==13.0.0
"$folder/venv/bin/python" - >"$folder/found" <<'PYTHON'
import io
import struct
import zlib

from PIL import Image


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def picture(bits):
    """A white and a black pixel, white being the key."""
    white = 2**bits - 1
    row = struct.pack(">HH", white, 0) if bits == 16 else bytes([white << 8 - bits])
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, bits, 0, 0, 0, 0)),
            chunk(b"tRNS", struct.pack(">H", white)),
            chunk(b"IDAT", zlib.compress(b"\0" + row)),
            chunk(b"IEND", b""),
        ]
    )


for bits in (1, 2, 4, 16):
    image = Image.open(io.BytesIO(picture(bits)))
    image.load()
    alpha = image.convert("RGBA").getchannel("A").tobytes()
    print(bits, image.mode, image.info["transparency"], *alpha)
PYTHON
cat "$folder/found"
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
