"""Figures of an evaluation against cases worked by hand or by brute force."""

import itertools

import numpy as np
import pytest

from digitpad.train.measure.measures import (
    auroc,
    by_writer,
    calibration_error,
    false_positives,
    perfect_calibration_error,
    risk_coverage,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0, 0.27753),
        (10, 10, 0.72247, 1),
        (81, 263, 0.25527, 0.36622),
        (1, 2, 0.0945, 0.9055),
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    # the third is worked out in Newcombe, "Two-sided confidence intervals", 1998
    found = wilson(successes, trials)
    assert found == pytest.approx((low, high), abs=1e-4)
    assert -1e-12 <= found[0] <= found[1] <= 1 + 1e-12


def test_calibration_error() -> None:
    confidence = np.array([0.9, 0.6, 0.8, 0.5], np.float32)
    right = np.array([True, False, True, True])
    # two bins of two: |0.55 - 0.5| and |0.85 - 1|
    assert calibration_error(confidence, right, 2) == pytest.approx(0.1, abs=1e-6)
    assert calibration_error(confidence, right, 1) == pytest.approx(0.05, abs=1e-6)
    # more bins than readings: each is a bin of its own
    assert calibration_error(confidence, right, 15) == pytest.approx(1.4 / 4, abs=1e-6)


def test_perfect_calibration_is_not_0_but_what_chance_leaves() -> None:
    assert perfect_calibration_error(np.ones(500)) == 0
    assert perfect_calibration_error(np.zeros(500)) == 0
    # one bin of n at p = 1/2: the mean of |share - 1/2| is about sqrt(1 / (2 pi n))
    found = perfect_calibration_error(np.full(400, 0.5), bins=1, draws=2000)
    assert found == pytest.approx((1 / (2 * np.pi * 400)) ** 0.5, rel=0.06)
    few, many = (perfect_calibration_error(np.full(n, 0.9)) for n in (100, 10_000))
    assert many < few / 5


@pytest.mark.parametrize("levels", [3, 1000])
def test_auroc_counts_ties_half(levels: int) -> None:
    rng = np.random.default_rng(levels)
    positives = rng.integers(1, levels + 1, 40).astype(float)
    negatives = rng.integers(0, levels, 30).astype(float)
    pairs = list(itertools.product(positives, negatives))
    wanted = sum((p > n) + (p == n) / 2 for p, n in pairs) / len(pairs)
    assert auroc(positives, negatives) == pytest.approx(wanted, abs=1e-12)
    assert auroc(negatives, positives) == pytest.approx(1 - wanted, abs=1e-12)


def test_auroc_of_what_is_plain() -> None:
    high, low = np.array([0.8, 0.9, 1.0]), np.array([0.1, 0.2])
    assert auroc(high, low) == 1
    assert auroc(low, high) == 0
    assert auroc(high, high) == 0.5
    assert auroc(np.array([1.0, 1.0]), np.array([1.0, 0.0])) == 0.75


def test_false_positives() -> None:
    positives = np.arange(101) / 100  # 95% of them are 0.05 and more
    assert false_positives(positives, np.array([0.049, 0.051, 0.0, 0.5]), 0.95) == 0.5
    assert false_positives(positives, np.array([0.5]), 1.0) == 1
    assert false_positives(positives, np.zeros(5), 0.95) == 0


def test_risk_coverage() -> None:
    confidence = np.array([0.5, 0.9, 0.7, 0.8])
    right = np.array([False, True, False, True])
    coverage, risk = risk_coverage(confidence, right)
    np.testing.assert_allclose(coverage, [0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(risk, [0, 0, 1 / 3, 0.5])


def test_by_writer() -> None:
    found = by_writer(["bo", "ann", "bo", "bo", "cy"], np.array([True, True, False, True, False]))
    assert found == {"ann": 1, "bo": pytest.approx(2 / 3), "cy": 0}
