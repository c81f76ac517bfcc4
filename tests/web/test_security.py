"""Headers, and what is believed of a proxy."""

import re

import pytest
from apiflask import APIFlask
from flask import request
from flask.testing import FlaskClient

from digitpad.config import ServerConfig
from digitpad.web import create_app
from digitpad.web.security import HEADERS, STRICT, WORKER


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/openapi.json", "/nowhere", "/static/digit-pad/pad.js"]
)
def test_every_response_has_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        for name, value in HEADERS.items():
            assert response.headers[name] == value


def test_only_the_pads_page_may_name_a_service_worker(client: FlaskClient) -> None:
    for path, types in (("/", WORKER), ("/about", "'none'"), ("/api/v1/model", "'none'")):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert policy.endswith(f"require-trusted-types-for 'script'; trusted-types {types}")


def test_only_named_sites_may_frame_the_site(client: FlaskClient) -> None:
    assert "frame-ancestors 'none';" in client.get("/").headers["Content-Security-Policy"]
    frames = ("https://a.example", "https://b.example")
    framed = create_app(ServerConfig(frames=frames)).test_client()
    for path in ("/", "/digits"):
        policy = framed.get(path).headers["Content-Security-Policy"]
        assert "frame-ancestors https://a.example https://b.example;" in policy


@pytest.mark.parametrize(
    ("given", "prefix"),
    [("/digits", "/digits"), ("/a/b/", "/a/b"), ("//evil.example", ""), ("/a//b", ""), ("x", "")],
)
def test_all_addresses_lie_below_a_believed_prefix(given: str, prefix: str) -> None:
    client = create_app(ServerConfig(proxies=1)).test_client()
    for path in ("/", "/digits", "/form", "/about", "/nowhere"):
        headers = {"X-Forwarded-Prefix": given, "Accept": "text/html"}
        page = client.get(path, headers=headers).text
        links = re.findall(r'(?:src|href)="([^"#]+)"', page)
        own = [link for link in links if not link.startswith("data:")]
        assert len(own) > 5
        assert all(link.startswith(f"{prefix}/") and link[:2] != "//" for link in own)
    problem = client.get("/api/v1/nothing", headers={"X-Forwarded-Prefix": given})
    assert problem.json["type"] == f"{prefix}/problems/not-found"  # type: ignore[index]
    unheard = create_app(ServerConfig()).test_client()
    assert 'href="/static-' in unheard.get("/", headers={"X-Forwarded-Prefix": given}).text


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
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"


def test_the_model_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/api/v1/model")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["ETag"] == f'"{first.json["sha256"]}"'  # type: ignore[index]
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/model", headers=known).status_code == 304


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, "127.0.0.1 http"), (1, "1.2.3.4 https"), (2, "6.6.6.6 http")],
)
def test_so_many_proxies_are_believed(proxies: int, seen: str) -> None:
    app: APIFlask = create_app(ServerConfig(proxies=proxies))
    app.add_url_rule("/who", "who", lambda: f"{request.remote_addr} {request.scheme}")
    forwarded = {"X-Forwarded-For": "6.6.6.6, 1.2.3.4", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/who", headers=forwarded).text == seen


def test_browsers_are_told_to_stay_with_https_where_there_is_https(client: FlaskClient) -> None:
    name, value = STRICT
    assert client.get("/", base_url="https://localhost").headers[name] == value
    assert name not in client.get("/").headers


def test_only_the_named_hosts_are_answered() -> None:
    client = create_app(ServerConfig(hosts=("a.example", ".b.example"))).test_client()
    for host in ("a.example", "a.example:8000", "b.example", "c.b.example"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
    for host in ("b.a.example", "evil.example", "a.example.evil.example", ""):
        refused = client.get("/healthz", headers={"Host": host})
        assert refused.status_code == 400
        assert refused.content_type == "application/problem+json"
