"""A finished run on a small set, made once for the tests of training and of export."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.train import small

if TYPE_CHECKING:
    from digitpad.train.fit import TrainConfig


@pytest.fixture(scope="session")
def config() -> "TrainConfig":
    """Options of a run that takes seconds; epochs are of 10 batches."""
    from digitpad.train.fit import TrainConfig  # Keras takes long to import

    return TrainConfig(epochs=3, batch=50, learning_rate=0.02, validation=100, widths=(4, 6, 8))


@pytest.fixture(scope="session")
def small_mnist() -> Iterator[None]:
    """Let training read the small set instead of MNIST."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitpad.train.fit.load_mnist", small.load_mnist)
        yield


@pytest.fixture(scope="session")
def finished(
    tmp_path_factory: pytest.TempPathFactory, config: "TrainConfig", small_mnist: None
) -> Path:
    """The folder of a run that nothing interrupted. Copy it to change it."""
    from digitpad.train.fit import train

    run = tmp_path_factory.mktemp("finished") / "run"
    train(run, config, Path("nowhere"))
    return run
