"""The worker: slow clients cost a socket, what does not fit is refused soon, nothing is cut off."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.deploy.test_heroku import ROOT, SECONDS, free_port
from tests.web.tiny_site import LARGE, STEP

HEAD = "Host: a\r\nContent-Type: application/json\r\n"
CHUNKED = f"POST / HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
SOON = 0.9 * STEP  # s: before any deadline of a client


class Site:
    """The tiny site, in a process of its own."""

    def __init__(self, workers: int) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "tests.web.tiny_site", str(self.port), str(workers)]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)

    def ask(self, *parts: bytes, pause: float = 0) -> str:
        """Send parts, and return all that comes until the site closes."""
        with self.connect() as connection:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            return receive(connection)

    def is_quick(self) -> None:
        begin = time.monotonic()
        assert self.ask(post("0")).endswith("\r\n\r\n1")
        assert time.monotonic() - begin < SOON


def receive(connection: socket.socket) -> str:
    return b"".join(iter(lambda: connection.recv(1_000_000), b"")).decode()


def post(body: str, path: str = "/api/v1/read", closes: bool = True) -> bytes:
    """A request whose answer takes as many seconds as its body says."""
    last = "Connection: close\r\n" if closes else ""
    return f"POST {path} HTTP/1.1\r\n{HEAD}{last}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def status(answer: str) -> int:
    found = re.match(r"HTTP/1\.1 (\d+) ", answer)
    assert found, answer
    return int(found[1])


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running() as site:
        yield site


@contextlib.contextmanager
def running(workers: int = 1) -> Iterator[Site]:
    site = Site(workers)
    with site.process:
        for _ in range(600):
            with contextlib.suppress(OSError), site.connect():
                break
            time.sleep(0.05)
        try:
            site.is_quick()
            yield site
        finally:
            site.process.kill()


def test_requests_of_all_forms(site: Site) -> None:
    assert site.ask(b"GET / HTTP/1.0\r\n\r\n").endswith("\r\n\r\n0")
    body = b"3\r\n0 a\r\n2\r\nbc\r\n0\r\n\r\n"
    head = (
        f"POST / HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
    )
    assert site.ask(head, body).endswith("\r\n\r\n5")
    assert site.ask(*(bytes([byte]) for byte in head + body)).endswith("\r\n\r\n5")
    several = post("0 a", closes=False) + post("0 bcd", closes=False) + post("0 efghij")
    assert re.findall(r"\r\n\r\n(\d)", site.ask(several)) == ["3", "5", "8"]


def test_a_body_is_asked_for(site: Site) -> None:
    head = f"POST / HTTP/1.1\r\n{HEAD}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n".encode()
    with site.connect() as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"0 a")
        assert connection.recv(1000).endswith(b"\r\n\r\n3")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nbad header: 1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: a\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 9_000 + b"\r\n\r\n", 431),
        (b"a" * 40_000, 431),
        (b"GET / HTTP/1.1\r\n" + 5 * (b"A: " + b"a" * 8_000 + b"\r\n") + b"\r\n", 431),
        (CHUNKED + b"zz\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: br\r\n\r\n", 501),
        (post("0", "/fails"), 500),
    ],
)
def test_what_is_no_request_is_refused_as_a_problem(site: Site, sent: bytes, expected: int) -> None:
    answer = site.ask(sent)
    assert status(answer) == expected
    assert "Content-Type: application/problem+json\r\n" in answer
    assert f'"status": {expected}' in answer
    site.is_quick()


def test_a_body_beyond_all_bounds_is_refused_before_it_comes(site: Site) -> None:
    head = f"POST / HTTP/1.1\r\n{HEAD}Content-Length: 99000000\r\n\r\n".encode()
    # This site answers without it; ours says 413. Either way the connection is closed.
    assert site.ask(head).endswith("\r\n\r\n0")
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert status(site.ask(CHUNKED, *[chunk] * 10)) == 413


SLOW = {
    "silent": b"",
    "half a head": b"POST /api/v1/read HTTP/1.1\r\nHost: a\r\n",
    "half a body": post("0 and more")[:-5],
    "half a chunk": CHUNKED + b"5\r\nab",
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_do_not_hold_up_others_and_are_dropped(site: Site, kind: str) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(site.connect()) for _ in range(50)]
        for connection in slow:
            connection.sendall(SLOW[kind])
        for _ in range(5):
            site.is_quick()
        begin = time.monotonic()
        answers = [receive(connection) for connection in slow]
        assert time.monotonic() - begin < 3 * STEP
    for answer in answers:
        assert answer == "" if kind == "silent" else status(answer) == 408


def test_who_sends_byte_by_byte_is_dropped_in_the_end(site: Site) -> None:
    begin = time.monotonic()
    with site.connect() as connection, contextlib.suppress(OSError):
        while time.monotonic() - begin < SECONDS:
            connection.sendall(b"a")
            time.sleep(0.05)
    assert time.monotonic() - begin < 4 * STEP


def test_who_does_not_take_the_answer_is_dropped(site: Site) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(site.connect()).sendall(post("0", "/large"))
        site.is_quick()
        connection = stack.enter_context(site.connect())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(post("0", "/large"))
        time.sleep(2 * STEP)
        try:
            found = len(receive(connection))
        except ConnectionError:
            found = 0
        assert found < LARGE
    site.is_quick()
    assert len(site.ask(post("0", "/large"))) > LARGE


def test_many_connections_do_not_shut_others_out(site: Site) -> None:
    """There may be sixty; the oldest of those that keep it waiting make room."""
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(site.connect())
        site.is_quick()


def test_connections_that_stay_open_are_shared_between_the_processes() -> None:
    with running(workers=2) as site, contextlib.ExitStack() as stack:
        time.sleep(1)  # until both are there
        for _ in range(12):
            connection = stack.enter_context(site.connect())
            connection.sendall(post("0", closes=False))
            assert connection.recv(2000).endswith(b"\r\n\r\n1")
        held = [
            sum(one.status == psutil.CONN_ESTABLISHED for one in worker.net_connections())
            for worker in psutil.Process(site.process.pid).children()
        ]
        assert sum(held) == 12
        assert min(held) >= 5


def test_what_would_wait_too_long_is_refused_at_once(site: Site) -> None:
    """Two are in work at a time; after some of 0.3 s the others would wait longer than 0.1 s."""
    for _ in range(12):
        assert status(site.ask(post("0.1"))) == 200
    with ThreadPoolExecutor(20) as pool:
        begin = time.monotonic()

        def ask(_: int) -> tuple[int, float, str]:
            answer = site.ask(post("0.6"))
            return status(answer), time.monotonic() - begin, answer

        found = list(pool.map(ask, range(20)))
        pages = site.ask(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert pages.endswith("\r\n\r\n0")
    refused = [(seconds, answer) for code, seconds, answer in found if code == 503]
    assert sum(code == 200 for code, _, _ in found) + len(refused) == 20
    assert 2 <= 20 - len(refused) <= 6
    for seconds, answer in refused:
        assert seconds < SOON
        assert "Retry-After: 1\r\n" in answer
        assert "busy" in answer


def test_a_refused_client_may_ask_again_on_the_same_connection(site: Site) -> None:
    for _ in range(12):
        site.ask(post("0.1"))
    with ThreadPoolExecutor(4) as pool, site.connect() as connection:
        working = [pool.submit(site.ask, post("0.5")) for _ in range(4)]
        time.sleep(0.2)
        connection.sendall(post("0", closes=False))
        assert connection.recv(2000).startswith(b"HTTP/1.1 503 ")
        assert {status(one.result()) for one in working} <= {200, 503}
        connection.sendall(post("0", closes=False))
        assert connection.recv(2000).endswith(b"\r\n\r\n1")


def test_work_is_not_begun_for_who_is_gone(site: Site) -> None:
    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(site.ask, post("0.4")) for _ in range(2)]
        time.sleep(0.1)
        for _ in range(8):
            with site.connect() as connection:
                connection.sendall(post("0.4"))
        begin = time.monotonic()
        assert [status(one.result()) for one in working] == [200, 200]
        while status(site.ask(post("0"))) == 503:
            time.sleep(0.01)
        assert time.monotonic() - begin < 0.8  # eight of 0.4 s by two threads would be 1.6 s


def test_a_stop_answers_what_was_sent_and_resets_nobody() -> None:
    sent = post("0.2", closes=False)
    with (
        running() as site,
        ThreadPoolExecutor(8) as pool,
        site.connect() as idle,
        site.connect() as half,
    ):
        idle.sendall(post("0", closes=False))
        assert idle.recv(1000).endswith(b"\r\n\r\n1")
        half.sendall(sent[:-2])
        stopping = threading.Event()

        def ask() -> str:
            with site.connect() as connection:
                connection.sendall(sent)
                stopping.wait(SECONDS)
                return receive(connection)

        asking = [pool.submit(ask) for _ in range(2)]
        time.sleep(0.1)
        site.process.send_signal(signal.SIGTERM)
        stopping.set()
        time.sleep(0.1)
        idle.sendall(sent)
        assert "Connection: close" in receive(idle)
        half.sendall(sent[-2:])
        assert status(receive(half)) == 200
        assert {status(one.result()) for one in asking} == {200}
        _, said = site.process.communicate(timeout=SECONDS)
        assert site.process.returncode == 0
        assert "Traceback" not in said
