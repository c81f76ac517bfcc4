"""Training: a run is a folder that says how it was made and from which it can go on."""

import dataclasses
import json
import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np
import numpy.typing as npt
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from digitpad.errors import RunError
from digitpad.raster import Rasters
from digitpad.reader import softmax
from digitpad.train.augment import Distorter, Distortion
from digitpad.train.calibrate import calibrate
from digitpad.train.data import load_mnist
from digitpad.train.figures import learning_curves
from digitpad.train.network import WIDTHS, build_network

LABELS = tuple("0123456789")
KEPT = 2  # checkpoints: the newest may be the one a crash damaged
AHEAD = 6  # batches prepared while the network learns

Labels = npt.NDArray[np.uint8]
T = TypeVar("T")


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run's weights."""

    epochs: int = 16
    batch: int = 128
    learning_rate: float = 3e-3  # the highest, after one epoch of linear warm-up; then a cosine
    weight_decay: float = 1e-2
    validation: int = 6000  # of the 60,000 training images; 0 trains on all of them
    seed: int = 1
    widths: tuple[int, int, int] = WIDTHS
    distortion: Distortion = field(default_factory=Distortion)


PROFILES = {
    "full": TrainConfig(),
    "quick": TrainConfig(
        epochs=5, distortion=Distortion(rotation=8, slant=0.15, scale=0.1, shift=1, elastic=1)
    ),
}


def train(run: Path, config: TrainConfig, data: Path, tensorboard: bool = False) -> None:
    """Train a network into the folder `run`, or go on where a killed run of it stopped.

    The same configuration on the same machine ends with the same weights, bit for bit, however
    often it was interrupted. Writes `config.json`, `metrics.jsonl` (a line an epoch),
    `checkpoints/`, `model.keras`, `calibration.json` (if validation images are held out) and
    `figures/`. Raises DataError, or RunError if `run` belongs to another configuration.
    """
    _claim(run, config)
    if (run / "model.keras").exists():
        return
    keras.utils.set_random_seed(config.seed)
    _make_deterministic()
    images, labels = load_mnist(data, "train")
    order = np.random.default_rng(config.seed).permutation(len(images))
    held_out, used = order[: config.validation], order[config.validation :]
    if len(used) < config.batch:
        raise RunError(f"{run}: {len(used)} images are too few for batches of {config.batch}")
    rasters = images.astype(np.float32) / np.float32(255)
    model, done = _restore(run) or (_compiled(config, len(used) // config.batch), 0)
    _keep_lines(run / "metrics.jsonl", done)
    boards = _tensorboard(run) if tensorboard else None
    for epoch in range(done, config.epochs):
        logs = _train_epoch(model, config, epoch, rasters[used], labels[used])
        if len(held_out):
            logits = predict_logits(model, rasters[held_out])
            logs |= _scores(logits, labels[held_out])
        with (run / "metrics.jsonl").open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"epoch": epoch + 1, **logs}) + "\n")
        if boards:
            boards(epoch + 1, logs)
        _checkpoint(run, model, epoch + 1)
    if len(held_out):
        logits = predict_logits(model, rasters[held_out])
        _write_json(run / "calibration.json", calibrate(logits, labels[held_out]))
    learning_curves(run / "metrics.jsonl", run / "figures" / "learning.png")
    _save(keras.Model(model.input, model.output), run / "model.keras")  # without its optimizer


def predict_logits(model: keras.Model, rasters: Rasters) -> npt.NDArray[np.float32]:
    """Return the network's logits (n, labels) for rasters (n, 28, 28)."""
    return np.asarray(model.predict(rasters[..., None], batch_size=500, verbose=0))


def _train_epoch(
    model: keras.Model, config: TrainConfig, epoch: int, rasters: Rasters, labels: Labels
) -> dict[str, float]:
    distort = Distorter(config.distortion, config.seed, epoch, len(rasters))
    order = np.random.default_rng([config.seed, epoch, 1]).permutation(len(rasters))
    steps = len(rasters) // config.batch
    chosen = order[: steps * config.batch].reshape(steps, config.batch)

    def batch(step: int) -> tuple[Rasters, Labels]:
        index = chosen[step]
        return distort(rasters[index], index)[..., None], labels[index]

    loss, right = 0.0, 0.0
    started = time.monotonic()
    with _progress() as progress:
        task = progress.add_task(f"epoch {epoch + 1}/{config.epochs}", total=steps, says="")
        for step, (x, y) in enumerate(prefetch(batch, steps)):
            logs = model.train_on_batch(x, y, return_dict=True)
            loss += (float(logs["loss"]) - loss) / (step + 1)
            right += (float(logs["accuracy"]) - right) / (step + 1)
            speed = (step + 1) * config.batch / (time.monotonic() - started)
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


