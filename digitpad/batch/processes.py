"""A pool of processes, each with a reader of its own: chunks of items in, rows out, in order."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Self

from digitpad.batch.sources import Item
from digitpad.batch.work import Rows, Work, of_death
from digitpad.errors import RunError
from digitpad.reader import Expect

AHEAD = 3  # chunks for each process, read or waiting: none is idle while one of the others is slow

Chunk = Sequence[Item]


class Processes:
    """Processes that read; used as a context. They end with this one, however that ends."""

    def __init__(
        self, count: int, model: Path | None, expect: Expect, reviewed: bool = False
    ) -> None:
        self._count, self._told = count, (model, expect, reviewed)

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def read(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Rows]]:
        """Yield the rows of each chunk, in order; few are taken ahead of what is yielded."""
        waiting = deque[tuple[Chunk, Future[Rows]]]()
        for chunk in chunks:
            waiting.append((chunk, self._pool.submit(_read, chunk)))
            if len(waiting) >= AHEAD * self._count:
                yield from self._take(waiting)
        while waiting:
            yield from self._take(waiting)

    def _take(self, waiting: deque[tuple[Chunk, Future[Rows]]]) -> Iterator[tuple[Chunk, Rows]]:
        """Yield the first, or all when a process has died: then no other chunk is finished."""
        chunk, future = waiting[0]
        try:
            rows = future.result()
        except BrokenProcessPool:
            self._start()
            while waiting:
                chunk, _ = waiting.popleft()
                yield chunk, self._read_alone(chunk)
        else:
            waiting.popleft()
            yield chunk, rows

    def _read_alone(self, chunk: Chunk) -> Rows:
        """Read a chunk while no other is read; what ends its process again is one item of it."""
        try:
            return self._pool.submit(_read, chunk).result()
        except BrokenProcessPool:
            self._start()
        if len(chunk) == 1:
            return of_death(chunk[0])
        parts = [self._read_alone([item]) for item in chunk]
        return Rows(
            b"".join(part.lines for part in parts),
            next((part.error for part in parts if part.error), None),
        )

    def _start(self) -> None:
        """Start processes; raises RunError where none can."""
        self._pool = ProcessPoolExecutor(
            self._count, get_context("spawn"), initializer=_begin, initargs=self._told
        )
        try:
            self._pool.submit(_read, []).result()
        except BrokenProcessPool as error:
            raise RunError("the processes that read cannot start; is there memory?") from error


_work: Work  # of a process of the pool


def _begin(model: Path | None, expect: Expect, reviewed: bool) -> None:
    global _work  # noqa: PLW0603
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is told, and ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = Work(model, expect, reviewed)


def _end_with_parent() -> None:
    """A killed parent ends no child: it would wait for work for ever."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _read(chunk: Chunk) -> Rows:
    return _work(chunk)
