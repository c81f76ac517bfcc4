"""The HTTP interface. Bodies are checked here by hand: strictly, and fast enough to draw with."""

import base64
import io
import json
import reprlib
import threading
from typing import Any, get_args

import numpy as np
from apiflask import APIBlueprint
from flask import current_app, request
from PIL import Image
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from digitpad.errors import InvalidInput, TooLarge
from digitpad.ink import Ink
from digitpad.raster import SIDE, Raster
from digitpad.reader import Alternative, Digit, Expect, Reader, Reading
from digitpad.web.schemas import PICTURES, HealthBody, ModelBody, ReadingBody, responses

MAX_BODY = 10_000_000  # bytes; what phones take is about 4 MB
MAX_JSON = 3_000_000  # bytes; 20,000 points written at length. As Python lists: 40 times as much
EXPECTS: tuple[Expect, ...] = get_args(Expect)
READER = "digitpad.reader"  # its place in app.extensions
KINDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", float: "a number"}
TINY = Ink.from_strokes([[(0, 0), (0, 1)]])

api = APIBlueprint("api", __name__, tag="Reading")
_one_picture = threading.Lock()  # a large one takes 100 MB and more while it is decoded


def loaded_reader() -> Reader:
    """Return the reader of this process."""
    reader: Reader = current_app.extensions[READER]
    return reader


@api.post("/api/v1/read")
@api.doc(responses=responses(ReadingBody, 400, 413, 415, 422, 500))
def read() -> dict[str, Any]:
    """Read ink or a picture."""
    reader = loaded_reader()
    expect = _query_expect()
    if request.mimetype == "application/json":
        ink, body_expect = _parse_json()
        reading = reader.read(ink, body_expect or expect)
    elif request.mimetype in ("multipart/form-data", *PICTURES):
        if request.mimetype in PICTURES:
            picture, body_expect = _read_body(MAX_BODY), None
        else:
            picture, body_expect = _parse_form()
        with _one_picture:
            reading = reader.read(picture, body_expect or expect)
    elif not _read_body(MAX_JSON):
        raise BadRequest("the body is empty")
    else:
        raise UnsupportedMediaType(
            f"expected application/json, multipart/form-data or one of {', '.join(PICTURES)}; "
            f"found {reprlib.repr(request.mimetype)}"
        )
    return _reading_body(reading, reader)


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
            "convention": "MNIST's: white ink on black, longest side 20 px, centre of mass centred",
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
@api.doc(responses=responses(HealthBody, 500))
def ready() -> dict[str, str]:
    """Say that it can read, after reading a line."""
    loaded_reader().read(TINY)
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


def _read_body(limit: int) -> bytes:
    request.max_content_length = limit
    data = request.get_data(cache=False)
    if request.content_length is None and len(data) >= limit:
        raise RequestEntityTooLarge  # sent in chunks; Werkzeug cuts those off without a word
    return data


def _parse_json() -> tuple[Ink, Expect | None]:
    data = _read_body(MAX_JSON)
    if not data:
        raise BadRequest("the body is empty")
    try:
        # Whole numbers as floats: Python refuses to parse very long ones as int.
        body = json.loads(data.decode(), parse_int=float, object_pairs_hook=_object)
    except RecursionError as error:
        raise BadRequest("the body is nested too deeply") from error
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    ink = _check_keys(body, "the body", {"ink", "expect"}, "ink")
    strokes = _check_keys(ink, "ink", {"strokes"}, "strokes")
    if not isinstance(strokes, list):
        raise InvalidInput(f"ink.strokes must be an array of strokes, found {_kind(strokes)}")
    expect = _check_expect(body["expect"], "expect") if "expect" in body else None
    try:
        return Ink.from_strokes(strokes), expect
    except (InvalidInput, TooLarge) as error:
        raise type(error)(str(error).replace("strokes[", "ink.strokes[", 1)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise InvalidInput(f"a key is there twice in {reprlib.repr([key for key, _ in pairs])}")
    return made


def _check_keys(value: Any, place: str, known: set[str], required: str) -> Any:
    if not isinstance(value, dict):
        raise InvalidInput(f"{place} must be an object, found {_kind(value)}")
    for key in value:
        if key not in known:
            raise InvalidInput(f"{place} has an unknown key {reprlib.repr(key)}")
    if required not in value:
        raise InvalidInput(f"{place} must have the key {required!r}")
    return value[required]


def _kind(value: object) -> str:
    return KINDS.get(type(value), "null")


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


def _reading_body(reading: Reading, reader: Reader) -> dict[str, Any]:
    return {
        "text": reading.text,
        "status": reading.status,
        "reason": reading.reason,
        "confidence": reading.confidence,
        "alternatives": _alternatives_body(reading.alternatives),
        "digits": [_digit_body(digit) for digit in reading.digits],
        "model": {"version": reader.manifest.version, "sha256": reader.manifest.sha256},
        "personal": False,
    }


def _digit_body(digit: Digit) -> dict[str, Any]:
    body = {
        "digit": digit.digit,
        "confidence": digit.confidence,
        "probabilities": digit.probabilities.tolist(),
        "box": list(digit.box),
        "alternatives": _alternatives_body(digit.alternatives),
        "raster": _data_url(digit.raster),
    }
    if digit.ink is not None:
        body["ink"] = {"strokes": digit.ink.to_lists()}
    return body


def _alternatives_body(alternatives: tuple[Alternative, ...]) -> list[dict[str, Any]]:
    return [{"text": a.text, "confidence": a.confidence} for a in alternatives]


def _data_url(raster: Raster) -> str:
    stream = io.BytesIO()
    Image.fromarray(np.rint(raster * 255).astype(np.uint8)).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
