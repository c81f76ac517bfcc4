"""Calibration finds what was done to the logits."""

import numpy as np
import numpy.typing as npt
import pytest

from digitpad.reader import softmax
from digitpad.train.calibrate import calibrate


def drawn(count: int, spread: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Logits, and labels that are drawn from the probabilities they stand for."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, spread, (count, 10)).astype(np.float32)
    chance = rng.random((count, 1), np.float32)
    labels = (softmax(logits).cumsum(axis=1) < chance).sum(axis=1)
    return logits, np.minimum(labels, 9).astype(np.uint8)


@pytest.mark.parametrize("temperature", [0.5, 1, 1.7, 3])
def test_recovers_a_known_temperature(temperature: float) -> None:
    logits, labels = drawn(10_000, 4)
    found = calibrate(logits * np.float32(temperature), labels)
    assert found["temperature"] == pytest.approx(temperature, rel=0.04)


def test_one_reading_in_a_hundred_is_below_the_threshold() -> None:
    logits, labels = drawn(10_000, 4)
    found = calibrate(logits, labels)
    confidence = softmax(logits / found["temperature"]).max(axis=1)
    assert (confidence < found["threshold"]).mean() == pytest.approx(0.01, abs=0.001)


def test_a_network_that_is_never_wrong_stays_sure() -> None:
    labels = np.arange(1000, dtype=np.uint8) % 10
    logits = np.float32(3.3) * np.eye(10, dtype=np.float32)[labels]
    found = calibrate(logits, labels)
    assert found["temperature"] == 0.25
    confidence = softmax(logits / found["temperature"]).max(axis=1)
    assert found["threshold"] < 1
    assert (confidence >= found["threshold"]).all()
