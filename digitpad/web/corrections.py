"""Corrections over HTTP: made, listed and erased by those whose they are."""

import reprlib
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from digitpad.expect import to_plain
from digitpad.network.drawing import Drawing
from digitpad.store import corrections, writers
from digitpad.store.corrections import Correction, Page
from digitpad.web.answers import (
    CorrectionBody,
    CorrectionsBody,
    ErasedBody,
    WriterBody,
    answer,
    correction_body,
    corrections_body,
)
from digitpad.web.bodies import read_json, read_query
from digitpad.web.counting import counting
from digitpad.web.identity import (
    caller,
    caller_who_may_change,
    database,
    forget,
    refuse_other_sites,
    remember,
)
from digitpad.web.limits import limits
from digitpad.web.openapi import content, operation
from digitpad.web.rasters import parse_data_url
from digitpad.web.schemas import CorrectionRequest, PageQuery

PAGE = 50  # corrections in one answer
NONE = Page((), 0, None)

routes = APIBlueprint("corrections", __name__, tag="Corrections")


@routes.post("/api/v1/corrections")
@routes.doc(
    **operation(
        CorrectionBody,
        *(400, 401, 403, 409, 413, 415, 422, 429, 500, 503, 507),
        statuses=(200, 201),
        body=content(
            CorrectionRequest,
            example={
                "id": "8d0c6b1a-52e4-4f7b-9c3d-1a2b3c4d5e6f",
                "ink": {"strokes": [[[40, 10], [38, 45], [36, 90]]]},
                "label": "7",
                "predicted": "1",
                "model": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
            },
        ),
        changes=True,
    )
)
def add() -> Response:
    """Keep a correction; the same one again is kept once."""
    store, writer = database(), caller_who_may_change()
    limits().spend("corrections", store)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(
            f"expected application/json, found {reprlib.repr(request.mimetype)}"
        )
    sent = read_json(CorrectionRequest)
    drawing = Drawing.of(sent.ink.to_ink() if sent.ink else parse_data_url(sent.raster or ""))
    expect = None if sent.expect is None else to_plain(sent.expect)
    correction = Correction(
        UUID(sent.id), drawing, sent.label, sent.predicted, sent.model, expect=expect
    )
    kept, is_new = corrections.add(store, writer, correction, limits().most)
    if is_new and sent.label != sent.predicted and (counts := counting()) is not None:
        counts.corrected()
    response = answer(correction_body(kept), 201 if is_new else 200)
    remember(response, kept.writer)
    return response


@routes.get("/api/v1/corrections")
@routes.doc(**operation(CorrectionsBody, *(401, 422, 500, 503), query=PageQuery, is_personal=True))
def show() -> Response:
    """List the caller's corrections, newest first."""
    asked = read_query(PageQuery)
    store, writer = database(), caller()
    page = NONE if writer is None else corrections.page(store, writer, PAGE, asked.before)
    return answer(corrections_body(page))


@routes.delete("/api/v1/corrections/<uuid:correction>")
@routes.doc(**operation(None, *(401, 403, 404, 500, 503), statuses=(204,), changes=True))
def remove(correction: UUID) -> tuple[str, int]:
    """Erase one of the caller's corrections."""
    store, writer = database(), caller_who_may_change()
    if writer is None or not corrections.remove(store, writer, correction):
        raise NotFound("you have no correction with this id")
    return "", 204


@routes.post("/api/v1/writers")
@routes.doc(**operation(WriterBody, 401, 403, 429, 500, 503, statuses=(201,)))
def make_writer() -> Response:
    """Issue a program a token, which is shown this once."""
    refuse_other_sites()
    store = database()
    limits().spend("writers", store)
    made: WriterBody = {"token": writers.issue_token(store)}
    return answer(made, 201)


@routes.delete("/api/v1/me")
@routes.doc(**operation(ErasedBody, *(401, 403, 500, 503), changes=True))
def erase() -> Response:
    """Erase the caller and all that the caller corrected."""
    store, writer = database(), caller_who_may_change()
    erased: ErasedBody = {"erased": 0 if writer is None else writers.erase(store, writer)}
    response = answer(erased)
    forget(response)
    return response
