"""/docs shows all that the OpenAPI document says, and its examples are right."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from digitpad.web.german import GERMAN, NUMBER, german
from digitpad.web.problems import PROBLEMS
from digitpad.web.reference import Reference, reference, shown
from tests.test_docs import check_like, curl, parse_commands


@pytest.fixture
def page(client: FlaskClient) -> str:
    return client.get("/docs", base_url="http://127.0.0.1:8000").text


@pytest.fixture
def spec(client: FlaskClient) -> Any:
    return client.get("/openapi.json").json


def blocks(page: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.S)]


def texts(found: Reference) -> Iterator[str]:
    """All that is said in words."""
    for name, calls in found.groups:
        yield name
        for call in calls:
            yield call.text
            yield from (answer.text for answer in call.answers if not answer.type)
            yield from (field.text for field in call.parameters)
    for shape in found.shapes:
        yield shape.text
        yield from (field.text for field in shape.fields)


def test_all_of_the_document_is_on_the_page(page: str, spec: Any) -> None:
    for path, operations in spec["paths"].items():
        for method, said in operations.items():
            start = page.index(f'<section id="{method.upper()}{path}">')
            part = page[start : page.index("</section>", start)]
            for status in said["responses"]:
                assert re.search(rf"\b{status}\b", part), (path, status)
            for parameter in said["parameters"]:
                assert f'"name">{parameter["name"]}' in part
            for kind in said.get("requestBody", {}).get("content", {}):
                assert kind in part
    for name, schema in spec["components"]["schemas"].items():
        start = page.index(f'<section id="{name}">')
        part = page[start : page.index("</section>", start)]
        for field in schema["properties"]:
            optional = "" if field in schema.get("required", ()) else "?"
            assert f'"name">{field}{optional}</code>' in part


def test_links_within_the_page_lead_somewhere_once(page: str) -> None:
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert {*PROBLEMS} <= set(ids)


def test_the_page_asks_nothing_of_other_sites(page: str) -> None:
    assert set(re.findall(r"https?://[^/\"' ]+", page)) == {"http://127.0.0.1:8000"}
    assert not re.search(r"<style|style=| on\w+=|<script>", page)


def test_an_address_cannot_write_into_the_page(client: FlaskClient) -> None:
    answer = client.get("/docs", headers={"Host": "a<script>b"})
    assert "a<script>b" not in answer.text


def test_everything_is_said_in_german(spec: Any) -> None:
    said = [*filter(None, texts(reference(spec, ""))), *PROBLEMS.values()]
    keys = {text if text in GERMAN else NUMBER.sub("#", text) for text in said}
    assert keys == set(GERMAN)
    assert all(text.count("#") == GERMAN[text].count("#") for text in GERMAN)
    assert german("at most 250,000 pixels") == "höchstens 250.000 Pixel"
    assert german("not known: 2,000") == "not known: 2,000"


def test_examples_answer_as_the_page_says(page: str, client: FlaskClient) -> None:
    client.token = curl(client, "-X", "POST", "http://127.0.0.1:8000/api/v1/writers")["token"]  # type: ignore[attr-defined]
    calls = 0
    answers = {}
    for text in blocks(page):
        if text.startswith("curl"):
            (words,) = parse_commands(text)
            if "/api/v1/me" not in words[-1] and "$ID" not in text:
                answers[text] = curl(client, *words[1:])
                assert not str(answers[text].get("type", "")).startswith("/problems"), text
            calls += 1
        else:
            check_like(json.loads(re.sub(", …]", "]", text)), [*answers.values()][-1], "answer")
    assert calls == 11


def test_json_is_shown_in_short_lines() -> None:
    value = {"a": [1.5] * 40, "b": {"c": "x" * 100}, "d": [{"e": "f" * 60}] * 2, "g": []}
    text = shown(value)
    assert max(map(len, text.splitlines())) <= 88
    assert '"a": [1.5, 1.5, …]' in text
    assert f'"c": "{"x" * 24}…"' in text
    assert json.loads(text.replace(", …", ""))["d"] == value["d"]
