"""One client's connection, as the worker's loop sees it: a request comes, an answer goes.

There is a deadline for each step that a client has to take; nothing is handed to a thread before
the whole request has come.
"""

import asyncio
import json
import re
import socket
import struct
import time
from concurrent.futures import Future
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from gunicorn.http import errors as refusals  # type: ignore[import-untyped]
from gunicorn.http.body import ChunkedReader  # type: ignore[import-untyped]
from gunicorn.http.parser import RequestParser  # type: ignore[import-untyped]

from digitpad.web import memory
from digitpad.web.bodies import MAX_BODY
from digitpad.web.framing import BadFraming, Chunked, Counted, Framing
from digitpad.web.lanes import LATE, Lane
from digitpad.web.problems import PROBLEM, problem_body

if TYPE_CHECKING:
    from digitpad.web.worker import Answer, Worker

LONGEST_HEAD = 32_768  # bytes; gunicorn's own limits for its parts are below
LARGE = 65_536  # bytes of a body that are counted
HUGE = 1_000_000  # bytes of one whose memory is handed back when it is refused

HEAD_TIME = 10.0  # s in which a request's line and headers come
BODY_TIME = 30.0  # s in which its body comes: a photograph of 4 MB at 130 kB/s
ANSWER_TIME = 30.0  # s in which the client takes the answer
LINGER = 2.0  # s in which it takes a refusal, while what it still sends is dropped

STATUSES = {  # of gunicorn's refusals; others are 400
    refusals.LimitRequestLine: 414,
    refusals.LimitRequestHeaders: 431,
    refusals.UnsupportedTransferCoding: 501,
    refusals.ExpectationFailed: 417,
}
NOTHING = struct.pack("ii", 1, 0)  # of SO_LINGER: nothing that is left is sent
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# Of a head that is not parsed yet
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?=\r\n)", re.IGNORECASE)
LEAVING = re.compile(
    rb" HTTP/1\.0\r\n|\r\n(transfer-encoding:|connection:[^\r]*close)", re.IGNORECASE
)
BUSY = "the site is busy: try again shortly"


