"""Reading forms over HTTP: a picture of a page, and a reading for each of its fields."""

import reprlib

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from digitpad.web.answers import FormBody, answer, form_body
from digitpad.web.bodies import MAX_BODY, read_multipart
from digitpad.web.counting import note
from digitpad.web.limits import limits
from digitpad.web.observe import MODEL
from digitpad.web.openapi import content, operation
from digitpad.web.personal import own_style
from digitpad.web.schemas import PICTURES, FormForm
from digitpad.web.serving import loaded_reader

routes = APIBlueprint("forms", __name__, tag="Reading forms")


@routes.post("/api/v1/read-form")
@routes.doc(
    **operation(
        FormBody,
        *(400, 401, 413, 415, 422, 429, 500, 503),
        body=content(
            FormForm,
            "multipart/form-data",
            encoding={"image": {"contentType": ", ".join(PICTURES)}},
        ),
        is_personal=True,
    )
)
def read_form() -> Response:
    """Read each field of a form on a picture."""
    limits().spend("readings")
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(
            f"expected multipart/form-data, found {reprlib.repr(request.mimetype)}"
        )
    request.max_content_length = MAX_BODY
    reader, style = loaded_reader(), own_style()
    sent = read_multipart(FormForm)
    form = reader.read_form(sent.image, sent.to_layout(), style)
    limits().spend("readings", cost=len(form.fields))
    for field in form.fields:
        note(field.reading)
    request.environ[MODEL] = reader.manifest.version
    return answer(form_body(form, reader.manifest, style is not None))
