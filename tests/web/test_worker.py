"""The worker: slow clients cost a socket, what does not fit is refused soon, nothing is cut off."""

import contextlib
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.deploy.test_heroku import ROOT, SECONDS, free_port
from tests.web.tiny_site import LARGE, STEP

HEAD = "Host: a\r\nContent-Type: application/json\r\n"
CHUNKED = f"POST / HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()


class Site:
    """The tiny site, in a process of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "tests.web.tiny_site", str(self.port)]
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

    def get(self, path: str) -> str:
        """Return what is there."""
        answer = self.ask(f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
        assert status(answer) == 200
        return answer.partition("\r\n\r\n")[2]

    def answers(self) -> None:
        assert self.ask(post("0")).endswith("\r\n\r\n1")

    def lately(self, seconds: float) -> None:
        """Let it learn that readings take so long."""
        for _ in range(40 if seconds == 0 else 12):
            assert status(self.ask(post(str(seconds)))) == 200

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Let it answer nothing that is to be held, within the block."""
        self.get("/hold")
        try:
            yield
        finally:
            self.get("/release")


def receive(connection: socket.socket) -> str:
    return b"".join(iter(lambda: connection.recv(1_000_000), b"")).decode()


def are_quiet(connections: list[socket.socket]) -> list[socket.socket]:
    """Return those to which nothing came, not even their end."""
    heard = select.select(connections, [], [], 0)[0]
    return [connection for connection in connections if connection not in heard]


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
    site = Site()
    with site.process:
        late = time.monotonic() + 5 * SECONDS  # it imports much
        while site.process.poll() is None and time.monotonic() < late:
            with contextlib.suppress(OSError), site.connect():
                break
            time.sleep(0.05)
        try:
            site.answers()
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
    site.answers()


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


def test_slow_clients_do_not_hold_up_others_and_are_dropped(site: Site) -> None:
    late = time.monotonic() + SECONDS
    are_held = False
    while not are_held:  # once more where this machine took longer than they may
        assert time.monotonic() < late
        with contextlib.ExitStack() as stack:
            slow = [(kind, stack.enter_context(site.connect())) for kind in [*SLOW] * 12]
            for kind, connection in slow:
                connection.sendall(SLOW[kind])
            for _ in range(5):
                site.answers()
            are_held = bool(are_quiet([connection for _, connection in slow]))
            for kind, connection in slow:
                answer = receive(connection)
                assert answer == "" if kind == "silent" else status(answer) == 408


def test_who_sends_byte_by_byte_is_dropped_in_the_end(site: Site) -> None:
    def drip(connection: socket.socket) -> None:
        late = time.monotonic() + SECONDS
        while time.monotonic() < late:
            connection.sendall(b"a")
            time.sleep(0.05)

    with site.connect() as connection, pytest.raises(ConnectionError):
        drip(connection)


def test_who_does_not_take_the_answer_is_dropped(site: Site) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(site.connect()).sendall(post("0", "/large"))
        site.answers()
        connection = stack.enter_context(site.connect())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(post("0", "/large"))
        time.sleep(2 * STEP)
        try:
            found = len(receive(connection))
        except ConnectionError:
            found = 0
        assert found < LARGE
    site.answers()
    assert len(site.ask(post("0", "/large"))) > LARGE


def test_many_connections_do_not_shut_others_out(site: Site) -> None:
    """There may be sixty; the oldest of those that keep it waiting make room."""
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(site.connect())
        site.answers()


def test_what_would_wait_too_long_is_refused_at_once(site: Site) -> None:
    """Two are in work at a time; after some of 0.1 s others would wait longer than they may."""
    site.lately(0.1)
    with contextlib.ExitStack() as stack:
        with site.holding():
            asking = [stack.enter_context(site.connect()) for _ in range(20)]
            for connection in asking:
                connection.sendall(post("held"))
            late = time.monotonic() + SECONDS
            while len(held := are_quiet(asking)) > 6:
                assert time.monotonic() < late, "they wait with what is held"
            assert site.get("/") == "0"  # pages are another lane
            held = are_quiet(asking)
            for connection in asking:
                if connection not in held:
                    answer = receive(connection)
                    assert status(answer) == 503
                    assert "Retry-After: 1\r\n" in answer
                    assert "busy" in answer
        assert len(held) >= 2
        assert {status(receive(connection)) for connection in held} == {200}


def test_a_refused_client_may_ask_again_on_the_same_connection(site: Site) -> None:
    site.lately(0.1)
    with contextlib.ExitStack() as stack, site.connect() as connection:
        with site.holding():
            for _ in range(8):
                stack.enter_context(site.connect()).sendall(post("held"))
            late = time.monotonic() + SECONDS
            while status(site.ask(post("0"))) != 503:
                assert time.monotonic() < late
            connection.sendall(post("0", closes=False))
            assert connection.recv(2000).startswith(b"HTTP/1.1 503 ")
        site.lately(0)  # what was held is done
        connection.sendall(post("0", closes=False))
        assert connection.recv(2000).endswith(b"\r\n\r\n1")


def test_work_is_not_begun_for_who_is_gone(site: Site) -> None:
    site.lately(0)
    before = int(site.get("/begun"))
    with contextlib.ExitStack() as stack:
        with site.holding():
            working = [stack.enter_context(site.connect()) for _ in range(2)]
            for connection in working:
                connection.sendall(post("held"))
            for _ in range(8):
                with site.connect() as connection:
                    connection.sendall(post("0"))
            site.get("/")  # by now it saw them go
        assert [status(receive(connection)) for connection in working] == [200, 200]
    site.answers()
    assert int(site.get("/begun")) == before + 3  # the two, and the last


def test_a_stop_answers_what_was_sent_and_resets_nobody(site: Site) -> None:
    """The last test, for there is no site after it."""
    site.get("/patience")
    sent = post("0.2", closes=False)
    with contextlib.ExitStack() as stack:
        idle, half, *asking = (stack.enter_context(site.connect()) for _ in range(4))
        idle.sendall(post("0", closes=False))
        assert idle.recv(1000).endswith(b"\r\n\r\n1")
        half.sendall(sent[:-2])
        site.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(ConnectionError):
            while True:  # until it takes no more
                site.connect().close()
                time.sleep(0.01)  # or there would be too many
        for connection in asking:
            connection.sendall(sent)
        idle.sendall(sent)
        half.sendall(sent[-2:])
        assert "Connection: close" in receive(idle)
        assert status(receive(half)) == 200
        assert {status(receive(connection)) for connection in asking} == {200}
        _, said = site.process.communicate(timeout=SECONDS)
        assert site.process.returncode == 0
        assert "Traceback" not in said
