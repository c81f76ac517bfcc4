"""Memory is handed back after what takes much, wherever the allocator can."""

from typing import Any

import pytest

from digitpad.web import memory


@pytest.mark.parametrize(
    ("environ", "handed"),
    [
        ({"CONTENT_TYPE": "image/png", "CONTENT_LENGTH": "300"}, True),
        ({"CONTENT_TYPE": "multipart/form-data; boundary=x"}, True),
        ({"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "2000000"}, True),
        ({"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "2000"}, False),
        ({"CONTENT_TYPE": "", "CONTENT_LENGTH": ""}, False),
        ({}, False),
    ],
)
def test_after_a_large_request(
    environ: dict[str, Any], handed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    class Library:
        malloc_trim = calls.append

    monkeypatch.setattr(memory, "_glibc", Library)
    memory.hand_back(environ)
    assert calls == [0] * handed


def test_where_there_is_no_glibc_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_glibc", lambda: None)
    memory.keep_little()
    memory.hand_back({"CONTENT_TYPE": "image/png"})


def test_what_glibc_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[int, int] = {}

    class Library:
        mallopt = told.__setitem__

    monkeypatch.setattr(memory, "_glibc", Library)
    memory.keep_little()
    assert told == {-3: memory.APART, -8: memory.ARENAS}
