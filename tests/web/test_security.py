"""Headers, and what is believed of a proxy."""

import re

import pytest
from apiflask import APIFlask
from flask import request
from flask.testing import FlaskClient

from digitpad.config import ServerConfig
from digitpad.web import create_app
from digitpad.web.security import HEADERS


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/openapi.json", "/nowhere", "/static/digit-pad/pad.js"]
)
def test_every_response_has_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        for name, value in HEADERS.items():
            assert response.headers[name] == value


def test_the_page_needs_nothing_that_its_policy_forbids(client: FlaskClient) -> None:
    page = client.get("/").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)


def test_static_files_are_asked_about_but_not_sent_again(client: FlaskClient) -> None:
    with client.get("/static/digit-pad/pad.js") as first:
        assert first.headers["Cache-Control"] == "no-cache"
        known = {"If-None-Match": first.headers["ETag"]}
    with client.get("/static/digit-pad/pad.js", headers=known) as again:
        assert again.status_code == 304


def test_answers_are_not_kept(client: FlaskClient) -> None:
    assert client.get("/api/v1/model").headers["Cache-Control"] == "no-store"


def test_one_proxy_is_believed() -> None:
    app: APIFlask = create_app(ServerConfig())
    app.add_url_rule("/who", "who", lambda: f"{request.remote_addr} {request.scheme}")
    forwarded = {"X-Forwarded-For": "6.6.6.6, 1.2.3.4", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/who", headers=forwarded).text == "1.2.3.4 https"
