"""How much may be sent to be read: pixels, points, arrays and bytes."""

import gc
import io
import warnings
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from digitpad.ink import MAX_POINTS, MAX_STROKES
from digitpad.web.bodies import MAX_BODY, MAX_JSON, MAX_TEXTS, MAX_VALUES
from tests.web.test_api import (
    EXAMPLE,
    READ,
    png_header,
    refused,
    send,
    send_strokes,
    with_examples,
)


@pytest.mark.parametrize("side", [30_000, 10_000, 65_000])
def test_too_many_pixels(client: FlaskClient, side: int) -> None:
    data = png_header(side, side)
    refused(client.post(READ, data=data, content_type="image/png"), 413, "25,000,000 pixels")


def test_too_many_points(client: FlaskClient) -> None:
    point = [1, 2]
    refused(send_strokes(client, [[point] * (MAX_POINTS + 1)]), 413, "ink.strokes[0]")
    refused(send_strokes(client, [[point], [point] * MAX_POINTS]), 413, "20,000 points")
    refused(send_strokes(client, [[point]] * (MAX_STROKES + 1)), 413, "ink.strokes", "1,000")
    assert send_strokes(client, [[[i, 2] for i in range(MAX_POINTS)]]).status_code == 200
    assert send_strokes(client, [[]] * MAX_STROKES).status_code == 200


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        ("[],", f"{MAX_VALUES:,} arrays"),
        ("12,", f"{MAX_VALUES:,} arrays"),
        ("{},", f"{MAX_VALUES:,} arrays"),
        ("[[[[[[[[[]]]]]]]]],", f"{MAX_VALUES:,} arrays"),
        (f'"{"7" * 50}",', f"{MAX_TEXTS:,} keys"),
    ],
)
def test_bodies_of_more_than_the_largest_ink_needs(
    client: FlaskClient, unit: str, says: str
) -> None:
    body = '{"ink": {"strokes": [' + unit * ((MAX_JSON - 50) // len(unit)) + "[]]}}"
    refused(send(client, body), 413, says)


def test_the_largest_ink_and_examples_fit(client: FlaskClient) -> None:
    strokes = [[[i + 0.125, 2.5, 1_700_000_000_000]] * 20 for i in range(MAX_STROKES)]
    parts = [{"ink": {"strokes": strokes[i : i + 5]}, "label": "7"} for i in range(0, 1000, 5)]
    assert send(client, {"ink": {"strokes": strokes}, "examples": parts}).status_code == 200


def test_too_many_points_in_examples(client: FlaskClient) -> None:
    half = {"ink": {"strokes": [[[0, 0], [1, 9]] * (MAX_POINTS // 4)]}, "label": "1"}
    assert send(client, with_examples([half] * 2)).status_code == 200
    refused(send(client, with_examples([half] * 2 + [EXAMPLE])), 413, "20,000 points in all")


@pytest.mark.parametrize("chunked", [False, True])
def test_too_long_bodies(client: FlaskClient, chunked: bool) -> None:
    for kind, limit in (("image/png", MAX_BODY), ("application/json", MAX_JSON)):
        data = io.BytesIO(b" " * (limit + 1))
        environ: dict[str, Any] = {"wsgi.input_terminated": True} if chunked else {}
        response = client.post(
            READ,
            input_stream=data,
            content_type=kind,
            content_length=None if chunked else limit + 1,
            environ_overrides=environ,
        )
        refused(response, 413, f"{limit:,} bytes")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_form_with_too_long_a_picture(client: FlaskClient, chunked: bool) -> None:
    form = {"image": (io.BytesIO(b" " * MAX_BODY), "a.png")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Werkzeug leaves files to the collector
        environ = EnvironBuilder(READ, method="POST", data=form).get_environ()
        if chunked:
            environ["wsgi.input_terminated"] = True
            del environ["CONTENT_LENGTH"]
        refused(client.open(environ), 413, f"{MAX_BODY:,} bytes")
        del environ
        gc.collect()
