"""What gunicorn is told, and writes."""

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]

from digitpad.web.gunicorn import RequestLog


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/api/v1/read", "/api/v1/read"),
        ("/a\nGET /forged 200", "/a%0AGET%20/forged%20200"),
        ("/\x1b[31mred", "/%1B%5B31mred"),
        ("/ä".encode().decode("latin-1"), "/%C3%A4"),  # as WSGI has it
    ],
)
def test_a_request_is_one_line_whatever_its_path(
    path: str, written: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = RequestLog(Config())
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    answered = SimpleNamespace(status_code=404, sent=321)
    with caplog.at_level(logging.INFO, log.access_log.name):
        log.access_log.addHandler(caplog.handler)
        log.access(answered, None, environ, timedelta(microseconds=12_900))
    assert caplog.messages == [f"GET {written} 404 321 bytes 12 ms"]
