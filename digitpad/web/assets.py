"""What the site's own pages load, under addresses that change with it: browsers may keep it.

There scripts and the style sheet go without their comments, a quarter of what would be sent;
/static/ has them as they were written, for pages of other sites.
"""

import mimetypes
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, request, url_for
from werkzeug.exceptions import NotFound

STATIC = Path(__file__).parent / "static"
NAMES = tuple(
    sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())
)
VERSION = sha256(b"".join((STATIC / name).read_bytes() for name in NAMES)).hexdigest()[:12]
PLAIN = "text/plain"  # of the licence, which has no ending
KEPT = "public, max-age=31536000, immutable"  # a year, as long as browsers keep anything
# Whole lines of comments: what stands beside code would take a parser. Lines are counted as before.
COMMENT = re.compile(rb"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.M | re.S)

assets = APIBlueprint("assets", __name__, enable_openapi=False)


def asset(name: str) -> str:
    """Return the address of a file of `static/`."""
    return url_for("assets.file", version=VERSION, name=name)


@assets.get("/static-<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """A file of `static/`. Of another version it is today's, which nobody may keep."""
    if name not in NAMES:
        raise NotFound("there is no such file")
    response = Response(_lean(name), mimetype=mimetypes.guess_type(name)[0] or PLAIN)
    response.headers["Cache-Control"] = KEPT if version == VERSION else "no-cache"
    response.set_etag(f"{VERSION} {name}")
    response.make_conditional(request)
    return response


@cache
def _lean(name: str) -> bytes:
    data = (STATIC / name).read_bytes()
    if not name.endswith((".js", ".css")):
        return data
    return COMMENT.sub(lambda comment: b"\n" * comment[0].count(b"\n"), data)
