"""What the site's pages load."""

import re

import pytest
from flask.testing import FlaskClient

from digitpad.web.assets import NAMES, STATIC, VERSION

SCRIPTS = [name for name in NAMES if name.endswith((".js", ".css"))]


def test_a_file_may_be_kept_for_good_where_its_address_says_which_one_it_is(
    client: FlaskClient,
) -> None:
    for version, kept in ((VERSION, True), ("0123456789ab", False)):
        answer = client.get(f"/static-{version}/page.css")
        assert answer.status_code == 200
        assert ("immutable" in answer.headers["Cache-Control"]) == kept
        known = {"If-None-Match": answer.headers["ETag"]}
        assert client.get(f"/static-{version}/page.css", headers=known).status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "../pages.py", "digit-pad"])
def test_nothing_else_is_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static-{VERSION}/{name}").status_code == 404


@pytest.mark.parametrize("name", SCRIPTS)
def test_only_comments_are_left_out_and_lines_are_counted_as_before(
    client: FlaskClient, name: str
) -> None:
    written = (STATIC / name).read_text("utf-8").split("\n")
    sent = client.get(f"/static-{VERSION}/{name}").text.split("\n")
    assert len(written) == len(sent)
    for before, after in zip(written, sent, strict=True):
        if after != before:
            assert after == ""
            assert re.match(r"\s*(/\*|\*|//|$)", before) or name.endswith("style.js")
