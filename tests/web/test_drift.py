"""What is read is counted, costs nobody anything, and is told to whoever has a key."""

import io
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from digitpad.config import ServerConfig
from digitpad.drift import CORRECTED
from digitpad.errors import StoreUnavailable
from digitpad.ink import Ink
from digitpad.store import Database, counts, keys
from digitpad.web import counting as module
from digitpad.web import create_app
from digitpad.web.counting import COUNTING, STILL, Counting
from digitpad.web.gunicorn import _keep_counts
from tests.drawings import DIGITS, render
from tests.web.test_corrections import READ, body, send


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/digitpad.db"


@pytest.fixture
def site(url: str, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    monkeypatch.setattr(Counting, "watch", lambda _: None)  # tests write when they want to
    return create_app(ServerConfig(database=url))


def read(client: FlaskClient, ink: Ink) -> None:
    assert client.post(READ, json={"ink": {"strokes": ink.to_lists()}}).status_code == 200


def counted(site: APIFlask, url: str) -> dict[str, Any]:
    site.extensions[COUNTING].flush()
    return dict(counts.last_day(Database(url)))


def test_a_drawing_counts_once_however_often_it_was_read_while_it_grew(
    site: APIFlask, url: str
) -> None:
    client, [stroke] = site.test_client(), DIGITS[7].strokes
    for points in range(2, len(stroke) + 1, 3):
        read(client, Ink((stroke[:points],)))
    read(client, DIGITS[7])
    found = counted(site, url)
    assert sum(found["answers"].values()) == 1
    assert found["digits"] == {"7": 1}


def test_the_same_drawing_again_is_another_one(site: APIFlask, url: str) -> None:
    for _ in range(3):
        read(site.test_client(), DIGITS[7])
    assert counted(site, url)["digits"] == {"7": 3}


def test_what_may_still_grow_is_not_written(site: APIFlask, url: str) -> None:
    read(site.test_client(), DIGITS[7])
    site.extensions[COUNTING].flush(STILL)
    assert counts.last_day(Database(url)) == {}
    assert counted(site, url)["digits"] == {"7": 1}


def test_drawings_that_may_grow_are_bounded(
    site: APIFlask, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for shift in range(5):
        read(site.test_client(), DIGITS[7].transform([[1, 0], [0, 1]], [shift, 0]))
    assert len(site.extensions[COUNTING]._growing) == 2
    assert counted(site, url)["digits"] == {"7": 5}


def test_pictures_and_corrections_count(site: APIFlask, url: str) -> None:
    client = site.test_client()
    picture = io.BytesIO()
    render(DIGITS[3]).save(picture, "PNG")
    sent = picture.getvalue()
    assert client.post(READ, data=sent, content_type="image/png").status_code == 200
    said = body()
    assert [send(client, said).status_code for _ in range(2)] == [201, 200]  # the same one
    send(client, body(label="7"))  # it was right
    found = counted(site, url)
    assert found["digits"] == {"3": 1}
    assert found["corrections"] == {"let be": 1, "corrected": 1}


def test_what_could_not_be_written_is_written_later(
    site: APIFlask, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(counts, "add", fail)
        for _ in range(2):
            read(site.test_client(), DIGITS[7])
            with pytest.raises(StoreUnavailable):
                site.extensions[COUNTING].flush()
    assert counted(site, url)["digits"] == {"7": 2}
    site.extensions[COUNTING].flush()
    assert counts.last_day(Database(url))["digits"] == {"7": 2}


def test_a_worker_that_ends_writes_what_it_counted(site: APIFlask, url: str) -> None:
    site.extensions[COUNTING].corrected()
    _keep_counts(SimpleNamespace(wsgi=site))  # type: ignore[arg-type]
    assert counts.last_day(Database(url)) == {CORRECTED[0]: {CORRECTED[1]: 1}}
    _keep_counts(SimpleNamespace())  # type: ignore[arg-type]  # one that never began


def test_a_thread_writes_until_nobody_counts(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Counter[Any]] = []
    monkeypatch.setattr(counts, "add", lambda _, found: written.append(found))
    counting = Counting(Database(url))
    counting.corrected()
    monkeypatch.setattr(module, "INTERVAL", 0)
    alive = [counting, counting, None]
    module._watch(lambda: alive.pop(0))  # type: ignore[arg-type]
    assert written == [{CORRECTED: 1}]
    assert alive == []


def test_the_page_and_the_metrics_are_for_those_with_a_key(site: APIFlask, url: str) -> None:
    client, key = site.test_client(), keys.create(Database(url), "me")
    for _ in range(2):
        read(client, DIGITS[7])
    site.extensions[COUNTING].flush()
    asked = client.get("/drift")
    assert (asked.status_code, "API key" in asked.text, "counted" in asked.text) == (
        200,
        True,
        False,
    )
    wrong = client.post("/drift", data={"key": "dp_wrong"})
    assert (wrong.status_code, "no key of this site" in wrong.text) == (401, True)
    assert client.post("/drift", data={"key": "a" * 2_000}).status_code == 413
    for shown in (
        client.post("/drift", data={"key": key}),
        client.get("/drift", headers={"X-API-Key": key}),
    ):
        assert shown.status_code == 200
        assert "2 counted" in shown.text
        assert key not in shown.text
    told = client.get("/metrics", headers={"X-API-Key": key}).text
    found = {family.name: family.samples for family in text_string_to_metric_families(told)}
    assert len(found["digitpad_drift_psi"]) == 7
    assert {s.labels["mix"]: s.value for s in found["digitpad_drift_counted"]}["digits"] == 2
    shares = {(s.labels["mix"], s.labels["kind"]): s.value for s in found["digitpad_drift_share"]}
    assert shares["digits", "7"] == 1


def test_metrics_without_an_answer_of_the_database_lack_the_drift(
    site: APIFlask, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, key = site.test_client(), keys.create(Database(url), "me")
    assert client.get("/metrics", headers={"X-API-Key": key}).status_code == 200

    def fail(*_: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(counts, "last_day", fail)
    told = client.get("/metrics", headers={"X-API-Key": key})
    assert told.status_code == 200
    assert "digitpad_readings_total" in told.text
    assert "digitpad_drift" not in told.text


def test_a_site_without_a_database_counts_nothing() -> None:
    site = create_app(ServerConfig())
    read(site.test_client(), DIGITS[7])
    assert site.extensions[COUNTING] is None
    assert site.test_client().post("/drift", data={"key": "a"}).status_code == 401
