"""Pages of what is unsure: written by a run, whole and with nothing that is theirs to say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from digitpad.batch import review
from digitpad.batch.places import Local
from digitpad.batch.run import run
from digitpad.batch.table import rows
from digitpad.errors import Conflict
from tests.cli.running import run as command
from tests.drawings import DIGITS, together


def items(page: Path) -> list[dict[str, Any]]:
    """What a page shows."""
    [data] = re.findall(r'<script type="application/json" id="items">(.*)</script>',
                        page.read_text("utf-8"))  # fmt: skip
    found: list[dict[str, Any]] = json.loads(data)["items"]
    return found


@pytest.fixture
def unsure(scans: Path) -> Path:
    """A folder with two readable pictures, and ink that is two digits where one is asked for."""
    for path in scans.glob("[2-9].png"):
        path.unlink()
    both = together([DIGITS[3], DIGITS[8].transform([[1, 0], [0, 1]], (60, 0))])
    for name in ("both", "<twice>"):
        (scans / f"{name}.json").write_text(json.dumps({"ink": {"strokes": both.to_lists()}}))
    return scans


def test_what_is_unsure_is_on_a_page(
    here: None, unsure: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, plain, pages = tmp_path / "table.csv", tmp_path / "plain.csv", tmp_path / "pages"
    run([str(unsure)], plain, "digit")
    run([str(unsure)], out, "digit", pages=pages)
    assert out.read_bytes() == plain.read_bytes()
    [page] = pages.iterdir()
    wanted = [row for row in rows(Local(out)) if row["status"] == "unsure"]
    assert [row["id"] for row in wanted] == [
        f"{unsure}/{name}.json" for name in ("<twice>", "both")
    ]
    assert "<twice>" not in page.read_text("utf-8")
    found = items(page)
    assert [(item["item"], item["text"]) for item in found] == [
        (row["id"], row["text"]) for row in wanted
    ]
    first, second = (item["digits"][0] for item in found)
    assert first["ink"] == second["ink"]
    assert first["id"] != second["id"]
    assert first["predicted"] == found[0]["text"]
    with pytest.raises(Conflict, match="has pages already"):
        run([str(unsure)], tmp_path / "other.csv", "digit", pages=pages)
    monkeypatch.setattr(review, "MOST", 1)
    run([str(unsure)], tmp_path / "other.csv", "digit", pages=tmp_path / "more")
    assert sorted(path.name for path in (tmp_path / "more").iterdir()) == [
        "review-0001.html", "review-0002.html",
    ]  # fmt: skip


def test_without_anything_unsure_there_is_a_page_that_says_so(
    here: None, scans: Path, tmp_path: Path
) -> None:
    table, pages = str(tmp_path / "table.csv"), str(tmp_path / "pages")
    result = command("read", f"{scans}/7.png", "--out", table, "--review", pages)
    assert result.exit_code == 0
    assert items(tmp_path / "pages/review-0001.html") == []
    assert command("read", f"{scans}/7.png", "--review", pages).exit_code == 2
