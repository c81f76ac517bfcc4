"""Export: every format agrees with Keras, and a file that does not is not let out."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest

from digitpad import Reader, RunError, __version__
from digitpad.network.inputs import CHANNELS
from digitpad.network.manifest import FEATURES, MANIFEST, NETWORK
from digitpad.network.posteriors import scale
from digitpad.network.runtime import Recognizer

if TYPE_CHECKING:
    from digitpad.train.fit.config import TrainConfig


@pytest.fixture(scope="module")
def exported(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished run in all three formats."""
    from digitpad.train.release.export import export

    out = tmp_path_factory.mktemp("exported") / "model"
    return export(finished, out, formats=("onnx", "savedmodel", "litert"))


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished run, to damage."""
    return shutil.copytree(finished, tmp_path / "run")


def contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def failure(*arguments: Any) -> str:
    from digitpad.train.release.export import export

    with pytest.raises(RunError) as caught:
        export(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_folder_holds_the_formats_and_nothing_else(exported: Path) -> None:
    names = {"digits.onnx", "digits.tflite", "manifest.json", "model.keras", "savedmodel"}
    assert {path.name for path in exported.iterdir()} == names
    assert list(exported.parent.iterdir()) == [exported]


def test_the_manifest_describes_the_model(
    exported: Path, finished: Path, config: "TrainConfig"
) -> None:
    manifest = Reader(exported).manifest
    digest = hashlib.sha256((exported / NETWORK).read_bytes()).hexdigest()
    calibration = json.loads((finished / "calibration.json").read_text("utf-8"))
    assert manifest.sha256 == digest
    assert manifest.version == f"{__version__}-{digest[:8]}"
    assert manifest.labels == (*"0123456789", "not a digit")
    assert manifest.features == config.widths[-1]
    assert manifest.temperature == calibration["temperature"]
    assert manifest.rejection == calibration["rejection"]
    assert manifest.threshold == calibration["threshold"]
    assert manifest.segmentation == calibration["segmentation"]
    assert manifest.training["config"]["seed"] == config.seed
    assert manifest.training["parameters"] > 0
    assert "UNIPEN" in manifest.training["data"]
    assert "validation" not in manifest.training["data"]
    assert manifest.metrics == {}


def test_all_formats_agree_on_other_inputs_and_batches(exported: Path, finished: Path) -> None:
    import keras
    import tensorflow
    from ai_edge_litert.interpreter import Interpreter

    from digitpad.train.fit.network import predict_logits

    inputs = np.random.default_rng(9).random((7, 28, 28, CHANNELS), np.float32)
    model = keras.saving.load_model(exported / "model.keras")
    wanted = predict_logits(model, inputs)
    kernel, bias = model.get_layer("logits").get_weights()
    recognizer = Recognizer(exported)
    for count in (1, 7):
        logits, features = recognizer(inputs[:count])
        manifest = recognizer.manifest
        expected = scale(wanted[:count], manifest.temperature, manifest.rejection)
        np.testing.assert_allclose(logits, expected, atol=1e-3)
        np.testing.assert_allclose(features @ kernel + bias, wanted[:count], atol=1e-3)
    serve = tensorflow.saved_model.load(str(exported / "savedmodel")).signatures["serving_default"]
    saved = serve(inputs=tensorflow.constant(inputs))
    np.testing.assert_allclose(saved["logits"], wanted, atol=1e-3)
    np.testing.assert_allclose(saved["features"], features, atol=1e-3)
    lite = Interpreter(str(exported / "digits.tflite")).get_signature_runner()
    found = lite(inputs=inputs[:1])
    np.testing.assert_allclose(found["logits"], wanted[:1], atol=1e-3)


@pytest.mark.parametrize("kind", ["savedmodel", "litert"])
def test_a_file_that_disagrees_leaves_the_old_model(
    exported: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    from digitpad.train.release import export

    out = shutil.copytree(exported, tmp_path / "out")
    _, file = export.EXTRA_FORMATS[kind]

    def wrong(model: Any, path: Path, inputs: Any) -> Any:
        path.write_bytes(b"")
        return np.asarray(model(inputs)["logits"])[:, ::-1]

    monkeypatch.setitem(export.EXTRA_FORMATS, kind, (wrong, file))
    text = failure(run, out, None, ("onnx", kind))
    assert text.startswith(f"{file} disagrees with Keras")
    assert contents(out) == contents(exported)
    assert {path.name for path in tmp_path.iterdir()} == {"out", "run"}


def test_a_tampered_onnx_file_leaves_the_old_model(
    exported: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.release import export

    whole = export.to_onnx

    def tampered(model: Any, path: Path, name: str) -> None:
        layer = model.get_layer("logits")
        kernel, bias = layer.get_weights()
        layer.set_weights([kernel, bias + np.linspace(0, 0.01, 11)])
        whole(model, path, name)

    out = shutil.copytree(exported, tmp_path / "out")
    monkeypatch.setattr(export, "to_onnx", tampered)
    assert failure(run, out).startswith(f"{NETWORK} disagrees with Keras: probabilities by 0.0")
    assert contents(out) == contents(exported)
    assert {path.name for path in tmp_path.iterdir()} == {"out", "run"}


def test_an_old_model_is_replaced_whole(exported: Path, run: Path, tmp_path: Path) -> None:
    from digitpad.train.measure.evaluate import OPENINGS
    from digitpad.train.release.export import export

    out = shutil.copytree(exported, tmp_path / "out")
    calibration = shutil.copytree(run, tmp_path / "other")
    (run / "calibration.json").unlink()
    weights = {kind: dict.fromkeys(FEATURES, -0.5) for kind in ("ink", "picture")}
    other = {"temperature": 2.5, "rejection": -3, "threshold": 0.4, "segmentation": weights}
    (calibration / "calibration.json").write_text(json.dumps(other))
    (out / OPENINGS).write_text('{"date": "2025-01-31"}\n')
    assert export(run, out, calibration) == out
    assert {path.name for path in out.iterdir()} == {NETWORK, MANIFEST, "model.keras", OPENINGS}
    assert (out / OPENINGS).read_text() == '{"date": "2025-01-31"}\n'  # the log goes on
    manifest = Recognizer(out).manifest
    assert (manifest.temperature, manifest.rejection, manifest.threshold) == (2.5, -3, 0.4)
    assert manifest.segmentation == weights


def test_a_folder_that_cannot_be_put_in_place_leaves_the_old_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.release import folder

    new, out, replace = tmp_path / "tmp" / "model", tmp_path / "out", os.replace
    for path in (new, out):
        path.mkdir(parents=True)
        (path / MANIFEST).write_text(str(path))

    def full(source: Path, target: Path) -> None:
        if source == new:
            raise OSError("no space")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        folder.replace(new, out)
    assert (out / MANIFEST).read_text() == str(out)


def test_the_same_model_is_the_same_file(exported: Path, run: Path, tmp_path: Path) -> None:
    """Keras names what it makes anew each time in a process."""
    from digitpad.train.release.export import export

    again = export(run, tmp_path / "again")
    assert (again / NETWORK).read_bytes() == (exported / NETWORK).read_bytes()
    session = onnxruntime.InferenceSession(again / NETWORK)
    ports = [*session.get_inputs(), *session.get_outputs()]
    assert {port.name: port.shape[0] for port in ports} == dict.fromkeys(
        ("inputs", "logits", "features"), "batch"
    )


def test_an_unfinished_run_is_refused(run: Path, tmp_path: Path) -> None:
    (run / "model.keras").unlink()
    assert "it is not finished" in failure(run, tmp_path / "out")
    assert "it is not finished" in failure(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_calibration_is_named(run: Path, tmp_path: Path) -> None:
    (run / "calibration.json").unlink()
    assert "--calibration" in failure(run, tmp_path / "out")
    assert f"{tmp_path / 'nowhere'}" in failure(run, tmp_path / "out", tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["calibration.json", "config.json", "model.keras"])
def test_a_damaged_file_of_the_run_is_named(run: Path, tmp_path: Path, name: str) -> None:
    (run / name).write_bytes((run / name).read_bytes()[:20])
    assert failure(run, tmp_path / "out").startswith(f"{run / name} is damaged")
    (run / name).write_text("[]")
    assert failure(run, tmp_path / "out").startswith(f"{run / name} is damaged")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "calibration",
    [
        {},
        {"temperature": "x", "rejection": 0, "threshold": 0.5},
        {"temperature": 1, "threshold": 0.5},  # of a network without "not a digit"
        {"temperature": 1, "rejection": 0, "threshold": 0.5},  # of one that read no numbers
    ],
)
def test_a_calibration_of_other_values_is_named(
    run: Path, tmp_path: Path, calibration: dict[str, Any]
) -> None:
    (run / "calibration.json").write_text(json.dumps(calibration))
    text = failure(run, tmp_path / "out")
    assert text.startswith(f"{run / 'calibration.json'} is damaged")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_no_model_is_not_touched(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("dear")
    assert "holds no model" in failure(run, out)
    assert "holds no model" in failure(run, out / "letter.txt")
    assert contents(out) == {"letter.txt": b"dear"}
