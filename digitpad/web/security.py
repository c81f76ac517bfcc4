"""Response headers, and what is believed of a proxy's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Set the headers on every response of `app`, and trust one proxy in front of it."""
    inner = _with_headers(app.wsgi_app)
    app.wsgi_app = ProxyFix(inner, x_for=1, x_proto=1)  # type: ignore[method-assign]


def _with_headers(app: "WSGIApplication") -> "WSGIApplication":
    """Add HEADERS where WSGI has them as a list: Flask's own checks each one anew."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            # Static files come with an ETag and "no-cache": kept, and asked about each time.
            if not any(name.lower() == "cache-control" for name, _ in headers):
                headers.append(("Cache-Control", "no-store"))
            return start(status, [*headers, *HEADERS.items()], *error)

        return app(environ, begin)

    return answer
