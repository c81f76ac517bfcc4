"""Reading over HTTP: the answers to good input, and the refusals of every kind of bad input."""

import base64
import io
import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydantic import TypeAdapter
from werkzeug.test import TestResponse

from digitpad import Ink, Reader
from digitpad.web.answers import ModelBody, ReadingBody
from digitpad.web.rasters import DATA_URL
from tests.drawings import DIGITS, placed, render, together

READ = "/api/v1/read"
STROKES = [[[10, 10], [10, 90]]]
EXAMPLE = {"ink": {"strokes": STROKES}, "label": "7"}


def asking(expect: dict[str, Any]) -> dict[str, Any]:
    return {"ink": {"strokes": []}, "expect": expect}


def printing(signs: Any) -> dict[str, Any]:
    return {"ink": {"strokes": STROKES, "printed": signs}}


def with_examples(examples: Any) -> dict[str, Any]:
    return {"ink": {"strokes": []}, "examples": examples}


def send(client: FlaskClient, body: Any, **options: Any) -> TestResponse:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(READ, data=data, content_type="application/json", **options)


def send_strokes(client: FlaskClient, strokes: Any) -> TestResponse:
    return send(client, {"ink": {"strokes": strokes}})


def encode(image: Image.Image, form: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, form)
    return stream.getvalue()


def refused(response: TestResponse, status: int, *words: str) -> None:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    for word in words:
        assert word in response.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize("digit", range(10))
def test_ink_and_its_picture_are_read_alike(client: FlaskClient, digit: int) -> None:
    ink = DIGITS[digit]
    from_ink = send_strokes(client, ink.to_lists()).json
    picture = encode(render(ink))
    from_body = client.post(READ, data=picture, content_type="image/png").json
    from_form = client.post(READ, data={"image": (io.BytesIO(picture), "a.png")}).json
    assert from_ink
    assert from_body
    assert from_body == from_form
    assert from_ink["text"] == from_body["text"] == str(digit)
    assert "ink" not in from_body["digits"][0]


def test_an_answer_has_all_its_parts(client: FlaskClient) -> None:
    strokes = DIGITS[2].to_lists()
    response = send_strokes(client, strokes)
    TypeAdapter(ReadingBody).validate_json(response.data, strict=True)
    body = response.json
    assert body is not None
    reading = Reader().read(Ink.from_strokes(strokes))
    [digit] = body["digits"]
    assert digit["ink"] == {"strokes": strokes}
    assert digit["probabilities"] == pytest.approx(reading.digits[0].probabilities.tolist())
    assert tuple(digit["box"]) == reading.digits[0].box
    assert [a["text"] for a in body["alternatives"]] == [a.text for a in reading.alternatives]
    assert body["personal"] is False
    kind, data = digit["raster"].split(",")
    assert kind == "data:image/png;base64"
    raster = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert np.array_equal(raster, np.rint(reading.digits[0].raster * 255))


def test_the_model_is_described(client: FlaskClient) -> None:
    response = client.get("/api/v1/model")
    TypeAdapter(ModelBody).validate_json(response.data, strict=True)
    body = response.json
    assert body is not None
    assert send_strokes(client, STROKES).json["model"] == {  # type: ignore[index]
        "version": body["version"],
        "sha256": body["sha256"],
    }


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_picture_formats(client: FlaskClient, form: str) -> None:
    data = encode(render(DIGITS[3]), form)
    body = client.post(READ, data=data, content_type=f"image/{form.lower()}").json
    assert body is not None
    assert body["text"] == "3"


@pytest.mark.parametrize("expect", ["digit", "number", "decimal", {"pattern": "[3-5]", "max": 3}])
def test_expect_has_its_place_in_each_kind_of_body(
    client: FlaskClient, expect: str | dict[str, Any]
) -> None:
    picture = encode(render(DIGITS[3]))
    text = expect if isinstance(expect, str) else json.dumps(expect)
    query = {"expect": text}
    form = {"image": (io.BytesIO(picture), "3.png"), "expect": text}
    three = {"ink": {"strokes": DIGITS[3].to_lists()}}
    for response in (
        send(client, three | {"expect": expect}),
        send(client, three, query_string=query),
        client.post(READ, data=form),
        client.post(READ, data=picture, content_type="image/png", query_string=query),
    ):
        assert response.status_code == 200
        assert response.json is not None
        assert (response.json["text"], response.json["status"]) == ("3", "read")


