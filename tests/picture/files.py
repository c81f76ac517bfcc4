"""Files that Pillow does not write, made by hand."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width: int, height: int, depth: int, colours: int) -> bytes:
    """Return the beginning of a PNG."""
    return SIGNATURE + chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    )


def png(
    samples: npt.NDArray[np.int_],
    depth: int,
    colours: int,
    key: int | tuple[int, ...] | None = None,
) -> bytes:
    """Return a PNG of samples (h, w, channels), with a key colour if there is one."""
    height, width = samples.shape[:2]
    bits = samples.reshape(height, -1, 1) >> np.arange(depth)[::-1] & 1
    rows = np.packbits(bits.reshape(height, -1).astype(np.uint8), axis=1)
    data = zlib.compress(np.pad(rows, ((0, 0), (1, 0))).tobytes())
    trns = (
        b""
        if key is None
        else chunk(b"tRNS", np.atleast_1d(np.asarray(key)).astype(">u2").tobytes())
    )
    return header(width, height, depth, colours) + trns + chunk(b"IDAT", data) + chunk(b"IEND", b"")
