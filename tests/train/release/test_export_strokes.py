"""An exported strokes' network agrees with Keras, and a damaged one is refused."""

import dataclasses
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from digitpad import Reader
from digitpad.errors import ModelError, RunError
from digitpad.labels import STROKES
from digitpad.network.manifest import (
    MANIFEST,
    NETWORK,
    SHIPPED,
    STROKES_MANIFEST,
    STROKES_NETWORK,
    StrokesManifest,
)
from digitpad.network.runtime import StrokesNetwork
from digitpad.train.fit.run import write_json
from digitpad.train.fit.strokes_network import build_strokes_network
from digitpad.train.fit.strokes_training import STROKES_MODEL, StrokesConfig
from digitpad.train.release import export_strokes as module
from digitpad.train.release.export_strokes import export_strokes, golden_windows


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of an untrained network."""
    folder = tmp_path_factory.mktemp("run")
    keras.utils.set_random_seed(0)
    build_strokes_network().save(folder / STROKES_MODEL)
    write_json(folder / "config.json", dataclasses.asdict(StrokesConfig()))
    write_json(folder / "calibration.json", {"temperature": 1.25})
    return folder


@pytest.fixture(scope="module")
def model(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped digits' network with that strokes' network."""
    folder = tmp_path_factory.mktemp("model")
    for name in (MANIFEST, NETWORK):
        shutil.copy(SHIPPED / name, folder)
    export_strokes(run, folder)
    return folder


@pytest.fixture
def damaged(model: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    shutil.copytree(model, tmp_path / "model")
    return tmp_path / "model"


def test_the_manifest_says_what_it_is(model: Path) -> None:
    manifest = StrokesManifest.load(model)
    assert manifest.kinds == STROKES
    assert manifest.temperature == 1.25
    assert manifest.training["parameters"] > 50_000
    names = [NETWORK, MANIFEST, STROKES_MANIFEST, STROKES_NETWORK]
    assert sorted(path.name for path in model.iterdir()) == names
    assert (SHIPPED / MANIFEST).read_bytes() == (model / MANIFEST).read_bytes()


def test_the_same_network_is_the_same_file(run: Path, damaged: Path) -> None:
    before = (damaged / STROKES_NETWORK).read_bytes()
    export_strokes(run, damaged)
    assert (damaged / STROKES_NETWORK).read_bytes() == before


def test_it_says_how_likely_each_kind_is(model: Path) -> None:
    windows = golden_windows()
    likely = StrokesNetwork(model)(windows)
    assert likely.shape == (len(windows), len(STROKES))
    np.testing.assert_allclose(likely.sum(axis=1), 1, rtol=1e-5)
    many = np.concatenate([windows] * 12)  # more than one run's
    np.testing.assert_allclose(StrokesNetwork(model)(many)[: len(windows)], likely, atol=1e-6)


def test_a_model_without_one_goes_with_the_shipped_one(tmp_path: Path) -> None:
    for name in (MANIFEST, NETWORK):
        shutil.copy(SHIPPED / name, tmp_path)
    assert Reader(tmp_path)._strokes.manifest == StrokesManifest.load(SHIPPED)


def test_another_network_disagrees(
    run: Path, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(folder: Path) -> StrokesNetwork:
        return StrokesNetwork(SHIPPED)

    monkeypatch.setattr(module, "StrokesNetwork", other)
    before = (damaged / STROKES_MANIFEST).read_bytes()
    with pytest.raises(RunError, match="disagrees with Keras"):
        export_strokes(run, damaged)
    assert (damaged / STROKES_MANIFEST).read_bytes() == before


def test_an_unfinished_run_and_a_folder_without_model_are_refused(
    run: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match="not finished"):
        export_strokes(tmp_path, model)
    with pytest.raises(ModelError, match="no model"):
        export_strokes(run, tmp_path)


def test_a_damaged_network_is_refused(damaged: Path) -> None:
    content = bytearray((damaged / STROKES_NETWORK).read_bytes())
    content[100] ^= 1
    (damaged / STROKES_NETWORK).write_bytes(content)
    with pytest.raises(ModelError, match="has SHA-256"):
        Reader(damaged)
    (damaged / STROKES_NETWORK).unlink()
    with pytest.raises(ModelError, match=r"expected strokes\.onnx"):
        Reader(damaged)


def test_a_network_of_another_kind_is_refused(damaged: Path) -> None:
    shutil.copy(damaged / NETWORK, damaged / STROKES_NETWORK)
    change(damaged, sha256=json.loads((damaged / MANIFEST).read_text())["sha256"])
    with pytest.raises(ModelError, match="its manifest expects outputs"):
        StrokesNetwork(damaged)


@pytest.mark.parametrize(
    ("field", "value"),
    [("kinds", ["digit"]), ("temperature", 0), ("sha256", 5), ("training", []), ("more", 1)],
)
def test_a_wrong_field_is_named(damaged: Path, field: str, value: object) -> None:
    change(damaged, **{field: value})
    with pytest.raises(ModelError, match=field):
        StrokesNetwork(damaged)


def change(folder: Path, **fields: object) -> None:
    manifest = json.loads((folder / STROKES_MANIFEST).read_text())
    (folder / STROKES_MANIFEST).write_text(json.dumps(manifest | fields))
