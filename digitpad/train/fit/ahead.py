"""Work that is done ahead: a process beside this one makes what training will want next."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

AHEAD = 3  # chunks that are made before they are used

Chunk = TypeVar("Chunk")


def ahead(prepare: Callable[[], None], make: Callable[[int], Chunk], first: int) -> Iterator[Chunk]:
    """Yield `make(number)` for the numbers from `first` on, without end.

    Both functions are sent to the other process; `prepare` is called there once, before.
    """
    pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=prepare)
    try:
        pending = deque(pool.submit(make, first + number) for number in range(AHEAD))
        following = first + AHEAD
        while True:
            yield pending.popleft().result()
            pending.append(pool.submit(make, following))
            following += 1
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
