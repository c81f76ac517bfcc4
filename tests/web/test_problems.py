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
        "/docs",
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
