"""Corrections over HTTP: whose they are, what is refused, and what happens without a database."""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from pydantic import TypeAdapter
from werkzeug.test import TestResponse

from digitpad.config import ServerConfig
from digitpad.store import corrections
from digitpad.store import database as module
from digitpad.web import corrections as routes
from digitpad.web import create_app, serving
from digitpad.web.answers import CorrectionBody, CorrectionsBody, ErasedBody, WriterBody
from digitpad.web.identity import DATABASE
from digitpad.web.rasters import data_url
from tests import postgresql
from tests.drawings import DIGITS
from tests.store.examples import picture

PATH = "/api/v1/corrections"
READ = "/api/v1/read"
ORIGIN = {"Origin": "http://localhost"}


def body(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "ink": {"strokes": DIGITS[7].to_lists()},
        "label": "1",
        "predicted": "7",
        "model": "a" * 64,
        **changes,
    }


def send(client: FlaskClient, given: Any, headers: dict[str, str] = ORIGIN) -> TestResponse:
    return client.post(PATH, json=given, headers=headers)


def token(client: FlaskClient) -> dict[str, str]:
    response = client.post("/api/v1/writers")
    assert response.status_code == 201
    made = TypeAdapter(WriterBody).validate_json(response.data, strict=True)
    return {"Authorization": f"Bearer {made['token']}"}


def listed(client: FlaskClient, headers: dict[str, str] | None = None) -> list[str]:
    response = client.get(PATH, headers=headers)
    found = TypeAdapter(CorrectionsBody).validate_json(response.data, strict=True)
    return [one["id"] for one in found["corrections"]]


def refused(response: TestResponse, status: int, *words: str) -> None:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    for word in words:
        assert word in response.json["detail"]  # type: ignore[index]


def test_a_correction_is_kept_and_listed(client: FlaskClient) -> None:
    given = body()
    response = send(client, given)
    assert response.status_code == 201
    kept = TypeAdapter(CorrectionBody).validate_json(response.data, strict=True)
    assert kept["id"] == given["id"]
    assert (kept["label"], kept["predicted"], kept["model"]) == ("1", "7", "a" * 64)
    again = send(client, given)
    assert (again.status_code, again.json) == (200, response.json)
    raster = data_url(picture(3).drawing.raster)
    del given["ink"]
    response = send(client, given | {"id": str(uuid4()), "raster": raster, "label": None})
    assert response.status_code == 201
    assert response.json["raster"] == raster  # type: ignore[index]
    assert listed(client) == [response.json["id"], given["id"]]  # type: ignore[index]


def test_no_more_points_are_kept_than_show(app: APIFlask) -> None:
    client = app.test_client()
    circle = np.linspace(0, 2 * np.pi, 5_000)
    strokes = np.stack([np.cos(circle), np.sin(circle)], axis=1)
    given = body(ink={"strokes": [strokes.tolist()]})
    assert send(client, given).status_code == 201
    assert send(client, given).status_code == 200
    kept = corrections.find(app.extensions[DATABASE], UUID(given["id"])).drawing.ink
    assert kept
    assert 250 < len(kept.points) <= 501
    assert kept.box == pytest.approx((-1, -1, 1, 1), abs=1e-3)


def test_the_cookie_comes_with_the_first_correction_only(app: APIFlask) -> None:
    client = app.test_client()
    for response in (client.get("/"), client.get(PATH), client.post(READ, json=read_body())):
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
    cookie = send(client, body()).headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert part in cookie
    assert "Secure" not in cookie
    assert send(client, body()).headers["Set-Cookie"] == cookie  # anew, so that it lasts
    secure = client.post(
        PATH,
        json=body(),
        headers={"Origin": "https://localhost"},
        base_url="https://localhost",
    )
    assert secure.status_code == 201
    assert re.match("__Host-digitpad=.*; Secure; HttpOnly; Path=/", secure.headers["Set-Cookie"])


def test_a_cookie_of_before_is_believed_by_https_and_replaced(app: APIFlask) -> None:
    old = app.test_client()
    first = body()
    send(old, first)
    value = old.get_cookie("digitpad").value  # type: ignore[union-attr]
    client = app.test_client()
    client.set_cookie("digitpad", value, secure=True)
    site: dict[str, Any] = {
        "base_url": "https://localhost",
        "headers": {"Origin": "https://localhost"},
    }
    assert client.post(PATH, json=body(), **site).status_code == 201
    assert client.get_cookie("digitpad") is None
    assert client.get_cookie("__Host-digitpad").value == value  # type: ignore[union-attr]
    listed = client.get(PATH, base_url="https://localhost").json["corrections"]  # type: ignore[index]
    assert first["id"] in [one["id"] for one in listed]
    client.delete("/api/v1/me", **site)
    assert client.get_cookie("__Host-digitpad") is None


def read_body() -> dict[str, Any]:
    return {"ink": {"strokes": DIGITS[7].to_lists()}}


