"""A small set in MNIST's form, made of the golden digits, and a run that is quick on it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitpad.raster import raster_inks
from digitpad.train.data import Part
from tests.drawings import DIGITS

IMAGES = {"train": 600, "test": 200}

Bytes = npt.NDArray[np.uint8]


def load_mnist(_: Path, part: Part) -> tuple[Bytes, Bytes]:
    """Stand in for `digitpad.train.data.load_mnist`: turned, slanted digits of several pens."""
    count = IMAGES[part]
    rng = np.random.default_rng(count)
    labels = np.arange(count, dtype=np.uint8) % 10
    angles, slants = rng.uniform(-0.2, 0.2, (2, count))
    cos, sin = np.cos(angles), np.sin(angles)
    turns = np.stack([cos, sin + slants, -sin, cos], 1).reshape(-1, 2, 2)
    inks = [DIGITS[label].transform(turn) for label, turn in zip(labels, turns, strict=True)]
    rasters = raster_inks(inks, rng.uniform(1.8, 3.2, count))
    return np.rint(rasters * 255).astype(np.uint8), labels
