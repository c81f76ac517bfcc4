"""What decides a run: its options, and the profiles that name sets of them."""

import dataclasses
from dataclasses import dataclass, field

from digitpad.train.fit.network import WIDTHS
from digitpad.train.samples.epoch import Mixture


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run's weights."""

    epochs: int = 84
    batch: int = 128
    learning_rate: float = 3e-3  # the highest, after one epoch of linear warm-up; then a cosine
    weight_decay: float = 1e-2
    everything: bool = False  # learn from the validation writers too
    after: str = ""  # the run or model whose network it begins with; "" for a new one
    corrections: str = ""  # SHA-256 of the corrections that it learns from too; "" for none
    seed: int = 1
    numbers: int = 1_500  # written and pictured, to learn how numbers are cut from
    widths: tuple[int, int, int, int] = WIDTHS
    mixture: Mixture = field(default_factory=Mixture)


PROFILES = {
    "full": TrainConfig(),
    "quick": TrainConfig(
        epochs=6,
        numbers=200,
        mixture=Mixture(
            20_000, 8_000, inks=20_000, characters=6_500, doodles=3_500, candidates=8_000
        ),
    ),
}


def without_ink(config: TrainConfig) -> TrainConfig:
    """Return the same options for epochs as long of MNIST's scans alone, and of numbers of them."""
    scans = config.mixture.images - config.mixture.candidates
    mixture = dataclasses.replace(
        config.mixture, scans=scans, traces=0, inks=0, characters=0, doodles=0
    )
    return dataclasses.replace(config, mixture=mixture)
