"""Evaluation: how often a model is right on MNIST's test images, and how well it knows it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitpad.reader import softmax
from digitpad.recognizer import MANIFEST, Recognizer
from digitpad.train.data import load_mnist
from digitpad.train.figures import confusion_matrix, reliability_diagram, worst_mistakes

BINS = 15  # equal-mass bins of the calibration error


def evaluate(model: Path, data: Path, out: Path, record: bool = False) -> dict[str, Any]:
    """Measure the exported model in folder `model` on MNIST's 10,000 test images.

    Writes `metrics.json`, `confusion.png`, `reliability.png` and `mistakes.png` to `out` and
    returns the metrics; `record` writes them into the model's manifest too. Raises ModelError or
    DataError.
    """
    recognizer = Recognizer(model)
    images, labels = load_mnist(data, "test")
    rasters = images.astype(np.float32) / np.float32(255)
    probabilities = softmax(recognizer(rasters)[0])
    metrics = measure(probabilities, labels, recognizer.manifest.threshold)
    out.mkdir(parents=True, exist_ok=True)
    report = {"model": recognizer.manifest.sha256, "data": "MNIST test", **metrics}
    (out / "metrics.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    confusion_matrix(probabilities, labels, out / "confusion.png")
    reliability_diagram(probabilities, labels, BINS, out / "reliability.png")
    worst_mistakes(rasters, probabilities, labels, out / "mistakes.png")
    if record:
        manifest = json.loads((model / MANIFEST).read_text("utf-8"))
        manifest["metrics"]["MNIST test"] = metrics
        (model / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return metrics


def measure(
    probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8], threshold: float
) -> dict[str, Any]:
    """Return the figures for probabilities (n, 10) and labels (n,); shares are in [0, 1]."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    read = confidence >= threshold
    low, high = wilson(int(right.sum()), len(labels))
    likelihood = probabilities[np.arange(len(labels)), labels]
    return {
        "images": len(labels),
        "accuracy": float(right.mean()),
        "accuracy_95": [low, high],
        "nll": float(-np.log(np.maximum(likelihood, 1e-12)).mean()),
        "ece": calibration_error(confidence, right, BINS),
        "unsure": float(1 - read.mean()),
        "accuracy_of_read": float(right[read].mean()) if read.any() else None,
    }


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% score interval of a proportion (Wilson, 1927)."""
    z = 1.959964
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * (share * (1 - share) / trials + z * z / 4 / trials**2) ** 0.5
    return centre - half, centre + half


def calibration_error(
    confidence: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], bins: int
) -> float:
    """Return the expected calibration error over bins of equal mass."""
    parts = np.array_split(np.argsort(confidence), bins)
    gaps = [abs(float(confidence[p].mean() - right[p].mean())) * len(p) for p in parts if len(p)]
    return sum(gaps) / len(confidence)