def test_nobody_sees_or_erases_anothers(app: APIFlask) -> None:
    ours, theirs = app.test_client(), app.test_client()
    own, other = body(), body()
    send(ours, own)
    send(theirs, other)
    program = token(theirs)
    for headers in (ORIGIN, program):
        refused(theirs.delete(f"{PATH}/{own['id']}", headers=headers), 404)
    refused(send(theirs, own), 409, "another correction")
    refused(send(theirs, own, program), 409, "another correction")
    refused(send(ours, own | {"label": "2"}), 409, "another content")
    assert listed(ours) == [own["id"]]
    assert listed(theirs) == [other["id"]]
    assert listed(theirs, program) == []
    assert ours.delete(f"{PATH}/{own['id']}", headers=ORIGIN).status_code == 204
    refused(ours.delete(f"{PATH}/{own['id']}", headers=ORIGIN), 404)
    refused(ours.delete(f"{PATH}/seven", headers=ORIGIN), 404)
    assert listed(ours) == []
    assert listed(theirs) == [other["id"]]


def test_erasing_everything(app: APIFlask) -> None:
    client = app.test_client()
    for _ in range(3):
        send(client, body())
    response = client.delete("/api/v1/me", headers=ORIGIN)
    assert TypeAdapter(ErasedBody).validate_json(response.data, strict=True)["erased"] == 3
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert client.delete("/api/v1/me", headers=ORIGIN).json == {"erased": 0}
    program = token(client)
    assert send(client, body(), program).status_code == 201
    assert client.delete("/api/v1/me", headers=program).json == {"erased": 1}
    refused(client.delete("/api/v1/me", headers=program), 401)


def test_a_cookie_of_someone_erased_becomes_another(app: APIFlask) -> None:
    one, same = app.test_client(), app.test_client()
    send(one, body())
    cookie = one.get_cookie("digitpad")
    assert cookie
    same.set_cookie("digitpad", cookie.value)
    one.delete("/api/v1/me", headers=ORIGIN)
    response = send(same, body())
    assert response.status_code == 201
    assert cookie.value not in response.headers["Set-Cookie"]


def test_a_site_may_have_any_letters_in_its_name(client: FlaskClient) -> None:
    host = "xn--bcher-kva.example"
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert send(client, body(), headers).status_code == 201


@pytest.mark.parametrize(
    "origin", [None, "null", "https://localhost", "http://localhost:81", "http://evil.example"]
)
def test_other_sites_pages_change_nothing(app: APIFlask, origin: str | None) -> None:
    client = app.test_client()
    given = body()
    send(client, given)
    headers = {"Origin": origin} if origin else {}
    for response in (
        send(client, body(), headers),
        client.delete(f"{PATH}/{given['id']}", headers=headers),
        client.delete("/api/v1/me", headers=headers),
    ):
        refused(response, 403, "Origin")
    assert listed(client) == [given["id"]]


@pytest.mark.parametrize("value", ["Bearer wrong", "Bearer", "Bearer ", "Basic YTpi", "", "é"])
def test_wrong_tokens(client: FlaskClient, value: str) -> None:
    headers = {**ORIGIN, "Authorization": value}
    for response in (
        send(client, body(), headers),
        client.get(PATH, headers=headers),
        client.delete("/api/v1/me", headers=headers),
        client.post(READ, json=read_body(), headers=headers),
    ):
        refused(response, 401)
        assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("value", ["", "x", "IjEi.abc", "a.b.c"])
def test_a_wrong_cookie_is_nobodys(app: APIFlask, value: str) -> None:
    client = app.test_client()
    client.set_cookie("digitpad", value)
    assert listed(client) == []
    response = send(client, body())
    assert response.status_code == 201
    assert "Set-Cookie" in response.headers


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"id": "7"}, "id must"),
        ({"id": str(uuid4()).upper()}, "id must"),
        ({"id": None}, "id must"),
        ({"label": 1}, "label must"),
        ({"label": "10"}, "label must"),
        ({"label": False}, "label must"),
        ({"label": ["1"]}, "label must"),
        ({"predicted": None}, "predicted must"),
        ({"predicted": "٣"}, "predicted must"),
        ({"model": "a" * 63}, "model must"),
        ({"model": "a" * 64 + "\n"}, "model must"),
        ({"more": 1}, "unknown key"),
        ({"raster": "data:image/png;base64,"}, "one of the keys"),
        ({"ink": None}, "one of the keys"),
        ({"ink": {"strokes": []}}, "ink must have points"),
        ({"ink": {"strokes": [[[1, "2"]]]}}, "ink.strokes[0][0].y"),
    ],
)
def test_wrong_values_are_named(client: FlaskClient, change: dict[str, Any], word: str) -> None:
    refused(send(client, body(**change)), 422, word)


