"""What goes in and out over HTTP, as pydantic models: they write the OpenAPI description.

Requests are checked by `bodies.py` and `corrections.py`: pydantic takes false for 0, and slowly.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema, models_json_schema

from digitpad.ink import MAX_COORDINATE, MAX_POINTS
from digitpad.picture.cost import MAX_PIXELS
from digitpad.reader import Expect
from digitpad.reading import Status
from digitpad.style import MOST
from digitpad.web.bodies import UUID_FORM

Probability = Annotated[float, Field(ge=0, le=1)]
Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Point = tuple[Coordinate, Coordinate] | tuple[Coordinate, Coordinate, float]
Uuid = Annotated[str, Field(pattern=f"^{UUID_FORM}$")]
Label = Annotated[str, Field(pattern="^[0-9]$")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
REF = "#/components/schemas/{model}"
COOKIE = "digitpad"
RASTER = "png-data-url"  # format of a text: 28 x 28 grey pixels, not all black
PICTURES = ("image/png", "image/jpeg", "image/webp")
EXPECT = "`number`, one digit or up to 20 side by side, or `digit`, exactly one."


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InkBody(_Body):
    """A drawing: strokes of points, y pointing down, in any unit."""

    strokes: list[list[Point]] = Field(
        description=f"each point x, y and possibly the time; at most {MAX_POINTS:,} points in all"
    )


class DrawingBody(_Body):
    """A drawing that has points."""

    strokes: list[list[Point]] = Field(
        description="as in a reading", json_schema_extra={"contains": {"minItems": 1}}
    )


class _Labelled(_Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"oneOf": [{"required": ["ink"]}, {"required": ["raster"]}]},
    )

    ink: DrawingBody | SkipJsonSchema[None] = None
    raster: str | SkipJsonSchema[None] = Field(
        None, description="as it was answered", json_schema_extra={"format": RASTER}
    )
    label: Label | None = Field(description="what it is; null: not a digit")


class ExampleBody(_Labelled):
    """A drawing by the same hand, and what it is: `ink`, or the `raster` of a picture."""


class ReadRequest(_Body):
    """Ink to read."""

    ink: InkBody
    expect: Expect = Field("number", description=EXPECT)
    examples: list[ExampleBody] = Field(
        [],
        max_length=MOST,
        description="drawings by the same hand: they count for this reading, and are not kept. "
        f"At most {MAX_POINTS:,} points in all",
    )


class AlternativeBody(_Body):
    """Another way to read the same ink."""

    text: str
    confidence: Probability


class DigitBody(_Body):
    """One digit of a reading."""

    digit: str
    confidence: Probability
    probabilities: list[Probability] = Field(min_length=10, max_length=10)
    box: list[float] = Field(
        min_length=4,
        max_length=4,
        description="left, top, right, bottom in the unit of the ink, or px of the picture",
    )
    alternatives: list[AlternativeBody]
    raster: str = Field(
        description="what the network saw, without the pen's direction: a PNG of 28 x 28 grey "
        "pixels as a data URL"
    )
    ink: InkBody | SkipJsonSchema[None] = Field(None, description="present when ink was sent")


class ModelReference(_Body):
    """The model that read."""

    version: str
    sha256: str


class ReadingBody(_Body):
    """What was read."""

    text: str = Field(description='the best guess, also when unsure; "" when blank')
    status: Status
    reason: str | None = Field(description="why it is unsure")
    confidence: Probability = Field(description="probability that text is right")
    alternatives: list[AlternativeBody]
    digits: list[DigitBody]
    model: ModelReference
    personal: bool = Field(description="whether the caller's corrections, or `examples`, took part")


class CorrectionRequest(_Labelled):
    """A drawing, and which digit it is: `ink`, or the `raster` where a picture was read."""

    id: Uuid = Field(description="made by the client: the same correction, sent again, is one")
    predicted: Label = Field(description="what it was read as")
    model: Sha256 = Field(description="SHA-256 of the model that read it")


class CorrectionBody(_Body):
    """A correction, as it is kept."""

    id: Uuid
    label: Label | None
    predicted: Label
    model: Sha256
    created: str = Field(description="when it came, in UTC (ISO 8601)")
    raster: str = Field(description="the drawing: a PNG of 28 x 28 grey pixels as a data URL")


class CorrectionsBody(_Body):
    """The caller's corrections, newest first."""

    corrections: list[CorrectionBody]
    total: int = Field(description="how many the caller has")
    next: int | None = Field(description="`before` of the next page; null when there is none")


