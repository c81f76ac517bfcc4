"""Admission: how many requests of a kind are in work, and how many may wait for that.

More than that would only wait: each answer would be late, and none of those that came would know.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

LINE = re.compile(rb"([^ ]*) ([^ ?#]*)")  # the method and the path of a request
KIND = re.compile(rb"\r\ncontent-type:[ \t]*([^\r;]*)", re.IGNORECASE)  # of its body
# At the end of a path: the site may lie under a prefix
READ, BATCHES = b"/api/v1/read", (b"/api/v1/read-many", b"/api/v1/read-form")
# They ask the database
DATABASE = re.compile(rb"/api/v1/(corrections|writers|me)\b|/(readyz|metrics|drift)$")
LATELY = 0.1  # share of the newest request in the mean of what they take
LATE = 2.0  # times the patience: who waited so long after all is refused then


@dataclass(eq=False)
class Lane:
    """Requests of one kind: `threads` are in work at a time, others wait for `patience` at most.

    Whoever would wait longer is refused at once: how long follows from those before, and from how
    long requests lately took.
    """

    name: str
    threads: int
    most: int  # requests in work and in wait, however fast they are: their bodies are kept
    patience: float  # s
    usual: float  # s that a request takes, lately
    load: int = 0  # requests in work and in wait
    refused: int = 0  # and not told yet
    _pool: ThreadPoolExecutor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, self.name)

    @property
    def is_full(self) -> bool:
        """Whether one more would wait too long."""
        ahead = self.load - self.threads + 1
        return ahead > 0 and (
            self.load >= self.most or ahead * self.usual > self.patience * self.threads
        )

    def submit(self, work: Callable[[], None]) -> Future[None]:
        """Do the work as soon as a thread is free; the caller counts it in `load`."""
        return self._pool.submit(work)

    def took(self, seconds: float) -> None:
        """Learn how long a request took."""
        self.usual += LATELY * (seconds - self.usual)


class Lanes:
    """The lanes of one process."""

    def __init__(self) -> None:
        """Begin with all empty.

        A large picture takes a second and 100 MB, so one is read at a time; a batch or a form takes
        seconds, which no single reading is to wait for. Who waits for a database holds one of two
        threads, and nobody else's.
        """
        self.ink = Lane("ink", 2, most=64, patience=0.1, usual=0.005)
        self.pictures = Lane("pictures", 1, most=4, patience=0.25, usual=0.1)
        self.batches = Lane("batches", 1, most=4, patience=1.0, usual=0.3)
        self.database = Lane("database", 2, most=32, patience=0.5, usual=0.01)
        self.pages = Lane("pages", 1, most=64, patience=0.5, usual=0.002)

    def choose(self, head: bytes) -> Lane:
        """Return the lane of a request, by its line and headers as they were sent.

        However it is written: what came into a lane of others would take their threads.
        """
        found = LINE.match(head)
        method, path = found.groups() if found else (b"", b"")
        path = unquote_to_bytes(path)
        if method == b"POST" and path.endswith(READ):
            kinds = {kind.strip().lower() for kind in KIND.findall(head)}
            return self.ink if kinds == {b"application/json"} else self.pictures
        if path.endswith(BATCHES):
            return self.batches
        return self.database if DATABASE.search(path) else self.pages

    def __iter__(self) -> Iterator[Lane]:
        """Yield all of them."""
        return iter((self.ink, self.pictures, self.batches, self.database, self.pages))
