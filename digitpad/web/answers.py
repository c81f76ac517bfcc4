"""What goes out over HTTP. A new field is a line of its type, and one where it is told.

What a reading says of itself stands in its `to_dict`. The types are of dictionaries, which pydantic
describes in OpenAPI and writes as JSON; making and dumping pydantic's models takes twice as long.
"""

from typing import Annotated, Any, Literal, NotRequired, cast

from flask import Response
from pydantic import ConfigDict, Field, with_config
from pydantic_core import to_json
from typing_extensions import TypedDict

from digitpad.expect import Plain
from digitpad.form import FormReading
from digitpad.labels import DIGITS, MARKS, OTHER, SIGNS, STRUCK
from digitpad.network.inputs import SIDE
from digitpad.network.manifest import Manifest
from digitpad.reading import Reading, Status
from digitpad.store.corrections import Kept, Page
from digitpad.web import schemas
from digitpad.web.rasters import data_url

Probability = Annotated[float, Field(ge=0, le=1)]
Point = Annotated[list[float], Field(min_length=2, max_length=2)]

closed = with_config(ConfigDict(extra="forbid"))


def answer(body: Any, status: int = 200, content_type: str = "application/json") -> Response:
    """Return a body of one of these types as a response."""
    return Response(to_json(body), status, content_type=content_type)


@closed
class AlternativeBody(TypedDict):
    """Another way to read the same ink."""

    text: str
    confidence: Probability


@closed
class DigitInk(TypedDict):
    """The strokes of one digit, in the unit of the ink that was sent."""

    strokes: list[list[Point]]


BoxBody = Annotated[
    list[float],
    Field(
        min_length=4,
        max_length=4,
        description="left, top, right, bottom in the unit of the ink, or px of the picture",
    ),
]


@closed
class DigitBody(TypedDict):
    """One digit of a reading."""

    digit: str
    confidence: Probability
    probabilities: Annotated[
        list[Probability], Field(min_length=len(DIGITS), max_length=len(DIGITS))
    ]
    box: BoxBody
    alternatives: list[AlternativeBody]
    raster: Annotated[
        str,
        Field(
            description="what the network saw, without the pen's direction: a PNG of "
            f"{SIDE} x {SIDE} grey pixels as a data URL"
        ),
    ]
    ink: NotRequired[Annotated[DigitInk, Field(description="present when ink was sent")]]


@closed
class SignBody(TypedDict):
    """What stands beside the digits, and is said."""

    sign: Annotated[str, Field(description=f"one of {' '.join(SIGNS)}, {OTHER} or {STRUCK}")]
    confidence: Annotated[Probability, Field(description="how likely its ink is that sign's")]
    box: BoxBody
    printed: NotRequired[Annotated[bool, Field(description="present when it is, on the paper")]]


@closed
class MarkBody(TypedDict):
    """What is drawn at, around or through what stands there, and says nothing."""

    kind: Annotated[str, Field(description=f"one of {', '.join(MARKS)}")]
    box: BoxBody


@closed
class ModelReference(TypedDict):
    """The model that read."""

    version: str
    sha256: str


@closed
class ReadingBody(TypedDict):
    """What was read."""

    text: Annotated[str, Field(description='the best guess, also when unsure; "" when blank')]
    status: Status
    reason: Annotated[str | None, Field(description="why it is unsure")]
    confidence: Annotated[Probability, Field(description="probability that text is right")]
    alternatives: list[AlternativeBody]
    digits: list[DigitBody]
    signs: Annotated[list[SignBody], Field(description="from left to right")]
    marks: list[MarkBody]
    model: ModelReference
    personal: Annotated[
        bool,
        Field(description="whether the caller's corrections, or `examples`, took part"),
    ]


def reading_body(reading: Reading, model: Manifest, personal: bool) -> ReadingBody:
    """Tell what a model read: what a reading says of itself, and what only HTTP adds."""
    body = reading.to_dict()
    for told, digit in zip(body["digits"], reading.digits, strict=True):
        told["raster"] = data_url(digit.raster)
    body["model"] = {"version": model.version, "sha256": model.sha256}
    body["personal"] = personal
    return cast(ReadingBody, body)