def test_what_does_not_fit_is_unsure_over_http(client: FlaskClient) -> None:
    three = {"ink": {"strokes": DIGITS[3].to_lists()}}
    body = send(client, three | {"expect": {"pattern": r"\d{2}", "checksum": "luhn"}}).json
    assert body is not None
    assert body["status"] == "unsure"
    assert body["reason"] == "it looks like one digit; two are expected"


@pytest.mark.parametrize("strokes", [[], [[]], [[], []]])
def test_no_ink_is_blank(client: FlaskClient, strokes: Any) -> None:
    body = send_strokes(client, strokes).json
    assert body is not None
    assert (body["status"], body["text"], body["digits"]) == ("blank", "", [])


def test_a_sign_that_is_printed_is_read_between_digits(client: FlaskClient) -> None:
    strokes = together(placed("125", gap=0.5)).to_lists()
    left = max(x for stroke in strokes[:1] for x, _ in stroke)
    point = {"sign": ".", "box": [left + 20, 90, left + 30, 100]}
    body = {"ink": {"strokes": strokes, "printed": [point]}, "expect": "amount"}
    answer = send(client, body).json
    assert answer is not None
    assert (answer["text"], answer["status"]) == ("1.25", "read")
    assert answer["signs"] == [{**point, "confidence": 1.0, "printed": True}]
    many = client.post(
        "/api/v1/read-many", json={"items": [{"ink": body["ink"]}, {"ink": {"strokes": strokes}}]}
    )
    assert many.json is not None
    assert [read["text"] for read in many.json["readings"]] == ["1.25", "125"]


def test_an_empty_picture_is_blank(client: FlaskClient) -> None:
    data = encode(Image.new("L", (90, 90), 255))
    body = client.post(READ, data=data, content_type="image/png").json
    assert body is not None
    assert body["status"] == "blank"


