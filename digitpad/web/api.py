"""Reading over HTTP, and what says how the site is."""

import reprlib

from apiflask import APIBlueprint
from flask import Response, current_app, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from digitpad.ink import Ink
from digitpad.reader import Expect
from digitpad.web import drift, observe
from digitpad.web.answers import (
    HealthBody,
    ModelBody,
    ReadingBody,
    answer,
    model_body,
    reading_body,
)
from digitpad.web.bodies import MAX_BODY, MAX_JSON, read_body, read_multipart, read_query
from digitpad.web.counting import note
from digitpad.web.identity import DATABASE
from digitpad.web.limits import KEY, limits
from digitpad.web.observe import MODEL
from digitpad.web.openapi import content, operation, pictures
from digitpad.web.personal import own_style, read_request, with_examples
from digitpad.web.schemas import PICTURES, READ_EXAMPLE, ReadForm, ReadQuery, ReadRequest
from digitpad.web.serving import loaded_reader

TINY = Ink.from_strokes([[(0, 0), (0, 1)]])

api = APIBlueprint("api", __name__, tag="Reading")


@api.post("/api/v1/read")
@api.doc(
    **operation(
        ReadingBody,
        *(400, 401, 413, 415, 422, 429, 500, 503),
        body={
            **content(ReadRequest, example=READ_EXAMPLE),
            **content(
                ReadForm,
                "multipart/form-data",
                encoding={"image": {"contentType": ", ".join(PICTURES)}},
            ),
            **pictures(),
        },
        query=ReadQuery,
        is_personal=True,
    )
)
def read() -> Response:
    """Read ink or a picture."""
    limits().spend("readings")
    reader, style, asked = loaded_reader(), own_style(), read_query(ReadQuery)
    ink: Ink | None = None
    if request.mimetype == "application/json":
        sent, examples = read_request(ReadRequest)
        style = with_examples(examples, style)
        ink = sent.ink.to_ink()
        reading = reader.read(sent.ink.to_source(), _expect(sent, asked), style)
    elif request.mimetype == "multipart/form-data":
        form = read_multipart(ReadForm)
        reading = reader.read(form.image, _expect(form, asked), style)
    elif request.mimetype in PICTURES:
        reading = reader.read(read_body(MAX_BODY), asked.expect, style)
    elif not read_body(MAX_JSON):
        raise BadRequest("the body is empty")
    else:
        raise UnsupportedMediaType(
            f"expected application/json, multipart/form-data or one of {', '.join(PICTURES)}; "
            f"found {reprlib.repr(request.mimetype)}"
        )
    request.environ[MODEL] = reader.manifest.version
    note(reading, ink)
    return answer(reading_body(reading, reader.manifest, style is not None))


@api.get("/api/v1/model")
@api.doc(**operation(ModelBody, 500))
def model() -> Response:
    """Describe the model."""
    manifest = loaded_reader().manifest
    response = answer(model_body(manifest))
    response.set_etag(manifest.sha256)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


@api.get("/healthz")
@api.doc(**operation(HealthBody, 500))
def health() -> HealthBody:
    """Say that the process lives."""
    return {"status": "ok"}


@api.get("/readyz")
@api.doc(**operation(HealthBody, 500, 503))
def ready() -> HealthBody:
    """Say that it can read, after reading a line, and that the database answers, if it has one."""
    loaded_reader().read(TINY)
    if (database := current_app.extensions[DATABASE]) is not None:
        database.check()
    return {"status": "ok"}


@api.get("/metrics")
@api.doc(hide=True)
def metrics() -> Response:
    """Tell Prometheus what all processes did, if whoever asks has an API key."""
    database = current_app.extensions[DATABASE]
    limits().need_key(database, request.headers.get(KEY, ""))
    return Response(observe.metrics() + drift.metrics(database), mimetype="text/plain")


def _expect(sent: ReadRequest | ReadForm, asked: ReadQuery) -> Expect:
    """Return what to expect: the body goes before the query."""
    return sent.expect if "expect" in sent.model_fields_set else asked.expect
