"""A site of a few lines, as the worker runs it: what it answers tells what it was given.

    python -m tests.web.tiny_site PORT WORKERS

Its deadlines are short, so that tests need not wait. A body is the seconds that its answer takes,
then anything.
"""

import sys
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from digitpad.web import connection, worker

STEP = 2.0  # s that a client has for each of its steps
LARGE = 25_000_000  # bytes of the answer at /large: more than any buffer between the two


def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    assert environ["CONTENT_LENGTH"] == str(len(body)) or not body
    if environ["PATH_INFO"] == "/fails":
        raise ValueError("on purpose")
    time.sleep(float(body.split()[0]) if body else 0)
    answer = b"x" * LARGE if environ["PATH_INFO"] == "/large" else str(len(body)).encode()
    start("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


class Site(BaseApplication):  # type: ignore[misc]
    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{sys.argv[1]}",
            "workers": int(sys.argv[2]),
            "worker_class": worker.Worker,
            "control_socket_disable": True,
            "accesslog": None,
            "graceful_timeout": 5,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return app


if __name__ == "__main__":
    connection.HEAD_TIME = connection.BODY_TIME = connection.ANSWER_TIME = STEP
    connection.LINGER = STEP
    worker.MOST = 60
    Site().run()