def test_one_point_is_unsure(client: FlaskClient) -> None:
    body = send_strokes(client, [[[5, 5]]]).json
    assert body is not None
    assert body["status"] == "unsure"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"ink": {"strokes": [[[1, 2], [3, NaN]]]}}', "ink.strokes[0][1].y"),
        ('{"ink": {"strokes": [[[1, 2], [Infinity, 3]]]}}', "ink.strokes[0][1].x"),
        ('{"ink": {"strokes": [[[1, 2]], [[-Infinity, 3]]]}}', "ink.strokes[1][0].x"),
        ('{"ink": {"strokes": [[[1, 2], [1e999, 3]]]}}', "ink.strokes[0][1].x"),
        (f'{{"ink": {{"strokes": [[[1, {"9" * 4000}]]]}}}}', "ink.strokes[0][0].y"),
        ('{"ink": {"strokes": [[[1, 2], [1e10, 3]]]}}', "ink.strokes[0][1]"),
        ('{"ink": {"strokes": [[[1, 2, "now"]]]}}', "ink.strokes[0][0].t"),
        ({"ink": {"strokes": [[["1", 2]]]}}, "ink.strokes[0][0].x"),
        ({"ink": {"strokes": [[[True, 2]]]}}, "ink.strokes[0][0].x"),
        ({"ink": {"strokes": [[[None, 2]]]}}, "ink.strokes[0][0].x"),
        ({"ink": {"strokes": [[[1]]]}}, "ink.strokes[0][0]"),
        ({"ink": {"strokes": [[[1, 2, 3, 4]]]}}, "ink.strokes[0][0]"),
        ({"ink": {"strokes": [[[1, 2, 3, "4"]]]}}, "ink.strokes[0][0][3]"),
        ({"ink": {"strokes": [[1, 2]]}}, "ink.strokes[0][0]"),
        ({"ink": {"strokes": [[{"x": 1, "y": 2}]]}}, "ink.strokes[0][0]"),
        ({"ink": {"strokes": ["12"]}}, "ink.strokes[0]"),
        ({"ink": {"strokes": [{}]}}, "ink.strokes[0]"),
        ({"ink": {"strokes": {}}}, "ink.strokes"),
        ({"ink": {"strokes": "12"}}, "ink.strokes"),
        ({"ink": {"strokes": None}}, "ink.strokes"),
        ({"ink": {"strokes": [], "pen": 3}}, "ink has an unknown key 'pen'"),
        (printing([{"sign": "7", "box": [1, 2, 3, 4]}]), "ink.printed[0].sign must be one of . ,"),
        (
            printing([{"sign": ".", "box": [1, 2, 3]}]),
            "ink.printed[0].box must be left, top, right",
        ),
        (printing([{"sign": "."}]), "ink.printed[0] must have the key 'box'"),
        (printing([{"sign": ".", "box": [1, 2, 3, 4]}] * 21), "ink.printed may have at most 20"),
        ({"ink": {}}, "'strokes'"),
        ({"ink": []}, "ink must be an object"),
        ({"strokes": []}, "the body has an unknown key 'strokes'"),
        ({}, "'ink'"),
        ([], "the body must be an object"),
        (None, "the body must be an object"),
        ({"ink": {"strokes": []}, "expect": "letter"}, "expect"),
        ({"ink": {"strokes": []}, "expect": None}, "expect"),
        ({"ink": {"strokes": []}, "expect": True}, "expect"),
        ({"ink": {"strokes": []}, "expect": ["digit"]}, "expect"),
        (asking({}), "expected at least one of pattern, min, max"),
        (asking({"pattern": "[3-"}), "pattern, character 4: expected a digit or one of"),
        (asking({"pattern": "7" * 501}), "expected a pattern of at most 500 characters, found 501"),
        (asking({"pattern": 7}), "expect.pattern must be a text, found 7"),
        (asking({"pattern": None}), "expected at least one of pattern"),
        (asking({"pattern": r"\d*1\d{18}"}), "states"),
        (asking({"max": "100"}), "expect.max must be a number, found '100'"),
        (asking({"max": True}), "expect.max must be a number, found a boolean"),
        (asking({"min": 1e300}), "min: expected a number of at most 20 digits"),
        (asking({"min": 2, "max": 1}), "expected a format that some number fits"),
        (asking({"step": 0}), "step: expected a number above 0"),
        (asking({"minlength": -1}), "expect.minlength"),
        (asking({"checksum": "crc"}), 'expect.checksum must be one of "luhn"'),
        (asking({"length": 5}), "expect has an unknown key 'length'"),
        (with_examples({}), "examples must be an array, found an object"),
        (with_examples(["7"]), "examples[0] must be an object"),
        (with_examples([{"ink": {"strokes": STROKES}}]), "examples[0] must have the key 'label'"),
        (with_examples([{"label": "7"}]), "examples[0] must have one of the keys"),
        (
            with_examples([{"label": "7", "ink": {"strokes": []}}]),
            "examples[0].ink must have points",
        ),
        (with_examples([EXAMPLE, {**EXAMPLE, "label": "77"}]), "examples[1].label must be"),
        (with_examples([{**EXAMPLE, "ink": {"strokes": 1}}]), "examples[0].ink.strokes must"),
        (with_examples([{**EXAMPLE, "raster": "7"}]), "examples[0].raster must be"),
        (with_examples([{**EXAMPLE, "raster": DATA_URL}]), "examples[0] must have one of"),
        (with_examples([EXAMPLE] * 201), "examples may have at most 200, found 201"),
        (with_examples([EXAMPLE, {**EXAMPLE, "ink": None}]), "examples[1] must have one of"),
        (with_examples([{"raster": "x", "label": "7"}]), "examples[0].raster must be a PNG"),
        (with_examples([{"raster": DATA_URL, "label": "7"}]), "examples[0].raster must be a PNG"),
    ],
)
def test_wrong_values_are_named(client: FlaskClient, body: Any, place: str) -> None:
    response = send(client, "null" if body is None else body)
    refused(response, 422, place)
    assert len(response.text) < 600


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"ink": {"strokes": [[[1, 2],]]}}',
        b'{"ink": {"strokes": [[[1, 2]]]}} x',
        b"{'ink': 1}",
        b"\xff\xfe{}",
        b'{"ink": "\xff"}',
        b"[" * 100_000,
        b'{"ink":' * 1_000,
        b'{"ink": {"strokes": []}, "expect": "\\ud800"}',
        b'{"ink": {"strokes": []}, "\\ud800": 1}',
        b'{"ink": {"strokes": [[[1, %s]]]}}' % (b"9" * 5000),
    ],
)
def test_what_is_not_json(client: FlaskClient, body: bytes) -> None:
    refused(send(client, body), 400)


