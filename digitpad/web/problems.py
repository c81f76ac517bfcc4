"""Every error as `application/problem+json` (RFC 9457), one shape, and never a stack trace.

A person who asks a browser for a page gets a page.
"""

from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    ServiceUnavailable,
)

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
PROBLEMS = {  # what a problem's type ends with, and what it means
    "malformed": "This is no HTTP request, or its body is empty, or is not JSON.",
    "unknown-caller": "The token is no writer's, or the API key is not known.",
    "foreign-page": "What changes something needs a token, or the Origin header of this site.",
    "not-found": "There is no such page, or no such correction of the caller's.",
    "method": "The page is there, but not for this method.",
    "late": "The request did not come in time.",
    "conflict": "The id is another correction's.",
    "too-large": "The request, or what is in it, is larger than is allowed.",
    "unsupported": "This is neither JSON nor a whole picture of a kind that is read.",
    "invalid": "A value is not what is expected; the detail names the place.",
    "too-many": "The client sent too many; Retry-After says when to go on.",
    "failed": "The server failed; the request may be right.",
    "busy": "The site has too much to do; Retry-After says when to ask again.",
    "database": "The database does not answer, or is full; the same may be sent again later.",
    "no-database": "This site keeps no corrections.",
    "full": "The writer, or the site, has as many corrections as are kept.",
}
KINDS = {  # of a status; others are "malformed"
    401: "unknown-caller",
    403: "foreign-page",
    404: "not-found",
    405: "method",
    408: "late",
    409: "conflict",
    413: "too-large",
    414: "too-large",
    415: "unsupported",
    422: "invalid",
    429: "too-many",
    431: "too-large",
    500: "failed",
    503: "busy",
    507: "full",
}
MORE_KINDS = {503: ("database", "no-database")}  # that a status has besides
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
    is_stored = isinstance(error, StoreUnavailable | StoreError)
    kind = "database" if is_stored else None
    response = _problem(STATUSES[type(error)], str(error), kind)
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
    kind = "no-database" if isinstance(error, ServiceUnavailable) else None
    response = _problem(error.code or 500, detail, kind)
    for name, value in error.get_headers(request.environ):
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _problem(status: int, detail: str, kind: str | None) -> Response:
    if status < 500 and _asks_for_a_page():
        return Response(render_template("problem.html", status=status), status, mimetype=PAGE)
    body = problem_body(status, detail, kind)
    return answer({**body, "type": request.script_root + body["type"]}, status, PROBLEM)


def kinds(status: int) -> tuple[str, ...]:
    """Return what the type of a problem with this status may end with."""
    return KINDS.get(status, "malformed"), *MORE_KINDS.get(status, ())


def problem_body(status: int, detail: str, kind: str | None = None) -> Problem:
    """Return what says that a request has no answer, and why; `kind` is one of PROBLEMS."""
    return {
        "type": f"/problems/{kind or KINDS.get(status, 'malformed')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }


def _asks_for_a_page() -> bool:
    accepts = request.accept_mimetypes
    return not request.path.startswith("/api/") and accepts[PAGE] > accepts[PROBLEM]
