"""Calibration of the line network, on lines of writers that it never saw."""

import math
from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from digitpad.network.ctc import search
from digitpad.network.posteriors import softmax
from digitpad.train.fit.line_batches import Batch

TEMPERATURES = (0.3, 4.0)  # searched
RISK = 0.005  # of the lines that are read surely so many may be wrong: sets the threshold

Logits = npt.NDArray[np.float32]  # (…, labels)


def calibrate_line(model: keras.Model, batches: Sequence[Batch]) -> dict[str, float]:
    """Return `temperature` and `threshold` for a network's steps and texts.

    The logits are divided by the temperature (Guo et al., "On Calibration of Modern Neural
    Networks", 2017); it minimises the CTC loss, which is the negative log-likelihood of the texts
    that stand there. The threshold is the least above which a share RISK of the texts is wrong.
    """
    logits = [
        np.asarray(model.predict_on_batch(batch.line)["logits"], np.float32) for batch in batches
    ]

    def loss(temperature: float) -> float:
        return -sum(
            (
                float(log_likelihood(_divided(found, temperature), batch.tokens).sum())
                for batch, found in zip(batches, logits, strict=True)
            ),
            start=0.0,
        )

    temperature = float(minimize_scalar(loss, bounds=TEMPERATURES, method="bounded").x)
    confidences, right = [], []
    for batch, found in zip(batches, logits, strict=True):
        for posteriors, tokens in zip(_divided(found, temperature), batch.tokens, strict=True):
            best = search(posteriors)[0]
            confidences.append(best.probability)
            right.append(list(best.tokens) == tokens[tokens > 0].tolist())
    return {
        "temperature": round(temperature, 4),
        "threshold": choose_threshold(np.array(confidences), np.array(right), RISK),
    }


def log_likelihood(
    posteriors: npt.NDArray[np.floating], tokens: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Return how likely texts are, as logarithms (n,): the sums over all alignments.

    `posteriors` (n, steps, labels) and `tokens` (n, most), 0 after the last of each text.
    """
    n, steps, _ = posteriors.shape
    path = np.zeros((n, 2 * tokens.shape[1] + 1), np.intp)
    path[:, 1::2] = tokens
    said = np.take_along_axis(posteriors, path[:, None, :].repeat(steps, axis=1), axis=2)
    skips = np.zeros(path.shape)  # over the blank between two different tokens
    skips[:, 3::2] = path[:, 3::2] != path[:, 1:-2:2]
    ways = np.zeros(path.shape)
    ways[:, 0] = 1.0
    total = np.zeros(n)
    for step in range(steps):
        before = ways if step == 0 else ways + _shift(ways, 1) + skips * _shift(ways, 2)
        if step == 0:
            before[:, 1] = 1.0
        ways = before * said[:, step]
        scale = np.maximum(ways.sum(axis=1), 1e-300)
        ways /= scale[:, None]
        total += np.log(scale)
    last = 2 * (tokens > 0).sum(axis=1)
    rows = np.arange(n)
    ends = ways[rows, last] + np.where(last > 0, ways[rows, np.maximum(last - 1, 0)], 0.0)
    return np.asarray(total + np.log(np.maximum(ends, 1e-300)))


def _divided(logits: Logits, temperature: float) -> Logits:
    return softmax(logits / np.float32(temperature))


def _shift(ways: npt.NDArray[np.float64], places: int) -> npt.NDArray[np.float64]:
    shifted = np.zeros_like(ways)
    shifted[:, places:] = ways[:, :-places]
    return shifted


def choose_threshold(
    confidences: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], risk: float
) -> float:
    """Return the least confidence (n,) from which on at most a share `risk` is not right (n,).

    Rounded up to four places, at most 0.9999: something must stay sure.
    """
    order = np.argsort(-confidences, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong <= risk)
    least = float(confidences[order[good[-1]]]) if len(good) else 1.0
    return min(math.ceil(1e4 * least) / 1e4, 0.9999)
