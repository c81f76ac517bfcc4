"""What comes in over HTTP: pydantic models that check it, strictly, and describe it in OpenAPI."""

from typing import Annotated, Any, get_args

import jiter
import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic.types import FailFast
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from digitpad.errors import TooLarge
from digitpad.expect import CheckDigits, Format, Name
from digitpad.geometry import Box
from digitpad.ink import MAX_COORDINATE, MAX_POINTS, MAX_STROKES, Ink
from digitpad.labels import DIGITS, SIGNS
from digitpad.lattice.decode import LONGEST
from digitpad.layout import Layout
from digitpad.network.inputs import SIDE
from digitpad.printed import Printed, Sheet
from digitpad.reader import EXPECTED, Expect, Mode
from digitpad.style import MOST
from digitpad.web.rasters import DATA_URL, MAX_RASTER

DIGIT_FORM = f"^[{DIGITS[0]}-{DIGITS[-1]}]$"
RASTER = "png-data-url"  # format of a text: 28 x 28 grey pixels, not all black
PICTURE = "picture-data-url"
REF = "#/components/schemas/{model}"  # of a model in the OpenAPI document
ITEM = REF.format(model="BatchItem")
MOST_ITEMS = 128  # of a batch: of single digits one run of the network (`network.runtime.BATCH`)
ITEMS_POINTS = 3 * MAX_POINTS  # of all items: 128 numbers of five digits, 90 points each
SMALL = 250_000  # pixels of a picture in a batch, 500 x 500: they cost as much as some inks
PICTURES = ("image/png", "image/jpeg", "image/webp")
# pydantic's types of errors whose messages say
WANTED = "wanted"  # what a value must be
LACKING = "lacking"  # what it must have


# Which of two a value is meant to be: pydantic tells it as a part of the place
AS_NAME, AS_FORMAT = TAGS = ("as a name", "as a format")


class Wanted:
    """Says in an annotation what a value must be, for people; pydantic's own words go."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.custom_error_schema(
            handler(source), WANTED, custom_error_message=self._words
        )


def _point(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Two or three numbers: a union of two tuples takes twice as long."""
    x_or_y, time = handler(Coordinate), handler(Time)
    return core_schema.tuple_schema(
        [x_or_y, x_or_y, time], variadic_item_index=2, max_length=3, strict=False
    )


Coordinate = Annotated[
    float,
    Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE),
    Wanted(f"a finite number within ±{MAX_COORDINATE:,.0f}"),
]
Time = Annotated[float, Wanted("a finite number")]
Point = Annotated[tuple[float, ...], GetPydanticSchema(_point)]
Stroke = Annotated[list[Point], Field(max_length=MAX_POINTS), FailFast()]
Strokes = Annotated[list[Stroke], Field(max_length=MAX_STROKES), FailFast()]
Uuid = Annotated[
    str,
    Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    Wanted("a UUID in lower case with hyphens"),
]
Digit = Annotated[str, Field(pattern=DIGIT_FORM), Wanted(f'"{DIGITS[0]}" to "{DIGITS[-1]}"')]
SignText = Annotated[
    str,
    Field(pattern=f"^[{''.join(sign for sign in SIGNS if sign != '-')}-]$"),
    Wanted(f"one of {' '.join(SIGNS)}"),
]
Label = Annotated[
    str | None, Field(pattern=DIGIT_FORM), Wanted(f'"{DIGITS[0]}" to "{DIGITS[-1]}" or null')
]
Sha256 = Annotated[
    str, Field(pattern="^[0-9a-f]{64}$"), Wanted("the model's SHA-256 in lower case")
]
Number = Annotated[int, Field(ge=0, le=999_999_999)]
RasterText = Annotated[
    str,
    Field(pattern=f"^{DATA_URL}", max_length=MAX_RASTER, json_schema_extra={"format": RASTER}),
    Wanted(f"a PNG of {SIDE} x {SIDE} grey pixels as a data URL"),
]
Bound = Annotated[float, Wanted("a number")]
PictureText = Annotated[
    str,
    Field(pattern="^data:image/(png|jpeg|webp);base64,", json_schema_extra={"format": PICTURE}),
    Wanted("a PNG, JPEG or WebP picture as a data URL in base64"),
]
Picture = Annotated[
    bytes,
    WithJsonSchema({"type": "string", "format": "binary"}),
    Wanted("there once, as a file"),
]


