"""Export: the trained network -> the file that is served, checked against Keras."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx

from digitpad import __version__
from digitpad.errors import RunError
from digitpad.labels import LABELS
from digitpad.network.inputs import Inputs
from digitpad.network.manifest import MANIFEST, NETWORK, PREPROCESSING
from digitpad.network.posteriors import scale, softmax
from digitpad.network.runtime import Recognizer
from digitpad.train.fit.network import (
    load_network,
    multiply_adds,
    predict_logits,
    with_features,
)
from digitpad.train.fit.run import CALIBRATION, KERAS_MODEL, read_json
from digitpad.train.release.folder import new_model
from digitpad.train.release.golden import golden_inputs
from digitpad.train.release.naming import name_parts, to_bytes

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
    source = run / KERAS_MODEL
    if not source.exists():
        raise RunError(
            f"{run} holds no {KERAS_MODEL}: it is not finished, run digitpad train again"
        )
    measured = (calibration or run) / CALIBRATION
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
    with new_model(out) as folder:
        to_onnx(served, folder / NETWORK, "digits")
        shutil.copy(source, folder / KERAS_MODEL)
        manifest = _manifest(config, served, folder / NETWORK, calibrated)
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        expected = scale(wanted, calibrated["temperature"], calibrated["rejection"])
        _compare(NETWORK, expected, Recognizer(folder)(inputs)[0])
        for kind in formats:
            if kind != "onnx":
                writer, file = EXTRA_FORMATS[kind]
                _compare(file, wanted, writer(served, folder / file, inputs))
    return out


def to_onnx(model: keras.Model, path: Path, name: str) -> None:
    """Write a network that was called once, as `name`, its parts named by what they are."""
    model.export(path, format="onnx", opset_version=OPSET, verbose=False)
    network = onnx.load_model(path)
    name_parts(network, name)
    path.write_bytes(to_bytes(network))


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
    """Return the commit of the checkout, None where it is installed from a wheel."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _load(path: Path) -> keras.Model:
    try:
        return load_network(path)
    except Exception as error:  # a damaged file fails in many ways
        raise RunError(f"{path} is damaged: {' '.join(str(error).split())}") from error
