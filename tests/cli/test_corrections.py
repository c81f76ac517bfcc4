"""`digitpad db` and `digitpad corrections`, as an administrator uses them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from digitpad.store import Database, corrections
from tests.cli.running import on_a_terminal, run
from tests.store.examples import correction, picture


@pytest.fixture
def database(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", url.replace("+psycopg", ""))
    for _ in range(2):
        result = run("db", "upgrade")
        assert (result.exit_code, result.stdout) == (0, "the database is up to date\n")
    made = Database(url)
    yield made
    made.close()


def test_corrections_are_reviewed_and_exported(database: Database) -> None:
    first, second = correction(7, "1"), picture(3, label=None)
    for given in (first, second):
        corrections.add(database, None, given)
    assert run("corrections", "export").stdout == ""
    ids = str(first.id), str(second.id)
    assert run("corrections", "accept", *ids, "--confirm").stdout == "accepted: 2\n"
    ink, raster = map(json.loads, run("corrections", "export").stdout.splitlines())
    assert ink["ink"] == first.drawing.to_json()["ink"]
    assert (ink["id"], ink["label"], ink["state"]) == (str(first.id), "1", "accepted")
    assert raster["label"] is None
    assert raster["raster"] == second.drawing.to_json()["raster"]

    assert run("corrections", "reject", str(second.id)).stdout == "rejected: 1\n"
    listed = run("corrections", "list", "--state", "rejected").stdout
    assert str(second.id) in listed
    assert "\tnone\t" in listed
    assert str(first.id) not in listed
    assert str(first.id) in run("corrections", "list").stdout

    shown = run("corrections", "show", str(first.id)).stdout
    assert f"writer: {ink['writer']}" in shown
    assert "@@" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_the_list_fits_a_terminal_of_80_columns(database: Database) -> None:
    given = correction(7, "1"), picture(3, label=None)
    for one in given:
        corrections.add(database, None, one)
    run("corrections", "accept", str(given[1].id), "--confirm")
    lines = on_a_terminal("corrections", "list", columns=80)
    assert [line.split()[0] for line in lines] == ["id", *(str(one.id) for one in given)]
    for line, kept in zip(lines[1:], corrections.everyone(database), strict=True):
        assert line.split()[2:] == [
            kept.predicted,
            kept.label or "none",
            kept.state,
            str(kept.writer)[:8],
        ]
    assert max(map(len, lines)) <= 80


def test_what_was_exported_is_imported_once(database: Database, tmp_path: Path) -> None:
    given = correction(7, "1"), picture(3, label=None)
    for one in given:
        corrections.add(database, None, one)
    run("corrections", "accept", *(str(one.id) for one in given), "--confirm")
    file = tmp_path / "accepted.jsonl"
    file.write_text(run("corrections", "export").stdout)
    erased = next(iter(corrections.everyone(database)))
    assert corrections.remove(database, erased.writer, erased.id)
    said = run("corrections", "import", str(file)).stdout
    assert said == "imported: 1, known: 1, without a drawing: 0\n"
    again = corrections.find(database, erased.id)
    assert (again.state, again.label) == ("pending", "1")
    assert "cannot read" in run("corrections", "import", str(tmp_path / "none")).stderr


def test_what_the_model_contradicts_is_held(database: Database) -> None:
    wrong, right = correction(7, "1"), correction(3, "3")
    for given in (wrong, right):
        corrections.add(database, None, given)
    first, *lines = run("corrections", "accept", str(wrong.id), str(right.id)).stdout.splitlines()
    assert first == "accepted: 1"
    assert "--confirm" in lines[0]
    assert f"{wrong.id}: the model is" in lines[1]
    assert "sure of 7, its label is 1" in lines[1]
    assert [kept.id for kept in corrections.everyone(database, "pending")] == [wrong.id]


def test_what_is_too_old_is_erased(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    corrections.add(database, None, correction())
    monkeypatch.setenv("DIGITPAD_RETENTION", "1")
    assert run("corrections", "expire").stdout == "erased, older than 1 days: 0\n"
    assert len(list(corrections.everyone(database))) == 1


def test_what_is_not_there(database: Database) -> None:
    for command in ("show", "accept", "reject"):
        result = run("corrections", command, str(uuid4()))
        assert result.exit_code == 1
        assert "there is no correction" in result.stderr
    assert run("corrections", "show", "seven").exit_code == 2


def test_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("DYNO", "run.1")
    result = run("db", "upgrade")
    assert result.exit_code == 0  # it is Heroku's release command, also where corrections are off
    assert "DATABASE_URL is not set" in result.stderr
    result = run("corrections", "list")
    assert result.exit_code == 1
    assert "DATABASE_URL is not set" in result.stderr


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_wrong_database_is_one_line(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    result = run("db", "upgrade")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/file/a.db")
    result = run("db", "upgrade")
    assert result.exit_code == 1
    assert str(tmp_path / "file") in result.stderr
