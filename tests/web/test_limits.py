"""What one client may ask for, with and without Redis, and with an API key."""

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis, RedisError
from werkzeug.test import TestResponse

from digitpad.config import ServerConfig
from digitpad.store import Database, corrections, keys, writers
from digitpad.store import corrections as store
from digitpad.web import create_app
from digitpad.web import limits as module
from tests.deploy.test_heroku import SECONDS, free_port
from tests.store.examples import correction
from tests.web.test_corrections import ORIGIN, PATH, READ, body, read_body

FROM = "REMOTE_ADDR"


@pytest.fixture
def config(tmp_path: Path) -> ServerConfig:
    return ServerConfig(database=f"sqlite:///{tmp_path}/digitpad.db", rate=3)


@pytest.fixture
def redis() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A Redis, and its process."""
    if shutil.which("redis-server") is None:
        assert "CI" not in os.environ, "Redis is needed: apt-get install redis-server"
        pytest.skip("Redis is not installed (apt-get install redis-server)")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                try:
                    Redis(port=port).ping()
                    break
                except RedisError:
                    time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}/0", process
        finally:
            process.kill()


def correct(client: FlaskClient, address: str = "192.0.2.1", **headers: str) -> TestResponse:
    return client.post(
        PATH, json=body(), headers=ORIGIN | headers, environ_overrides={FROM: address}
    )


def refused(response: TestResponse, words: str) -> None:
    assert response.status_code == 429
    assert response.content_type == "application/problem+json"
    assert words in response.json["detail"]  # type: ignore[index]
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_one_client_may_send_so_many_corrections(config: ServerConfig) -> None:
    client = create_app(config).test_client()
    assert [correct(client).status_code for _ in range(3)] == [201] * 3
    refused(correct(client), "3 corrections a minute")
    assert correct(client, "192.0.2.2").status_code == 201
    read = client.post(READ, json=read_body(), environ_overrides={FROM: "192.0.2.1"})
    assert read.status_code == 200


def test_a_household_is_one_client(config: ServerConfig) -> None:
    client = create_app(config).test_client()
    for last in range(3):
        assert correct(client, f"2001:db8::{last:x}").status_code == 201
    refused(correct(client, "2001:db8::ffff:1"), "corrections")
    assert correct(client, "2001:db8:0:1::1").status_code == 201


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("not an address", "192.0.2.1", False),
        ("192.0.2.1:4711", "192.0.2.1:4711", True),
        ("", "192.0.2.1", False),
    ],
)
def test_addresses_of_all_forms(config: ServerConfig, one: str, other: str, same: bool) -> None:
    client = create_app(config).test_client()
    assert [correct(client, one).status_code for _ in range(4)] == [201, 201, 201, 429]
    assert correct(client, other).status_code == (429 if same else 201)


def test_writers_are_made_by_few(config: ServerConfig) -> None:
    client = create_app(config).test_client()
    assert client.post("/api/v1/writers").status_code == 201
    refused(client.post("/api/v1/writers"), "1 writers a minute")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:81"])
def test_pages_of_other_sites_make_no_writers(client: FlaskClient, origin: str) -> None:
    response = client.post("/api/v1/writers", headers={"Origin": origin})
    assert response.status_code == 403
    assert "Origin" in response.json["detail"]  # type: ignore[index]
    assert client.post("/api/v1/writers", headers=ORIGIN).status_code == 201


def test_readings_have_a_limit_where_the_caller_is_elsewhere(
    config: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READINGS", "2/minute")
    client = create_app(config).test_client()

    def read(address: str) -> TestResponse:
        return client.post(READ, json=read_body(), environ_overrides={FROM: address})

    assert [read("192.0.2.1").status_code for _ in range(2)] == [200, 200]
    refused(read("192.0.2.1"), "2 readings a minute")
    large = {**read_body(), "expect": "number" + " " * (2 * module.LARGE)}
    refused(
        client.post(READ, json=large, environ_overrides={FROM: "192.0.2.2"}),
        "large ones and batches count",
    )
    assert [read("127.0.0.1").status_code for _ in range(5)] == [200] * 5
    assert [read("::1").status_code for _ in range(5)] == [200] * 5


def test_a_key_may_send_more_until_it_is_revoked(config: ServerConfig) -> None:
    app = create_app(config)
    client, database = app.test_client(), Database(config.database or "")
    key = keys.create(database, "scanner")
    for _ in range(5):
        assert correct(client, **{"X-API-Key": key}).status_code == 201
    keys.revoke(database, "scanner")
    for wrong in (key, "", "dp_other"):
        response = correct(client, **{"X-API-Key": wrong})
        assert response.status_code == 401
        assert "X-API-Key" in response.json["detail"]  # type: ignore[index]


def test_processes_count_together_in_redis(
    config: ServerConfig, redis: tuple[str, "subprocess.Popen[bytes]"]
) -> None:
    shared = ServerConfig(database=config.database, rate=3, redis=redis[0])
    first, second = (create_app(shared).test_client() for _ in range(2))
    assert [correct(c).status_code for c in (first, second, first)] == [201] * 3
    refused(correct(second), "corrections")
    redis[1].kill()
    redis[1].wait()
    # It is gone: each counts for itself, and nobody waits or fails.
    assert [correct(second).status_code for _ in range(4)] == [201, 201, 201, 429]


def test_a_redis_that_was_never_there(config: ServerConfig) -> None:
    gone = ServerConfig(database=config.database, redis=f"redis://127.0.0.1:{free_port()}")
    assert correct(create_app(gone).test_client()).status_code == 201


def test_a_writer_and_a_site_keep_so_many(
    config: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_OF_ONE", 2)
    database = Database(config.database or "")
    client = create_app(ServerConfig(database=config.database, most=3)).test_client()
    given: list[dict[str, Any]] = [body(), body(), body()]
    answers = [client.post(PATH, json=one, headers=ORIGIN) for one in given]
    assert [answer.status_code for answer in answers] == [201, 201, 507]
    assert "2 corrections" in answers[2].json["detail"]  # type: ignore[index]
    assert client.post(PATH, json=given[0], headers=ORIGIN).status_code == 200  # it was kept
    corrections.add(database, None, correction(id=uuid.uuid4()))
    other = client.application.test_client().post(PATH, json=body(), headers=ORIGIN)
    assert other.status_code == 507
    assert "this site keeps 3" in other.json["detail"]  # type: ignore[index]
    assert len(list(corrections.everyone(database))) == 3


def test_tokens_that_were_never_used_expire(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle, used = writers.issue_token(database), writers.issue_token(database)
    corrections.add(database, writers.find_by_token(database, used), correction())
    monkeypatch.setattr(writers, "IDLE", -writers.IDLE)
    fresh = writers.issue_token(database)
    assert writers.find_by_token(database, idle) is None
    assert writers.find_by_token(database, used) is not None
    assert writers.find_by_token(database, fresh) is not None
