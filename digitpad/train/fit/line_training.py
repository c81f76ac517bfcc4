"""Training of the line network, on lines that are made as it goes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from digitpad.train.fit.line_batches import Batch, make_batches, pack
from digitpad.train.fit.line_calibration import calibrate_line
from digitpad.train.fit.line_network import box_loss, build_line_network, cell_loss, token_loss
from digitpad.train.fit.run import (
    CALIBRATION,
    add_line,
    begin_after,
    checkpoint,
    claim,
    drop_anew,
    keep_lines,
    restore,
    save,
    write_json,
)
from digitpad.train.samples.lines import ANY, Look, Recipe, make_line
from digitpad.train.samples.people import People, load_people

VALIDATION = 1_024  # lines of validation writers that are read after each epoch
VALIDATION_SEED = 0  # of those; the lines of training writers have the run's, from 1
WEIGHTS = {"logits": 1.0, "boxes": 1.0, "cells": 1.0}  # of the losses


@dataclass(frozen=True)
class LineConfig:
    """Everything that decides a run's weights."""

    epochs: int = 300
    steps: int = 320  # batches in an epoch: after each there is a checkpoint
    batch: int = 32
    learning_rate: float = 1.5e-3  # the highest, after WARM_UP steps; then a cosine
    warm_up: int = 500  # steps
    weight_decay: float = 1e-2
    look: Look | None = None  # "ink" or "paper" for lines of that look alone
    after: str = ""  # the run whose newest network it begins with; "" for a new one
    seed: int = 1

    def __post_init__(self) -> None:
        if self.seed == VALIDATION_SEED:
            raise ValueError(f"seed {VALIDATION_SEED} is that of the validation lines")

    @property
    def lines(self) -> int:
        """How many lines the network sees, each once."""
        return self.epochs * self.steps * self.batch


LINE_PROFILES = {
    "full": LineConfig(),  # three million lines
    "quick": LineConfig(epochs=14),
}


def train_line(run: Path, config: LineConfig, data: Path, unipen: Path) -> None:
    """Train a line network into the folder `run`, or go on where a killed run of it stopped.

    `data` holds MNIST and its writers, `unipen` is the prepared ink. Writes `config.json`, a line
    an epoch in `metrics.jsonl`, `checkpoints/`, `calibration.json` and `line.keras`. Raises
    DataError, or RunError if `run` belongs to another configuration.
    """
    claim(run, config)
    if (run / "line.keras").exists():
        return
    keras.utils.set_random_seed(config.seed)
    model, done = restore(run) or (begin_after(_compiled(config), config.after), 0)
    keep_lines(run, done)
    recipe = Recipe(look=config.look)
    validation = validation_batches(load_people(data, unipen)["validation"], recipe)
    first = done * config.steps
    batches = make_batches(data, unipen, recipe, config.seed, config.batch, first)
    for epoch in range(done, config.epochs):
        drop_anew(model, config.seed, epoch)
        started = time.monotonic()
        logs = _train_epoch(model, islice(batches, config.steps))
        seconds = time.monotonic() - started
        logs |= validate(model, validation)
        logs["lines_per_s"] = round(config.steps * config.batch / seconds, 1)
        print(f"epoch {epoch + 1}/{config.epochs}: {logs}", flush=True)
        add_line(run, epoch + 1, logs)
        checkpoint(run, model, epoch + 1)
    write_json(run / CALIBRATION, calibrate_line(model, validation))
    save(keras.Model(model.input, model.output, name="line"), run / "line.keras")


def validation_batches(
    people: People, recipe: Recipe = ANY, count: int = VALIDATION, size: int = 64
) -> list[Batch]:
    """Return `count` lines of these people as batches, always the same."""
    lines = [make_line(people, VALIDATION_SEED, index, recipe) for index in range(count)]
    lines.sort(key=lambda made: made.line.shape[1])
    return [pack(lines[start : start + size]) for start in range(0, count, size)]


def validate(model: keras.Model, batches: Sequence[Batch]) -> dict[str, float]:
    """Return the share of lines that greedy decoding reads exactly, and of tokens it mistakes."""
    right = wrong = tokens = lines = 0
    for batch in batches:
        found = model.predict_on_batch(batch.line)["logits"]
        for row, wanted in zip(found, batch.tokens, strict=True):
            text, truth = greedy(row), wanted[wanted > 0].tolist()
            right += text == truth
            wrong += edit_distance(text, truth)
            tokens += len(truth)
            lines += 1
    return {"val_right": round(right / lines, 5), "val_error": round(wrong / max(tokens, 1), 5)}


def greedy(logits: npt.NDArray[np.floating]) -> list[int]:
    """Return the tokens of the likeliest alignment of logits (steps, labels): 0 is blank."""
    best = [0, *logits.argmax(axis=1).tolist()]
    return [token for before, token in pairwise(best) if token not in (0, before)]


def edit_distance(found: Sequence[int], wanted: Sequence[int]) -> int:
    """Return the fewest insertions, deletions and changes between the two (Levenshtein, 1966)."""
    row = list(range(len(wanted) + 1))
    for place, token in enumerate(found, start=1):
        before, row[0] = row[0], place
        for column, other in enumerate(wanted, start=1):
            change = before + (token != other)
            before = row[column]
            row[column] = min(change, row[column] + 1, row[column - 1] + 1)
    return row[-1]


def _compiled(config: LineConfig) -> keras.Model:
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, config.epochs * config.steps - config.warm_up),
        warmup_target=config.learning_rate,
        warmup_steps=config.warm_up,
    )
    model = build_line_network()
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay, clipnorm=5.0),
        loss={"logits": token_loss, "boxes": box_loss, "cells": cell_loss},
        loss_weights=WEIGHTS,
        jit_compile=False,  # it would compile anew for each width
    )
    return model


def _train_epoch(model: keras.Model, batches: Iterator[Batch]) -> dict[str, float]:
    sums: dict[str, float] = {}
    count = 0
    for count, batch in enumerate(batches, start=1):  # noqa: B007 - counts
        logs = model.train_on_batch(batch.line, batch.targets, return_dict=True)
        model.reset_metrics()
        for name, value in logs.items():
            sums[name] = sums.get(name, 0.0) + float(value)
    return {name: round(value / count, 5) for name, value in sums.items()}
