"""A correction keeps what was expected where it was read."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.test_corrections import PATH, body, refused, send, token


@pytest.mark.parametrize("expect", ["date", {"pattern": "[17]{2}", "maxlength": 2}])
def test_a_correction_keeps_what_was_expected(client: FlaskClient, expect: Any) -> None:
    own = token(client)
    answer = send(client, body(expect=expect), own)
    assert answer.status_code == 201
    assert answer.json["expect"] == expect  # type: ignore[index]
    found = client.get(PATH, headers=own).json["corrections"]  # type: ignore[index]
    assert [one["expect"] for one in found] == [expect]
    assert "expect" not in send(client, body(), own).json  # type: ignore[operator]


def test_a_format_that_is_none_is_no_correction(client: FlaskClient) -> None:
    refused(send(client, body(expect={"pattern": "("})), 422, "pattern, character")
    refused(send(client, body(expect="iban")), 422, "expect must be a format or one of")
