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
def app() -> APIFlask:
    """The site with the shipped model; errors are answered as they are in production."""
    return create_app(ServerConfig())


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()
