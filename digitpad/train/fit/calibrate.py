"""Calibration: temperature, rejection and threshold, from writers the network never saw."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax

from digitpad.labels import NONE
from digitpad.network.posteriors import Logits, judge, scale

UNSURE = 0.01  # share of the validation writers' digits that may be unsure: sets the threshold
STRAY = 0.02  # share of what people draw on a digit's pad that is taken to be no digit
# Where the optimum is looked for. A network that is never wrong has none: it would be believed ever
# more, so the bounds say how much.
TEMPERATURES = (0.25, 4.0)
REJECTIONS = (-6.0, 3.0)

Floats = npt.NDArray[np.float64]


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
    drawn_by = Counter(writers)
    shares = [len(writers) / len(drawn_by) / drawn_by[writer] for writer in writers]
    known = len(scans[0]) + len(inks[0])
    stray = STRAY / (1 - STRAY) * known / max(1, len(negatives))
    temperature, rejection = _fit(
        np.concatenate([scans[0], inks[0], negatives]).astype(np.float64),
        np.concatenate([scans[1], inks[1], np.full(len(negatives), NONE)]).astype(np.intp),
        np.concatenate([np.ones(len(scans[0])), shares, np.full(len(negatives), stray)]),
        fit_rejection=len(negatives) > 0,
    )
    drawn = inks[0] if len(inks[0]) else scans[0]
    confidence = judge(scale(drawn, temperature, rejection))[1].max(axis=1)
    return {
        "temperature": round(temperature, 4),
        "rejection": round(rejection, 4),
        # rounded down: up, it could reach 1 and leave nothing sure
        "threshold": math.floor(1e4 * float(np.quantile(confidence, UNSURE))) / 1e4,
    }


def _fit(
    logits: Floats, labels: npt.NDArray[np.intp], weights: Floats, fit_rejection: bool
) -> tuple[float, float]:
    """Return the temperature and the rejection of the least weighted negative log-likelihood.

    It is convex in the rejection and in the temperature's inverse, which are what is searched.
    """
    rows = np.arange(len(logits))

    def loss(at: Floats) -> tuple[float, Floats]:
        sharpness, rejection = at
        scaled = sharpness * logits
        scaled[:, NONE] += rejection
        log = log_softmax(scaled, axis=1)
        likely = np.exp(log)
        slope = [
            weights @ ((likely * logits).sum(axis=1) - logits[rows, labels]),
            weights @ (likely[:, NONE] - (labels == NONE)),
        ]
        total = weights.sum()
        return float(-weights @ log[rows, labels] / total), np.array(slope) / total

    low, high = TEMPERATURES
    found = minimize(
        loss,
        x0=(1.0, 0.0),
        jac=True,
        method="L-BFGS-B",
        bounds=[(1 / high, 1 / low), REJECTIONS if fit_rejection else (0.0, 0.0)],
        options={"ftol": 1e-12, "gtol": 1e-8},
    )
    sharpness, rejection = found.x.tolist()
    return 1 / sharpness, rejection
