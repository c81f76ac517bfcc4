"""A finished run on a small set, made once for the tests of training and of export."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digitpad.train.samples.corpus import Part, load_corpus
from digitpad.train.sources.unipen import save_drawings
from tests.train import small

if TYPE_CHECKING:
    from digitpad.train.fit.config import TrainConfig


@pytest.fixture(scope="session")
def config() -> "TrainConfig":
    """Options of a run that takes seconds; epochs are of 10 batches."""
    return small.config()


@pytest.fixture(scope="module")
def small_scans() -> Iterator[None]:
    """Let training read the small set instead of MNIST."""
    with pytest.MonkeyPatch.context() as patch:
        small.stand_in(patch)
        yield


@pytest.fixture(scope="session")
def unipen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small set's ink, prepared."""
    path = tmp_path_factory.mktemp("ink") / "unipen.npz"
    save_drawings(small.drawings(), path)
    return path


@pytest.fixture(scope="module")
def parts(unipen: Path, small_scans: None) -> dict[str, Part]:
    """The small set's parts."""
    return load_corpus(Path("nowhere"), unipen)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, config: "TrainConfig", unipen: Path) -> Path:
    """The folder of a run that nothing interrupted. Copy it to change it."""
    from digitpad.train.fit.training import train

    run = tmp_path_factory.mktemp("finished") / "run"
    with pytest.MonkeyPatch.context() as patch:
        small.stand_in(patch)
        train(run, config, load_corpus(Path("nowhere"), unipen))
    return run
