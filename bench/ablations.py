"""What each choice in training is worth, on five sources of ink that no run learned from.

    python -m bench.ablations runs/ablations [NAME ...]

One run of the quick profile for each variant, in RUN/<name>; one that was killed goes on. The first
is the reference, as shipped. Test writers are not looked at.
"""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import keras
import numpy as np

from bench.leave_one_out import PROFILE, SOURCES
from digitpad.config import data_folder, prepared_unipen
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.network.posteriors import judge
from digitpad.train.fit.config import TrainConfig
from digitpad.train.fit.network import load_network, predict_logits
from digitpad.train.fit.run import KERAS_MODEL
from digitpad.train.fit.training import train
from digitpad.train.samples.corpus import load_corpus, to_ink
from digitpad.train.samples.perturb import Perturbation

LESS = Perturbation(
    rotation=15, slant=0.3, aspect=0.25, elastic=0.07, jitter=0.008, resampled=0.3, dropped=0.15,
    joined=0.06, broken=0.06, hooked=0.08, trimmed=0.08,
)  # fmt: skip
LEAST = Perturbation(
    rotation=8, slant=0.15, aspect=0.12, elastic=0.03, jitter=0.004, resampled=0.1, dropped=0.05,
    joined=0.02, broken=0.02, hooked=0.03, trimmed=0.03,
)  # fmt: skip
MORE = Perturbation(
    rotation=20, slant=0.5, aspect=0.5, elastic=0.13, jitter=0.015, resampled=0.5, dropped=0.2,
    joined=0.12, broken=0.15, hooked=0.2, trimmed=0.2,
)  # fmt: skip


def _mixed(**changes: Any) -> TrainConfig:
    mixture = dataclasses.replace(PROFILE.mixture, without=SOURCES, **changes)
    return dataclasses.replace(PROFILE, mixture=mixture)


def _varied(perturbation: Perturbation) -> TrainConfig:
    return _mixed(perturbation=perturbation)


VARIANTS = {
    "shipped": _varied(Perturbation()),
    "plain-hands": _varied(dataclasses.replace(Perturbation(), embellished=0, flagged=0)),
    "less-variation": _varied(LESS),
    "least-variation": _varied(LEAST),
    "more-variation": _varied(MORE),
    "without-direction": _varied(dataclasses.replace(Perturbation(), undirected=1)),
    "without-traces": _mixed(scans=28_000, traces=0),
    "wide-network": dataclasses.replace(_varied(Perturbation()), widths=(32, 56, 112, 240)),
    "more-epochs": dataclasses.replace(_varied(Perturbation()), epochs=12),
}


def main() -> None:
    """Train what is missing, measure, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(VARIANTS))
    options = parser.parse_args()
    if unknown := set(options.names) - set(VARIANTS):
        parser.error(f"expected names among {', '.join(VARIANTS)}, found {', '.join(unknown)}")
    corpus = load_corpus(data_folder(), prepared_unipen())
    known, held_out = corpus["train"].inks + corpus["validation"].inks, corpus["validation"]
    strange = [d for d in known if d.source in SOURCES]
    print("variant            strange sources, NLL; validation ink; MNIST's; negatives refused")
    for name in options.names or VARIANTS:
        run, config = options.run / name, VARIANTS[name]
        train(run, config, corpus)
        model = load_network(run / KERAS_MODEL)
        blind = config.mixture.perturbation.undirected == 1

        def read(inputs: Inputs, model: keras.Model = model, blind: bool = blind) -> np.ndarray:
            seen = see_rasters(inputs[..., 0]) if blind else inputs
            return judge(predict_logits(model, seen))[1]

        strange_read, ink_read, negatives = (
            read(see_inks([to_ink(d) for d in drawings]))
            for drawings in (strange, held_out.inks, held_out.negatives)
        )
        threshold = np.quantile(ink_read.max(axis=1), 0.01)
        told = (
            _told(strange_read, np.array([int(d.label) for d in strange])),
            _told(ink_read, held_out.ink_labels),
            _told(read(see_rasters(held_out.scans)), held_out.scan_labels),
            f"{np.mean(negatives.max(axis=1) < threshold):.2%}",
        )
        print(f"{name:18} {'  '.join(told)}", flush=True)


def _told(read: np.ndarray, labels: np.ndarray) -> str:
    """Say the share read right, and the negative log-likelihood, which tells runs apart sooner."""
    likelihood = read[np.arange(len(labels)), labels]
    nll = -np.log(np.maximum(likelihood, 1e-12)).mean()
    return f"{np.mean(read.argmax(axis=1) == labels):14.2%} {nll:.4f}"


if __name__ == "__main__":
    main()
