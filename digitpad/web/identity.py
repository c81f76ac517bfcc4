"""Who calls: a browser with a signed cookie, or a program with a token. Nobody else is let change.

A browser gets its cookie with its first correction, never by reading.
"""

from uuid import UUID

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, ServiceUnavailable, Unauthorized

from digitpad.store import Database, writers

COOKIE = "digitpad"
AGE = 400 * 24 * 3600  # s; browsers keep no cookie longer
DATABASE, SECRET = "digitpad.database", "digitpad.secret"  # places in app.extensions


def database() -> Database:
    """Return the database of this process; raises ServiceUnavailable when corrections are off."""
    found: Database | None = current_app.extensions[DATABASE]
    if found is None:
        raise ServiceUnavailable("corrections are off: this site has no database")
    return found


def caller() -> UUID | None:
    """Return the writer who calls, or None. A writer with a cookie may have been erased since.

    Raises Unauthorized for a token that is wrong.
    """
    if "Authorization" in request.headers:
        kind, _, token = request.headers["Authorization"].partition(" ")
        writer = writers.find_by_token(database(), token) if kind.lower() == "bearer" else None
        if writer is None:
            raise Unauthorized(
                "the Authorization header must be Bearer and the token of a writer",
                www_authenticate=WWWAuthenticate("bearer"),
            )
        return writer
    if COOKIE not in request.headers.get("Cookie", ""):
        return None  # as of most programs: nothing is parsed for them
    try:
        return UUID(_signer().loads(request.cookies.get(COOKIE, "")))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def caller_who_may_change() -> UUID | None:
    """Return the writer who calls; raises Forbidden when another site's page may have made it."""
    own = f"{request.scheme}://{request.host}"  # as browsers write it: in ASCII
    found = request.headers.get("Origin")
    if "Authorization" not in request.headers and found != own:
        raise Forbidden(
            f"expected an Origin header with {own}, or a writer's token; "
            f"found {'none' if found is None else repr(found)[:80]}"
        )
    return caller()


def remember(response: Response, writer: UUID) -> None:
    """Set the cookie, or set it anew so that it lasts, unless the caller has a token."""
    if "Authorization" not in request.headers:
        value = _signer().dumps(str(writer))
        response.set_cookie(
            COOKIE, value, AGE, secure=request.is_secure, httponly=True, samesite="Lax"
        )


def forget(response: Response) -> None:
    """Have the browser drop the cookie."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Lax")


def _signer() -> URLSafeSerializer:
    secret = current_app.extensions[SECRET]
    if secret is None:
        secret = current_app.extensions[SECRET] = writers.secret(database())
    return URLSafeSerializer(secret, salt="digitpad writer")
