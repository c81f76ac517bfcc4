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
HOST_COOKIE = "__Host-digitpad"  # by HTTPS: no other host below the same name can set it
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
        return UUID(_signer().loads(shown_cookie() or ""))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def shown_cookie() -> str | None:
    """Return the caller's cookie, or None. One without a host's prefix was set before by HTTP."""
    return request.cookies.get(HOST_COOKIE) or request.cookies.get(COOKIE)


def caller_who_may_change() -> UUID | None:
    """Return the writer who calls; raises Forbidden when another site's page may have made it."""
    found = request.headers.get("Origin")
    if "Authorization" not in request.headers and found != _own_origin():
        raise Forbidden(
            f"expected an Origin header with {_own_origin()}, or a writer's token; "
            f"found {'none' if found is None else repr(found)[:80]}"
        )
    return caller()


def refuse_other_sites() -> None:
    """Raise Forbidden when another site's page made the request; programs send no Origin."""
    found = request.headers.get("Origin")
    if found not in (None, _own_origin()):
        raise Forbidden(
            f"expected no Origin header, or one with {_own_origin()}; found {repr(found)[:80]}"
        )


def remember(response: Response, writer: UUID) -> None:
    """Set the cookie, or set it anew so that it lasts, unless the caller has a token."""
    if "Authorization" not in request.headers:
        value, secure = _signer().dumps(str(writer)), request.is_secure
        name = HOST_COOKIE if secure else COOKIE
        response.set_cookie(name, value, AGE, secure=secure, httponly=True, samesite="Lax")
        if secure and COOKIE in request.cookies:
            response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax")


def forget(response: Response) -> None:
    """Have the browser drop the cookies."""
    for name in (COOKIE, HOST_COOKIE):
        if name in request.cookies:
            secure = request.is_secure
            response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")


def _own_origin() -> str:
    return f"{request.scheme}://{request.host}"  # as browsers write it: in ASCII


def _signer() -> URLSafeSerializer:
    secret = current_app.extensions[SECRET]
    if secret is None:
        secret = current_app.extensions[SECRET] = writers.secret(database())
    return URLSafeSerializer(secret, salt="digitpad writer")
