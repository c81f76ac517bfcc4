"""Several are read at once as each is by itself, and what cannot be read ends nothing."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydantic import TypeAdapter

from digitpad import Reader
from digitpad.config import ServerConfig
from digitpad.network.inputs import Inputs
from digitpad.network.runtime import BATCH
from digitpad.web import batches, create_app
from digitpad.web import limits as module
from digitpad.web.answers import BatchBody
from digitpad.web.schemas import ITEMS_POINTS, MOST_ITEMS, SMALL
from tests.drawings import DIGITS, placed, render, together
from tests.web.test_api import READ, STROKES, refused
from tests.web.test_corrections import body as correction
from tests.web.test_corrections import send, token

MANY = "/api/v1/read-many"
LINE = {"ink": {"strokes": STROKES}}


def of_file(image: Image.Image, form: str = "PNG") -> dict[str, str]:
    stream = io.BytesIO()
    image.save(stream, form)
    return url(stream.getvalue(), form)


def url(data: bytes, form: str = "PNG") -> dict[str, str]:
    return {"picture": f"data:image/{form.lower()};base64,{base64.b64encode(data).decode()}"}


def read_many(client: FlaskClient, items: Any, **more: Any) -> Any:
    response = client.post(MANY, json={"items": items, **more})
    assert response.status_code == 200, response.text
    TypeAdapter(BatchBody).validate_json(response.data, strict=True)
    readings = response.json["readings"]  # type: ignore[index]
    assert len(readings) == len(items)
    return readings


@pytest.mark.parametrize("expect", ["digit", "number", "decimal"])
def test_each_is_read_as_by_itself_in_order(client: FlaskClient, expect: str) -> None:
    number = together(placed("25"))
    image = render(DIGITS[7])
    stream = io.BytesIO()
    image.save(stream, "PNG")
    inks = [{"ink": {"strokes": ink.to_lists()}} for ink in (DIGITS[4], number, DIGITS[0])]
    alone = [
        client.post(READ, json={**inks[0], "expect": expect}).json,
        client.post(
            READ, data=stream.getvalue(), content_type="image/png", query_string={"expect": expect}
        ).json,
        client.post(READ, json={**inks[1], "expect": expect}).json,
        client.post(READ, json={"ink": {"strokes": []}}).json,
        client.post(READ, json={**inks[2], "expect": expect}).json,
    ]
    items = [inks[0], of_file(image), inks[1], {"ink": {"strokes": []}}, inks[2]]
    for found, wanted in zip(read_many(client, items, expect=expect), alone, strict=True):
        assert wanted is not None
        assert found.keys() == wanted.keys()
        assert (found["text"], found["status"]) == (wanted["text"], wanted["status"])
        assert found["confidence"] == pytest.approx(wanted["confidence"], abs=1e-4)
        assert [d["box"] for d in found["digits"]] == [d["box"] for d in wanted["digits"]]


def test_digits_go_through_the_network_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    recognize = Reader.recognize

    def counted(reader: Reader, inputs: Inputs) -> Any:
        runs.append(len(inputs))
        return recognize(reader, inputs)

    monkeypatch.setattr(Reader, "recognize", counted)
    items = [{"ink": {"strokes": DIGITS[n % 10].to_lists()}} for n in range(MOST_ITEMS)]
    items[5:5] = [{"ink": {"strokes": []}}]
    readings = read_many(create_app(ServerConfig()).test_client(), items[:-1], expect="digit")
    assert runs == [MOST_ITEMS - 1]
    assert MOST_ITEMS <= BATCH
    assert [found["text"] for found in readings[6:16]] == list("5678901234")


BAD: dict[str, tuple[Any, int, str]] = {
    "not an object": (5, 422, "the item must be an object, found 5"),
    "null": (None, 422, "the item must be an object, found null"),
    "neither": ({}, 422, "the item must have one of the keys 'ink' and 'picture'"),
    "both": (LINE | of_file(render(DIGITS[1])), 422, "one of the keys"),
    "nothing in it": ({"ink": None}, 422, "one of the keys"),
    "another key": (LINE | {"label": "7"}, 422, "the item has an unknown key 'label'"),
    "a wrong coordinate": ({"ink": {"strokes": [[[1, "2"]]]}}, 422, "ink.strokes[0][0].y must be"),
    "too many strokes": ({"ink": {"strokes": [[]] * 1_001}}, 413, "ink.strokes may have at most"),
    "too many points": ({"ink": {"strokes": [[[1, 2]] * 20_001]}}, 413, "20,000"),
    "no data URL": ({"picture": "7.png"}, 422, "picture must be a PNG, JPEG or WebP picture"),
    "no base64": ({"picture": "data:image/png;base64,A"}, 422, "picture must be in base64"),
    "empty": (url(b""), 415, "expected a PNG, JPEG or WebP picture"),
    "no picture": (url(b"GIF89a", "GIF"), 422, "picture must be"),
    "cut short": (url(b"\x89PNG\r\n\x1a\n" + b"\0" * 30), 415, "expected a PNG"),
    "too large": (of_file(Image.new("L", (501, 500))), 413, f"at most {SMALL:,} pixels"),
}  # fmt: skip


def test_what_cannot_be_read_is_answered_in_its_place(client: FlaskClient) -> None:
    items = [item for bad, _, _ in BAD.values() for item in (bad, LINE)]
    readings = read_many(client, items)
    for found, (name, (_, status, words)) in zip(readings[::2], BAD.items(), strict=True):
        assert found["status"] == status, name
        assert words in found["detail"], name
        assert found["type"].startswith("/problems/")
    assert {found["text"] for found in readings[1::2]} == {"1"}


def test_a_damaged_picture_ends_nothing(client: FlaskClient) -> None:
    data = base64.b64decode(of_file(render(DIGITS[3]))["picture"].partition(",")[2])
    damaged = bytearray(data)
    damaged[60:90] = bytes(30)
    first, second, third = read_many(client, [LINE, url(bytes(damaged)), url(data)])
    assert (first["text"], third["text"]) == ("1", "3")
    assert second["status"] == 415


def test_what_ends_a_batch(client: FlaskClient) -> None:
    half = {"ink": {"strokes": [[[1, 2]] * (ITEMS_POINTS // 4)]}}
    assert client.post(MANY, json={"items": [half] * 4, "expect": "digit"}).status_code == 200
    refused(client.post(MANY, json={"items": [half] * 4 + [LINE]}), 413, f"{ITEMS_POINTS:,} points")
    refused(client.post(MANY, json={"items": [LINE] * (MOST_ITEMS + 1)}), 422, "items may have")
    refused(client.post(MANY, json={"items": {}}), 422, "items must be an array, found an object")
    refused(client.post(MANY, json={}), 422, "the body must have the key 'items'")
    refused(client.post(MANY, json={"items": [], "expect": "all"}), 422, "expect must be")
    refused(client.post(MANY, data=b"[", content_type="application/json"), 400, "not JSON")
    refused(client.post(MANY, data=b"1", content_type="image/png"), 415, "application/json")
    assert read_many(client, []) == []


def test_a_batch_has_its_time(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_TIME", -1.0)
    bad, *others = read_many(client, [5, LINE, LINE])
    assert bad["status"] == 422
    assert {(one["type"], one["status"]) for one in others} == {("/problems/busy", 503)}


def test_a_batch_counts_as_its_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READINGS", "10/minute")
    client = create_app(ServerConfig()).test_client()

    def status(count: int, address: str) -> int:
        body = {"items": [LINE] * count}
        return client.post(MANY, json=body, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [status(4, "192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert status(10, "192.0.2.2") == 429
    assert status(9, "192.0.2.3") == 200
    assert [status(9, "127.0.0.1") for _ in range(3)] == [200] * 3


def test_the_callers_hand_counts_for_all_of_a_batch(client: FlaskClient) -> None:
    item = {"ink": {"strokes": DIGITS[4].to_lists()}}
    items = [item, of_file(render(DIGITS[4])), item]
    assert [found["text"] for found in read_many(client, items, expect="digit")] == ["4"] * 3
    examples = [{**item, "label": "9"}]
    readings = read_many(client, items, expect="digit", examples=examples)
    assert [(found["text"], found["personal"]) for found in readings] == [("9", True)] * 3
    headers = token(client)
    send(client, correction(ink=item["ink"], label="9"), headers)
    response = client.post(MANY, json={"items": items, "expect": "digit"}, headers=headers)
    assert [found["text"] for found in response.json["readings"]] == ["9"] * 3  # type: ignore[index]
    wrong = client.post(MANY, json={"items": items}, headers={"Authorization": "Bearer a"})
    refused(wrong, 401, "Bearer")


def test_pixels_are_read_as_they_come(client: FlaskClient) -> None:
    """Kinds of pictures that are read by themselves are read in batches."""
    for form in ("PNG", "JPEG", "WEBP"):
        (found,) = read_many(client, [of_file(render(DIGITS[3]), form)])
        assert found["text"] == "3"
    (found,) = read_many(client, [of_file(Image.fromarray(np.zeros((9, 9), np.uint8)))])
    assert found["status"] == "blank"
