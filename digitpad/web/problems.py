"""Every error as `application/problem+json` (RFC 9457), one shape, and never a stack trace.

A person who asks a browser for a page gets a page.
"""

from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from digitpad.errors import (
    Conflict,
    DigitpadError,
    Full,
    InvalidInput,
    StoreError,
    StoreUnavailable,
    TooLarge,
    UnsupportedPicture,
)
from digitpad.web.answers import Problem, answer

STATUSES: dict[type[DigitpadError], int] = {
    InvalidInput: 422,
    TooLarge: 413,
    UnsupportedPicture: 415,
    Conflict: 409,
    Full: 507,
    StoreUnavailable: 503,
    StoreError: 503,
}
RETRY_AFTER: dict[type[DigitpadError], str] = {StoreUnavailable: "5"}  # s
FAILED = "The server failed to answer; the request may be right."
PROBLEM, PAGE = "application/problem+json", "text/html"


def register(app: Flask) -> None:
    """Answer every error of `app` with a problem; what is not foreseen is logged and is a 500."""
    app.register_error_handler(HTTPException, _http_error)
    for kind in STATUSES:
        app.register_error_handler(kind, _refusal)


def _refusal(error: Exception) -> Response:
    assert isinstance(error, DigitpadError)
    response = _problem(STATUSES[type(error)], str(error))
    if type(error) in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[type(error)]
    return response


def _http_error(error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.description or ""
    if isinstance(error, InternalServerError):
        detail = FAILED
    elif isinstance(error, RequestEntityTooLarge):
        most = request.max_content_length or 0
        detail = f"a body may have at most {most:,} bytes"
        if (request.content_length or 0) <= most and request.mimetype == "multipart/form-data":
            detail = "the form has too many fields, or one that is too long"
    response = _problem(error.code or 500, detail)
    for name, value in error.get_headers(request.environ):
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _problem(status: int, detail: str) -> Response:
    if status < 500 and _asks_for_a_page():
        return Response(render_template("problem.html", status=status), status, mimetype=PAGE)
    return answer(problem_body(status, detail), status, PROBLEM)


def problem_body(status: int, detail: str) -> Problem:
    """Return what says that a request has no answer, and why."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }


def _asks_for_a_page() -> bool:
    accepts = request.accept_mimetypes
    return not request.path.startswith("/api/") and accepts[PAGE] > accepts[PROBLEM]