def _compiled(config: TrainConfig, steps: int) -> keras.Model:
    model = build_network(len(LABELS), config.widths)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, steps * (config.epochs - 1)),
        warmup_target=config.learning_rate,
        warmup_steps=steps,
    )
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _scores(logits: npt.NDArray[np.float32], labels: Labels) -> dict[str, float]:
    likelihood = softmax(logits)[np.arange(len(labels)), labels]
    return {
        "val_loss": float(-np.log(np.maximum(likelihood, 1e-12)).mean()),
        "val_accuracy": float((logits.argmax(axis=1) == labels).mean()),
    }


def _make_deterministic() -> None:
    if keras.backend.backend() == "tensorflow":
        import tensorflow  # noqa: PLC0415 - KERAS_BACKEND may name another

        tensorflow.config.experimental.enable_op_determinism()


def _claim(run: Path, config: TrainConfig) -> None:
    wanted = json.loads(json.dumps(dataclasses.asdict(config)))
    path = run / "config.json"
    if not path.exists():
        try:
            if run.exists() and any(run.iterdir()):
                raise RunError(f"{run} is not empty and holds no run: name another folder")
            run.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"{run} cannot be the folder of a run: {error.strerror}") from error
        _write_json(path, wanted)
        return
    found = read_json(path)
    if found != wanted:
        differing = [k for k in wanted if found.get(k) != wanted[k]]
        raise RunError(f"{run} was begun with other options ({', '.join(differing)})")


def _restore(run: Path) -> tuple[keras.Model, int] | None:
    for path in sorted((run / "checkpoints").glob("epoch-*.keras"), reverse=True):
        try:
            return keras.saving.load_model(path), int(path.stem.removeprefix("epoch-"))
        except Exception as error:  # a damaged file fails in many ways; the one before may do
            print(f"passing over the damaged checkpoint {path.name}: {error}")
    return None


def _checkpoint(run: Path, model: keras.Model, epoch: int) -> None:
    folder = run / "checkpoints"
    folder.mkdir(exist_ok=True)
    _save(model, folder / f"epoch-{epoch:04}.keras")
    for old in sorted(folder.glob("epoch-*.keras"))[:-KEPT]:
        old.unlink()


def _save(model: keras.Model, path: Path) -> None:
    partial = path.with_name("partial-" + path.name)
    model.save(partial)
    os.replace(partial, path)


def _keep_lines(path: Path, count: int) -> None:
    """Drop the lines of epochs whose checkpoint was not written any more."""
    lines = path.read_text("utf-8").splitlines(keepends=True)[:count] if path.exists() else []
    path.write_text("".join(lines), "utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Return what a run keeps in one of its JSON files; raises RunError when it is damaged."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise RunError(f"{path} is damaged: {error}") from error
    if not isinstance(value, dict):
        raise RunError(f"{path} is damaged: expected a JSON object, found {value!r:.40}")
    return value


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


def _tensorboard(run: Path) -> Callable[[int, dict[str, float]], None]:
    import tensorboard  # noqa: F401, PLC0415 - TensorFlow's summaries need it, and do not bring it
    import tensorflow  # noqa: PLC0415 - only when asked for

    shutil.rmtree(run / "tensorboard", ignore_errors=True)
    writer = tensorflow.summary.create_file_writer(str(run / "tensorboard"))

    def write(epoch: int, logs: dict[str, float]) -> None:
        with writer.as_default(step=epoch):
            for name, value in logs.items():
                tensorflow.summary.scalar(name, value)
        writer.flush()

    for line in (run / "metrics.jsonl").read_text("utf-8").splitlines():  # before a resumption
        logs = json.loads(line)
        write(logs.pop("epoch"), logs)
    return write


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[says]}"),
        TimeRemainingColumn(),
    )
