"""A gunicorn worker whose threads see whole requests only: a slow client costs a socket.

gunicorn's own thread worker gives a thread to each connection that sends, however slowly, and lets
all others wait without an end. Here one thread, of asyncio, takes what clients send and hands back
the answers; the lanes' threads run the site in between. There is a deadline for all that a client
has to do, and who does not fit is told so at once.
"""

import asyncio
import contextlib
import io
import os
import resource
import signal
import socket
import time
from functools import partial
from typing import Any

from gunicorn.http import wsgi  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker as BaseWorker  # type: ignore[import-untyped]

from digitpad.web.connection import BUSY, LARGE, Connection, refusal
from digitpad.web.lanes import Lanes
from digitpad.web.observe import CONNECTIONS, LOAD, REFUSED
from digitpad.web.problems import FAILED
from digitpad.web.sharing import HELD

MOST = 1_000  # connections of a process
FILES = 2 * MOST  # that it may have open; most systems let it have 1,024 until it asks for more
BODIES = 32_000_000  # bytes in large bodies that are not answered yet: three of the largest

MOMENT = 0.005  # s in which others may take a connection
SOME = 8  # connections that are taken at once after that

STOPPING = 1.0  # s in which a request that was sent before a stop may still come
TICK = 1.0  # s from one sign of life to gunicorn's arbiter to the next


class Worker(BaseWorker):  # type: ignore[misc]  # gunicorn has no types
    """Runs the site in one process. Knows neither TLS nor HTTP/2: proxies in front of it do."""

    def run(self) -> None:
        """Serve until gunicorn's arbiter says stop, or is gone."""
        now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
        if now != resource.RLIM_INFINITY and now < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.lanes = Lanes()
        self.connections: dict[Connection, None] = {}  # those that were idle longest come first
        self._opening: set[asyncio.Task[Any]] = set()
        stopped = asyncio.Event()
        self.loop.add_signal_handler(signal.SIGTERM, stopped.set)
        for listener in self.sockets:
            listener.setblocking(False)
            self.loop.add_reader(listener.fileno(), self._share, listener)
        self._tell()
        while self.alive and not stopped.is_set() and self.ppid == os.getppid():
            self.notify()
            self._tell()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), TICK)
        await self._stop()

    def _tell(self) -> None:
        """Tell the metrics, and the other processes, how much there is to do."""
        HELD.tell(self.age, self._count)
        CONNECTIONS.set(len(self.connections))
        for lane in self.lanes:
            LOAD.labels(lane.name).set(lane.load)
            REFUSED.labels(lane.name).inc(lane.refused)
            lane.refused = 0

    async def _stop(self) -> None:
        """Answer what came, and what comes within STOPPING; then close."""
        self.alive = False
        for listener in self.sockets:
            self.loop.remove_reader(listener.fileno())
            while self._accept(listener):
                pass
            listener.close()
        until = time.monotonic() + self.cfg.graceful_timeout
        await asyncio.sleep(STOPPING)
        while time.monotonic() < until:
            self.notify()
            for connection in tuple(self.connections):
                connection.close_if_idle()
            if not self.connections:
                break
            await asyncio.sleep(0.05)

    @property
    def _count(self) -> int:
        """How many connections there are."""
        return len(self.connections) + len(self._opening)

    def _share(self, listener: Any) -> None:
        """Take a connection; one with more than others have leaves it to them for a moment.

        Else a process that is awake takes all that clients keep open, and works alone for them.
        """
        HELD.tell(self.age, self._count)
        if self._count <= HELD.fewest:
            self._accept(listener)
        else:
            self.loop.remove_reader(listener.fileno())
            self.loop.call_later(MOMENT, self._take, listener)

    def _take(self, listener: Any) -> None:
        """Take what nobody took, some at once: there may be many."""
        if self.alive:
            for _ in range(SOME):
                if not self._accept(listener):
                    break
            self.loop.add_reader(listener.fileno(), self._share, listener)

    def _accept(self, listener: Any) -> bool:
        """Take one connection; return whether one came."""
        try:
            found, client = listener.accept()
        except OSError as error:
            if not isinstance(error, BlockingIOError):  # no file is left, or the client is gone
                self.log.warning("a connection was not taken: %s", error)
                self._drop_one()
            return False
        found.setblocking(False)
        while self._count >= MOST and self._drop_one():
            pass
        connection = partial(Connection, self, client, listener.getsockname())
        task = self.loop.create_task(self._open(connection, found))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        HELD.tell(self.age, self._count)
        return True

    async def _open(self, connection: "partial[Connection]", found: socket.socket) -> None:
        await self.loop.connect_accepted_socket(connection, found)

    def _drop_one(self) -> bool:
        """Drop the connection that has kept this process waiting longest, if there is one."""
        for connection in self.connections:
            if connection.is_waited_for:
                connection.abort()
                return True
        return False

    def make_room(self) -> None:
        """Drop those that have been sending longest, while all together hold too much."""
        while sum(c.size for c in self.connections if c.size > LARGE) > BODIES:
            large = (c for c in self.connections if c.size > LARGE and c.is_waited_for)
            if (oldest := next(large, None)) is None:
                return
            oldest.refuse(503, BUSY)

    def answer(self, request: Any, body: bytes, client: Any, server: Any, closes: bool) -> "Answer":
        """Run the site for a request. In a lane's thread."""
        answer = Answer()
        try:
            response, answer.environ = wsgi.create(request, answer, client, server, self.cfg)
            answer.environ |= {"wsgi.input": io.BytesIO(body), "wsgi.multithread": True}
            answer.environ.setdefault("CONTENT_LENGTH", str(len(body)))  # if it came in chunks
            if closes or not self.alive:
                response.force_close()
            parts = self.wsgi(answer.environ, response.start_response)
            try:
                for part in parts:
                    response.write(part)
                response.close()
            finally:
                if hasattr(parts, "close"):
                    parts.close()
            answer.keeps = not response.should_close()
        except Exception:
            self.log.exception("a request failed")
            answer.parts, answer.keeps = [refusal(500, FAILED)], False
        return answer


class Answer:
    """What is sent back. To gunicorn's response it is the socket that it writes to."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[bytes] = []
        self.keeps = False  # whether the connection stays open
        self.environ: dict[str, Any] = {}  # WSGI's, of the request

    def sendall(self, data: bytes) -> None:
        """Take a part of the response."""
        self.parts.append(data)

    def send(self, data: bytes) -> None:
        """Take "100 Continue", which was sent when the body was asked for."""
