"""The exported paper network says what Keras says, and its manifest what it is."""

import dataclasses
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest

from digitpad.errors import ModelError, RunError
from digitpad.network.manifest import (
    MANIFEST,
    NETWORK,
    PAPER_MANIFEST,
    PAPER_NETWORK,
    SHIPPED,
    PaperManifest,
)
from digitpad.network.runtime import PaperNetwork
from digitpad.train.fit.paper_network import build_paper_network
from digitpad.train.fit.paper_training import PaperConfig
from digitpad.train.fit.run import write_json
from digitpad.train.release.export_paper import export_paper, golden_pictures
from digitpad.train.release.paper_graph import to_graph


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a network that has learned nothing, but normalizes as others do."""
    folder = tmp_path_factory.mktemp("run")
    keras.utils.set_random_seed(0)
    network = build_paper_network()
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    network.save(folder / "paper.keras")
    write_json(folder / "config.json", dataclasses.asdict(PaperConfig()))
    return folder


@pytest.fixture(scope="module")
def model(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped model with that paper network."""
    folder = tmp_path_factory.mktemp("model")
    for name in (MANIFEST, NETWORK):
        shutil.copy(SHIPPED / name, folder)
    export_paper(run, folder)
    return folder


def test_the_manifest_says_what_it_is(model: Path) -> None:
    paper = PaperManifest.load(model)
    assert paper.training["parameters"] > 100_000
    assert (SHIPPED / MANIFEST).read_bytes() == (model / MANIFEST).read_bytes()
    names = [NETWORK, MANIFEST, PAPER_MANIFEST, PAPER_NETWORK]
    assert sorted(path.name for path in model.iterdir()) == names


def test_a_convolution_is_one_node_and_the_same_network_the_same_file(
    run: Path, model: Path, tmp_path: Path
) -> None:
    content = (model / PAPER_NETWORK).read_bytes()
    graph = onnx.load_from_string(content).graph
    assert len(graph.node) < 50
    shape = graph.input[0].type.tensor_type.shape.dim
    assert [d.dim_param or d.dim_value for d in shape] == ["batch", 1, "height", "width"]
    shutil.copytree(model, tmp_path / "model")
    export_paper(run, tmp_path / "model")
    assert (tmp_path / "model" / PAPER_NETWORK).read_bytes() == content


def test_it_looks_at_pictures_of_any_size(model: Path) -> None:
    network = PaperNetwork(model)
    pictures = golden_pictures()
    assert len({picture.shape for picture in pictures}) == len(pictures)
    for picture in pictures:
        covers = network(picture)
        assert covers.shape == (*picture.shape, 2)
        assert ((covers >= 0) & (covers <= 1)).all()


def test_another_network_disagrees(
    run: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(model, tmp_path / "model")
    before = (tmp_path / "model" / PAPER_NETWORK).read_bytes()
    keras.utils.set_random_seed(1)
    other = to_graph(build_paper_network())
    monkeypatch.setattr("digitpad.train.release.export_paper.to_graph", lambda network: other)
    with pytest.raises(RunError, match="disagrees with Keras"):
        export_paper(run, tmp_path / "model")
    assert (tmp_path / "model" / PAPER_NETWORK).read_bytes() == before


def test_an_unfinished_run_and_a_folder_without_model_are_refused(
    run: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match="not finished"):
        export_paper(tmp_path, model)
    with pytest.raises(ModelError, match="no model"):
        export_paper(run, tmp_path)


def test_a_damaged_network_is_refused(model: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "model"
    shutil.copytree(model, damaged)
    content = bytearray((damaged / PAPER_NETWORK).read_bytes())
    content[100] ^= 1
    (damaged / PAPER_NETWORK).write_bytes(content)
    with pytest.raises(ModelError, match="has SHA-256"):
        PaperNetwork(damaged)
    (damaged / PAPER_NETWORK).unlink()
    with pytest.raises(ModelError, match=r"expected paper\.onnx"):
        PaperNetwork(damaged)


@pytest.mark.parametrize(("field", "value"), [("sha256", 5), ("training", "long"), ("more", 1)])
def test_a_wrong_field_is_named(model: Path, tmp_path: Path, field: str, value: object) -> None:
    shutil.copytree(model, tmp_path / "model")
    path = tmp_path / "model" / PAPER_MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(ModelError, match=field):
        PaperNetwork(tmp_path / "model")
