"""Training: a run is a folder that says how it was made and from which it can go on."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import keras
import numpy as np
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from digitpad.errors import RunError
from digitpad.labels import LABELS
from digitpad.train.fit.config import TrainConfig
from digitpad.train.fit.curves import learning_curves
from digitpad.train.fit.network import build_network, load_network
from digitpad.train.fit.run import (
    CALIBRATION,
    KERAS_MODEL,
    METRICS,
    Figures,
    add_line,
    checkpoint,
    claim,
    drop_anew,
    keep_lines,
    open_tensorboard,
    restore,
    save,
    write_json,
)
from digitpad.train.fit.validation import Validation
from digitpad.train.samples.corpus import Corpus, Part, join, leave_out
from digitpad.train.samples.epoch import Epoch, Mixture

AHEAD = 6  # batches prepared while the network learns

T = TypeVar("T")


def train(
    run: Path,
    config: TrainConfig,
    corpus: Corpus,
    tensorboard: bool = False,
    corrections: Part | None = None,
) -> None:
    """Train a network into the folder `run`, or go on where a killed run of it stopped.

    `corrections` are learned from beside the corpus, and `config.corrections` is their hash. The
    same configuration on the same machine ends with the same weights, bit for bit, however often it
    was interrupted. Writes `config.json`, `metrics.jsonl` (a line an epoch), `checkpoints/`,
    `model.keras`, `calibration.json` (unless it learns from everything) and `figures/`. Raises
    RunError if `run` belongs to another configuration, or has nothing to learn from.
    """
    claim(run, config)
    if (run / KERAS_MODEL).exists():
        return
    keras.utils.set_random_seed(config.seed)
    _make_deterministic()
    used = _gather(run, config, corpus, corrections)
    validation = (
        None
        if config.everything
        else Validation(leave_out(corpus["validation"], config.mixture.without))
    )
    model = _learn(run, config, used, validation, tensorboard)
    if validation is not None:
        found = validation.calibration(model, config.numbers, config.seed)
        write_json(run / CALIBRATION, found)
    learning_curves(run / METRICS, run / "figures" / "learning.png")
    save(keras.Model(model.input, model.output), run / KERAS_MODEL)  # without its optimizer


def _gather(run: Path, config: TrainConfig, corpus: Corpus, corrections: Part | None) -> Part:
    """Return all that is learned from; raises RunError when the mixture asks for what is not."""
    used = corpus["train"]
    if config.everything:
        used = join(used, corpus["validation"])
    if corrections is not None:
        used = join(used, corrections)
    _check_ink(run, config.mixture, used, corpus["validation"])
    if config.mixture.images < config.batch:
        raise RunError(f"{run}: an epoch has too few images for batches of {config.batch}")
    return used


def _learn(
    run: Path, config: TrainConfig, used: Part, validation: Validation | None, tensorboard: bool
) -> keras.Model:
    """Train the epochs that are left, keep each, and return the model."""
    steps = config.mixture.images // config.batch
    model, done = restore(run) or (_begin(config, steps), 0)
    _make_variables(model)
    keep_lines(run, done)
    boards = open_tensorboard(run) if tensorboard else None
    for number in range(done, config.epochs):
        epoch = Epoch(used, config.mixture, config.seed, number, config.batch)
        drop_anew(model, config.seed, number)
        figures = _train_epoch(model, epoch, f"epoch {number + 1}/{config.epochs}")
        if validation is not None:
            figures |= validation.figures(model)
        add_line(run, number + 1, figures)
        if boards:
            boards(number + 1, figures)
        checkpoint(run, model, number + 1)
    return model


def _check_ink(run: Path, mixture: Mixture, used: Part, validation: Part) -> None:
    known = {
        name
        for part in (used, validation)
        for sample in part.inks + part.negatives
        for name in (sample.source, sample.writer)
    }
    if unknown := sorted(set(mixture.without) - known):
        raise RunError(f"{run}: there is no ink of {', '.join(unknown)} to leave out")
    left = leave_out(used, mixture.without)
    if (mixture.inks and not left.inks) or (mixture.characters and not left.negatives):
        raise RunError(f"{run}: there is no ink to learn from")


def _train_epoch(model: keras.Model, epoch: Epoch, title: str) -> Figures:
    loss, right = 0.0, 0.0
    started = time.monotonic()
    with _progress() as progress:
        task = progress.add_task(title, total=epoch.steps, says="")
        for step, (x, y) in enumerate(prefetch(epoch, epoch.steps)):
            logs = model.train_on_batch(x, y, return_dict=True)
            loss += (float(logs["loss"]) - loss) / (step + 1)
            right += (float(logs["accuracy"]) - right) / (step + 1)
            speed = (step + 1) * len(y) / (time.monotonic() - started)
            says = f"loss {loss:.4f}  acc {right:.2%}  {speed:,.0f} images/s"
            progress.update(task, advance=1, says=says)
    return {"loss": loss, "accuracy": right, "images_per_s": round(speed, 1)}


def prefetch(make: Callable[[int], T], count: int) -> Iterator[T]:
    """Yield make(0), …, make(count - 1) in order, made by two threads a little ahead of use."""
    with ThreadPoolExecutor(2) as pool:
        pending = deque(pool.submit(make, i) for i in range(min(AHEAD, count)))
        for i in range(count):
            result = pending.popleft().result()
            if i + AHEAD < count:
                pending.append(pool.submit(make, i + AHEAD))
            yield result


def schedule(config: TrainConfig, steps: int) -> keras.optimizers.schedules.CosineDecay:
    """Return the learning rate at each step, for epochs of `steps` batches."""
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, steps * (config.epochs - 1)),
        warmup_target=config.learning_rate,
        warmup_steps=steps,
    )


def _begin(config: TrainConfig, steps: int) -> keras.Model:
    model = _compiled(config, steps)
    if config.after:
        path = Path(config.after) / KERAS_MODEL
        try:
            model.set_weights(load_network(path).get_weights())
        except Exception as error:  # Keras raises many kinds
            raise RunError(f"{path}: expected a network like this run's: {error}") from error
    return model


def _compiled(config: TrainConfig, steps: int) -> keras.Model:
    model = build_network(len(LABELS), config.widths)
    model.compile(
        keras.optimizers.AdamW(schedule(config, steps), weight_decay=config.weight_decay),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _make_variables(model: keras.Model) -> None:
    """Make what the first step would; Keras traces a step once more if that made variables."""
    model.optimizer.build(model.trainable_variables)
    images, labels = np.zeros((1, *model.input_shape[1:]), np.float32), np.zeros(1, np.uint8)
    model.compute_metrics(images, labels, model(images))
    model.reset_metrics()


def _make_deterministic() -> None:
    if keras.backend.backend() == "tensorflow":
        import tensorflow  # noqa: PLC0415 - KERAS_BACKEND may name another

        tensorflow.config.experimental.enable_op_determinism()


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[says]}"),
        TimeRemainingColumn(),
    )