@pytest.mark.parametrize(
    "body",
    [
        '{"ink": {"strokes": []}, "ink": {"strokes": [[[1, 2]]]}}',
        '{"ink": {"strokes": [[[1, 2]]], "strokes": []}}',
        '{"ink": {"strokes": []}, "in\\u006b": {"strokes": [[[1, 2]]]}}',
    ],
)
def test_a_key_that_is_there_twice(client: FlaskClient, body: str) -> None:
    refused(send(client, body), 400, "duplicate key")


def test_empty_body_without_a_type(client: FlaskClient) -> None:
    refused(client.post(READ), 400, "empty")


def test_unknown_query_keys(client: FlaskClient) -> None:
    body = {"ink": {"strokes": STROKES}}
    refused(send(client, body, query_string={"expects": "digit"}), 422, "'expects'")
    refused(send(client, body, query_string={"expect": "letter"}), 422, "expect")
    refused(send(client, body, query_string="expect=digit&expect=digit"), 422, "expect")


def test_forms_that_are_not_as_described(client: FlaskClient) -> None:
    picture = encode(render(DIGITS[3]))
    for form in (
        {"expect": "digit"},
        {"image": picture.decode("latin-1")},
        {"image": (io.BytesIO(picture), "a.png"), "pen": "3"},
        {"image": (io.BytesIO(picture), "a.png"), "expect": "letter"},
        {"image": [(io.BytesIO(picture), "a.png"), (io.BytesIO(picture), "b.png")]},
    ):
        response = client.post(READ, data=form, content_type="multipart/form-data")
        refused(response, 422)


def png_header(width: int, height: int) -> bytes:
    """The start of a PNG that would have this size, with too little data in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


PNG = encode(render(DIGITS[5]))
NOT_PICTURES = {
    "0 bytes": b"",
    "GIF": encode(render(DIGITS[5]), "GIF"),
    "BMP": encode(render(DIGITS[5]), "BMP"),
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "PDF": b"%PDF-1.7\n",
    "text": b"a text file called .png\n",
    "PNG cut short": PNG[: len(PNG) // 2],
    "PNG's first bytes": PNG[:8],
    "JPEG cut short": encode(render(DIGITS[5]), "JPEG")[:2000],
    "WebP cut short": encode(render(DIGITS[5]), "WEBP")[:500],
    "no pixel data": png_header(100, 100),
}


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_not_a_whole_picture(client: FlaskClient, name: str) -> None:
    data = NOT_PICTURES[name]
    refused(client.post(READ, data=data, content_type="image/png"), 415)
    refused(client.post(READ, data={"image": (io.BytesIO(data), "a.png")}), 415)


def test_a_picture_of_another_kind_is_named(client: FlaskClient) -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    form = {"image": (io.BytesIO(heic), "a.heic")}
    refused(client.post(READ, data=form), 415, "PNG, JPEG or WebP", "found a HEIC picture")
    refused(client.post(READ, data=heic, content_type="image/heic"), 415, "image/png", "image/heic")


@pytest.mark.parametrize("kind", ["text/plain", "image/gif", "application/xml", None])
def test_unknown_content_types(client: FlaskClient, kind: str | None) -> None:
    refused(client.post(READ, data='{"ink": {"strokes": []}}', content_type=kind), 415)
