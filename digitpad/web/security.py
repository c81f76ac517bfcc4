"""Response headers, and what is believed of a proxy's."""

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Set the headers on every response of `app`, and trust one proxy in front of it."""
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    # Static files come with an ETag and "no-cache": kept, and asked about each time.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
