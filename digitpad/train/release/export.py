"""Export: the trained network -> the file that is served, checked against Keras."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from digitpad import __version__
from digitpad.errors import RunError
from digitpad.network.inputs import PEN, SIDE, Inputs, see_inks, see_rasters
from digitpad.network.manifest import MANIFEST, NETWORK, PREPROCESSING
from digitpad.network.posteriors import scale, softmax
from digitpad.network.runtime import Recognizer
from digitpad.train.fit.network import multiply_adds, with_features
from digitpad.train.fit.runs import read_json
from digitpad.train.fit.training import LABELS, predict_logits
from digitpad.train.measure.evaluate import OPENINGS
from digitpad.train.release.golden import golden_inks

TOLERANCE = 1e-4  # largest difference of a probability from Keras's
OPSET = 17

Logits = npt.NDArray[np.float32]  # (n, labels)


def export(
    run: Path, out: Path, calibration: Path | None = None, formats: tuple[str, ...] = ("onnx",)
) -> Path:
    """Write the model of a finished run to the folder `out`, with its manifest.

    `calibration` names the run that measured temperature and threshold, for a run that trained on
    every image and so cannot. `formats` may add "savedmodel" and "litert". Each file is run on the
    golden inputs; raises RunError unless it agrees with Keras there. `out` is replaced whole, or
    not at all.
    """
    _refuse_others(out)
    source = run / "model.keras"
    if not source.exists():
        raise RunError(f"{run} holds no model.keras: it is not finished, run digitpad train again")
    measured = (calibration or run) / "calibration.json"
    if not measured.exists():
        raise RunError(
            f"{measured} does not exist: name a run with validation images by --calibration"
        )
    calibrated, config = read_json(measured), read_json(run / "config.json")
    for name in ("temperature", "rejection", "threshold"):
        if not isinstance(calibrated.get(name), int | float):
            raise RunError(f"{measured} is damaged: expected {name} to be a number")
    if not isinstance(calibrated.get("segmentation"), dict):
        raise RunError(f"{measured} is damaged: expected segmentation to be an object")
    model = _load(source)
    inputs = golden_inputs()
    wanted = predict_logits(model, inputs)
    served = with_features(model)
    served(inputs[:1])  # Keras exports no model that was never called
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        folder = Path(name) / "model"
        folder.mkdir()
        _to_onnx(served, folder / NETWORK)
        shutil.copy(source, folder / "model.keras")
        manifest = _manifest(config, served, folder / NETWORK, calibrated)
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        expected = scale(wanted, calibrated["temperature"], calibrated["rejection"])
        _compare(NETWORK, expected, Recognizer(folder)(inputs)[0])
        for kind in formats:
            if kind != "onnx":
                writer, file = EXTRA_FORMATS[kind]
                _compare(file, wanted, writer(served, folder / file, inputs))
        if (out / OPENINGS).exists():
            shutil.copy(out / OPENINGS, folder)
        _replace(folder, out)
    return out


def golden_inputs() -> Inputs:
    """Return the inputs every exported file must agree on: drawn digits, noise, black and white."""
    noise = np.random.default_rng(0).random((32, SIDE, SIDE), np.float32)
    flat = np.stack([np.full((SIDE, SIDE), v, np.float32) for v in (0, 1)])
    inks = golden_inks()
    drawn = [see_inks(inks, pen) for pen in (PEN, 0.7 * PEN, 1.4 * PEN)]
    return np.concatenate([*drawn, see_rasters(noise), see_rasters(flat)])


def _to_onnx(model: keras.Model, path: Path) -> None:
    model.export(path, format="onnx", opset_version=OPSET, verbose=False)


def _to_savedmodel(model: keras.Model, path: Path, inputs: Inputs) -> Logits:
    import tensorflow  # noqa: PLC0415 - the ONNX path does without

    model.export(path, format="tf_saved_model", verbose=False)
    # The signature, not `serve`: tracing that anew needs variables it holds only weakly
    serve = tensorflow.saved_model.load(str(path)).signatures["serving_default"]
    return np.asarray(serve(inputs=tensorflow.constant(inputs))["logits"])


def _to_litert(model: keras.Model, path: Path, inputs: Inputs) -> Logits:
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - as above

    model.export(path, format="litert", verbose=False)
    interpreter = Interpreter(model_path=str(path))
    run = interpreter.get_signature_runner()  # its outputs have names, the tensors do not
    name = next(iter(run.get_input_details()))
    return np.concatenate([run(**{name: one[None]})["logits"] for one in inputs])


EXTRA_FORMATS: dict[str, tuple[Callable[[keras.Model, Path, Inputs], Logits], str]] = {
    "savedmodel": (_to_savedmodel, "savedmodel"),
    "litert": (_to_litert, "digits.tflite"),
}


def _compare(name: str, wanted: Logits, found: Logits) -> None:
    difference = float(np.abs(softmax(wanted) - softmax(found)).max())
    changed = int((wanted.argmax(axis=1) != found.argmax(axis=1)).sum())
    if not difference < TOLERANCE or changed:
        raise RunError(
            f"{name} disagrees with Keras: probabilities by {difference:.2g} (at most "
            f"{TOLERANCE:g}), and {changed} of {len(wanted)} golden inputs read differently"
        )


def _manifest(
    config: dict[str, Any], model: keras.Model, network: Path, calibration: dict[str, Any]
) -> dict[str, Any]:
    digest = hashlib.sha256(network.read_bytes()).hexdigest()
    return {
        "version": f"{__version__}-{digest[:8]}",
        "sha256": digest,
        "labels": LABELS,
        "preprocessing": PREPROCESSING,
        "temperature": calibration["temperature"],
        "rejection": calibration["rejection"],
        "threshold": calibration["threshold"],
        "segmentation": calibration["segmentation"],
        "features": model.output["features"].shape[-1],
        "training": {
            "data": _data(config),
            "config": config,
            "parameters": model.count_params(),
            "multiply_adds": multiply_adds(model),
            "commit": commit(),
        },
        "metrics": {},
    }


def _data(config: dict[str, Any]) -> str:
    writers = "training and validation" if config["everything"] else "training"
    scans = f"MNIST's training images, {writers} writers"
    ink = f"UNIPEN train_r01_v07, {writers} writers, and drawn shapes"
    corrected = "; people's corrections" if config.get("corrections") else ""
    return f"{scans}; {ink}{corrected}" if config["mixture"]["inks"] else scans


def commit() -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None  # installed from a wheel


def _load(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path)
    except Exception as error:  # a damaged file fails in many ways
        raise RunError(f"{path} is damaged: {' '.join(str(error).split())}") from error


def _refuse_others(out: Path) -> None:
    if not out.exists() or (out / MANIFEST).exists():
        return
    if not out.is_dir() or any(out.iterdir()):
        raise RunError(f"{out} is not empty and holds no model: name another folder")


def _replace(folder: Path, out: Path) -> None:
    old = folder.with_name("old")
    if out.exists():
        os.replace(out, old)
    try:
        os.replace(folder, out)
    except OSError:
        if old.exists():
            os.replace(old, out)
        raise
