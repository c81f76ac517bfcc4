"""The exported line network says what Keras says, and its manifest what it is."""

import dataclasses
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest

from digitpad.errors import ModelError, RunError
from digitpad.labels import TOKENS
from digitpad.network.manifest import (
    LINE_MANIFEST,
    LINE_NETWORK,
    MANIFEST,
    NETWORK,
    SHIPPED,
    LineManifest,
)
from digitpad.network.runtime import LineNetwork
from digitpad.picture.line import LineReader, draw_ink
from digitpad.train.fit.line_network import build_line_network
from digitpad.train.fit.line_training import LineConfig
from digitpad.train.fit.run import write_json
from digitpad.train.release.export_line import compare, export_line, golden_lines
from tests.drawings import DIGITS


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a network that has learned nothing, but normalizes as others do."""
    folder = tmp_path_factory.mktemp("run")
    keras.utils.set_random_seed(0)
    network = build_line_network()
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    network.save(folder / "line.keras")
    write_json(folder / "config.json", dataclasses.asdict(LineConfig()))
    write_json(folder / "calibration.json", {"temperature": 1.25, "threshold": 0.9})
    return folder


@pytest.fixture(scope="module")
def model(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped model with that line network."""
    folder = tmp_path_factory.mktemp("model")
    for name in (MANIFEST, NETWORK):
        shutil.copy(SHIPPED / name, folder)
    export_line(run, folder)
    return folder


@pytest.fixture
def damaged(model: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    shutil.copytree(model, tmp_path / "model")
    return tmp_path / "model"


def change(folder: Path, **fields: object) -> None:
    manifest = json.loads((folder / LINE_MANIFEST).read_text())
    (folder / LINE_MANIFEST).write_text(json.dumps(manifest | fields))


def test_the_manifest_says_what_it_is(model: Path) -> None:
    line = LineManifest.load(model)
    assert line.tokens == TOKENS
    assert (line.temperature, line.threshold) == (1.25, 0.9)
    assert line.training["parameters"] > 400_000
    assert (SHIPPED / MANIFEST).read_bytes() == (model / MANIFEST).read_bytes()
    names = [NETWORK, LINE_MANIFEST, LINE_NETWORK, MANIFEST]
    assert sorted(path.name for path in model.iterdir()) == names


def test_its_free_dimensions_have_names(model: Path) -> None:
    graph = onnx.load(model / LINE_NETWORK).graph
    shape = graph.input[0].type.tensor_type.shape.dim
    assert [d.dim_param or d.dim_value for d in shape] == ["batch", 1, 32, "width"]


def test_a_convolution_is_one_node_and_the_same_network_the_same_file(
    run: Path, model: Path, tmp_path: Path
) -> None:
    content = (model / LINE_NETWORK).read_bytes()
    graph = onnx.load_from_string(content).graph
    assert len(graph.node) < 40
    shutil.copytree(model, tmp_path / "model")
    export_line(run, tmp_path / "model")
    assert (tmp_path / "model" / LINE_NETWORK).read_bytes() == content


def test_golden_lines_have_several_widths() -> None:
    assert len({line.shape[1] for line in golden_lines()}) > 5


def test_it_reads_ink(model: Path) -> None:
    reading = LineReader(LineNetwork(model)).read_ink(DIGITS[3])
    assert reading.hypotheses
    assert np.isfinite(reading.kinds).all()
    posteriors = LineNetwork(model)(golden_lines()[0]).posteriors
    np.testing.assert_allclose(posteriors.sum(axis=1), 1, rtol=1e-5)
    assert draw_ink(DIGITS[3])[0].shape[0] == 32


def test_another_network_disagrees(run: Path, model: Path) -> None:
    keras.utils.set_random_seed(1)
    with pytest.raises(RunError, match="disagrees with Keras on a line of"):
        compare(build_line_network(), LineNetwork(model))


def test_an_unfinished_run_and_a_folder_without_model_are_refused(
    run: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match="not finished"):
        export_line(tmp_path, model)
    with pytest.raises(ModelError, match="no model"):
        export_line(run, tmp_path)


def test_a_model_without_a_line_network_says_so(tmp_path: Path) -> None:
    for name in (MANIFEST, NETWORK):
        shutil.copy(SHIPPED / name, tmp_path)
    with pytest.raises(ModelError, match=r"expected line\.json and line\.onnx"):
        LineNetwork(tmp_path)


def test_a_damaged_network_is_refused(damaged: Path) -> None:
    content = bytearray((damaged / LINE_NETWORK).read_bytes())
    content[100] ^= 1
    (damaged / LINE_NETWORK).write_bytes(content)
    with pytest.raises(ModelError, match="has SHA-256"):
        LineNetwork(damaged)
    (damaged / LINE_NETWORK).unlink()
    with pytest.raises(ModelError, match=r"expected line\.onnx"):
        LineNetwork(damaged)


@pytest.mark.parametrize(
    ("field", "value"),
    [("tokens", ["0"]), ("temperature", 0), ("threshold", "high"), ("sha256", 5), ("more", 1)],
)
def test_a_wrong_field_is_named(damaged: Path, field: str, value: object) -> None:
    change(damaged, **{field: value})
    with pytest.raises(ModelError, match=field):
        LineNetwork(damaged)
