"""A body's end is found however its bytes arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitpad.web.framing import LONGEST, MOST, BadFraming, Chunked, Counted, Framing


def take(framing: Framing, data: bytes, step: int) -> tuple[bytes, bytes]:
    """Feed `data` in steps; return the body, and what follows it."""
    body, rest = b"", b""
    for start in range(0, len(data), step):
        part = rest + data[start : start + step]
        if framing.is_done:
            rest = part
            continue
        own, rest = framing.feed(part)
        body += own
    return body, rest


def in_chunks(parts: list[bytes], trailer: bytes = b"") -> bytes:
    chunks = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts if part)
    return chunks + b"0\r\n" + trailer + b"\r\n"


@given(st.lists(st.binary(max_size=40), max_size=6), st.binary(max_size=20), st.integers(1, 50))
def test_chunks(parts: list[bytes], rest: bytes, step: int) -> None:
    framing = Chunked()
    assert take(framing, in_chunks(parts) + rest, step) == (b"".join(parts), rest)
    assert framing.is_done


@given(st.binary(max_size=60), st.binary(max_size=20), st.integers(1, 50))
def test_a_length(body: bytes, rest: bytes, step: int) -> None:
    framing = Counted(len(body))
    assert framing.is_done == (body == b"")
    assert take(framing, body + rest, step) == (body, rest)
    assert framing.is_done


def test_extensions_and_trailers_are_dropped() -> None:
    sent = b"5;a=b\r\nhello\r\n" + in_chunks([b"!"], trailer=b"X: 1\r\nY: 2\r\n")
    assert take(Chunked(), sent + b"GET", 1) == (b"hello!", b"GET")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"zz\r\n", "hexadecimal"),
        (b"\r\n", "hexadecimal"),
        (b"-5\r\n", "hexadecimal"),
        (b"0x5\r\nhello\r\n", "hexadecimal"),
        (b"1_0\r\n", "hexadecimal"),
        (b"fffffffff\r\n", "hexadecimal"),
        (b"5\nhello\r\n", "CR LF"),
        (b"5\r\nhello!\r\n", "CR LF"),
        (b"1" * (LONGEST + 1), "too long"),
        (b"0\r\n" + b"a: b\r\n" * LONGEST, "too long"),
        (b"1\r\nx\r\n" * (MOST + 1), "chunks"),
    ],
)
def test_what_is_no_chunks(sent: bytes, words: str) -> None:
    with pytest.raises(BadFraming, match=words):
        Chunked().feed(sent)


def test_an_unfinished_body_is_not_done() -> None:
    for sent in (b"5\r\nhell", b"5\r\nhello\r\n", b"5\r\nhello\r\n0\r\n", b"0\r\nX: 1\r\n"):
        framing = Chunked()
        framing.feed(sent)
        assert not framing.is_done
