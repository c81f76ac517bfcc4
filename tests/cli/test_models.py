"""`digitpad models` and `digitpad retrain`, as an administrator uses them."""

import dataclasses
import json
from pathlib import Path

import pytest

from digitpad.network.manifest import SHIPPED
from digitpad.store import Database, versions
from digitpad.train.release import gate
from digitpad.train.release.gate import Comparison, Figures
from tests.cli.running import run

SERVED = Figures(
    drawings=2000, right=1980, ece=0.004, mistakes={"a": 3}, corrections=9, corrected=2
)
PASSED = Comparison(None, SERVED, dataclasses.replace(SERVED, corrected=5))
FAILED = Comparison(None, SERVED, dataclasses.replace(SERVED, right=1900))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    url = f"sqlite:///{tmp_path}/digitpad.db"
    monkeypatch.setenv("DATABASE_URL", url)
    made = Database(url)
    manifest = json.loads((SHIPPED / "manifest.json").read_text())
    network = (SHIPPED / "digits.onnx").read_bytes()
    for name in ("good", "bad", "new"):
        versions.register(made, {**manifest, "version": name}, network, "d" * 64)
    gate.record(made, "good", PASSED)
    gate.record(made, "bad", FAILED)
    return made


def row(name: str) -> list[str]:
    """The cells of a version in the list."""
    listed = run("models", "list").stdout.splitlines()
    [cells] = [cells for line in listed if (cells := line.split("\t"))[0] == name]
    return cells


def test_promote_and_roll_back(database: Database) -> None:
    assert [row(name)[2] for name in ("good", "bad", "new")] == ["passed", "failed", "not measured"]
    assert row("shipped")[-1] == "yes"
    result = run("models", "promote", "good")
    assert result.exit_code == 0, result.output
    title, header, first, *_ = result.stdout.splitlines()
    assert (title, header.split("\t")) == ("good beside shipped", ["", "shipped", "good"])
    assert first.split("\t")[1:] == ["99.00%", "99.00%"]
    assert result.stdout.splitlines()[-1].startswith("good is promoted")
    assert (row("good")[-1], row("shipped")[-1]) == ("yes", "")
    assert run("models", "rollback").stdout.startswith("the shipped model is served again")
    assert versions.current(database) is None
    result = run("models", "rollback")
    assert result.exit_code == 1
    assert "no promotion to take back" in result.stderr


def test_what_did_not_pass_is_refused_with_its_figures(database: Database) -> None:
    result = run("models", "promote", "bad")
    assert result.exit_code == 1
    assert "95.00%" in result.stdout
    assert "4.00% fewer drawings right" in result.stderr
    for name, words in (("new", "never measured"), ("other", "no version other")):
        result = run("models", "promote", name)
        assert result.exit_code == 1
        assert words in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert versions.current(database) is None


def test_retrain_says_what_came_of_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.release.retrain import Candidate

    given = []

    def stand_in(run: Path, *others: object) -> Candidate:
        given.append(run)
        return Candidate("bad", 12, 3, FAILED)

    monkeypatch.setattr("digitpad.train.release.retrain.retrain", stand_in)
    result = run("retrain", str(tmp_path / "run"))
    assert result.exit_code == 0
    assert given == [tmp_path / "run"]
    first, *table, worse, no_better = result.stdout.splitlines()
    assert first == "bad learned from 12 corrections; 3 were held out"
    assert "99.00%" in "".join(table)
    assert "95.00%" in "".join(table)
    assert "fewer drawings right" in worse
    assert "held-out corrections" in no_better


def test_retrain_without_corrections_is_one_line(database: Database, tmp_path: Path) -> None:
    result = run("retrain", str(tmp_path / "run"))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Error: no correction to learn from")
    assert not (tmp_path / "run").exists()