@pytest.mark.parametrize(
    "raster",
    [
        7,
        "",
        "data:image/png;base64,",
        "data:image/png;base64,%%%%",
        "data:image/png;base64,iVBORw0KGgo=",
        "data:image/jpeg;base64,AAAA",
        "data:image/png;base64," + "A" * 8000,
        # its header says 60,000 x 60,000 pixels
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgCAAAAACluSqeAAAAC0lEQVR4nGNggAEAAAoAAX+AdF4AAAAASUVORK5CYII=",
    ],
)
def test_wrong_rasters_are_refused(client: FlaskClient, raster: Any) -> None:
    given = body(raster=raster)
    del given["ink"]
    refused(send(client, given), 422, "raster must be a PNG")


@pytest.mark.parametrize("missing", ["id", "label", "predicted", "model", "ink"])
def test_every_key_is_needed(client: FlaskClient, missing: str) -> None:
    given = body()
    del given[missing]
    refused(send(client, given), 422, missing)


def test_bodies_that_are_no_json(client: FlaskClient) -> None:
    def post(data: str, kind: str = "application/json") -> TestResponse:
        return client.post(PATH, data=data, content_type=kind, headers=ORIGIN)

    refused(post("{}", "text/plain"), 415, "application/json")
    refused(post(""), 400)
    refused(post("{"), 400)
    refused(post("[]"), 422, "an object")
    refused(post('{"id": "a", "id": "b"}'), 400, "duplicate key")


def test_pages(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PAGE", 2)
    client = app.test_client()
    sent = [body() for _ in range(3)]
    for given in sent:
        send(client, given)
    first: Any = client.get(PATH).json
    assert [one["id"] for one in first["corrections"]] == [sent[2]["id"], sent[1]["id"]]
    second: Any = client.get(PATH, query_string={"before": first["next"]}).json
    assert [one["id"] for one in second["corrections"]] == [sent[0]["id"]]
    assert (first["total"], second["total"], second["next"]) == (3, 3, None)
    for query in ("before=x", "before=1&before=2", "after=1", "before=-1", "before="):
        refused(client.get(f"{PATH}?{query}"), 422, query.split("=")[0])


def test_other_sites_that_are_listed(tmp_path: Any) -> None:
    config = ServerConfig(
        database=f"sqlite:///{tmp_path}/a.db",
        origins=("https://friend.example", "http://[::1]:9000"),
    )
    client = create_app(config).test_client()
    for origin, is_let in (
        ("https://friend.example", True),
        ("http://[::1]:9000", True),
        ("http://1:9000", False),
        ("https://friend.example.evil.example", False),
        ("https://evil.example", False),
    ):
        headers = {"Origin": origin}
        response = client.post(READ, json=read_body(), headers=headers)
        assert response.headers.get("Access-Control-Allow-Origin") == (origin if is_let else None)
        assert "Access-Control-Allow-Credentials" not in response.headers
        exposed = response.headers.get("Access-Control-Expose-Headers")
        assert exposed == ("Retry-After" if is_let else None)
        asked = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
        }
        response = client.options(PATH, headers=headers | asked)
        allowed = response.headers.get("Access-Control-Allow-Headers", "")
        assert ("authorization" in allowed.lower()) == is_let
        refused(send(client, body(), headers), 403)
        assert "Access-Control-Allow-Origin" not in client.get("/", headers=headers).headers


def test_no_site_is_listed(client: FlaskClient) -> None:
    response = client.post(READ, json=read_body(), headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_without_a_database_corrections_are_off() -> None:
    client = create_app(ServerConfig()).test_client()
    for response in (send(client, body()), client.get(PATH), client.post("/api/v1/writers")):
        refused(response, 503, "corrections are off")
    assert client.get("/readyz").status_code == 200
    assert client.post(READ, json=read_body()).json["text"] == "7"  # type: ignore[index]


def test_a_database_that_is_gone_and_comes_back(
    postgres: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST", 0.5)
    monkeypatch.setattr(serving, "INTERVAL", 3600)  # else it may connect again after the test
    config = ServerConfig(database=postgres.empty())
    app = create_app(config)
    database = app.extensions[DATABASE]
    database.upgrade()
    client = app.test_client()
    given = body()
    assert send(client, given).status_code == 201
    assert client.post(READ, json=read_body()).json["personal"] is True  # type: ignore[index]
    postgres.stop()
    try:
        calls: list[Callable[[], TestResponse]] = [
            lambda: send(client, body()),
            lambda: client.get(PATH),
            lambda: client.delete("/api/v1/me", headers=ORIGIN),
            lambda: client.get("/readyz"),
        ]
        for call in calls:
            response = call()
            refused(response, 503, "the database does not answer")
            assert int(response.headers["Retry-After"]) > 0
        start = time.monotonic()
        for _ in range(5):
            response = client.post(READ, json=read_body())
            assert response.status_code == 200
            assert response.json["text"] == "7"  # type: ignore[index]
            assert response.json["personal"] is False  # type: ignore[index]
        assert time.monotonic() - start < 2
        assert client.get("/").status_code == client.get("/healthz").status_code == 200
    finally:
        postgres.start()
    time.sleep(0.6)
    assert client.get("/readyz").status_code == 200
    assert send(client, given).status_code == 200
    assert client.post(READ, json=read_body()).json["personal"] is True  # type: ignore[index]
    database.close()
