"""Running processes serve what is promoted, soon, and a damaged model never."""

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from digitpad.config import ServerConfig
from digitpad.network.manifest import SHIPPED, Manifest
from digitpad.store import Database, versions
from digitpad.store.schema import VersionRow
from digitpad.web import create_app, serving
from tests.store.test_versions import register
from tests.web.test_corrections import READ, read_body

SHIPS = Manifest.load(SHIPPED).version


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServerConfig:
    monkeypatch.setattr(serving, "INTERVAL", 0.05)
    return ServerConfig(database=f"sqlite:///{tmp_path}/a.db")


@pytest.fixture
def database(config: ServerConfig) -> Iterator[Database]:
    made = Database(config.database or "")
    register(made, "a", "b")
    yield made
    made.close()


def served(app: APIFlask) -> str:
    answer = app.test_client().post(READ, json=read_body())
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["text"] == "7"
    return str(answer.json["model"]["version"])


def wait_for(app: APIFlask, version: str) -> None:
    end = time.monotonic() + 10
    while served(app) != version:
        assert time.monotonic() < end, f"{version} is not served"
        time.sleep(0.02)


def damage(database: Database, version: str) -> None:
    with database.writing() as session:
        session.execute(
            update(VersionRow).where(VersionRow.version == version).values(network=b"damaged")
        )


def test_the_interval_is_short_enough() -> None:
    assert serving.INTERVAL < 5  # s; ten are promised, and loading takes some


def test_promotion_and_rollback_are_taken_up_without_a_request_that_fails(
    config: ServerConfig, database: Database
) -> None:
    app = create_app(config)
    assert served(app) == SHIPS
    seen: list[str] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            seen.append(served(app))

    thread = threading.Thread(target=ask)
    thread.start()
    versions.promote(database, "a", None)
    wait_for(app, "a")
    versions.promote(database, "b", "a")
    wait_for(app, "b")
    for before in ("a", SHIPS):
        versions.rollback(database)
        wait_for(app, before)
    is_over.set()
    thread.join()
    assert seen
    assert set(seen) <= {SHIPS, "a", "b"}


def test_a_damaged_model_is_passed_over(
    config: ServerConfig, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "digitpad.web.serving")
    versions.promote(database, "a", None)
    running = create_app(config)
    assert served(running) == "a"
    damage(database, "b")
    versions.promote(database, "b", "a")
    end = time.monotonic() + 10
    while "model b in the database is passed over" not in caplog.text:
        assert time.monotonic() < end
        assert served(running) == "a"
    assert served(running) == "a"
    assert served(create_app(config)) == "a"  # the last good one
    damage(database, "a")
    assert served(create_app(config)) == SHIPS
    register(database, "c")
    versions.promote(database, "c", "b")
    wait_for(running, "c")


def test_a_named_model_is_served_whatever_is_promoted(
    config: ServerConfig, database: Database
) -> None:
    versions.promote(database, "a", None)
    app = create_app(ServerConfig(model=SHIPPED, database=config.database))
    assert served(app) == SHIPS


def test_without_the_database_the_shipped_model_is_served(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = create_app(ServerConfig(database=f"sqlite:///{tmp_path}/file/a.db"))
    assert served(app) == SHIPS
    assert app.test_client().get("/readyz").status_code == 503
