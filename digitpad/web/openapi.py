"""The OpenAPI document: what each operation takes and answers, from the types that do it.

APIFlask finds the paths and their summaries. It would parse bodies itself, but laxly and slowly,
so it is told here what they are.
"""

from typing import Any

from flask import current_app
from pydantic import TypeAdapter

from digitpad.ink import MAX_POINTS
from digitpad.picture.cost import MAX_PIXELS
from digitpad.web import answers, schemas
from digitpad.web.identity import COOKIE
from digitpad.web.schemas import PICTURES, REF, Body

TYPES = (
    schemas.ReadRequest,
    schemas.ReadForm,
    schemas.FormForm,
    schemas.BatchRequest,
    schemas.BatchItem,
    schemas.CorrectionRequest,
    answers.ReadingBody,
    answers.BatchBody,
    answers.FormBody,
    answers.CorrectionBody,
    answers.CorrectionsBody,
    answers.WriterBody,
    answers.ErasedBody,
    answers.ModelBody,
    answers.HealthBody,
    answers.Problem,
)
WHEN = {
    400: "The body is empty, or not JSON",
    401: "The token is not a writer's, or the API key is not known",
    403: "Neither the Origin header of this site nor a token",
    404: "The caller has no such correction",
    409: "The id is taken",
    413: f"The body is too large, or has over {MAX_POINTS:,} points or {MAX_PIXELS:,} pixels",
    415: "Neither JSON, nor a whole PNG, JPEG or WebP picture",
    422: "A value is not what is expected; the detail names the place",
    429: "The client sent too many: Retry-After says when to go on",
    500: "The server failed",
    503: "Too much is being done, the database does not answer, or there is none",
    507: "The writer, or the site, has as many corrections as are kept",
}
KNOWN: list[dict[str, list[str]]] = [{"token": []}, {"cookie": []}]  # ways to say who calls
ORIGIN = {
    "name": "Origin",
    "in": "header",
    "schema": {"type": "string"},
    "description": "Of this site; browsers send it. Not needed with a token.",
}
SETTINGS = {  # of APIFlask
    "AUTO_SERVERS": False,  # it would keep the Host header of the first request
    "AUTO_404_RESPONSE": False,  # of a shape that is not ours, as the next one
    "AUTO_AUTH_ERROR_RESPONSE": False,
    "SECURITY_SCHEMES": {
        "token": {"type": "http", "scheme": "bearer", "description": "a writer's token"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    },
}


def operation(
    good: type | None,
    *errors: int,
    statuses: tuple[int, ...] = (200,),
    body: dict[str, Any] | None = None,
    query: type[Body] | None = None,
    is_personal: bool = False,
    changes: bool = False,
) -> dict[str, Any]:
    """Return what `doc` needs to describe an operation.

    It answers `good` with one of `statuses`, or a problem with one of `errors`. `body` is of the
    request, by content type; `is_personal` says that callers may say who they are, `changes` that
    they must.
    """
    parameters = [ORIGIN] if changes else []
    properties = query.model_json_schema()["properties"] if query else {}
    for name, schema in properties.items():
        parameters.append({"name": name, "in": "query", "schema": schema})
    described: dict[str, Any] = {"parameters": parameters}
    if body is not None:
        described["requestBody"] = {"required": True, "content": body}
    callers = KNOWN if changes else [{}, *KNOWN]
    answered: dict[str, Any] = {"description": "Done"}
    if good is not None:
        answered = {"description": good.__doc__, "content": content(good)}
    return {
        "responses": {
            **dict.fromkeys(statuses, answered),
            **{
                status: {
                    "description": WHEN[status],
                    "content": content(answers.Problem, "application/problem+json"),
                }
                for status in errors
            },
        },
        "security": callers if is_personal or changes else None,
        "extensions": described,  # they go into the operation as they are
    }


def content(kind: type, content_type: str = "application/json", **more: Any) -> dict[str, Any]:
    """Describe a body of one of the TYPES."""
    return {content_type: {"schema": {"$ref": REF.format(model=kind.__name__)}, **more}}


def pictures() -> dict[str, Any]:
    """Describe a body that is a picture."""
    schema = {"type": "string", "format": "binary"}
    return {kind: {"schema": schema} for kind in PICTURES}


def document() -> dict[str, Any]:
    """Return this site's OpenAPI document, which is made once."""
    made: Any = current_app.view_functions["openapi.spec"]()
    spec: dict[str, Any] = made.json
    return spec


def add_schemas(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """Add the TYPES to the document."""
    assert isinstance(spec, dict)  # a str only where YAML is served
    _, schema = TypeAdapter.json_schemas(
        [(kind.__name__, "validation", TypeAdapter(kind)) for kind in TYPES], ref_template=REF
    )
    spec["components"]["schemas"] = schema["$defs"]
    return spec
