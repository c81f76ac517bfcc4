"""Where a request's body ends (RFC 9112, section 6), however its bytes arrive."""

from typing import Protocol

LONGEST = 8_190  # bytes of a chunk's size line with its extensions, and of the trailer
MOST = 20_000  # chunks of a body: 10 MB in ones of 500 bytes


class BadFraming(Exception):
    """Bytes that are no chunks; the text says what was expected."""


class Framing(Protocol):
    """Takes a body's bytes as they come."""

    @property
    def is_done(self) -> bool:
        """Whether the body is whole."""

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Return what of `data` is the body's content, and what follows the whole body.

        Raises BadFraming.
        """


class Counted:
    """A body of as many bytes as Content-Length says."""

    def __init__(self, length: int) -> None:
        """Expect `length` bytes."""
        self._missing = length

    @property
    def is_done(self) -> bool:
        """Whether all have come."""
        return self._missing == 0

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """See `Framing`."""
        own = data[: self._missing]
        self._missing -= len(own)
        return own, data[len(own) :]


class Chunked:
    """A body in chunks; its trailer is dropped."""

    def __init__(self) -> None:
        """Expect a chunk's size line."""
        self._line = b""  # what has come of a line
        self._missing = 0  # bytes of the chunk
        self._count = 0
        self._ends = False  # whether a chunk has come, and the line break after it has not
        self._trailer: int | None = None  # bytes of it, once the last chunk has come
        self.is_done = False

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """See `Framing`."""
        found = []
        while data and not self.is_done:
            if self._missing:
                found.append(data[: self._missing])
                data = data[len(found[-1]) :]
                self._missing -= len(found[-1])
                continue
            line, end, data = data.partition(b"\n")
            self._line += line + end
            if len(self._line) > LONGEST:
                raise BadFraming("a chunk's size, or the trailer, is too long")
            if end:
                if not self._line.endswith(b"\r\n"):
                    raise BadFraming("a chunk's line must end with CR LF")
                self._take(self._line[:-2])
                self._line = b""
        return b"".join(found), data

    def _take(self, line: bytes) -> None:
        """Take a whole line."""
        if self._trailer is not None:
            self._trailer += len(line)
            if self._trailer > LONGEST:
                raise BadFraming("the trailer is too long")
            self.is_done = not line
        elif self._ends:
            if line:
                raise BadFraming("a chunk must end with CR LF")
            self._ends = False
        else:
            size = line.partition(b";")[0].rstrip(b" \t")
            if not size or len(size) > 8 or size.strip(b"0123456789abcdefABCDEF"):
                raise BadFraming("a chunk must begin with its size in hexadecimal digits")
            self._missing = int(size, 16)
            self._count += 1
            if self._count > MOST:
                raise BadFraming(f"a body may have at most {MOST:,} chunks")
            self._ends = self._missing > 0
            if self._missing == 0:
                self._trailer = 0
