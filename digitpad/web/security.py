"""Response headers, and what is believed of a proxy's."""

from collections.abc import Iterable, Sequence
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
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# By HTTPS only; a year, as browsers' makers ask for.
STRICT = ("Strict-Transport-Security", "max-age=31536000")


def register(app: Flask, proxies: int, hosts: Sequence[str]) -> None:
    """Set headers on every response of `app`, believe so many proxies, answer to these hosts."""
    app.config["TRUSTED_HOSTS"] = list(hosts) or None
    inner = _with_headers(app.wsgi_app)
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        inner, x_for=proxies, x_proto=proxies
    )


def _with_headers(app: "WSGIApplication") -> "WSGIApplication":
    """Add HEADERS where WSGI has them as a list: Flask's own checks each one anew."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            # Static files come with an ETag and "no-cache": kept, and asked about each time.
            if not any(name.lower() == "cache-control" for name, _ in headers):
                headers.append(("Cache-Control", "no-store"))
            if environ["wsgi.url_scheme"] == "https":
                headers.append(STRICT)
            return start(status, [*headers, *HEADERS.items()], *error)

        return app(environ, begin)

    return answer
