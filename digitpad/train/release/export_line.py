"""Export of the line network into a model's folder, checked against Keras."""

from pathlib import Path

import keras
import numpy as np

from digitpad.errors import RunError
from digitpad.labels import TOKENS
from digitpad.network.manifest import LINE_MANIFEST, LINE_NETWORK
from digitpad.network.posteriors import softmax
from digitpad.network.runtime import LineNetwork
from digitpad.picture.line import Line, draw_ink, normalise
from digitpad.train.fit.line_network import build_line_network
from digitpad.train.release.addition import add_network, trained
from digitpad.train.release.export import TOLERANCE
from digitpad.train.release.golden import golden_inks
from digitpad.train.release.line_graph import to_graph
from digitpad.train.release.naming import to_bytes


def export_line(run: Path, model: Path) -> None:
    """Add the line network of a finished run to the folder of a model, in place of one there.

    The file is run on the golden lines, of several widths; raises RunError unless it agrees with
    Keras there, or ModelError if `model` is none. The manifest is written last.
    """
    network = build_line_network()  # whose layers have names
    network.set_weights(trained(run, "line.keras").get_weights())
    add_network(
        run,
        model,
        (LINE_NETWORK, LINE_MANIFEST),
        to_bytes(to_graph(network)),
        {"tokens": list(TOKENS)},
        {
            "data": "made lines of MNIST's and UNIPEN's training writers",
            "parameters": network.count_params(),
        },
        lambda folder: compare(network, LineNetwork(folder)),
    )


def compare(network: keras.Model, exported: LineNetwork) -> None:
    """Raise RunError unless both say the same of every golden line."""
    for line in golden_lines():
        wanted = network.predict_on_batch(line[None, :, :, None])
        logits = wanted["logits"][0] / np.float32(exported.manifest.temperature)
        found = exported(line)
        cells = 1 / (1 + np.exp(-wanted["cells"][0]))
        differences = {
            "posteriors": softmax(logits) - found.posteriors,
            "boxes": wanted["boxes"][0] - found.boxes,
            "cells": cells - found.kinds,
        }
        for name, difference in differences.items():
            most = float(np.abs(difference).max())
            if not most < TOLERANCE:
                raise RunError(
                    f"{LINE_NETWORK} disagrees with Keras on a line of {line.shape[1]} px: "
                    f"{name} by {most:.2g} (at most {TOLERANCE:g})"
                )


def golden_lines() -> list[Line]:
    """Return the lines that an exported file must agree on: drawn digits, noise, white."""
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (40, width), np.uint8) for width in (20, 77, 300, 1_000)]
    white = np.full((32, 64), 255, np.uint8)
    return [normalise(grey) for grey in (*(draw_ink(i)[0] for i in golden_inks()), *noise, white)]
