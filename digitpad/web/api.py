"""Reading over HTTP, and what says how the site is."""

import reprlib
import threading
from typing import Any, get_args

from apiflask import APIBlueprint
from flask import current_app, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from digitpad.errors import InvalidInput
from digitpad.ink import Ink
from digitpad.network.inputs import SIDE
from digitpad.reader import Expect, Reader
from digitpad.reading import Alternative, Digit, Reading
from digitpad.style import Example, Style
from digitpad.web.bodies import (
    MAX_BODY,
    MAX_JSON,
    check_keys,
    data_url,
    parse_examples,
    parse_ink,
    read_body,
    read_json,
)
from digitpad.web.identity import DATABASE
from digitpad.web.personal import own_style
from digitpad.web.schemas import PICTURES, HealthBody, ModelBody, ReadingBody, responses
from digitpad.web.serving import loaded_reader

EXPECTS: tuple[Expect, ...] = get_args(Expect)
TINY = Ink.from_strokes([[(0, 0), (0, 1)]])

api = APIBlueprint("api", __name__, tag="Reading")
_one_picture = threading.Lock()  # a large one takes 100 MB and more while it is decoded


@api.post("/api/v1/read")
@api.doc(responses=responses(ReadingBody, 400, 401, 413, 415, 422, 500))
def read() -> dict[str, Any]:
    """Read ink or a picture."""
    reader, style = loaded_reader(), own_style()
    expect = _query_expect()
    if request.mimetype == "application/json":
        ink, body_expect, examples = _parse_json()
        if examples:
            style = Style((*examples, *(style.examples if style else ())))
        reading = reader.read(ink, body_expect or expect, style)
    elif request.mimetype in ("multipart/form-data", *PICTURES):
        if request.mimetype in PICTURES:
            picture, body_expect = read_body(MAX_BODY), None
        else:
            picture, body_expect = _parse_form()
        with _one_picture:
            reading = reader.read(picture, body_expect or expect, style)
    elif not read_body(MAX_JSON):
        raise BadRequest("the body is empty")
    else:
        raise UnsupportedMediaType(
            f"expected application/json, multipart/form-data or one of {', '.join(PICTURES)}; "
            f"found {reprlib.repr(request.mimetype)}"
        )
    return _reading_body(reading, reader, style is not None)


@api.get("/api/v1/model")
@api.doc(responses=responses(ModelBody, 500))
def model() -> dict[str, Any]:
    """Describe the model."""
    manifest = loaded_reader().manifest
    return {
        "version": manifest.version,
        "sha256": manifest.sha256,
        "labels": list(manifest.labels),
        "input": {
            "width": SIDE,
            "height": SIDE,
            "range": [0, 1],
            "convention": "MNIST's: white ink on black, longest side 20 px, centre of mass "
            "centred; of ink also the pen's direction, right and down, -1 to 1",
            "preprocessing": manifest.preprocessing,
        },
        "threshold": manifest.threshold,
        "metrics": manifest.metrics,
    }


@api.get("/healthz")
@api.doc(responses=responses(HealthBody, 500))
def health() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


@api.get("/readyz")
@api.doc(responses=responses(HealthBody, 500, 503))
def ready() -> dict[str, str]:
    """Say that it can read, after reading a line, and that the database answers, if it has one."""
    loaded_reader().read(TINY)
    if (database := current_app.extensions[DATABASE]) is not None:
        database.check()
    return {"status": "ok"}


def _query_expect() -> Expect:
    for name in request.args:
        if name != "expect":
            raise InvalidInput(f"the query has an unknown key {reprlib.repr(name)}")
    values = request.args.getlist("expect")
    if len(values) > 1:
        raise InvalidInput("the query has expect more than once")
    return _check_expect(values[0], "the query's expect") if values else "number"


def _check_expect(value: object, place: str) -> Expect:
    for expect in EXPECTS:
        if value == expect:
            return expect
    raise InvalidInput(f'{place} must be "digit" or "number", found {reprlib.repr(value)}')


def _parse_json() -> tuple[Ink, Expect | None, list[Example]]:
    body = read_json()
    ink = check_keys(body, "the body", {"ink", "expect", "examples"}, "ink")
    expect = _check_expect(body["expect"], "expect") if "expect" in body else None
    return parse_ink(ink), expect, parse_examples(body.get("examples", []))


def _parse_form() -> tuple[bytes, Expect | None]:
    for name in (*request.files, *request.form):
        if name not in ("image", "expect"):
            raise InvalidInput(f"the form has an unknown field {reprlib.repr(name)}")
    images, expects = request.files.getlist("image"), request.form.getlist("expect")
    if len(images) != 1 or "image" in request.form:
        raise InvalidInput(f"image must be there once, as a file; found {len(images)} files")
    if len(expects) > 1 or "expect" in request.files:
        raise InvalidInput("expect must be there at most once, as text")
    expect = _check_expect(expects[0], "expect") if expects else None
    return images[0].read(), expect


def _reading_body(reading: Reading, reader: Reader, personal: bool) -> dict[str, Any]:
    return {
        "text": reading.text,
        "status": reading.status,
        "reason": reading.reason,
        "confidence": reading.confidence,
        "alternatives": _alternatives_body(reading.alternatives),
        "digits": [_digit_body(digit) for digit in reading.digits],
        "model": {"version": reader.manifest.version, "sha256": reader.manifest.sha256},
        "personal": personal,
    }


def _digit_body(digit: Digit) -> dict[str, Any]:
    body = {
        "digit": digit.digit,
        "confidence": digit.confidence,
        "probabilities": digit.probabilities.tolist(),
        "box": list(digit.box),
        "alternatives": _alternatives_body(digit.alternatives),
        "raster": data_url(digit.raster),
    }
    if digit.ink is not None:
        body["ink"] = {"strokes": digit.ink.to_lists()}
    return body


def _alternatives_body(alternatives: tuple[Alternative, ...]) -> list[dict[str, Any]]:
    return [{"text": a.text, "confidence": a.confidence} for a in alternatives]