class Body(BaseModel):
    """An object of these keys and no others, whose values are of these types and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def _from_json(text: object) -> object:
    """Return the format that a text is as JSON; others are names."""
    if not isinstance(text, str) or not text.startswith("{"):
        return text
    try:
        return jiter.from_json(text.encode(), catch_duplicate_keys=True)
    except ValueError:
        return text


def _not_null(schema: dict[str, Any]) -> None:
    """Say of what may be left out that it is not null where it is there."""
    del schema["default"]
    schema.update(schema.pop("anyOf")[0])


_CHECKS = "one of " + ", ".join(f'"{name}"' for name in get_args(CheckDigits))


class FormatBody(Body):
    """What a form expects to be written: a text fits when it fits everything that is given."""

    pattern: Annotated[str, Wanted("a text")] | None = Field(
        None,
        description="a regular expression as HTML's `pattern` has it, of digits and signs",
        json_schema_extra=_not_null,
    )
    min: Bound | None = Field(None, json_schema_extra=_not_null)
    max: Bound | None = Field(None, json_schema_extra=_not_null)
    step: Bound | None = Field(None, description="from `min` or 0", json_schema_extra=_not_null)
    minlength: Number | None = Field(None, json_schema_extra=_not_null)
    maxlength: Number | None = Field(None, json_schema_extra=_not_null)
    checksum: Annotated[CheckDigits, Wanted(_CHECKS)] | None = Field(
        None, json_schema_extra=_not_null
    )

    def to_format(self) -> Format:
        """Return it as a format. Raises InvalidInput where it cannot be compiled."""
        return Format(**self.model_dump(exclude_none=True))


def _to_expect(sent: str | FormatBody) -> str | Format:
    return sent.to_format() if isinstance(sent, FormatBody) else sent


_NAMES = ", ".join(f'"{name}"' for name in EXPECTED)
_Sent = Annotated[
    Annotated[Mode | Name, Wanted(f"a format or one of {_NAMES}"), Tag(AS_NAME)]
    | Annotated[FormatBody, Tag(AS_FORMAT)],
    Discriminator(lambda sent: AS_FORMAT if isinstance(sent, dict) else AS_NAME),
    AfterValidator(_to_expect),
]
Expected = Annotated[
    Expect,
    GetPydanticSchema(lambda _, handler: handler(_Sent)),
    Field(
        description="`number`, one digit or up to 20 side by side; `digit`, exactly one; a format "
        "that has a name, such as `decimal`, a number that may have a minus before it and one "
        "point or comma; or what a form expects"
    ),
]
ExpectedText = Annotated[  # where there is text alone: also a format, as JSON
    Expected, BeforeValidator(_from_json), WithJsonSchema({"enum": list(EXPECTED)})
]


class InkBody(Body):
    """A drawing: strokes of points, y pointing down, in any unit."""

    strokes: Strokes = Field(
        description=f"each point x, y and possibly the time; at most {MAX_POINTS:,} points in all"
    )

    @property
    def points(self) -> int:
        """How many points it has."""
        return sum(map(len, self.strokes))

    @model_validator(mode="after")
    def _is_not_too_large(self) -> "InkBody":
        if self.points > MAX_POINTS:
            raise TooLarge(
                f"a drawing may have at most {MAX_POINTS:,} points, found {self.points:,}"
            )
        return self

    def to_ink(self) -> Ink:
        """Return it as ink, without the times; strokes without points vanish."""
        axes = [list(zip(*stroke, strict=False))[:2] for stroke in self.strokes if stroke]
        return Ink(tuple(np.array(axis, np.float64).T.copy() for axis in axes))


class PrintedBody(Body):
    """A sign that is printed on the paper."""

    sign: SignText
    box: Annotated[
        list[Coordinate],
        Field(min_length=4, max_length=4),
        Wanted("left, top, right and bottom, in the unit of the ink"),
    ]


class SheetBody(InkBody):
    """A drawing, and what is printed on its paper."""

    printed: list[PrintedBody] = Field(
        [],
        max_length=LONGEST,
        description="signs that need not be written: each counts where digits stand on both sides "
        "of it, none over it, and it is not written there, too",
    )

    def to_source(self) -> Ink | Sheet:
        """Return it as what a reader takes."""
        printed = tuple(Printed(own.sign, Box(*own.box)) for own in self.printed)
        return Sheet(self.to_ink(), printed) if printed else self.to_ink()


class DrawingBody(InkBody):
    """A drawing that has points."""

    strokes: Strokes = Field(
        description="as in a reading", json_schema_extra={"contains": {"minItems": 1}}
    )

    @model_validator(mode="after")
    def _has_points(self) -> "DrawingBody":
        if not any(self.strokes):
            raise PydanticCustomError(LACKING, "points, found none")
        return self


def _one_of(*keys: str) -> ConfigDict:
    """Say of a body that it has one of these keys."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})


