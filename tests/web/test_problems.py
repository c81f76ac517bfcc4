"""One error shape for every route."""

import logging

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from pydantic import TypeAdapter
from werkzeug.test import TestResponse

from digitpad.config import ServerConfig
from digitpad.web import create_app
from digitpad.web.answers import Problem
from digitpad.web.problems import KINDS, PROBLEMS
from digitpad.web.serving import READER


def is_problem(response: TestResponse, status: int) -> None:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem = TypeAdapter(Problem).validate_python(response.json, strict=True)
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in problem["detail"]


def rules(app: APIFlask) -> list[str]:
    return sorted(str(rule) for rule in app.url_map.iter_rules() if not rule.arguments)


def test_every_route_refuses_other_methods(app: APIFlask, client: FlaskClient) -> None:
    assert "/api/v1/read" in rules(app)
    for rule in rules(app):
        response = client.patch(rule)
        is_problem(response, 405)
        assert {"GET", "POST", "DELETE"} & set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/docs/",
        "/api/v1/read/",
        "/api/v1/",
        "/api//v1/model",
        "/static/nothing.js",
        "/static/../app.py",
        "/static/%00",
        "/%ff",
    ],
)
def test_unknown_paths(client: FlaskClient, path: str) -> None:
    is_problem(client.get(path), 404)


def test_what_nobody_foresaw(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(ServerConfig())
    del app.extensions[READER]
    with caplog.at_level(logging.CRITICAL):
        for path in ("/", "/readyz", "/api/v1/model"):
            is_problem(app.test_client().get(path), 500)
        is_problem(app.test_client().post("/api/v1/read"), 500)


PERSON = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # a browser's Accept


def test_a_person_gets_a_page(client: FlaskClient) -> None:
    response = client.get("/nowhere", headers={"Accept": PERSON})
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "No such page" in response.text
    assert "Keine solche Seite" in response.text
    response = client.post("/about", headers={"Accept": PERSON})
    assert (response.status_code, response.mimetype) == (405, "text/html")
    assert response.headers["Allow"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json", ""])
def test_a_program_gets_a_problem(client: FlaskClient, accept: str) -> None:
    is_problem(client.get("/nowhere", headers={"Accept": accept}), 404)


def test_the_interface_has_no_pages(client: FlaskClient) -> None:
    is_problem(client.get("/api/v1/nowhere", headers={"Accept": PERSON}), 404)


def test_each_problem_has_a_type_that_leads_to_what_it_means(client: FlaskClient) -> None:
    made = {
        "malformed": client.post("/api/v1/read"),
        "not-found": client.get("/nowhere"),
        "method": client.put("/api/v1/read"),
        "unsupported": client.post("/api/v1/read", data=b"a", content_type="text/plain"),
        "invalid": client.post("/api/v1/read", json={"ink": 1}),
        "foreign-page": client.delete("/api/v1/me"),
        "unknown-caller": client.get("/api/v1/corrections", headers={"Authorization": "Bearer a"}),
        "no-database": create_app(ServerConfig()).test_client().post("/api/v1/writers"),
    }
    for kind, response in made.items():
        assert response.json["type"] == f"/problems/{kind}"  # type: ignore[index]
    for kind, meaning in PROBLEMS.items():
        assert client.get(f"/problems/{kind}").text == f"{meaning}\n"
    assert set(KINDS.values()) < set(PROBLEMS)
    assert client.get("/problems/other").status_code == 404
