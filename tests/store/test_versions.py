"""Versions of the model: kept whole, promoted by one at a time, taken back."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from digitpad.errors import Conflict, InvalidInput, ModelError
from digitpad.network.manifest import SHIPPED
from digitpad.reader import Reader
from digitpad.store import Database, versions

MANIFEST = json.loads((SHIPPED / "manifest.json").read_text())
NETWORK = (SHIPPED / "digits.onnx").read_bytes()


def register(database: Database, *names: str) -> None:
    for name in names:
        versions.register(database, {**MANIFEST, "version": name}, NETWORK, "d" * 64)


def test_a_version_comes_back_as_it_was(database: Database, tmp_path: Path) -> None:
    register(database, "a")
    versions.write(database, "a", tmp_path / "model")
    assert Reader(tmp_path / "model").manifest.version == "a"
    [found] = versions.registered(database)
    assert found.manifest == {**MANIFEST, "version": "a"}
    assert (found.sha256, found.data_sha256) == (MANIFEST["sha256"], "d" * 64)
    assert not found.is_current
    with pytest.raises(InvalidInput, match="no version b"):
        versions.write(database, "b", tmp_path / "other")


def test_a_version_is_one_model(database: Database) -> None:
    register(database, "a", "a")
    for manifest, data in (
        ({**MANIFEST, "version": "a", "threshold": 0.1}, "d" * 64),
        ({**MANIFEST, "version": "a"}, "e" * 64),
    ):
        with pytest.raises(Conflict, match="another version a"):
            versions.register(database, manifest, NETWORK, data)
    with pytest.raises(ModelError, match="SHA-256"):
        versions.register(database, MANIFEST, NETWORK[:-1], "d" * 64)
    assert len(versions.registered(database)) == 1


def test_promotions_are_taken_back_one_by_one(database: Database) -> None:
    register(database, "a", "b")
    assert versions.promoted(database) == ()
    versions.promote(database, "a", None)
    versions.promote(database, "b", "a")
    versions.promote(database, "a", "b")
    assert versions.promoted(database) == ("a", "b", "a")
    assert {v.version: v.is_current for v in versions.registered(database)} == {
        "a": True,
        "b": False,
    }
    assert versions.rollback(database) == "b"
    versions.promote(database, "a", "b")
    assert [versions.rollback(database) for _ in range(3)] == ["b", "a", None]
    with pytest.raises(Conflict, match="no promotion"):
        versions.rollback(database)


@pytest.mark.parametrize(
    ("version", "instead_of", "error"),
    [("b", None, Conflict), ("a", "a", Conflict), ("c", "a", InvalidInput)],
)
def test_promotions_that_are_refused(
    database: Database, version: str, instead_of: Any, error: type[Exception]
) -> None:
    register(database, "a", "b")
    versions.promote(database, "a", None)
    with pytest.raises(error):
        versions.promote(database, version, instead_of)
    assert versions.promoted(database) == ("a",)


def test_of_promotions_at_once_one_wins(database: Database) -> None:
    names = ["a", "b", "c", "d"]
    register(database, *names)
    barrier = threading.Barrier(len(names))

    def promote(name: str) -> str | None:
        barrier.wait()
        try:
            versions.promote(database, name, None)
        except Conflict:
            return None
        return name

    with ThreadPoolExecutor(len(names)) as pool:
        winners = [name for name in pool.map(promote, names) if name]
    assert len(winners) == 1
    assert versions.promoted(database) == tuple(winners)


def test_figures_are_kept_with_a_version(database: Database) -> None:
    register(database, "a", "b")
    versions.record(database, "a", "gate", {"right": 1})
    versions.record(database, "a", "gate", {"right": 2})
    found = versions.find(database, "a").manifest
    training = {**MANIFEST["training"], "gate": {"right": 2}}
    assert found == {**MANIFEST, "version": "a", "training": training}
    assert "gate" not in versions.find(database, "b").manifest["training"]
    assert versions.load(database, "a").manifest.training["gate"] == {"right": 2}
    for call in (versions.find, versions.load):
        with pytest.raises(InvalidInput, match="no version c"):
            call(database, "c")
    with pytest.raises(InvalidInput, match="no version c"):
        versions.record(database, "c", "gate", {})


def test_what_is_to_be_served(database: Database) -> None:
    register(database, "a")
    assert versions.current(database) is None
    assert versions.load(database, None).manifest.version == MANIFEST["version"]
    versions.promote(database, "a", None)
    assert versions.current(database) == "a"
    assert versions.load(database, "a").manifest.version == "a"
