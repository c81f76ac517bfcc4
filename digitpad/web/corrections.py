"""Corrections over HTTP: made, listed and erased by those whose they are."""

import re
import reprlib
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from digitpad.errors import InvalidInput
from digitpad.store import corrections, writers
from digitpad.web.bodies import (
    UUID_FORM,
    check_keys,
    data_url,
    parse_drawing,
    parse_label,
    read_json,
)
from digitpad.web.identity import caller, caller_who_may_change, database, forget, remember
from digitpad.web.schemas import CorrectionBody, CorrectionsBody, ErasedBody, WriterBody, responses

PAGE = 50  # corrections in one answer
FORMS = {
    "id": (UUID_FORM, "a UUID in lower case with hyphens"),
    "predicted": ("[0-9]", 'one of "0" to "9"'),
    "model": ("[0-9a-f]{64}", "the model's SHA-256 in lower case"),
}

routes = APIBlueprint("corrections", __name__, tag="Corrections")


@routes.post("/api/v1/corrections")
@routes.doc(
    responses=responses(
        CorrectionBody, 400, 401, 403, 409, 413, 415, 422, 500, 503, good=(200, 201)
    )
)
def add() -> Response:
    """Keep a correction; the same one again is kept once."""
    store, writer = database(), caller_who_may_change()
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(
            f"expected application/json, found {reprlib.repr(request.mimetype)}"
        )
    kept, is_new = corrections.add(store, writer, _parse())
    response = jsonify(_body(kept))
    response.status_code = 201 if is_new else 200
    remember(response, kept.writer)
    return response


@routes.get("/api/v1/corrections")
@routes.doc(responses=responses(CorrectionsBody, 401, 422, 500, 503))
def show() -> dict[str, Any]:
    """List the caller's corrections, newest first."""
    before = _parse_before()
    store, writer = database(), caller()
    if writer is None:
        return {"corrections": [], "total": 0, "next": None}
    page = corrections.page(store, writer, PAGE, before)
    return {
        "corrections": [_body(kept) for kept in page.corrections],
        "total": page.total,
        "next": page.next,
    }


@routes.delete("/api/v1/corrections/<correction>")
@routes.doc(responses=responses(None, 401, 403, 404, 500, 503, good=(204,)))
def remove(correction: str) -> tuple[str, int]:
    """Erase one of the caller's corrections."""
    store, writer = database(), caller_who_may_change()
    known = re.fullmatch(FORMS["id"][0], correction)
    if not known or writer is None or not corrections.remove(store, writer, UUID(correction)):
        raise NotFound("you have no correction with this id")
    return "", 204


@routes.post("/api/v1/writers")
@routes.doc(responses=responses(WriterBody, 500, 503, good=(201,)))
def make_writer() -> tuple[dict[str, str], int]:
    """Issue a program a token, which is shown this once."""
    return {"token": writers.issue_token(database())}, 201


@routes.delete("/api/v1/me")
@routes.doc(responses=responses(ErasedBody, 401, 403, 500, 503))
def erase() -> Response:
    """Erase the caller and all that the caller corrected."""
    store, writer = database(), caller_who_may_change()
    response = jsonify({"erased": 0 if writer is None else writers.erase(store, writer)})
    forget(response)
    return response


def _parse() -> corrections.Correction:
    body = read_json()
    known = {*FORMS, "label", "ink", "raster"}
    for name, (form, wanted) in FORMS.items():
        value = check_keys(body, "the body", known, name)
        if not isinstance(value, str) or not re.fullmatch(form, value):
            raise InvalidInput(f"{name} must be {wanted}, found {reprlib.repr(value)}")
    label = parse_label(check_keys(body, "the body", known, "label"))
    drawing = parse_drawing(body)
    return corrections.Correction(
        UUID(body["id"]), drawing, label, body["predicted"], body["model"]
    )


def _parse_before() -> int | None:
    for name in request.args:
        if name != "before":
            raise InvalidInput(f"the query has an unknown key {reprlib.repr(name)}")
    values = request.args.getlist("before")
    if not values:
        return None
    if len(values) > 1 or not re.fullmatch("[0-9]{1,9}", values[0]):
        raise InvalidInput(f"before must be what next was, found {reprlib.repr(values)}")
    return int(values[0])


def _body(kept: corrections.Kept) -> dict[str, Any]:
    return {
        "id": str(kept.id),
        "label": kept.label,
        "predicted": kept.predicted,
        "model": kept.model,
        "created": kept.created.isoformat(timespec="seconds"),
        "raster": data_url(kept.drawing.raster),
    }
