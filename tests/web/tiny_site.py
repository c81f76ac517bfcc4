"""A site of a few lines, as the worker runs it: what it answers tells what it was given.

    python -m tests.web.tiny_site PORT

Its deadlines are short, so that tests need not wait. A body is the seconds that its answer takes,
or "held" until `/release` is asked for, if `/hold` was; then anything. `/begun` says to how many
bodies it began an answer. After `/patience` the deadlines are long.
"""

import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from digitpad.web import connection, worker

STEP = 2.0  # s that a client has for each of its steps
LONG = 60
LARGE = 25_000_000  # bytes of the answer at /large: more than any buffer between the two
released = threading.Event()
begun: list[bytes] = []


def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    body, path = environ["wsgi.input"].read(), environ["PATH_INFO"]
    assert environ["CONTENT_LENGTH"] == str(len(body)) or not body
    if path == "/fails":
        raise ValueError("on purpose")
    if path == "/hold":
        released.clear()
    if path == "/release":
        released.set()
    if path == "/patience":
        wait(LONG)
    if body:
        begun.append(body)
        work(body.split()[0])
    answer = str(len(body)).encode()
    if path == "/large":
        answer = b"x" * LARGE
    elif path == "/begun":
        answer = str(len(begun)).encode()
    start("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


def wait(seconds: float) -> None:
    """Give clients so long for each step."""
    connection.HEAD_TIME = connection.BODY_TIME = connection.ANSWER_TIME = seconds


def work(asked: bytes) -> None:
    if asked == b"held":
        released.wait()
    else:
        time.sleep(float(asked))


class Site(BaseApplication):  # type: ignore[misc]
    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{sys.argv[1]}",
            "worker_class": worker.Worker,
            "control_socket_disable": True,
            "accesslog": None,
            "graceful_timeout": LONG,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return app


if __name__ == "__main__":
    wait(STEP)
    connection.LINGER = worker.STOPPING = STEP
    worker.MOST = 60
    Site().run()
