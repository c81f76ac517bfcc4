"""Logits -> calibrated posteriors."""

import numpy as np
import numpy.typing as npt

from digitpad.labels import NONE

Logits = npt.NDArray[np.float32]  # (n, 11): the ten digits, then "not a digit"
Probabilities = npt.NDArray[np.float32]  # (10,) or (n, 10) in [0, 1]


def scale(
    logits: npt.NDArray[np.float32], temperature: float, rejection: float
) -> npt.NDArray[np.float32]:
    """Calibrate logits (n, labels): divide them, then raise the last, that of "not a digit"."""
    scaled = logits / np.float32(temperature)
    scaled[:, -1] += np.float32(rejection)
    return scaled


def judge(logits: npt.NDArray[np.float32]) -> tuple[Probabilities, Probabilities]:
    """Turn calibrated logits (n, 11) into what a reading states, both float32 (n, 10).

    The probabilities are of the ten digits, if it is one, and sum to 1. The confidences are the
    probabilities that it is a digit *and* this one; what they lack to 1 is that it is none.
    """
    return softmax(logits[:, :NONE]), softmax(logits)[:, :NONE]


def softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return probabilities of the same shape and dtype; the last axis sums to 1."""
    raised = np.exp(logits - np.maximum.reduce(logits, axis=-1, keepdims=True))
    return np.asarray(raised / np.add.reduce(raised, axis=-1, keepdims=True))
