"""The figures of an evaluation: proportions, calibration, rejection, writers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, mannwhitneyu

BINS = 15  # of equal mass, for the calibration error

Floats = npt.NDArray[np.floating]  # (n,)
Flags = npt.NDArray[np.bool_]  # (n,)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% score interval of a proportion (Wilson, 1927)."""
    low, high = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return float(low), float(high)


def calibration_error(confidence: Floats, right: Flags, bins: int = BINS) -> float:
    """Return the expected calibration error (Naeini et al., 2015) over bins of equal mass."""
    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    gaps = [abs(float(confidence[p].mean() - right[p].mean())) * len(p) for p in parts if len(p)]
    return sum(gaps) / len(confidence)


def perfect_calibration_error(confidence: Floats, bins: int = BINS, draws: int = 200) -> float:
    """Return the mean calibration error if every confidence were exactly the truth.

    It is not 0, because n is finite: the outcomes are drawn with these probabilities.
    """
    rng = np.random.default_rng(0)
    outcomes = rng.random((draws, len(confidence))) < confidence
    return float(np.mean([calibration_error(confidence, right, bins) for right in outcomes]))


def auroc(positives: Floats, negatives: Floats) -> float:
    """Return the probability that a positive scores above a negative, ties counting half."""
    above = mannwhitneyu(positives, negatives, method="asymptotic").statistic
    return float(above / (len(positives) * len(negatives)))


def false_positives(positives: Floats, negatives: Floats, kept: float) -> float:
    """Return the share of negatives above the score that a share `kept` of positives reaches."""
    return float((negatives >= np.quantile(positives, 1 - kept)).mean())


def risk_coverage(confidence: Floats, right: Flags) -> tuple[Floats, Floats]:
    """Return coverage and the error among what is covered, most confident first: both (n,)."""
    wrong = ~right[np.argsort(-confidence, kind="stable")]
    count = np.arange(1, len(wrong) + 1)
    return count / len(wrong), np.cumsum(wrong) / count


def by_writer(writers: Sequence[str], right: Flags) -> dict[str, float]:
    """Return each writer's accuracy."""
    names, place = np.unique(np.asarray(writers), return_inverse=True)
    accuracy = np.bincount(place, weights=right) / np.bincount(place)
    return dict(zip(names.tolist(), accuracy.tolist(), strict=True))
