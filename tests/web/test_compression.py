"""Pages and what they load are compressed for those who take it."""

import gzip

import pytest
from flask.testing import FlaskClient

TAKES = {"Accept-Encoding": "br, gzip;q=0.8"}


@pytest.mark.parametrize("path", ["/", "/about", "/static/page.css", "/static/digit-pad/pad.js"])
def test_text_is_compressed_and_the_same(client: FlaskClient, path: str) -> None:
    with client.get(path) as plain, client.get(path, headers=TAKES) as packed:
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
        for response in (plain, packed):
            assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize("encodings", ["", "br", "gzip;q=0"])
def test_those_who_do_not_take_it_get_it_plain(client: FlaskClient, encodings: str) -> None:
    with client.get("/", headers={"Accept-Encoding": encodings}) as response:
        assert "Content-Encoding" not in response.headers


def test_what_is_known_is_not_sent_again(client: FlaskClient) -> None:
    with client.get("/static/page.css", headers=TAKES) as first:
        known = {"If-None-Match": first.headers["ETag"], **TAKES}
    with client.get("/static/page.css", headers=known) as again:
        assert again.status_code == 304
        assert again.data == b""
