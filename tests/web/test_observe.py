"""A line for each request that nothing can forge, and metrics."""

import io
import json
import re
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from digitpad.config import ServerConfig
from digitpad.store import Database, keys
from digitpad.timing import measured, stage
from digitpad.web import create_app
from tests.web.test_corrections import READ, read_body

VALUE = r'(?:[^ ="]+|"(?:[^"\\]|\\.)*")'
LINE = re.compile(rf"(\w+={VALUE})( \w+={VALUE})*")


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The one line that was written, taken apart."""
    [found] = capsys.readouterr().out.splitlines()
    assert LINE.fullmatch(found), found
    return dict(re.findall(rf"(\w+)=({VALUE})", found))


def test_a_reading_is_told_with_its_stages(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    response = client.post(READ, json=read_body(), headers={"X-Request-ID": "abc-1.2_3"})
    assert response.headers["X-Request-ID"] == "abc-1.2_3"
    said = line(capsys)
    assert said["id"] == "abc-1.2_3"
    assert (said["method"], said["path"], said["status"]) == ("POST", READ, "200")
    assert said["model"] == response.json["model"]["version"]  # type: ignore[index]
    assert int(said["bytes"]) == len(response.data)
    stages = {name: float(said[f"{name}_ms"]) for name in ("parse", "network", "lattice")}
    assert 0 < sum(stages.values()) <= float(said["ms"]) + 0.3


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/a%0AGET%20/forged", "/a%0AGET%20/forged"),
        ("/%1b[31mred", "/%1B%5B31mred"),
        ("/a=b%22c", "/a%3Db%22c"),
        ("/\u00e4", "/%C3%A4"),
    ],
)
def test_a_request_is_one_line_whatever_its_path(
    client: FlaskClient, path: str, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    client.get(path)
    assert line(capsys)["path"] == written


def test_a_line_is_written_at_once_lest_another_process_comes_between(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    stream = io.StringIO()
    monkeypatch.setattr(stream, "write", written.append, raising=False)
    monkeypatch.setattr(sys, "stdout", stream)
    client.get("/healthz")
    [found] = written
    assert found.endswith("\n")


@pytest.mark.parametrize("given", ["", "a b", "a=b", "a" * 65, "\u00e4", "a;b"])
def test_an_id_that_does_not_look_like_one_is_not_taken(
    client: FlaskClient, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    own = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert own != given
    assert re.fullmatch("[0-9a-f]{16}", own)
    assert line(capsys)["id"] == own


def test_metrics_need_a_key(config_with_key: tuple[ServerConfig, str]) -> None:
    config, key = config_with_key
    client = create_app(config).test_client()
    for headers in ({}, {"X-API-Key": "dp_wrong"}):
        assert client.get("/metrics", headers=headers).status_code == 401
    client.post(READ, json=read_body())
    client.get("/no/such/page")
    answer = client.get("/metrics", headers={"X-API-Key": key})
    assert answer.status_code == 200
    found = {family.name: family for family in text_string_to_metric_families(answer.text)}
    labels = [sample.labels for sample in found["digitpad_requests"].samples]
    assert {"route": READ, "status": "200"} in labels
    assert {"route": "other", "status": "404"} in labels
    assert any(s.labels == {"status": "read"} for s in found["digitpad_readings"].samples)
    assert {s.labels.get("stage") for s in found["digitpad_stage_seconds"].samples} >= {"network"}


def test_metrics_are_told_while_the_database_is_gone(
    config_with_key: tuple[ServerConfig, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, key = config_with_key
    client = create_app(config).test_client()
    assert client.get("/metrics", headers={"X-API-Key": key}).status_code == 200

    def fail(*_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(keys, "find", fail)
    assert client.get("/metrics", headers={"X-API-Key": key}).status_code == 200


def test_a_site_without_a_database_tells_nobody() -> None:
    answer = create_app(ServerConfig()).test_client().get("/metrics", headers={"X-API-Key": ""})
    assert answer.status_code == 401
    assert "no database" in json.loads(answer.data)["detail"]


@pytest.fixture
def config_with_key(tmp_path: Path) -> tuple[ServerConfig, str]:
    url = f"sqlite:///{tmp_path}/digitpad.db"
    return ServerConfig(database=url), keys.create(Database(url), "prometheus")


def test_stages_count_only_where_somebody_asks() -> None:
    with stage("network"):
        pass
    with measured() as spent:
        for _ in range(3):
            with stage("network"):
                pass
        with pytest.raises(ValueError, match="on purpose"), stage("lattice"):
            raise ValueError("on purpose")
    assert set(spent) == {"network", "lattice"}
    assert all(seconds >= 0 for seconds in spent.values())