def _check_one_of(body: Body, *keys: str) -> None:
    """Check that it has; the value is not null."""
    if len(body.model_fields_set & {*keys}) != 1 or all(getattr(body, key) is None for key in keys):
        names = " and ".join(map(repr, keys))
        raise PydanticCustomError(LACKING, f"one of the keys {names}, and no null")


class Labelled(Body):
    """A drawing, and what it is: `ink`, or the `raster` of a picture."""

    model_config = _one_of("ink", "raster")

    ink: DrawingBody | None = Field(None, json_schema_extra=_not_null)
    raster: RasterText | None = Field(
        None, description="as it was answered", json_schema_extra=_not_null
    )
    label: Label = Field(description="what it is; null: not a digit")

    @model_validator(mode="after")
    def _has_one_drawing(self) -> "Labelled":
        _check_one_of(self, "ink", "raster")
        return self


class ExampleBody(Labelled):
    """A drawing by the same hand, and what it is: `ink`, or the `raster` of a picture."""


class Asked(Body):
    """How to read, and by whom it was written."""

    expect: Expected = "number"
    examples: list[ExampleBody] = Field(
        [],
        max_length=MOST,
        description="drawings by the same hand: they count for this reading, and are not kept. "
        f"At most {MAX_POINTS:,} points in all",
    )

    @model_validator(mode="after")
    def _has_not_too_many_points(self) -> "Asked":
        if sum(example.ink.points for example in self.examples if example.ink) > MAX_POINTS:
            raise TooLarge(f"examples may have at most {MAX_POINTS:,} points in all")
        return self


class ReadRequest(Asked):
    """Ink to read."""

    ink: SheetBody


READ_EXAMPLE = {"ink": {"strokes": [[[40, 10], [38, 45], [36, 90]]]}}


class BatchItem(Body):
    """One of several to read: `ink`, or a small `picture`."""

    model_config = _one_of("ink", "picture")

    ink: SheetBody | None = Field(None, json_schema_extra=_not_null)
    picture: PictureText | None = Field(
        None, description=f"at most {SMALL:,} pixels", json_schema_extra=_not_null
    )

    @model_validator(mode="after")
    def _has_one(self) -> "BatchItem":
        _check_one_of(self, "ink", "picture")
        return self


class BatchRequest(Asked):
    """Several to read, each by itself."""

    items: list[Annotated[Any, WithJsonSchema({"anyOf": [{"$ref": ITEM}, {}]})]] = Field(
        max_length=MOST_ITEMS,
        description="one that is not as described is answered in its place, and ends nothing. "
        f"At most {ITEMS_POINTS:,} points in all",
    )


class ReadForm(Body):
    """A picture to read."""

    image: Picture
    expect: ExpectedText = "number"


class FormForm(Body):
    """A picture of a form to read, and where its fields are."""

    image: Picture
    layout: Annotated[str, Wanted("a text")] | None = Field(
        None,
        description="a layout as JSON; without one, the boxes, combs and lines to write on that "
        "are found are the fields",
        json_schema_extra=_not_null,
    )

    def to_layout(self) -> Layout | None:
        """Return the layout, if there is one. Raises InvalidInput."""
        return None if self.layout is None else Layout.from_json(self.layout)


class ReadQuery(Body):
    """How to read, where it does not stand in the body."""

    expect: ExpectedText = "number"


class CorrectionRequest(Labelled):
    """A drawing, and which digit it is: `ink`, or the `raster` where a picture was read."""

    id: Uuid = Field(description="made by the client: the same correction, sent again, is one")
    predicted: Digit = Field(description="what it was read as")
    model: Sha256 = Field(description="SHA-256 of the model that read it")
    expect: Expected | None = Field(
        None, description="what was expected there", json_schema_extra=_not_null
    )


def _whole(text: object) -> object:
    return int(text) if isinstance(text, str) and text.isdecimal() and text.isascii() else text


class PageQuery(Body):
    """Which page of a list."""

    before: Annotated[
        Number | None,
        BeforeValidator(_whole, json_schema_input_type=Number | None),
        Wanted("what `next` was on the page before"),
    ] = Field(None, description="What `next` was on the page before.", json_schema_extra=_not_null)
