"""The pages, without a browser."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from digitpad.config import ServerConfig
from digitpad.layout.registration import NOT_FOUND, OUTSIDE, TWICE
from digitpad.reader import NOTHING_TO_WRITE_ON, Reader
from digitpad.web import create_app
from digitpad.web.about import LABEL, LOW, numbers, place, story

STATIC = Path(create_app.__code__.co_filename).parent / "static"
TEMPLATES = STATIC.parent / "templates"


@pytest.mark.parametrize("path", ["/", "/digits", "/form", "/about", "/docs", "/drift"])
def test_a_page_says_everything_in_both_languages(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    body = page[page.index("<body>") :]
    assert (
        len(re.findall('<span lang="en">', body)) == len(re.findall('<span lang="de">', body)) > 3
    )
    assert re.search('<title data-en="[^"]+" data-de="[^"]+">', page)


def test_the_pad_loads_all_of_its_modules_at_once(client: FlaskClient) -> None:
    page = client.get("/").text
    preloaded = set(re.findall(r'rel="modulepreload" href="/static-\w+/([^"]+)"', page))
    modules = {f"digit-pad/{path.name}" for path in STATIC.glob("digit-pad/*.js")}
    assert modules | {"kept.js", "offline.js", "site.js", "taking.js"} == preloaded


def test_the_element_needs_nothing_around_it() -> None:
    for module in STATIC.glob("digit-pad/*.js"):
        for name in re.findall(r'from "([^"]+)"', module.read_text("utf-8")):
            assert re.fullmatch(r"\./[a-z-]+\.js", name), module


@pytest.mark.parametrize("module", sorted(STATIC.rglob("*.js")), ids=lambda path: path.name)
def test_modules_are_short_and_typed(module: Path) -> None:
    text = module.read_text("utf-8")
    assert text.startswith("// @ts-check\n")
    assert len(text.splitlines()) <= 400


def test_why_there_is_no_form_is_said_in_each_language() -> None:
    words = (STATIC / "form-words.js").read_text("utf-8")
    for reason in (NOTHING_TO_WRITE_ON, NOT_FOUND, OUTSIDE, TWICE):
        assert words.count(f'"{reason}": "') == 2


def test_other_sites_may_load_the_element_only_if_named() -> None:
    client = create_app(ServerConfig(origins=("https://a.example",))).test_client()
    for path in ("/static/digit-pad/pad.js", "/api/v1/model"):
        for origin, allowed in (("https://a.example", True), ("https://b.example", False)):
            with client.get(path, headers={"Origin": origin}) as answer:
                found = answer.headers.get("Access-Control-Allow-Origin")
            assert found == (origin if allowed else None)
    with client.get("/static/main.js", headers={"Origin": "https://a.example"}) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers
    nobody = create_app(ServerConfig()).test_client()
    with nobody.get("/static/digit-pad/pad.js", headers={"Origin": "https://a.example"}) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_a_database_the_pages_say_that_nothing_is_kept() -> None:
    client = create_app(ServerConfig()).test_client()
    assert 'corrections="off"' in client.get("/").text
    assert "This site keeps nothing" in client.get("/digits").text
    assert "Nothing is kept here" in client.get("/about").text


def test_the_story_is_told_by_the_model() -> None:
    told = story(Reader())
    assert told.answer.text == "7"
    assert told.answer.text != LABEL
    assert told.before.text == "7"
    assert told.after.text == LABEL  # one correction changes the next drawing
    assert max(told.features) == 1
    assert min(told.features) >= 0


def test_the_about_page_has_the_models_figures(client: FlaskClient) -> None:
    rows = Reader().manifest.metrics["test"]["rows"]
    page = client.get("/about").text
    for name in ("MNIST", "UNIPEN, as ink", "all four"):
        assert f"<td>{100 * rows[name]['accuracy']:.2f}%</td>" in page
    learned = Reader().manifest.metrics["style"]["ways"]["pad"]
    for group in learned["curve"]:
        without, now = (100 * group[key] / group["drawings"] for key in ("mistakes", "with_style"))
        assert f"<td>{without:.1f} → {now:.1f}%</td>" in page
    assert f"{100 * learned['fewer']:.0f}% fewer mistakes in all" in page


def test_a_model_without_figures_has_a_page_too(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(ServerConfig())
    reader = Reader()
    reader.manifest = replace(reader.manifest, metrics={}, training={})
    monkeypatch.setattr("digitpad.web.pages.loaded_reader", lambda: reader)
    answer = app.test_client().get("/about")
    assert answer.status_code == 200
    assert "How well it reads" not in answer.text
    assert numbers({}) == {}


def test_the_axis_begins_where_it_says() -> None:
    assert place(LOW) == 0
    assert place(1) == 1
    assert place(0.5) == 0  # what lies below it stays at its edge
