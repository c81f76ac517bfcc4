"""Calibration: the temperature and the threshold, from images the network did not learn from."""

import math

import numpy as np
import numpy.typing as npt

from digitpad.reader import softmax

UNSURE = 0.01  # share of the validation digits that may be unsure: it sets the threshold


def calibrate(logits: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Return `temperature`, which divides the logits, and `threshold`, for the confidence.

    The temperature minimises the negative log-likelihood (Guo et al., "On Calibration of Modern
    Neural Networks", 2017), searched on a logarithmic grid; logits are (n, 10), labels (n,).
    """
    grid = np.exp(np.linspace(np.log(0.25), np.log(4), 400))
    rows = np.arange(len(labels))
    loss = [-np.log(softmax(logits / t)[rows, labels] + 1e-12).mean() for t in grid]
    temperature = float(grid[int(np.argmin(loss))])
    confidence = softmax(logits / temperature).max(axis=1)
    return {
        "temperature": round(temperature, 4),
        # rounded down: up, it could reach 1 and leave nothing sure
        "threshold": math.floor(1e4 * float(np.quantile(confidence, UNSURE))) / 1e4,
    }
