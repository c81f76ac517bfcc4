"""The honest record: MNIST alone, a fixed schedule, the last epoch, every seed reported."""

import dataclasses
import json
import statistics
from pathlib import Path

import keras
import numpy as np

from digitpad.network.inputs import see_rasters
from digitpad.train.fit.training import TrainConfig, predict_logits, train
from digitpad.train.samples.corpus import load_corpus

SEEDS = (1, 2, 3, 4, 5)


def record(run: Path, config: TrainConfig, data: Path) -> dict[str, float]:
    """Train one network a seed, each in its own folder in `run`; return seed -> test accuracy.

    Each is measured on MNIST's 10,000 test images once, after its last epoch; nothing is chosen by
    that. Goes on where it was killed. Writes `record.json` after every seed, so that it names all
    that were run. Raises DataError or RunError.
    """
    accuracies: dict[str, float] = {}
    for seed in SEEDS:
        folder = run / f"seed-{seed}"
        train(folder, dataclasses.replace(config, seed=seed), data, unipen=None)
        test = load_corpus(data, unipen=None)["test"]
        model = keras.saving.load_model(folder / "model.keras")
        read = predict_logits(model, see_rasters(test.scans))[:, :10].argmax(axis=1)
        accuracies[str(seed)] = float(np.mean(read == test.scan_labels))
        report = {"accuracy": accuracies, "mean": statistics.fmean(accuracies.values())}
        (run / "record.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return accuracies
