"""Text is sent compressed: neither gunicorn nor Heroku's router does it."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TYPES = ("text/html", "text/css", "text/javascript", "image/svg+xml")


def register(app: Flask) -> None:
    """Compress the pages of `app` and what they load, for clients that take gzip."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if request.method != "GET" or response.status_code != 200:
        return response
    if request.accept_encodings["gzip"] == 0:
        return response
    response.direct_passthrough = False
    data = response.get_data()
    response.close()  # the file that it was read from
    response.set_data(_gzip(data))
    response.content_encoding = "gzip"
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)  # other bytes than those it was made of
    return response


@lru_cache(maxsize=64)
def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
