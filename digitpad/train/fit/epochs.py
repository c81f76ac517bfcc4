"""The epochs of a run that learns from what is made for it, without end."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

import keras
import numpy as np

from digitpad.train.fit.run import Figures, add_line, checkpoint, drop_anew, keep_lines

Batch = TypeVar("Batch")


class Schedule(Protocol):
    """What of a run's options says how long and how fast it learns."""

    @property
    def epochs(self) -> int: ...
    @property
    def steps(self) -> int:
        """Batches in an epoch: after each epoch there is a checkpoint."""
        ...

    @property
    def batch(self) -> int:
        """Examples in a batch."""
        ...

    @property
    def learning_rate(self) -> float:
        """The highest, after `warm_up` steps; then a cosine."""
        ...

    @property
    def warm_up(self) -> int: ...
    @property
    def seed(self) -> int: ...


def cosine(config: Schedule) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return the learning rate of each step: up to the highest, then down to 0 as a cosine."""
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, config.epochs * config.steps - config.warm_up),
        warmup_target=config.learning_rate,
        warmup_steps=config.warm_up,
    )


def train_epochs(
    run: Path,
    config: Schedule,
    model: keras.Model,
    done: int,
    batches: Iterator[Batch],
    learn: Callable[[Batch], float],
    validate: Callable[[], Figures],
) -> None:
    """Train a model for the epochs that are left after so many `done`.

    `learn` takes a batch and returns the loss; `validate` measures the model after each epoch. The
    run's folder gets a line of figures and a checkpoint of each.
    """
    keep_lines(run, done)
    for epoch in range(done, config.epochs):
        drop_anew(model, config.seed, epoch)
        started = time.monotonic()
        losses = [learn(batch) for batch in islice(batches, config.steps)]
        seconds = time.monotonic() - started
        logs = {"loss": round(float(np.mean(losses)), 5), **validate()}
        logs["examples_per_s"] = round(config.steps * config.batch / seconds, 1)
        print(f"epoch {epoch + 1}/{config.epochs}: {logs}", flush=True)
        add_line(run, epoch + 1, logs)
        checkpoint(run, model, epoch + 1)
