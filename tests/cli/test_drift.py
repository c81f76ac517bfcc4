"""`digitpad drift`, as an administrator uses it."""

import pytest

from digitpad.store import Database, counts
from tests.cli.running import one_line, run


def test_each_mix_is_a_line(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    database = Database(url)
    database.upgrade()
    counts.add(
        database, {("digits", "7"): 300, ("answers", "read"): 150, ("answers", "unsure"): 150}
    )
    database.close()
    result = run("drift")
    assert result.exit_code == 0, result.output
    rows = {row[0]: row[1:] for line in result.stdout.splitlines() if (row := line.split("\t"))}
    assert len(rows) == 7
    assert rows["digits"][0] == "300"
    assert rows["digits"][2:4] == ["much", "7"]
    assert rows["answers"][2:] == ["much", "read", "98.4%", "50.0%"]
    assert rows["strokes"][2] == "too few"


def test_no_reference_without_ink(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "digitpad data prepare unipen" in one_line(run("drift", "record"))
