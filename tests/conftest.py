"""Settings and fixtures that all tests share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import settings

from digitpad.config import ServerConfig
from digitpad.store import Database
from digitpad.web import create_app
from tests import postgresql

settings.register_profile("digitpad", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("digitpad")

MANY = 1_000_000  # corrections a minute that one client may send, in tests of other things
Send = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def _no_test_uses_the_users_database(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("database-of-the-environment")
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/digitpad.db"


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> APIFlask:
    """The site with the shipped model; errors are answered as they are in production."""
    file = tmp_path_factory.mktemp("database") / "digitpad.db"
    return create_app(ServerConfig(database=f"sqlite:///{file}", rate=MANY))


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Server]:
    """One PostgreSQL server for all tests."""
    binaries = postgresql.find_binaries()
    if binaries is None:
        assert "CI" not in os.environ, "PostgreSQL is needed: apt-get install postgresql"
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    server = postgresql.Server(binaries)
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/digitpad.db"
    server: postgresql.Server = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with its tables."""
    made = Database(url)
    made.upgrade()
    yield made
    made.close()