class WriterBody(_Body):
    """A new writer, for a program."""

    token: str = Field(description="to send as `Authorization: Bearer`; it is not shown again")


class ErasedBody(_Body):
    """What was erased."""

    erased: int = Field(description="how many corrections")


class InputContract(_Body):
    """What the network sees."""

    width: int
    height: int
    range: list[float]
    convention: str
    preprocessing: int


class ModelBody(_Body):
    """The model that is served."""

    version: str
    sha256: str
    labels: list[str]
    input: InputContract
    threshold: Probability = Field(description="confidence below which a reading is unsure")
    metrics: dict[str, Any] = Field(description="measured, with the number of samples")


class HealthBody(_Body):
    """A sign of life."""

    status: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def responses(
    body: type[BaseModel] | None, *errors: int, good: tuple[int, ...] = (200,)
) -> dict[int | str, dict[str, Any]]:
    """Describe what an operation answers: `body` with each good status, a problem with an error."""
    answer: dict[str, Any] = {"description": "Done"}
    if body is not None:
        schema = {"schema": {"$ref": REF.format(model=body.__name__)}}
        answer = {"description": body.__doc__, "content": {"application/json": schema}}
    problem = {"schema": {"$ref": REF.format(model=Problem.__name__)}}
    return {
        **dict.fromkeys(good, answer),
        **{
            status: {"description": WHEN[status], "content": {"application/problem+json": problem}}
            for status in errors
        },
    }


WHEN = {
    400: "The body is empty, or not JSON",
    401: "The token is not a writer's",
    403: "Neither the Origin header of this site nor a token",
    404: "The caller has no such correction",
    409: "The id is taken",
    413: f"The body is too large, or has over {MAX_POINTS:,} points or {MAX_PIXELS:,} pixels",
    415: "Neither JSON, nor a whole PNG, JPEG or WebP picture",
    422: "A value is not what is expected; the detail names the place",
    500: "The server failed",
    503: "The database does not answer, or there is none",
}


ORIGIN = {
    "name": "Origin",
    "in": "header",
    "schema": {"type": "string"},
    "description": "Of this site; browsers send it. Not needed with a token.",
}


def complete_openapi(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """Add what APIFlask cannot say: bodies of several types, and the schemas."""
    assert isinstance(spec, dict)  # a str only where YAML is served
    models = (
        ReadRequest,
        ReadingBody,
        CorrectionRequest,
        CorrectionBody,
        CorrectionsBody,
        WriterBody,
        ErasedBody,
        ModelBody,
        HealthBody,
        Problem,
    )
    _, schemas = models_json_schema([(m, "validation") for m in models], ref_template=REF)
    components = spec.setdefault("components", {})
    components["schemas"] = schemas["$defs"]
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "a writer's token"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    }
    expect = {**schemas["$defs"]["ReadRequest"]["properties"]["expect"]}
    picture = {"type": "string", "format": "binary"}
    form = {
        "type": "object",
        "required": ["image"],
        "properties": {"image": picture, "expect": expect},
        "additionalProperties": False,
    }
    read = spec["paths"]["/api/v1/read"]["post"]
    read["parameters"] = [
        {"name": "expect", "in": "query", "schema": expect, "description": "As in the body."}
    ]
    read["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": REF.format(model="ReadRequest")},
                "example": {"ink": {"strokes": [[[40, 10], [38, 45], [36, 90]]]}},
            },
            "multipart/form-data": {
                "schema": form,
                "encoding": {"image": {"contentType": ", ".join(PICTURES)}},
            },
            **{kind: {"schema": picture} for kind in PICTURES},
        },
    }
    corrections = spec["paths"]["/api/v1/corrections"]
    corrections["post"]["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": REF.format(model="CorrectionRequest")}}
        },
    }
    corrections["get"]["parameters"] = [
        {
            "name": "before",
            "in": "query",
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
            "description": "What `next` was on the page before.",
        }
    ]
    for operation in (read, corrections["get"]):
        operation["security"] = [{}, {"token": []}, {"cookie": []}]
    for operation in (
        corrections["post"],
        spec["paths"]["/api/v1/corrections/{correction}"]["delete"],
        spec["paths"]["/api/v1/me"]["delete"],
    ):
        operation["security"] = [{"token": []}, {"cookie": []}]
        operation.setdefault("parameters", []).append(ORIGIN)
    return spec
