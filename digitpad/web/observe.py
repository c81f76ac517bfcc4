"""What the site does, for those who run it: a line for each request, and metrics for Prometheus.

Nothing that a client sends is written as it is: a path is quoted, an id must look like one.
"""

import re
import secrets
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from flask import Flask, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from digitpad.timing import measured

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ID = re.compile(r"[\w.-]{1,64}", re.ASCII)  # of a request, as a proxy may give it
ROUTE, MODEL = "digitpad.route", "digitpad.model"  # places in a request's environ
BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # s

REQUESTS = Counter("digitpad_requests", "Requests that were answered", ["route", "status"])
SECONDS = Histogram("digitpad_request_seconds", "How long answers took", ["route"], buckets=BUCKETS)
STAGES = Counter("digitpad_stage_seconds", "What stages of requests took", ["stage"])
READINGS = Counter("digitpad_readings", "Readings", ["status"])
REFUSED = Counter("digitpad_refused", "Requests that would have waited too long", ["lane"])
LOAD = Gauge("digitpad_load", "Requests in work and in wait", ["lane"], multiprocess_mode="livesum")
CONNECTIONS = Gauge("digitpad_connections", "Open connections", multiprocess_mode="livesum")


class _Lines:
    """Writes a line at once: between two writes, as `print` makes, another process's may come."""

    def info(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


log = structlog.wrap_logger(
    _Lines(),
    processors=[
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.LogfmtRenderer(
            key_order=["at", "event", "id", "method", "path", "status", "bytes", "ms"],
            drop_missing=True,
        ),
    ],
)


def register(app: Flask) -> None:
    """Watch all requests to `app`."""
    app.before_request(_remember_route)
    app.wsgi_app = _watched(app.wsgi_app)  # type: ignore[assignment,method-assign]


def metrics() -> bytes:
    """Return the metrics of all processes of this site, as Prometheus reads them."""
    registry = CollectorRegistry()
    try:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:  # processes do not share: this one counts for itself
        return generate_latest()
    return generate_latest(registry)


def _remember_route() -> None:
    """Keep the rule that matched, since paths are without end."""
    if request.url_rule is not None:
        request.environ[ROUTE] = request.url_rule.rule


def _watched(app: "WSGIApplication") -> "WSGIApplication":
    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        own = given if ID.fullmatch(given) else secrets.token_hex(8)
        said: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            said[:] = status, headers
            return start(status, [*headers, ("X-Request-ID", own)], *error)

        began = time.perf_counter()
        with measured() as spent:
            parts = app(environ, begin)
        _note(environ, own, said, time.perf_counter() - began, spent)
        return parts

    return answer


def _note(
    environ: "WSGIEnvironment", own: str, said: list[Any], seconds: float, spent: dict[str, float]
) -> None:
    status, headers = said
    route, code = environ.get(ROUTE, "other"), status[:3]
    REQUESTS.labels(route, code).inc()
    SECONDS.labels(route).observe(seconds)
    for name, took in spent.items():
        STAGES.labels(name).inc(took)
    more = {f"{name}_ms": f"{1000 * took:.1f}" for name, took in spent.items()}
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    if lengths:
        more["bytes"] = lengths[0]
    if MODEL in environ:
        more["model"] = environ[MODEL]
    log.info(
        "request",
        id=own,
        method=quote(environ["REQUEST_METHOD"]),
        path=quote(environ["PATH_INFO"].encode("latin-1")),  # as WSGI has it (PEP 3333)
        status=code,
        ms=f"{1000 * seconds:.1f}",
        **more,
    )
