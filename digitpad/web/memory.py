"""Memory that the site's processes hand back, where they run on glibc; elsewhere nothing is done.

glibc keeps what was freed for each thread's next use, which after a large picture is never as much.
"""

import ctypes
from typing import Any

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of malloc.h
APART = 500_000  # bytes of a block that is handed back when it is freed; else glibc's limit grows
ARENAS = 2  # heaps that threads share; one for each would keep what it once needed
LARGE = 100_000  # bytes of a body after which memory is handed back; a drawing has fewer


def keep_little() -> None:
    """Let this process, and those forked from it, keep little of what they freed."""
    if libc := _glibc():
        libc.mallopt(M_MMAP_THRESHOLD, APART)
        libc.mallopt(M_ARENA_MAX, ARENAS)


def hand_back(environ: dict[str, Any]) -> None:
    """Hand back what a request to WSGI freed, if it was a large one or a picture."""
    length, kind = environ.get("CONTENT_LENGTH") or 0, environ.get("CONTENT_TYPE") or ""
    if kind.startswith(("image/", "multipart/")) or int(length) > LARGE:
        trim()


def trim() -> None:
    """Hand back all that was freed; it takes some milliseconds."""
    if libc := _glibc():
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None
