"""Export of the paper network into a model's folder, checked against Keras."""

from pathlib import Path

import numpy as np

from digitpad.errors import RunError
from digitpad.network.manifest import PAPER_MANIFEST, PAPER_NETWORK
from digitpad.network.runtime import PaperNetwork
from digitpad.picture.paper import MULTIPLE, Grey, normalise
from digitpad.train.fit.paper_training import PAPER_MODEL
from digitpad.train.release.addition import add_network, trained
from digitpad.train.release.export import TOLERANCE
from digitpad.train.release.naming import to_bytes
from digitpad.train.release.paper_graph import to_graph


def export_paper(run: Path, model: Path) -> None:
    """Add the paper network of a finished run to the folder of a model, in place of one there.

    The file is run on golden pictures; raises RunError unless it agrees with Keras there, or
    ModelError if `model` is none.
    """
    network = trained(run, PAPER_MODEL)

    def check(folder: Path) -> None:
        exported = PaperNetwork(folder)
        for picture in golden_pictures():
            wanted = 1 / (1 + np.exp(-network.predict_on_batch(picture[None, ..., None])[0]))
            difference = float(np.abs(wanted - exported(picture)).max())
            if not difference < TOLERANCE:
                raise RunError(
                    f"{PAPER_NETWORK} disagrees with Keras: covers by {difference:.2g} "
                    f"(at most {TOLERANCE:g})"
                )

    add_network(
        run,
        model,
        (PAPER_NETWORK, PAPER_MANIFEST),
        to_bytes(to_graph(network)),
        {},
        {
            "data": "made scenes of MNIST's and UNIPEN's training writers' digits and signs",
            "parameters": network.count_params(),
        },
        check,
    )


def golden_pictures() -> list[Grey]:
    """Return pictures that an exported file must agree on: strokes, noise, one flat."""
    rng = np.random.default_rng(0)
    noise = rng.random((3 * MULTIPLE, 7 * MULTIPLE), np.float32)
    strokes = np.ones((4 * MULTIPLE - 3, 9 * MULTIPLE - 1), np.float32)
    strokes[10:50, 20:24] = strokes[10:14, 40:70] = strokes[30:34, 40:70] = 0.2
    flat = np.full((MULTIPLE, MULTIPLE), 0.5, np.float32)
    return [normalise(picture) for picture in (noise, strokes, flat)]
