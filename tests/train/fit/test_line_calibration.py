"""Calibration: the likelihood is the sum over alignments, the threshold keeps to its risk."""

from itertools import groupby, product

import numpy as np
import pytest

from digitpad.train.fit.line_calibration import choose_threshold, log_likelihood


@pytest.mark.parametrize("text", [(), (1,), (1, 1), (1, 2, 1), (2, 2, 2)])
def test_the_likelihood_is_the_sum_over_alignments(text: tuple[int, ...]) -> None:
    posteriors = np.random.default_rng(0).dirichlet(np.ones(3), (2, 6))
    tokens = np.zeros((2, 4), np.int32)
    tokens[:, : len(text)] = text
    wanted = [
        sum(
            float(np.prod(rows[np.arange(6), list(path)]))
            for path in product(range(3), repeat=6)
            if tuple(label for label, _ in groupby(path) if label) == text
        )
        for rows in posteriors
    ]
    np.testing.assert_allclose(np.exp(log_likelihood(posteriors, tokens)), wanted, rtol=1e-9)


def test_the_threshold_keeps_to_the_risk() -> None:
    rng = np.random.default_rng(1)
    confidences = rng.random(5_000)
    right = rng.random(5_000) < confidences
    threshold = choose_threshold(confidences, right, 0.05)
    sure = confidences >= threshold
    assert 0.03 < float((~right[sure]).mean()) <= 0.05
    assert 0.85 < threshold < 0.96


def test_where_nothing_is_good_enough_hardly_anything_is_sure() -> None:
    assert choose_threshold(np.array([0.9, 0.8]), np.array([False, True]), 0.01) == 0.9999
    assert choose_threshold(np.array([0.9, 0.8]), np.array([True, True]), 0.01) == 0.8
