"""A form on a picture: each field is read as its format says, where it is in the picture."""

import io
import json

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydantic import TypeAdapter

from digitpad import Layout, Reader
from digitpad.form import FormReading
from digitpad.layout.homography import move
from digitpad.layout.registration import NOT_FOUND
from digitpad.layout.shapes import corners_of_box
from digitpad.reader import NOTHING_TO_WRITE_ON
from digitpad.web.answers import FormBody
from tests.forms import LAYOUT, SHARP, TEXTS, page, photograph, seen
from tests.web.test_api import refused

READER = Reader()
FORM = "/api/v1/read-form"
PHOTO = photograph(page())


def texts(form: FormReading) -> list[tuple[str, str, str]]:
    return [(field.name, field.reading.text, field.reading.status) for field in form.fields]


def file(image: Image.Image) -> tuple[io.BytesIO, str]:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return io.BytesIO(stream.getvalue()), "form.png"


def test_each_field_is_read_and_has_its_place_in_the_picture() -> None:
    form = READER.read_form(PHOTO, LAYOUT)
    assert texts(form) == [(name, text, "read") for name, text in TEXTS.items()]
    assert (form.status, form.reason) == ("read", None)
    matrix = seen(4, 0.03, page().size)
    for field, printed in zip(form.fields, LAYOUT.fields, strict=True):
        corners = move(matrix, corners_of_box(printed.box) * SHARP)
        assert field.box == pytest.approx([*corners.min(axis=0), *corners.max(axis=0)], abs=2)
        for digit in field.reading.digits:
            assert field.box.distance(digit.box) == 0
    assert json.loads(json.dumps(form.to_dict()))["fields"][1]["reading"]["text"] == TEXTS["mark"]


def test_boxes_are_in_px_of_the_picture_however_large() -> None:
    large = PHOTO.resize((3 * PHOTO.width, 3 * PHOTO.height), Image.Resampling.BICUBIC)
    small = READER.read_form(PHOTO, LAYOUT)
    form = READER.read_form(large, LAYOUT)
    assert texts(form) == texts(small)
    for field, other in zip(form.fields, small.fields, strict=True):
        assert field.box == pytest.approx([3 * side for side in other.box], abs=6)


def test_a_format_is_followed_and_an_empty_field_is_blank() -> None:
    form = READER.read_form(page({"mark": "862", "code": "190"}), LAYOUT)
    (number, mark, code) = (field.reading for field in form.fields)
    assert (number.status, form.status) == ("blank", "unsure")
    assert mark.reason == "it looks like 862; at most 100 is expected"
    assert code.reason == "it looks like three digits; four are expected"


def test_what_is_not_there_is_read_nowhere() -> None:
    for picture in (np.full((200, 300), 240, np.uint8), page().crop((0, 0, 1000, 400))):
        form = READER.read_form(picture, LAYOUT)
        assert (form.fields, form.status, form.reason) == ((), "unsure", NOT_FOUND)


def test_without_a_layout_fields_are_found() -> None:
    form = READER.read_form(PHOTO)
    assert [text for _, text, _ in texts(form)] == list(TEXTS.values())
    blank = READER.read_form(np.full((200, 300), 240, np.uint8))
    assert (blank.fields, blank.reason) == ((), NOTHING_TO_WRITE_ON)


def test_the_http_interface_answers_the_same(client: FlaskClient) -> None:
    sent = {"image": file(PHOTO), "layout": LAYOUT.to_json()}
    response = client.post(FORM, data=sent)
    TypeAdapter(FormBody).validate_json(response.data, strict=True)
    answer = response.json
    assert answer is not None
    assert [(f["name"], f["reading"]["text"]) for f in answer["fields"]] == list(TEXTS.items())
    told = READER.read_form(PHOTO, LAYOUT).to_dict()
    assert (answer["status"], answer["reason"]) == (told["status"], told["reason"])
    assert [f["box"] for f in answer["fields"]] == [f["box"] for f in told["fields"]]
    proposed = client.post(FORM, data={"image": file(PHOTO)}).json
    assert [f["name"] for f in proposed["fields"]] == ["field1", "field2", "field3"]  # type: ignore[index]


def test_what_is_wrong_with_a_form_that_is_sent(client: FlaskClient) -> None:
    refused(client.post(FORM, json={}), 415)
    alone = {"layout": LAYOUT.to_json()}
    refused(client.post(FORM, data=alone, content_type="multipart/form-data"), 422, "image")
    sent = {"image": file(PHOTO), "layout": "{}"}
    refused(client.post(FORM, data=sent), 422, "the layout must have the key 'size'")
    picture = io.BytesIO(b"this is no picture"), "form.png"
    refused(client.post(FORM, data={"image": picture}), 415)


def test_the_layout_of_the_documents_is_that_of_the_tests() -> None:
    assert Layout.load("docs/samples/form.json").to_json() == LAYOUT.to_json()
