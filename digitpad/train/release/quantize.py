"""Quantization: the exported network -> one that computes with whole numbers, in half the time.

Static, with a pair of QuantizeLinear and DequantizeLinear around each convolution (QDQ): a layer's
inputs are unsigned, its weights signed, each channel of weights with a scale of its own. So what is
read of a drawing does not depend on what else is in its batch.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)

from digitpad import __version__
from digitpad.errors import RunError
from digitpad.network.inputs import Inputs, see_inks
from digitpad.network.manifest import FURTHER, MANIFEST, NETWORK, Manifest
from digitpad.network.posteriors import judge
from digitpad.network.runtime import Recognizer
from digitpad.train.fit.run import KERAS_MODEL
from digitpad.train.release.folder import new_model
from digitpad.train.release.golden import golden_inks, golden_inputs
from digitpad.train.release.naming import to_bytes
from digitpad.train.samples.habits import redraw
from digitpad.train.samples.perturb import Perturbation

DRAWN = 300  # golden digits drawn anew, by which the ranges of a layer's inputs are found
BATCH = 32  # inputs looked at together
TOLERANCE = 0.05  # largest difference of a golden digit's confidence from the float network's


class _Inputs(CalibrationDataReader):  # type: ignore[misc]  # the runtime has no types
    """Hands the quantizer one batch after another."""

    def __init__(self, inputs: Inputs) -> None:
        self._batches = iter(np.split(inputs, range(BATCH, len(inputs), BATCH)))

    def get_next(self) -> dict[str, Inputs] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"inputs": batch}


def quantize(model: Path, out: Path) -> Path:
    """Write the model in the folder `model` to the folder `out` with a network in whole numbers.

    Calibration stays; figures that were measured of the float network's answers do not. Raises
    ModelError, and RunError when the model is quantized already, when `out` holds something else,
    or when a golden digit is read differently. `out` is replaced whole, or not at all.
    """
    manifest = Manifest.load(model)
    manifest.verify(model)
    if is_quantized(manifest):
        raise RunError(f"{model} is quantized already: name the model that was exported")
    fields = json.loads((model / MANIFEST).read_text("utf-8"))
    with new_model(out) as folder:
        if (model / KERAS_MODEL).exists():
            shutil.copy(model / KERAS_MODEL, folder)
        for file in FURTHER:
            if (model / file).exists():
                shutil.copy(model / file, folder)
        content = to_int8(model / NETWORK)
        (folder / NETWORK).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        fields |= {"sha256": digest, "version": f"{__version__}-{digest[:8]}"}
        fields["training"]["network"] = "int8"
        for split in ("validation", "test"):
            fields["metrics"].pop(split, None)
        (folder / MANIFEST).write_text(json.dumps(fields, indent=2) + "\n", "utf-8")
        _compare(Recognizer(model), Recognizer(folder))
    return out


def is_quantized(manifest: Manifest) -> bool:
    """Whether a model's network computes with whole numbers."""
    return manifest.training.get("network") == "int8"


def to_int8(network: Path) -> bytes:
    """Return the content of the quantized ONNX file: the same for the same network.

    Weights have 7 bits: where a processor adds two products of 8 bits in 16 (AVX2 and AVX-512
    without VNNI), larger ones would overflow and be read differently there. What comes after the
    last ReLU stays float: it is small, and features are compared finely.
    """
    with tempfile.TemporaryDirectory() as name:
        plain, quantized = Path(name) / "plain.onnx", Path(name) / "quantized.onnx"
        quant_pre_process(str(network), str(plain), skip_symbolic_shape=True)
        nodes = onnx.load_model(plain).graph.node
        last = max(place for place, node in enumerate(nodes) if node.op_type == "Relu")
        quantize_static(
            str(plain),
            str(quantized),
            _Inputs(_inputs_to_expect()),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=[node.name for node in nodes[last + 1 :]],
        )
        return to_bytes(onnx.load_model(quantized))


def _inputs_to_expect() -> Inputs:
    """Return the golden inputs, and golden digits as other hands and pens might draw them.

    They need no data, so that whoever has a model can quantize it.
    """
    rng = np.random.default_rng(0)
    perturbation, inks = Perturbation(), golden_inks()
    places = np.arange(DRAWN) % len(inks)
    drawn = [redraw(inks[i].strokes, str(i), perturbation, rng) for i in places.tolist()]
    seen = see_inks([ink for ink, _ in drawn], [pen for _, pen in drawn])
    seen[rng.random(DRAWN) < perturbation.undirected, ..., 1:] = 0
    return np.concatenate([golden_inputs(), seen])


def _compare(before: Recognizer, after: Recognizer) -> None:
    inputs = see_inks(golden_inks())
    wanted, found = (judge(network(inputs)[0])[1] for network in (before, after))
    difference = float(np.abs(wanted - found).max())
    changed = int((wanted.argmax(axis=1) != found.argmax(axis=1)).sum())
    if not difference <= TOLERANCE or changed:
        raise RunError(
            f"the quantized network disagrees with the float one: confidences by {difference:.2g} "
            f"(at most {TOLERANCE:g}), and {changed} of {len(wanted)} golden digits read otherwise"
        )
