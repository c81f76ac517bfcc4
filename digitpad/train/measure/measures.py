"""The figures of an evaluation: proportions, calibration, rejection, writers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BINS = 15  # of equal mass, for the calibration error
Z = 1.959964  # standard normal deviate of a 95% interval

Floats = npt.NDArray[np.floating]  # (n,)
Flags = npt.NDArray[np.bool_]  # (n,)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% score interval of a proportion (Wilson, 1927)."""
    share = successes / trials
    centre = (share + Z * Z / (2 * trials)) / (1 + Z * Z / trials)
    spread = (share * (1 - share) / trials + Z * Z / 4 / trials**2) ** 0.5
    half = Z / (1 + Z * Z / trials) * spread
    return centre - half, centre + half


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
    scores = np.concatenate([positives, negatives])
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n, m = len(positives), len(negatives)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


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
