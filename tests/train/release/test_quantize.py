"""Quantization: the same decisions in whole numbers, whatever else is in the batch."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from digitpad import ModelError, Reader, RunError
from digitpad.network.inputs import CHANNELS, SIDE, Inputs, see_inks, see_rasters
from digitpad.network.manifest import MANIFEST, NETWORK, SHIPPED, Manifest
from digitpad.network.posteriors import judge
from digitpad.network.runtime import Recognizer
from digitpad.train.release import quantize as module
from digitpad.train.release.quantize import is_quantized, quantize, to_int8
from tests.drawings import DIGITS


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped network in float, whatever is shipped, with figures of two kinds."""
    from digitpad.train.release.export import export

    run = tmp_path_factory.mktemp("shipped")
    shipped = dataclasses.asdict(Manifest.load(SHIPPED))
    shutil.copy(SHIPPED / "model.keras", run)
    (run / "config.json").write_text(json.dumps(shipped["training"]["config"]))
    (run / "calibration.json").write_text(json.dumps(shipped))
    folder = export(run, tmp_path_factory.mktemp("plain") / "model")
    fields = json.loads((folder / MANIFEST).read_text("utf-8"))
    fields["metrics"] = {"test": {"right": 7}, "style": {"fewer": 8}}
    (folder / MANIFEST).write_text(json.dumps(fields))
    return folder


@pytest.fixture(scope="module")
def quantized(plain: Path) -> Path:
    return quantize(plain, plain.parent / "quantized")


@pytest.fixture(scope="module")
def seen() -> Inputs:
    """Digits turned and slanted, and noise: 200 inputs."""
    rng = np.random.default_rng(1)
    turned = [
        DIGITS[i % 10].transform(np.eye(2) + rng.uniform(-0.2, 0.2, (2, 2))) for i in range(160)
    ]
    noise = see_rasters(rng.random((40, SIDE, SIDE), np.float32))
    return np.concatenate([see_inks(turned), noise])


def test_what_is_drawn_is_read_alike(plain: Path, quantized: Path, seen: Inputs) -> None:
    wanted, found = (Recognizer(folder)(seen[:160]) for folder in (plain, quantized))
    sure = judge(wanted[0])[1], judge(found[0])[1]
    np.testing.assert_array_equal(sure[0].argmax(axis=1), sure[1].argmax(axis=1))
    assert 0 < np.abs(sure[0] - sure[1]).max() < 0.2
    features = [f / np.linalg.norm(f, axis=1, keepdims=True) for f in (wanted[1], found[1])]
    assert (features[0] * features[1]).sum(axis=1).min() > 0.99
    assert Reader(quantized).read(DIGITS[7], "digit").text == "7"


def test_an_answer_does_not_depend_on_its_batch(quantized: Path, seen: Inputs) -> None:
    recognizer = Recognizer(quantized)
    wanted = [recognizer(seen[i : i + 1]) for i in range(len(seen))]
    logits, features = (np.concatenate(kind) for kind in zip(*wanted, strict=True))
    for size in (2, 7, 35, 128, 200):
        for start in range(0, len(seen), size):
            part = slice(start, start + size)
            found = recognizer(seen[part])
            np.testing.assert_array_equal(found[0], logits[part])
            np.testing.assert_array_equal(found[1], features[part])


def test_weights_fit_in_7_bits_and_the_last_layers_stay_float(quantized: Path) -> None:
    graph = onnx.load(quantized / NETWORK).graph
    arrays = {c.name: numpy_helper.to_array(c) for c in graph.initializer}
    weights = [a for a in arrays.values() if a.dtype == np.int8 and a.ndim == 4]
    assert len(weights) == 6  # convolutions
    assert all(-64 <= a.min() < 0 < a.max() <= 64 for a in weights)
    maker = {output: node for node in graph.node for output in node.output}
    last = maker["logits"]
    assert arrays[last.input[1]].dtype == np.float32
    assert maker[maker["features"].input[0]].op_type == "Conv"


def test_the_same_model_is_the_same_file(plain: Path, quantized: Path) -> None:
    assert to_int8(plain / NETWORK) == (quantized / NETWORK).read_bytes()


def test_the_manifest_says_so_and_keeps_no_figure_of_the_float_network(
    plain: Path, quantized: Path
) -> None:
    before, after = Manifest.load(plain), Manifest.load(quantized)
    assert not is_quantized(before)
    assert is_quantized(after)
    assert after.sha256 != before.sha256
    assert after.version.endswith(after.sha256[:8])
    for name in ("temperature", "rejection", "threshold", "segmentation", "labels", "features"):
        assert getattr(after, name) == getattr(before, name)
    assert after.metrics == {"style": {"fewer": 8}}
    assert (quantized / "model.keras").read_bytes() == (plain / "model.keras").read_bytes()


def test_a_model_is_quantized_once(quantized: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="quantized already"):
        quantize(quantized, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_model_is_refused(plain: Path, tmp_path: Path) -> None:
    damaged = shutil.copytree(plain, tmp_path / "damaged")
    (damaged / NETWORK).write_bytes(b"damaged")
    with pytest.raises(ModelError, match="SHA-256"):
        quantize(damaged, tmp_path / "out")
    with pytest.raises(ModelError, match="no model"):
        quantize(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_network_that_reads_otherwise_leaves_the_old_model(
    plain: Path, quantized: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranges that were found on black inputs are far too narrow."""
    black = np.zeros((2, SIDE, SIDE, CHANNELS), np.float32)
    monkeypatch.setattr(module, "_inputs_to_expect", lambda: black)
    out = shutil.copytree(quantized, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(RunError, match="disagrees with the float one"):
        quantize(plain, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert json.loads((out / MANIFEST).read_text("utf-8"))["training"]["network"] == "int8"
