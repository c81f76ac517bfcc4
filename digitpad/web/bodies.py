"""Bodies of requests, checked by hand: strictly, and fast enough to draw with."""

import base64
import io
import json
import reprlib
from typing import Any

import numpy as np
from flask import request
from PIL import Image
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from digitpad.errors import InvalidInput, TooLarge
from digitpad.ink import MAX_POINTS, Ink
from digitpad.labels import DIGITS
from digitpad.network.drawing import Drawing
from digitpad.network.inputs import SIDE, Raster
from digitpad.style import MOST, Example

MAX_BODY = 10_000_000  # bytes; what phones take is about 4 MB
MAX_JSON = 3_000_000  # bytes; 20,000 points written at length. As Python lists: 40 times as much
MAX_RASTER = 1_500  # characters of a data URL; 28 x 28 pixels take 500, pure noise 1,200
UUID_FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DATA_URL = "data:image/png;base64,"
KINDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", float: "a number"}


def read_body(limit: int) -> bytes:
    """Return the request's body; raises RequestEntityTooLarge beyond `limit` bytes."""
    request.max_content_length = limit
    try:
        data = request.get_data(cache=False)
    except OSError as error:  # gunicorn's, for chunks that are none
        raise BadRequest("the body is cut short or damaged") from error
    if request.content_length is None and len(data) >= limit:
        raise RequestEntityTooLarge  # sent in chunks; Werkzeug cuts those off without a word
    return data


def read_json() -> Any:
    """Return the request's body, parsed; all numbers are float. Raises BadRequest, InvalidInput."""
    data = read_body(MAX_JSON)
    if not data:
        raise BadRequest("the body is empty")
    try:
        # Whole numbers as floats: Python refuses to parse very long ones as int.
        return json.loads(data.decode(), parse_int=float, object_pairs_hook=_object)
    except RecursionError as error:
        raise BadRequest("the body is nested too deeply") from error
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error


def check_keys(value: Any, place: str, known: set[str], required: str) -> Any:
    """Return `value[required]`; raises InvalidInput unless value is an object of known keys."""
    if not isinstance(value, dict):
        raise InvalidInput(f"{place} must be an object, found {kind(value)}")
    for key in value:
        if key not in known:
            raise InvalidInput(f"{place} has an unknown key {reprlib.repr(key)}")
    if required not in value:
        raise InvalidInput(f"{place} must have the key {required!r}")
    return value[required]


def parse_ink(value: Any) -> Ink:
    """Return the ink of `{"strokes": …}`; raises InvalidInput that names the place, or TooLarge."""
    strokes = check_keys(value, "ink", {"strokes"}, "strokes")
    if not isinstance(strokes, list):
        raise InvalidInput(f"ink.strokes must be an array of strokes, found {kind(strokes)}")
    try:
        return Ink.from_strokes(strokes)
    except (InvalidInput, TooLarge) as error:
        raise type(error)(str(error).replace("strokes[", "ink.strokes[", 1)) from error


def parse_label(value: Any) -> str | None:
    """Return what a drawing is said to be, None: not a digit; raises InvalidInput."""
    if value is not None and value not in DIGITS:
        raise InvalidInput(f'label must be "0" to "9" or null, found {reprlib.repr(value)}')
    label: str | None = value
    return label


def parse_drawing(body: dict[str, Any]) -> Drawing:
    """Return the drawing of an object with `ink` or `raster`; raises InvalidInput or TooLarge."""
    if ("ink" in body) == ("raster" in body):
        raise InvalidInput("there must be one of the keys 'ink' and 'raster'")
    drawing = parse_ink(body["ink"]) if "ink" in body else parse_raster(body["raster"])
    if not (drawing.strokes if isinstance(drawing, Ink) else drawing.any()):
        raise InvalidInput("the drawing must have ink, found none")
    return Drawing.of(drawing)


def parse_examples(value: Any) -> list[Example]:
    """Return drawings with their labels; raises InvalidInput that names the place, or TooLarge.

    They are drawn anew for each reading, so all of them have no more points than one drawing.
    """
    if not isinstance(value, list):
        raise InvalidInput(f"examples must be an array, found {kind(value)}")
    if len(value) > MOST:
        raise InvalidInput(f"examples must be {MOST} at most, found {len(value)}")
    examples, points = [], 0
    for number, item in enumerate(value):
        place = f"examples[{number}]"
        label = check_keys(item, place, {"ink", "raster", "label"}, "label")
        try:
            examples.append(Example(parse_drawing(item), parse_label(label)))
        except (InvalidInput, TooLarge) as error:
            raise type(error)(f"{place}: {error}") from error
        ink = examples[-1].drawing.ink
        points += len(ink.points) if ink else 0
        if points > MAX_POINTS:
            raise TooLarge(f"examples may have at most {MAX_POINTS:,} points in all")
    return examples


def parse_raster(value: Any) -> Raster:
    """Return the raster (28, 28) in [0, 1] of a data URL; raises InvalidInput."""
    wanted = f"raster must be a PNG of {SIDE} x {SIDE} grey pixels as a data URL"
    if not isinstance(value, str) or not value.startswith(DATA_URL) or len(value) > MAX_RASTER:
        raise InvalidInput(f"{wanted}, found {reprlib.repr(value)}")
    try:
        data = base64.b64decode(value.removeprefix(DATA_URL), validate=True)
        image = Image.open(io.BytesIO(data), formats=["PNG"])
        if image.size != (SIDE, SIDE) or image.mode != "L":
            raise InvalidInput(f"{wanted}, found {image.size} of mode {image.mode}")
        return np.asarray(image, np.float32) / np.float32(255)
    except InvalidInput:
        raise
    except Exception as error:  # decoders raise nearly anything on damaged files
        raise InvalidInput(f"{wanted}, found a damaged one") from error


def data_url(raster: Raster) -> str:
    """Return a raster (28, 28) in [0, 1] as a PNG in a data URL."""
    stream = io.BytesIO()
    Image.fromarray(np.rint(raster * 255).astype(np.uint8)).save(stream, "PNG")
    return DATA_URL + base64.b64encode(stream.getvalue()).decode()


def kind(value: object) -> str:
    """Name a JSON value's kind."""
    return KINDS.get(type(value), "null")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise InvalidInput(f"a key is there twice in {reprlib.repr([key for key, _ in pairs])}")
    return made
