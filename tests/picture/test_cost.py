"""What a file says of itself decides, before anything is decoded."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from digitpad.errors import TooLarge, UnsupportedPicture
from digitpad.picture.cost import (
    MAX_CHUNKS,
    MAX_SCANS,
    MAX_SIDE,
    MAX_TEXTS,
    check_cost,
    check_size,
    draft,
    shrinking,
)
from digitpad.picture.decode import load
from tests.picture.files import SIGNATURE, chunk, header

GREY = Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1)))
END = b"\xff\xd9"


def stored(kind: str, image: Image.Image = GREY, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def jpeg(width: int, height: int, sof: int = 0xC0, parts: bytes = b"\x11") -> bytes:
    """The headers of a JPEG in one scan."""
    count = len(parts)
    colours = b"".join(bytes([i, part, 0]) for i, part in enumerate(parts))
    frame = struct.pack(">BHHB", 8, height, width, count) + colours
    scan = bytes([count]) + b"".join(bytes([i, 0]) for i in range(count)) + b"\0\x3f\0"
    return b"\xff\xd8" + b"".join(
        b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((sof, frame), (0xDA, scan))
    )


def webp(width: int, height: int, kind: bytes = b"VP8X") -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    if kind == b"VP8L":
        body = b"\x2f" + struct.pack("<I", width - 1 | (height - 1) << 14)
    elif kind == b"VP8 ":
        body = bytes(6) + struct.pack("<HH", width, height)
    else:
        body = bytes(4) + sides
    body += bytes(len(body) % 2)
    return b"RIFF" + bytes(4) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


YCC = b"\x22\x11\x11"


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (header(5000, 5000, 8, 0), header(5001, 5000, 8, 0)),
        (header(5000, 5000, 16, 0), header(5001, 5000, 16, 0)),
        (header(5000, 5000, 8, 3), header(5001, 5000, 8, 3)),
        (header(4000, 3125, 8, 2), header(4001, 3125, 8, 2)),
        (header(4000, 3125, 8, 6), header(4001, 3125, 8, 6)),
        (header(4000, 3125, 16, 6), header(4001, 3125, 16, 6)),
        (header(65_535, 100, 8, 6), header(65_536, 100, 8, 6)),
        (jpeg(5000, 5000, parts=YCC), jpeg(5001, 5000, parts=YCC)),
        (jpeg(4032, 3024, 0xC2, YCC), jpeg(5000, 5000, 0xC2, YCC)),
        (jpeg(2600, 2600, 0xC2, b"\x11\x11\x11"), jpeg(4032, 3024, 0xC2, b"\x11\x11\x11")),
        (webp(2048, 1525), webp(2049, 1526)),
        (webp(2048, 1525, b"VP8L"), webp(2049, 1526, b"VP8L")),
        (webp(2048, 1525, b"VP8 "), webp(2049, 1526, b"VP8 ")),
    ],
)
def test_how_many_pixels_depends_on_what_decoding_takes(allowed: bytes, refused: bytes) -> None:
    check_cost(allowed)
    with pytest.raises(TooLarge, match="at most"):
        check_cost(refused)
    with pytest.raises(TooLarge, match="at most"):
        load(refused)


def test_what_is_in_memory_already_has_a_limit_too() -> None:
    check_size(5000, 5000)
    with pytest.raises(TooLarge, match="25,000,000 pixels, found 5,001 × 5,000"):
        load(np.broadcast_to(np.uint8(0), (5000, 5001)))
    with pytest.raises(TooLarge, match="65,535 pixels long, found 65,536 × 1"):
        load(Image.new("L", (65_536, 1)))


def test_scans_of_a_jpeg_are_counted() -> None:
    """A last scan that is there again changes nothing but the time that it takes."""
    data = stored("JPEG", Image.new("L", (64, 64), 99), progressive=True)
    scans, last = data.count(b"\xff\xda"), data.rindex(b"\xff\xda")
    most = data[:-2] + data[last:-2] * (MAX_SCANS - scans) + END
    np.testing.assert_array_equal(load(most), load(data))
    with pytest.raises(TooLarge, match=f"at most {MAX_SCANS} scans"):
        load(most[:-2] + data[last:])


def test_scans_in_what_a_jpeg_carries_do_not_count() -> None:
    carried = stored("JPEG", progressive=True) * 6
    data = stored("JPEG", comment=carried)
    assert data.count(b"\xff\xda") > MAX_SCANS
    np.testing.assert_array_equal(load(data), load(stored("JPEG")))


@pytest.mark.parametrize("sof", [0xC3, 0xC9, 0xCA])
def test_rare_kinds_of_jpeg_are_refused(sof: int) -> None:
    with pytest.raises(UnsupportedPicture):
        load(jpeg(64, 64, sof))


def test_chunks_are_counted() -> None:
    grey = header(8, 8, 8, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(9 * 8))) + chunk(b"IEND", b"")
    load(grey + chunk(b"teSt", b"") * (MAX_CHUNKS - 3) + rows)
    with pytest.raises(TooLarge, match="10,000 chunks"):
        load(grey + chunk(b"teSt", b"") * MAX_CHUNKS + rows)
    with pytest.raises(TooLarge, match="10,000 segments"):
        load(b"\xff\xd8" + b"\xff\xfe\0\2" * MAX_CHUNKS + stored("JPEG")[2:])
    with pytest.raises(TooLarge, match="10,000 chunks"):
        load(webp(8, 8) + b"teSt\0\0\0\0" * MAX_CHUNKS)


def test_texts_of_a_png_are_counted() -> None:
    text = chunk(b"zTXt", b"note\0\0" + zlib.compress(b"a"))
    whole = stored("PNG")
    begin, rest = whole[:33], whole[33:]
    assert begin[:8] == SIGNATURE
    load(begin + text * MAX_TEXTS + rest)
    with pytest.raises(TooLarge, match=f"at most {MAX_TEXTS} compressed texts"):
        load(begin + text * (MAX_TEXTS + 1) + rest)


@pytest.mark.parametrize("data", [stored("PNG"), stored("JPEG"), stored("WEBP"), webp(8, 8)])
def test_a_file_that_ends_anywhere_is_refused_as_such(data: bytes) -> None:
    for length in range(0, min(len(data) * 2 // 3, 400), 7):
        with pytest.raises(UnsupportedPicture):
            load(data[:length])


@pytest.mark.parametrize(
    ("width", "factor"), [(1, 1), (MAX_SIDE, 1), (MAX_SIDE + 1, 2), (65_535, 43)]
)
def test_large_pictures_are_shrunk_by_a_whole_factor(width: int, factor: int) -> None:
    assert shrinking(width, 1) == shrinking(1, width) == factor
    assert draft(width, 1) == max(power for power in (1, 2, 4, 8) if power <= factor)
