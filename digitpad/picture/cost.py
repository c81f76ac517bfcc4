"""What decoding a file will take, told from its headers: what is over a limit is not decoded.

Decoders bound neither memory nor time: libwebp holds a picture four times, a progressive JPEG may
have scans without end, and each chunk of a file is a round of Python whatever is in it.
"""

import re
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from digitpad.errors import TooLarge, UnsupportedPicture

MAX_PIXELS = 25_000_000  # of any picture: what phones take by default
MAX_EDGE = 65_535  # px, JPEG's own limit; decoders hold some rows besides
MAX_MEMORY = 50_000_000  # bytes that a decoder holds; each worker process decodes one at a time
MAX_SCANS = 20  # of a JPEG; encoders write 10, and each costs up to 20 ms
MAX_CHUNKS = 10_000  # of a file, 3 µs each; an encoder's PNG of 10 MB has 1,300
MAX_TEXTS = 10  # compressed ones in a PNG, each up to 1 MB in memory
MAX_SIDE = 1536  # px; larger pictures are averaged down by a whole factor first
PAGE_SIDE = 2 * MAX_SIDE  # px, of a picture of a whole page, whose digits are smaller

WEBP_BYTES = 16  # a pixel: two canvases, a frame, and the copy that Pillow takes
PNG_BYTES = {0: 1, 3: 1}  # a pixel, by colour type: grey and palette; others take COLOUR_BYTES
COLOUR_BYTES = 4  # a pixel, also without alpha
COEFFICIENT_BYTES = 2  # of a JPEG in several scans, each of which changes all of it

# Markers of a JPEG.
BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2  # the frames that are decoded
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
SCAN, END = 0xDA, 0xD9
ALONE = (0x01, 0xD8)  # without a length
MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)  # not those within a scan


class Cost(NamedTuple):
    """What a file's headers say."""

    width: int  # px
    height: int
    memory: float  # bytes that its decoder holds


def check_cost(data: bytes, side: int = MAX_SIDE) -> None:
    """Check a file against the limits; raises TooLarge, or UnsupportedPicture if it is none.

    `side` is what the picture will be averaged down to, px.
    """
    told: Callable[[bytes], Cost]
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        told = _png
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        told = _webp
    elif data.startswith(b"\xff\xd8\xff"):
        told = partial(_jpeg, side=side)
    else:
        raise UnsupportedPicture("it is none")
    try:
        width, height, memory = told(data)
    except (struct.error, IndexError) as error:
        raise UnsupportedPicture("its header is cut short") from error
    check_size(width, height)
    if memory > MAX_MEMORY:
        raise TooLarge(
            f"a picture of this kind may have at most "
            f"{int(width * height / memory * MAX_MEMORY):,} pixels, found {width:,} × {height:,}"
        )


def check_size(width: int, height: int) -> None:
    """Check the sides of any picture, in px; raises TooLarge."""
    if width * height > MAX_PIXELS:
        raise TooLarge(
            f"a picture may have at most {MAX_PIXELS:,} pixels, found {width:,} × {height:,}"
        )
    if max(width, height) > MAX_EDGE:
        raise TooLarge(
            f"a picture may be at most {MAX_EDGE:,} pixels long, found {width:,} × {height:,}"
        )


def shrinking(width: int, height: int, side: int = MAX_SIDE) -> int:
    """Return the whole factor by which a picture is averaged down to `side`."""
    return max(1, -(-max(width, height) // side))


def draft(width: int, height: int, side: int = MAX_SIDE) -> int:
    """Return by how much of that a JPEG is made smaller while it is decoded: 1, 2, 4 or 8."""
    return max(power for power in (1, 2, 4, 8) if power <= shrinking(width, height, side))


def _png(data: bytes) -> Cost:
    width, height, depth, colours = struct.unpack_from(">IIBB", data, 16)
    texts = sum(kind in (b"zTXt", b"iTXt", b"iCCP") for kind, _ in _chunks(data, 8, riff=False))
    if texts > MAX_TEXTS:
        raise TooLarge(f"a PNG may have at most {MAX_TEXTS} compressed texts, found {texts}")
    each = 2 if (depth, colours) == (16, 0) else PNG_BYTES.get(colours, COLOUR_BYTES)
    return Cost(width, height, each * width * height)


def _webp(data: bytes) -> Cost:
    (kind, start), *_ = _chunks(data, 12, riff=True)
    if kind == b"VP8X":
        sides = data[start + 4 : start + 7], data[start + 7 : start + 10]
        width, height = (int.from_bytes(side, "little") + 1 for side in sides)
    elif kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", data, start + 1)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, start + 6))
    return Cost(width, height, WEBP_BYTES * width * height)


def _chunks(data: bytes, at: int, riff: bool) -> Iterator[tuple[bytes, int]]:
    """Yield the kind of each chunk, and where its content begins; raises TooLarge."""
    for _ in range(MAX_CHUNKS):
        if riff:
            kind, length = struct.unpack_from("<4sI", data, at)
            after = length % 2
        else:
            length, kind = struct.unpack_from(">I4s", data, at)
            after = 4  # a checksum
        yield kind, at + 8
        at += 8 + length + after
        if at + 8 > len(data):
            return
    raise TooLarge(f"a picture may have at most {MAX_CHUNKS:,} chunks, found more")


def _jpeg(data: bytes, side: int) -> Cost:
    frame, at, scans, whole = None, 2, 0, False
    for _ in range(MAX_CHUNKS):
        found = MARKER.search(data, at)
        if found is None or found[1][0] == END:
            break
        marker, at = found[1][0], found.end()
        if marker in FRAMES:
            frame = _Frame.read(marker, data, at + 2)
        if marker == SCAN:
            scans += 1
            whole = frame is not None and not frame.progressive and data[at + 2] == len(frame.parts)
        if whole or scans > MAX_SCANS:
            break
        if marker not in ALONE:
            at += struct.unpack_from(">H", data, at)[0]
    else:
        raise TooLarge(f"a picture may have at most {MAX_CHUNKS:,} segments, found more")
    if frame is None:
        raise UnsupportedPicture("it has no frame")
    if scans > MAX_SCANS:
        raise TooLarge(f"a JPEG may have at most {MAX_SCANS} scans, found more")
    return frame.cost(in_one_scan=whole, side=side)


class _Frame(NamedTuple):
    """The header of a JPEG's frame."""

    progressive: bool
    width: int  # px
    height: int
    parts: tuple[int, ...]  # samples that each colour has in a unit of the picture

    @classmethod
    def read(cls, marker: int, data: bytes, at: int) -> "_Frame":
        if marker not in (BASELINE, EXTENDED, PROGRESSIVE):
            raise UnsupportedPicture(f"it is coded in a rare way (SOF{marker - BASELINE})")
        height, width, colours = struct.unpack_from(">HHB", data, at + 1)
        factors = [data[at + 7 + 3 * colour] for colour in range(colours)]
        parts = tuple((factor >> 4) * (factor & 15) for factor in factors)
        if not 0 < min(parts, default=0) <= max(parts) <= 16:
            raise UnsupportedPicture("its frame is damaged")
        return cls(marker == PROGRESSIVE, width, height, parts)

    def cost(self, in_one_scan: bool, side: int) -> Cost:
        pixels = self.width * self.height
        drawn = pixels / draft(self.width, self.height, side) ** 2
        memory = drawn * (1 if len(self.parts) == 1 else COLOUR_BYTES)
        if not in_one_scan:
            memory += COEFFICIENT_BYTES * pixels * sum(self.parts) / max(self.parts)
        return Cost(self.width, self.height, memory)
