"""The reference is what validation writers' digits are read as."""

import json
from pathlib import Path

from digitpad.drift import MIXES, reference
from digitpad.network.manifest import MANIFEST, Manifest
from digitpad.train.measure.drift import record
from tests.train.measure.test_evaluate import copy


def test_the_reference_is_recorded(unipen: Path, tmp_path: Path) -> None:
    model = copy(tmp_path / "model")
    before = json.loads((model / MANIFEST).read_text("utf-8"))
    count = record(model, unipen)
    found = reference(Manifest.load(model))
    assert {mix: tuple(kinds) for mix, kinds in found.items()} == MIXES
    assert sum(found["answers"].values()) == count > 10
    assert sum(found["strokes"].values()) == sum(found["digits"].values())
    after = json.loads((model / MANIFEST).read_text("utf-8"))
    del after["metrics"]["drift"]
    assert after == before


def test_a_model_without_one_is_told_by_that_of_the_shipped_one(tmp_path: Path) -> None:
    model = copy(tmp_path / "model")
    assert sum(reference(Manifest.load(model))["answers"].values()) > 2_000