class Connection(asyncio.Protocol):
    """One client's connection: it sends a request, waits, takes the answer, and so on."""

    def __init__(self, worker: "Worker", client: Any, server: Any) -> None:
        """Expect a request."""
        self._worker, self._client, self._server = worker, client, server
        self._deadline: asyncio.TimerHandle | None = None
        self._received = b""  # and not looked at
        self._gone = False  # the client is, or sends no more
        self._leaves = False  # it is closed after the answer
        self._lingers = False  # what comes is dropped
        self._expect()

    def _expect(self) -> None:
        """Expect the next request."""
        self._lane: Lane | None = None  # that of the request, once its head has come
        self._waiting: Future[None] | None = None  # until it is answered
        self._request: Any = None  # gunicorn's
        self._framing: Framing | None = None
        self._body: list[bytes] = []
        self.size = 0  # bytes of the body
        self.is_waited_for = True  # it is the client's turn

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(0)
        self._worker.connections[self] = None
        self._within(HEAD_TIME)

    def data_received(self, data: bytes) -> None:
        """Take what came; drop it after a refusal."""
        if self._lingers:
            return
        self._received += data
        if self.is_waited_for:
            self._advance()
        elif len(self._received) > LARGE:
            self._transport.pause_reading()  # the next requests wait until this one is answered

    def eof_received(self) -> bool:
        """Give up, unless an answer is under way: a client that sends no more may still want it."""
        self._gone = True
        return not self.is_waited_for and not self._withdraw()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it; work that has not begun is not begun."""
        self._withdraw()
        self._worker.connections.pop(self, None)
        self._forget_deadline()

    def resume_writing(self) -> None:
        """The client took the answer."""
        if not self._leaves and not self._lingers:
            self._go_on()

    # What the worker calls

    def close_if_idle(self) -> None:
        """Close it if nothing of a request has come."""
        if self.is_waited_for and not self._received and self._request is None:
            self._transport.close()

    def abort(self) -> None:
        """Drop it, with what was not sent yet."""
        self._worker.connections.pop(self, None)  # at once: whoever makes room counts
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOTHING)
        self._transport.abort()

    # From a request to its answer

    def _advance(self) -> None:
        """Go as far as what was received allows."""
        if self._request is None:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if end and len(head) <= LONGEST_HEAD:
                self._received = rest
                self._begin(head.lstrip(b"\r\n") + end)
            elif len(head) > LONGEST_HEAD:
                self.refuse(431, f"a request's head may have at most {LONGEST_HEAD:,} bytes")
        if self._framing is not None and not self._lingers:
            self._take_body(self._framing)

    def _begin(self, head: bytes) -> None:
        """Take a request's head: refuse it if it does not fit, or ask for its body."""
        self._lane = self._worker.lanes.choose(head)
        if self._lane.is_full:  # before it is parsed: a refusal has to be cheap
            lengths = [int(length) for length in LENGTH.findall(head)]
            stays = lengths == [len(self._received)] and not LEAVING.search(head)
            self._received = b""
            self._turn_away(self._lane, stays)
            return
        try:
            request = next(RequestParser(self._worker.cfg, iter([head]), self._client))
        except Exception as error:  # of gunicorn's, which have no base of their own
            self.refuse(STATUSES.get(type(error), 400), f"this is no HTTP request: {error}")
            return
        self._request = request
        if isinstance(request.body.reader, ChunkedReader):
            self._framing = Chunked()
        else:
            length = request.body.reader.length
            self._leaves = length > MAX_BODY  # the site says so, before the body came
            self._framing = Counted(0 if self._leaves else length)
        if not self._framing.is_done and request._expected_100_continue:
            self._transport.write(CONTINUE)
        self._within(BODY_TIME)

    def _take_body(self, framing: Framing) -> None:
        try:
            data, self._received = framing.feed(self._received)
        except BadFraming as error:
            self.refuse(400, f"this is no body in chunks: {error}")
            return
        self._body.append(data)
        self.size += len(data)
        if self.size > MAX_BODY:
            self.refuse(413, f"a body may have at most {MAX_BODY:,} bytes")
        elif framing.is_done:
            assert self._lane is not None
            self._submit(self._lane)
        elif self.size > LARGE:
            self._worker.make_room()

    def _submit(self, lane: Lane) -> None:
        """Have the whole request answered, if its lane is not full by now."""
        if lane.is_full:
            self._turn_away(lane, not self._request.should_close())
            return
        lane.load += 1
        self.is_waited_for = False
        self._waiting = lane.submit(partial(self._work, lane))
        self._within(LATE * lane.patience)

    def _withdraw(self) -> bool:
        """Take the request back, if nobody has begun to answer it; return whether that is so."""
        if self._lane is None or self._waiting is None or not self._waiting.cancel():
            return False
        self._waiting = None
        self._lane.load -= 1
        self.is_waited_for = True
        return True

    def _work(self, lane: Lane) -> None:
        """Answer the request, in a lane's thread."""
        begun = time.monotonic()
        body, self._body = b"".join(self._body), []
        answer = self._worker.answer(self._request, body, self._client, self._server, self._leaves)
        took = time.monotonic() - begun
        self._worker.loop.call_soon_threadsafe(self._answered, lane, answer, took)
        del body
        answer.environ.pop("wsgi.input", None)  # what is not freed cannot be handed back
        memory.hand_back(answer.environ)

    def _answered(self, lane: Lane, answer: "Answer", took: float) -> None:
        """Send the answer, and go on or leave."""
        lane.load -= 1
        lane.took(took)
        self._waiting = None
        if self._transport.is_closing():
            return
        was_cut = self._leaves  # the body was, and still comes
        self._leaves = was_cut or self._gone or not answer.keeps
        self._transport.write(b"".join(answer.parts))
        self._within(ANSWER_TIME)
        if was_cut:
            self._linger()
        elif self._leaves:
            self._transport.close()
        elif not self._transport.get_write_buffer_size():
            self._go_on()

    def _go_on(self) -> None:
        """Take the next request."""
        self._expect()
        self._worker.connections.pop(self, None)
        self._worker.connections[self] = None
        self._transport.resume_reading()
        self._within(self._worker.cfg.keepalive)
        self._advance()

    # How it ends

    def refuse(self, status: int, detail: str) -> None:
        """Say why there is no answer, and close; what still comes is dropped."""
        self._transport.write(refusal(status, detail))
        self._linger()

    def _turn_away(self, lane: Lane, stays: bool) -> None:
        """Refuse it for now; where the whole request has come, the connection may stay."""
        lane.refused += 1
        if stays and self._worker.alive and not self._leaves and not self._gone:
            self._transport.write(refusal(503, BUSY, "keep-alive"))
            self._go_on()
        else:
            self.refuse(503, BUSY)

    def _linger(self) -> None:
        """Close in a while. At once the client, still sending, might never see the answer."""
        self._lingers, self.is_waited_for = True, True
        held, self.size = self.size, 0
        self._received, self._body = b"", []
        if held > HUGE:
            memory.trim()
        self._transport.write_eof()
        self._transport.resume_reading()
        self._within(LINGER)

    def _within(self, seconds: float) -> None:
        """Expect the next step so soon."""
        self._forget_deadline()
        self._deadline = self._worker.loop.call_later(seconds, self._late)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    def _late(self) -> None:
        """The client did not take its step in time."""
        if self._waiting is not None:  # it is the site's turn
            if self._lane is not None and self._withdraw():
                self._turn_away(self._lane, not self._request.should_close())
        elif self._lingers or not self.is_waited_for:
            self.abort()
        elif self._received or self._request is not None:
            self.refuse(408, "the request did not come in time")
        else:
            self._transport.close()


@lru_cache(100)
def refusal(status: int, detail: str, connection: str = "close") -> bytes:
    """Return a whole response that tells a problem."""
    body = json.dumps(problem_body(status, detail)).encode()
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {PROBLEM}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        f"Connection: {connection}",
        *(["Retry-After: 1"] if status == 503 else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
