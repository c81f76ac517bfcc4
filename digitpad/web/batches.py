"""Reading several at once over HTTP: what cannot be read is answered in its place."""

import base64
import binascii
import reprlib
import time
from collections.abc import Iterable, Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from digitpad.errors import DigitpadError, InvalidInput, TooLarge
from digitpad.ink import Ink
from digitpad.picture.decode import size_of
from digitpad.printed import Sheet
from digitpad.web.answers import BatchBody, Problem, ReadingBody, answer, reading_body
from digitpad.web.bodies import check
from digitpad.web.counting import note
from digitpad.web.limits import limits
from digitpad.web.observe import MODEL
from digitpad.web.openapi import content, operation
from digitpad.web.personal import own_style, read_request, with_examples
from digitpad.web.problems import STATUSES, problem_body
from digitpad.web.schemas import ITEMS_POINTS, READ_EXAMPLE, SMALL, BatchItem, BatchRequest
from digitpad.web.serving import loaded_reader

# s of one core. What is not begun by then is not read; what is goes on for 0.3 s at most. 128
# pictures of 280 x 280 take 5 s on a busy host, and all are to be read (`python -m bench.batch`).
MOST_TIME = 8.0
LATE = "the batch took too long before it came to this one: send it again"

routes = APIBlueprint("batches", __name__, tag="Reading many")


@routes.post("/api/v1/read-many")
@routes.doc(
    **operation(
        BatchBody,
        *(400, 401, 413, 415, 422, 429, 500, 503),
        body=content(
            BatchRequest,
            example={
                "items": [
                    READ_EXAMPLE,
                    {"ink": {"strokes": [[[12, 12], [52, 10], [26, 92]]]}},
                ],
                "expect": "digit",
            },
        ),
        is_personal=True,
    )
)
def read_many() -> Response:
    """Read up to 128 inks and small pictures."""
    limits().spend("readings")
    until = time.thread_time() + MOST_TIME
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(
            f"expected application/json, found {reprlib.repr(request.mimetype)}"
        )
    reader, style = loaded_reader(), own_style()
    sent, examples = read_request(BatchRequest)
    limits().spend("readings", cost=len(sent.items))
    style = with_examples(examples, style)
    sources = [_source(item) for item in sent.items]
    _check_points(ink for source in sources if (ink := _ink(source)) is not None)
    good = (source for source in sources if not isinstance(source, DigitpadError))
    readings = reader.read_each(_begun(good, until), sent.expect, style)
    told: list[ReadingBody | Problem] = []
    for source in sources:
        found = source if isinstance(source, DigitpadError) else next(readings, None)
        if found is None:
            told.append(problem_body(503, LATE))
        elif isinstance(found, DigitpadError):
            told.append(problem_body(STATUSES[type(found)], str(found)))
        else:
            note(found, _ink(source))
            told.append(reading_body(found, reader.manifest, style is not None))
    request.environ[MODEL] = reader.manifest.version
    body: BatchBody = {"readings": told}
    return answer(body)


def _source(item: Any) -> Ink | Sheet | bytes | DigitpadError:
    """Return what is to be read of an item, a picture as its file, or why there is nothing."""
    try:
        sent = check(BatchItem, item, "the item")
        if sent.ink is not None:
            return sent.ink.to_source()
        picture = _decode(sent.picture or "")
        width, height = size_of(picture)
        if width * height > SMALL:
            raise TooLarge(
                f"a picture in a batch may have at most {SMALL:,} pixels, found {width:,} × "
                f"{height:,}: send it by itself"
            )
        return picture
    except DigitpadError as error:
        return error


def _ink(source: Ink | Sheet | bytes | DigitpadError) -> Ink | None:
    """Return the ink of what is to be read, None where there is none."""
    if isinstance(source, Sheet):
        return source.ink
    return source if isinstance(source, Ink) else None


def _decode(url: str) -> bytes:
    try:
        return base64.b64decode(url.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise InvalidInput(f"picture must be in base64: {error}") from error


def _check_points(inks: Iterable[Ink]) -> None:
    """Raise TooLarge where all together have too many points."""
    if (points := sum(len(stroke) for ink in inks for stroke in ink.strokes)) > ITEMS_POINTS:
        raise TooLarge(f"items may have at most {ITEMS_POINTS:,} points in all, found {points:,}")


def _begun(sources: Iterable[Ink | Sheet | bytes], until: float) -> Iterator[Ink | Sheet | bytes]:
    """Yield sources for as long as this thread has time."""
    for source in sources:
        if time.thread_time() > until:
            return
        yield source
