"""Response headers, and what is believed of a proxy's."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from digitpad.config import ServerConfig

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors {frames}; require-trusted-types-for 'script'; "
    "trusted-types {types}"
)
# What may name a script for the service worker, on the one page that starts it: offline.js.
WORKER = "digitpad-worker"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PREFIX = re.compile(
    r"(/[\w.~-]+)*", re.ASCII
)  # of the site; a header's may be anybody's: no "//" leads away
# By HTTPS only; a year, as browsers' makers ask for.
STRICT = ("Strict-Transport-Security", "max-age=31536000")


def policy(frames: Sequence[str] = (), types: str = "'none'") -> str:
    """Return the content security policy: who may frame the site, and its trusted types."""
    return POLICY.format(frames=" ".join(frames) or "'none'", types=types)


def register(app: Flask, config: ServerConfig) -> None:
    """Set headers on every response of `app`, believe proxies and answer to hosts as configured."""
    app.config["TRUSTED_HOSTS"] = list(config.hosts) or None
    policies = policy(config.frames), policy(config.frames, WORKER)
    inner = _with_headers(app.wsgi_app, *policies)
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        inner, x_for=config.proxies, x_proto=config.proxies, x_prefix=config.proxies
    )


def _with_headers(app: "WSGIApplication", strict: str, with_worker: str) -> "WSGIApplication":
    """Add HEADERS where WSGI has them as a list: Flask's own checks each one anew."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        prefix = environ.get("SCRIPT_NAME", "").rstrip("/")
        environ["SCRIPT_NAME"] = prefix if PREFIX.fullmatch(prefix) else ""

        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            # Static files come with an ETag and "no-cache": kept, and asked about each time.
            if not any(name.lower() == "cache-control" for name, _ in headers):
                headers.append(("Cache-Control", "no-store"))
            if environ["wsgi.url_scheme"] == "https":
                headers.append(STRICT)
            policy = with_worker if environ["PATH_INFO"] in ("", "/") else strict
            headers.append(("Content-Security-Policy", policy))
            return start(status, [*headers, *HEADERS.items()], *error)

        return app(environ, begin)

    return answer
