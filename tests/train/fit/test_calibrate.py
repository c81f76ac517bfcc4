"""Calibration finds what was done to the logits."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from digitpad.network.posteriors import judge, scale, softmax
from digitpad.train.fit.calibrate import STRAY, calibrate

Digits = tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]


def drawn(count: int, spread: float) -> tuple[Digits, Digits, npt.NDArray[np.float32]]:
    """Logits, and labels that are drawn from the probabilities they stand for."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, spread, (count, 11)).astype(np.float32)
    chance = rng.random((count, 1), np.float32)
    labels = np.minimum((softmax(logits).cumsum(axis=1) < chance).sum(axis=1), 10)
    digits, kinds = logits[labels < 10], labels[labels < 10].astype(np.uint8)
    half = len(digits) // 2
    return (digits[:half], kinds[:half]), (digits[half:], kinds[half:]), logits[labels == 10]


def each(inks: Digits) -> list[str]:
    """A writer for each ink."""
    return [f"writer {i}" for i in range(len(inks[1]))]


@pytest.mark.parametrize("temperature", [0.5, 1, 1.7, 3])
def test_recovers_a_known_temperature_and_how_rare_strays_are(temperature: float) -> None:
    scans, inks, negatives = drawn(6_000, 4)
    unit = np.float32(temperature)
    found = calibrate(
        (scans[0] * unit, scans[1]), (inks[0] * unit, inks[1]), each(inks), negatives * unit
    )
    assert found["temperature"] == pytest.approx(temperature, rel=0.06)
    # as many negatives as there are count for a share STRAY: by Bayes their odds fall by as much
    odds = STRAY / (1 - STRAY) * (len(scans[0]) + len(inks[0])) / len(negatives)
    assert found["rejection"] == pytest.approx(math.log(odds), abs=0.2)


@pytest.mark.parametrize("times", [0.5, 1.3])
def test_the_optimum_is_exact(times: float) -> None:
    """Logits so many times as large take a temperature so many times as high, and nothing else."""
    scans, inks, negatives = drawn(3_000, 2)
    unit = np.float32(times)
    found = calibrate(scans, inks, each(inks), negatives)
    scaled = calibrate(
        (scans[0] * unit, scans[1]), (inks[0] * unit, inks[1]), each(inks), negatives * unit
    )
    assert scaled["temperature"] == pytest.approx(times * found["temperature"], abs=2e-4)
    assert scaled["rejection"] == pytest.approx(found["rejection"], abs=2e-4)
    assert scaled["threshold"] == pytest.approx(found["threshold"], abs=2e-4)


def test_one_ink_in_a_hundred_is_below_the_threshold() -> None:
    scans, inks, negatives = drawn(6_000, 4)
    found = calibrate(scans, inks, each(inks), negatives)
    logits = scale(inks[0], found["temperature"], found["rejection"])
    confidence = judge(logits)[1].max(axis=1)
    assert (confidence < found["threshold"]).mean() == pytest.approx(0.01, abs=0.002)


def test_one_writer_of_half_the_ink_counts_as_one() -> None:
    scans, inks, negatives = drawn(6_000, 4)
    odd = len(inks[1]) // 2
    logits = np.concatenate([inks[0][:odd] * 3, inks[0][odd:]])  # the network is too sure of them
    writers = ["prolific"] * odd + each(inks)[odd:]
    found = calibrate(scans, (logits, inks[1]), writers, negatives)
    assert found["temperature"] == pytest.approx(1, rel=0.06)
    assert calibrate(scans, (logits, inks[1]), each(inks), negatives)["temperature"] > 1.2


def sure(labels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    return np.float32(3.3) * np.eye(11, dtype=np.float32)[labels]


@pytest.mark.parametrize("strays", [0, 300])
def test_a_network_that_is_never_wrong_stays_sure(strays: int) -> None:
    labels = np.arange(1000, dtype=np.uint8) % 10
    digits = sure(labels), labels
    found = calibrate(digits, digits, each(digits), sure(np.full(strays, 10, np.uint8)))
    assert found["temperature"] == 0.25
    assert strays or found["rejection"] == 0
    logits = scale(digits[0], found["temperature"], found["rejection"])
    assert found["threshold"] < 1
    assert (judge(logits)[1].max(axis=1) >= found["threshold"]).all()


def test_without_ink_the_threshold_is_the_scans() -> None:
    _, inks, _ = drawn(6_000, 4)
    nothing = np.empty((0, 11), np.float32), np.empty(0, np.uint8)
    found = calibrate(inks, nothing, [], nothing[0])
    confidence = judge(scale(inks[0], found["temperature"], 0))[1].max(axis=1)
    assert (confidence < found["threshold"]).mean() == pytest.approx(0.01, abs=0.002)
