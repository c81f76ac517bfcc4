"""Calibration: temperature, rejection and threshold, from writers the network never saw."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitpad.network.posteriors import judge, scale, softmax

UNSURE = 0.01  # share of the validation writers' digits that may be unsure: sets the threshold
STRAY = 0.02  # share of what people draw on a digit's pad that is taken to be no digit
TEMPERATURES = np.exp(np.linspace(np.log(0.25), np.log(4), 160))
REJECTIONS = np.linspace(-6, 3, 91)

Logits = npt.NDArray[np.float32]  # (n, 11)


def calibrate(
    scans: tuple[Logits, npt.NDArray[np.uint8]],
    inks: tuple[Logits, npt.NDArray[np.uint8]],
    writers: Sequence[str],
    negatives: Logits,
) -> dict[str, float]:
    """Return `temperature`, `rejection` and `threshold` from logits and labels of each kind.

    The temperature divides the logits (Guo et al., "On Calibration of Modern Neural Networks",
    2017), then the rejection is added to the last one. Both minimise the negative log-likelihood.
    In it the `writers` of the inks count alike, however much each drew: the next person is as
    likely to be like any of them. Negatives weigh as if they were a share STRAY of all drawings:
    the network saw far more of them. The threshold is what a share UNSURE of the inks' confidences
    is below; of the scans', without ink.
    """
    digits = np.concatenate([scans[0], inks[0]])
    labels = np.concatenate([scans[1], inks[1]])
    drawn_by = Counter(writers)
    shares = [len(writers) / len(drawn_by) / drawn_by[writer] for writer in writers]
    weights = np.concatenate([np.ones(len(scans[0])), shares])
    weight = STRAY / (1 - STRAY) * len(digits) / max(1, len(negatives))
    rows = np.arange(len(digits))

    def loss(temperature: float, rejection: float) -> float:
        likely = softmax(scale(digits, temperature, rejection))[rows, labels]
        stray = softmax(scale(negatives, temperature, rejection))[:, -1]
        return float(-weights @ np.log(likely + 1e-12) - weight * np.log(stray + 1e-12).sum())

    temperature, rejection = 1.0, 0.0
    for _ in range(3):  # one after the other: they hardly depend on each other
        temperature = float(min(TEMPERATURES, key=lambda t: loss(float(t), rejection)))
        if len(negatives):
            rejection = float(min(REJECTIONS, key=lambda r: loss(temperature, float(r))))
    drawn = inks[0] if len(inks[0]) else scans[0]
    confidence = judge(scale(drawn, temperature, rejection))[1].max(axis=1)
    return {
        "temperature": round(temperature, 4),
        "rejection": round(rejection, 4),
        # rounded down: up, it could reach 1 and leave nothing sure
        "threshold": math.floor(1e4 * float(np.quantile(confidence, UNSURE))) / 1e4,
    }
