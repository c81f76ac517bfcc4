"""Bodies and queries of requests: bounded before they are parsed, checked by their models."""

import re
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import jiter
from flask import request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from digitpad.errors import InvalidInput, TooLarge
from digitpad.ink import MAX_POINTS
from digitpad.timing import stage
from digitpad.web.schemas import LACKING, TAGS, Body

MAX_BODY = 10_000_000  # bytes; what phones take is about 4 MB
MAX_JSON = 3_000_000  # bytes; twice 20,000 points written at length
# What the largest ink and the most examples need. Each value costs up to 100 bytes once it is
# parsed, and each key that nobody knows 1 kB, so both are counted before.
MAX_VALUES = 11 * MAX_POINTS  # a point and its stroke, of the ink and of examples, have 10
MAX_TEXTS = 2_000  # keys among them; 200 examples have 1,000
KINDS: dict[type, str] = {
    dict: "an object",
    list: "an array",
    tuple: "an array",
    type(None): "null",
    bytes: "a file",
    bool: "a boolean",
}

WORDS = {  # for pydantic's types of errors
    "list_type": "an array",
    "tuple_type": "a point, [x, y] or [x, y, t]",
    "model_type": "an object",
}

Model = TypeVar("Model", bound=Body)


def read_body(limit: int) -> bytes:
    """Return the request's body; raises RequestEntityTooLarge beyond `limit` bytes."""
    request.max_content_length = limit
    data = request.get_data(cache=False)
    if request.content_length is None and len(data) >= limit:
        raise RequestEntityTooLarge  # sent in chunks; Werkzeug cuts those off without a word
    return data


def read_json(model: type[Model]) -> Model:
    """Return the request's body as a model has it. Raises BadRequest, InvalidInput or TooLarge."""
    return parse(model, read_body(MAX_JSON))


def parse(model: type[Model], data: bytes) -> Model:
    """Return a body of JSON as a model has it. Raises BadRequest, InvalidInput or TooLarge."""
    with stage("parse"):
        return _parse(model, data)


def _parse(model: type[Model], data: bytes) -> Model:
    if not data:
        raise BadRequest("the body is empty")
    if data.count(b"[") + data.count(b",") > MAX_VALUES:
        raise TooLarge(f"a JSON body may have at most {MAX_VALUES:,} arrays and commas")
    if data.count(b'"') > 2 * MAX_TEXTS:
        raise TooLarge(f"a JSON body may have at most {MAX_TEXTS:,} keys and texts")
    try:
        value = jiter.from_json(data, catch_duplicate_keys=True)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    return check(model, value, "the body")


def read_query(model: type[Model]) -> Model:
    """Return the request's query as a model has it. Raises InvalidInput."""
    if not request.query_string:
        return model()
    return check(model, single(request.args.to_dict(flat=False)), "the query")


def read_multipart(model: type[Model]) -> Model:
    """Return the request's form, of texts and files, as a model has it. Raises InvalidInput."""
    texts, files = request.form, request.files
    found: dict[str, list[str | bytes]] = {
        name: [*texts.getlist(name), *(file.read() for file in files.getlist(name))]
        for name in (*texts, *files)
    }
    return check(model, single(found), "the form")


def single(values: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return what a form or a query has once as it is, and what it has more often as a list."""
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def check(model: type[Model], value: Any, what: str) -> Model:
    """Return what was sent as a model has it.

    Raises InvalidInput that names the place, or TooLarge where ink has too much.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False)
        first = next((e for e in found if e["type"] == "extra_forbidden"), found[0])
        is_large = (
            first["type"] == "too_long" and not _is_point(first) and "strokes" in first["loc"]
        )
        raise (TooLarge if is_large else InvalidInput)(_complaint(first, what)) from error


def _complaint(error: ErrorDetails, what: str) -> str:
    """Say in one line where something is not as expected, what is, and what was found."""
    kind, value = error["type"], error["input"]
    if _is_point(error):
        place = _place(error["loc"][: -1 if kind == "missing" else None], what)
        return f"{place} must be [x, y] or [x, y, t], found {len(value)} values"
    if kind in ("extra_forbidden", "missing"):
        owner, key = _place(error["loc"][:-1], what), reprlib.repr(error["loc"][-1])
        has = "has an unknown key" if kind == "extra_forbidden" else "must have the key"
        return f"{owner} {has} {key}"
    place = _place(error["loc"], what)
    if kind == LACKING:
        return f"{place} must have {error['msg']}"
    if kind == "too_long":
        return f"{place} may have at most {error['ctx']['max_length']:,}, found {len(value):,}"
    wanted = WORDS.get(kind, error["msg"])
    return f"{place} must be {wanted}, found {KINDS.get(type(value)) or reprlib.repr(value)}"


def _is_point(error: ErrorDetails) -> bool:
    """Whether an error is a point of too few or too many numbers."""
    short = error["type"] == "missing" and isinstance(error["input"], list)
    return short or error.get("ctx", {}).get("field_type") == "Tuple"


def _place(loc: Sequence[int | str], what: str) -> str:
    """Write a place as in `ink.strokes[0][3].x`; without one, it is all of what was sent."""
    named = [part for part in loc if part not in TAGS]
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in named)
    text = re.sub(
        r"(\.strokes\[\d+\]\[\d+\])\[([0-2])\]$", lambda m: f"{m[1]}.{'xyt'[int(m[2])]}", text
    )
    return text.removeprefix(".") or what