@closed
class FieldBody(TypedDict):
    """What was read in a field of a form."""

    name: str
    box: Annotated[BoxBody, Field(description="around it, in px of the picture")]
    reading: ReadingBody


@closed
class FormBody(TypedDict):
    """What was read of a form."""

    status: Annotated[
        Literal["read", "unsure"],
        Field(description="unsure where a field is, or the form was not found"),
    ]
    reason: Annotated[str | None, Field(description="why there are no fields")]
    fields: list[FieldBody]


def form_body(form: FormReading, model: Manifest, personal: bool) -> FormBody:
    """Tell what a model read of a form."""
    return {
        "status": form.status,
        "reason": form.reason,
        "fields": [
            {
                "name": field.name,
                "box": list(field.box),
                "reading": reading_body(field.reading, model, personal),
            }
            for field in form.fields
        ],
    }


class Problem(TypedDict):
    """An error (RFC 9457)."""

    type: Annotated[
        str,
        Field(
            description="the same for the same kind of error, and an address that says what it "
            "means"
        ),
    ]
    title: str
    status: int
    detail: Annotated[str, Field(description="what is wrong, and where")]


@closed
class BatchBody(TypedDict):
    """What was read of several."""

    readings: Annotated[
        list[ReadingBody | Problem],
        Field(description="of each item, in their order; of one that cannot be read, why"),
    ]


@closed
class CorrectionBody(TypedDict):
    """A correction, as it is kept."""

    id: schemas.Uuid
    label: schemas.Label
    predicted: schemas.Digit
    model: schemas.Sha256
    expect: NotRequired[
        Annotated[Plain, Field(description="what was expected there, where that was sent")]
    ]
    created: Annotated[str, Field(description="when it came, in UTC (ISO 8601)")]
    raster: Annotated[
        str, Field(description=f"the drawing: a PNG of {SIDE} x {SIDE} grey pixels as a data URL")
    ]


@closed
class CorrectionsBody(TypedDict):
    """The caller's corrections, newest first."""

    corrections: list[CorrectionBody]
    total: Annotated[int, Field(description="how many the caller has")]
    next: Annotated[
        int | None, Field(description="`before` of the next page; null when there is none")
    ]


def correction_body(kept: Kept) -> CorrectionBody:
    """Tell of a correction."""
    body: CorrectionBody = {
        "id": str(kept.id),
        "label": kept.label,
        "predicted": kept.predicted,
        "model": kept.model,
        "created": kept.created.isoformat(timespec="seconds"),
        "raster": data_url(kept.drawing.raster),
    }
    if kept.expect is not None:
        body["expect"] = kept.expect
    return body


def corrections_body(page: Page) -> CorrectionsBody:
    """Tell of some of a writer's corrections."""
    return {
        "corrections": [correction_body(kept) for kept in page.corrections],
        "total": page.total,
        "next": page.next,
    }


@closed
class WriterBody(TypedDict):
    """A new writer, for a program."""

    token: Annotated[
        str, Field(description="to send as `Authorization: Bearer`; it is not shown again")
    ]


@closed
class ErasedBody(TypedDict):
    """What was erased."""

    erased: Annotated[int, Field(description="how many corrections")]


@closed
class InputContract(TypedDict):
    """What the network sees."""

    width: int
    height: int
    range: list[float]
    convention: str
    preprocessing: int


@closed
class ModelBody(TypedDict):
    """The model that is served."""

    version: str
    sha256: str
    labels: list[str]
    input: InputContract
    threshold: Annotated[
        Probability, Field(description="confidence below which a reading is unsure")
    ]
    metrics: Annotated[dict[str, Any], Field(description="measured, with the number of samples")]


def model_body(manifest: Manifest) -> ModelBody:
    """Tell of a model."""
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


@closed
class HealthBody(TypedDict):
    """A sign of life."""

    status: str
