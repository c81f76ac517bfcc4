"""A small set in the form of MNIST and UNIPEN, made of the golden digits, and a quick run on it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

from digitpad import DataError
from digitpad.network.inputs import raster_inks
from digitpad.train.sources.mnist import Part
from digitpad.train.sources.unipen import Sample
from tests.drawings import DIGITS

if TYPE_CHECKING:
    from digitpad.train.fit.config import TrainConfig

IMAGES = {"train": 600, "test": 200}
WRITERS = {"apb": 7, "ced": 7, "tos": 6, "uqb": 4}  # of the ink, by source
LETTERS: dict[str, tuple[str, tuple[tuple[tuple[float, float], ...], ...]]] = {
    "A": ("1b", (((0, 10), (4, 0), (8, 10)), ((2, 6), (6, 6)))),
    "O": ("1b", (((4, 0), (0, 5), (4, 10), (8, 5), (4, 0)),)),  # like a digit
    "W": ("1b", (((0, 0), (2, 10), (4, 3), (6, 10), (8, 0)),)),
    "k": ("1c", (((0, 0), (0, 10)), ((5, 3), (0, 6), (5, 10)))),
    "+": ("1d", (((0, 5), (10, 5)), ((5, 0), (5, 10)))),
}

Bytes = npt.NDArray[np.uint8]


def load_mnist(_: Path, part: Part) -> tuple[Bytes, Bytes]:
    """Stand in for `sources.mnist.load_mnist`: turned, slanted digits of several pens."""
    count = IMAGES[part]
    rng = np.random.default_rng(count)
    labels = np.arange(count, dtype=np.uint8) % 10
    turns = _turns(count, rng)
    inks = [DIGITS[label].transform(turn) for label, turn in zip(labels, turns, strict=True)]
    rasters = raster_inks(inks, rng.uniform(1.8, 3.2, count))
    return np.rint(rasters * 255).astype(np.uint8), labels


def load_mnist_writers(_: Path, part: Part) -> npt.NDArray[np.int32]:
    """Stand in for `digitpad.train.sources.mnist.load_mnist_writers`: twenty images each."""
    return np.arange(IMAGES[part], dtype=np.int32) // 20


def drawings() -> list[Sample]:
    """Ten digits and five other characters by each of the writers, in their own hands."""
    rng = np.random.default_rng(7)
    made = []
    for source, count in WRITERS.items():
        for number in range(count):
            (hand,) = _turns(1, rng)
            shapes = [("1a", str(d), ink.strokes) for d, ink in enumerate(DIGITS)]
            shapes += [
                (category, label, tuple(np.array(s, float) for s in strokes))
                for label, (category, strokes) in LETTERS.items()
            ]
            for place, (category, label, strokes) in enumerate(shapes):
                turn = hand + rng.uniform(-0.05, 0.05, (2, 2))
                made.append(
                    Sample(
                        strokes=tuple((s @ turn.T).astype(np.float32) for s in strokes),
                        label=label,
                        writer=f"{source}/{number}",
                        source=source,
                        category=category,
                        id=f"{category}/{source}/{number}.dat#{place}",
                    )
                )
    return made


def stand_in(patch: pytest.MonkeyPatch) -> None:
    """Let the corpus read this set's scans instead of MNIST's."""
    patch.setattr("digitpad.train.samples.corpus.load_mnist", load_mnist)
    patch.setattr("digitpad.train.samples.corpus.load_mnist_writers", load_mnist_writers)


def config() -> "TrainConfig":
    """Return the options of a run that takes seconds; epochs are of 10 batches."""
    from digitpad.train.fit.config import TrainConfig  # Keras takes long to import
    from digitpad.train.samples.epoch import Mixture

    mixture = Mixture(scans=180, traces=50, inks=150, characters=50, doodles=40, candidates=30)
    return TrainConfig(
        epochs=3, batch=50, learning_rate=0.02, numbers=20, widths=(4, 6, 8, 8), mixture=mixture
    )


def _turns(count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    angles, slants = rng.uniform(-0.2, 0.2, (2, count))
    cos, sin = np.cos(angles), np.sin(angles)
    return np.stack([cos, sin + slants, -sin, cos], 1).reshape(-1, 2, 2)


def failure(call: Callable[..., Any], *arguments: Any) -> str:
    """Return the one line that a call fails with."""
    with pytest.raises(DataError) as caught:
        call(*arguments)
    text = str(caught.value)
    assert "\n" not in text
    return text


def same(found: list[Sample], wanted: list[Sample]) -> None:
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert (one.label, one.writer, one.source, one.category, one.id) == (
            other.label, other.writer, other.source, other.category, other.id,
        )  # fmt: skip
        for stroke, expected in zip(one.strokes, other.strokes, strict=True):
            assert stroke.dtype == np.float32
            np.testing.assert_array_equal(stroke, expected)
