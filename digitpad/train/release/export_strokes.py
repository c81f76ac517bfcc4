"""Export of the strokes' network into a model's folder, checked against Keras."""

from pathlib import Path

import keras
import numpy as np

from digitpad.beside import see_ink
from digitpad.errors import RunError
from digitpad.labels import STROKES
from digitpad.network.manifest import STROKES_MANIFEST, STROKES_NETWORK
from digitpad.network.posteriors import softmax
from digitpad.network.runtime import StrokesNetwork
from digitpad.network.windows import HIGH, LAYERS, WIDE, Windows
from digitpad.train.fit.run import CALIBRATION, read_json
from digitpad.train.fit.strokes_training import STROKES_MODEL
from digitpad.train.release.addition import add_network, trained
from digitpad.train.release.export import TOLERANCE, to_onnx
from digitpad.train.release.golden import golden_inks


def export_strokes(run: Path, model: Path) -> None:
    """Add the strokes' network of a finished run to the folder of a model, in place of one there.

    The file is run on golden windows; raises RunError unless it agrees with Keras there, or
    ModelError if `model` is none.
    """
    network = trained(run, STROKES_MODEL)
    windows = golden_windows()
    wanted = np.asarray(network.predict_on_batch(windows), np.float32)
    served = keras.Model(network.input, {"logits": network.output})
    served(windows[:1])  # Keras exports no model that was never called
    to_onnx(served, run / STROKES_NETWORK, "strokes")

    def check(folder: Path) -> None:
        exported = StrokesNetwork(folder)
        likely = softmax(wanted / np.float32(exported.manifest.temperature))
        difference = float(np.abs(likely - exported(windows)).max())
        if not difference < TOLERANCE:
            raise RunError(
                f"{STROKES_NETWORK} disagrees with Keras: probabilities by {difference:.2g} "
                f"(at most {TOLERANCE:g})"
            )

    add_network(
        run,
        model,
        (STROKES_NETWORK, STROKES_MANIFEST),
        (run / STROKES_NETWORK).read_bytes(),
        {"kinds": list(STROKES), **read_json(run / CALIBRATION)},
        {
            "data": "made drawings of UNIPEN's training writers' digits, signs and letters",
            "parameters": network.count_params(),
        },
        check,
    )


def golden_windows() -> Windows:
    """Return the windows that an exported file must agree on: drawn digits, noise, white, black."""
    noise = np.random.default_rng(0).random((8, HIGH, WIDE, LAYERS), np.float32)
    flat = np.stack([np.full((HIGH, WIDE, LAYERS), v, np.float32) for v in (0, 1)])
    return np.concatenate([*(see_ink(ink) for ink in golden_inks()), noise, flat])
