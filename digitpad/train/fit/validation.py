"""What a network says of the validation writers: an epoch's figures, and its calibration."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from digitpad.labels import NONE
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.network.posteriors import scale, softmax
from digitpad.train.fit.calibrate import calibrate
from digitpad.train.fit.network import predict_logits
from digitpad.train.fit.paths import learn_segmentation
from digitpad.train.samples.corpus import Part, to_ink


@dataclass(frozen=True, eq=False)
class Validation:
    """A part as the network sees it, rendered once for all epochs."""

    part: Part

    @cached_property
    def scans(self) -> Inputs:
        """The scans, float32 (n, 28, 28, CHANNELS)."""
        return see_rasters(self.part.scans)

    @cached_property
    def inks(self) -> Inputs:
        """The digits of ink, float32 (n, 28, 28, CHANNELS)."""
        return see_inks([to_ink(sample) for sample in self.part.inks])

    def figures(self, model: keras.Model) -> dict[str, float]:
        """Return `val_loss`, `val_accuracy` and, with ink, `val_ink_accuracy`."""
        inks = predict_logits(model, self.inks)
        digits = np.concatenate([predict_logits(model, self.scans), inks])
        labels = np.concatenate([self.part.scan_labels, self.part.ink_labels])
        likelihood = softmax(digits)[np.arange(len(labels)), labels]
        found = {
            "val_loss": float(-np.log(np.maximum(likelihood, 1e-12)).mean()),
            "val_accuracy": _accuracy(digits, labels),
        }
        if len(inks):
            found["val_ink_accuracy"] = _accuracy(inks, self.part.ink_labels)
        return found

    def calibration(self, model: keras.Model, numbers: int, seed: int) -> dict[str, Any]:
        """Return what `calibrate` finds, and the weights of paths as `segmentation`.

        These are learned from about so many `numbers`, made of the part's digits.
        """
        part = self.part
        negatives = see_inks([to_ink(sample) for sample in part.negatives])
        found = calibrate(
            (predict_logits(model, self.scans), part.scan_labels),
            (predict_logits(model, self.inks), part.ink_labels),
            [sample.writer for sample in part.inks],
            predict_logits(model, negatives),
        )

        def network(inputs: Inputs) -> npt.NDArray[np.float32]:
            logits = predict_logits(model, inputs)
            return softmax(scale(logits, found["temperature"], found["rejection"]))

        return {**found, "segmentation": learn_segmentation(network, part, numbers, seed)}


def _accuracy(logits: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8]) -> float:
    return float((logits[:, :NONE].argmax(axis=1) == labels).mean())
