"""Settings and fixtures that all tests share."""

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import settings

from digitpad.config import ServerConfig
from digitpad.web import create_app

settings.register_profile("digitpad", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("digitpad")

Send = Callable[..., Any]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> APIFlask:
    """The site with the shipped model; errors are answered as they are in production."""
    file = tmp_path_factory.mktemp("database") / "digitpad.db"
    return create_app(ServerConfig(database=f"sqlite:///{file}"))


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()
