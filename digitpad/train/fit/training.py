"""Training: a run is a folder that says how it was made and from which it can go on."""

import dataclasses
import json
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
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.network.posteriors import scale, softmax
from digitpad.train.fit.calibrate import calibrate
from digitpad.train.fit.network import WIDTHS, build_network
from digitpad.train.fit.paths import learn_segmentation
from digitpad.train.fit.runs import (
    checkpoint,
    claim,
    drop_anew,
    keep_lines,
    restore,
    save,
    write_json,
)
from digitpad.train.measure.figures import learning_curves
from digitpad.train.samples.corpus import Epoch, Mixture, Part, join, leave_out, load_corpus, to_ink

LABELS = (*"0123456789", "not a digit")
AHEAD = 6  # batches prepared while the network learns

Labels = npt.NDArray[np.uint8]
T = TypeVar("T")


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
    "record": TrainConfig(  # MNIST alone, see record.py
        epochs=60,
        widths=(48, 96, 160, 320),
        everything=True,
        mixture=Mixture(scans=60_000, traces=0, inks=0, characters=0, doodles=0, candidates=0),
    ),
}


def without_ink(config: TrainConfig) -> TrainConfig:
    """Return the same options for epochs as long of MNIST's scans alone, and of numbers of them."""
    scans = config.mixture.images - config.mixture.candidates
    mixture = dataclasses.replace(
        config.mixture, scans=scans, traces=0, inks=0, characters=0, doodles=0
    )
    return dataclasses.replace(config, mixture=mixture)


def train(
    run: Path,
    config: TrainConfig,
    data: Path,
    unipen: Path | None,
    tensorboard: bool = False,
    corrections: Part | None = None,
) -> None:
    """Train a network into the folder `run`, or go on where a killed run of it stopped.

    `data` holds MNIST, `unipen` is the prepared ink, None to learn from scans alone; `corrections`
    are learned from too, and `config.corrections` is their hash. The same configuration on the same
    machine ends with the same weights, bit for bit, however often it was interrupted. Writes
    `config.json`, `metrics.jsonl` (a line an epoch), `checkpoints/`, `model.keras`,
    `calibration.json` (unless it learns from everything) and `figures/`. Raises DataError, or
    RunError if `run` belongs to another configuration.
    """
    claim(run, _options(config), _options(TrainConfig()))
    if (run / "model.keras").exists():
        return
    keras.utils.set_random_seed(config.seed)
    _make_deterministic()
    corpus = load_corpus(data, unipen)
    used = join(corpus["train"], corpus["validation"]) if config.everything else corpus["train"]
    if corrections is not None:
        used = join(used, corrections)
    _check_ink(run, config.mixture, used, corpus["validation"])
    validation = (
        None if config.everything else leave_out(corpus["validation"], config.mixture.without)
    )
    steps = config.mixture.images // config.batch
    if not steps:
        raise RunError(f"{run}: an epoch has too few images for batches of {config.batch}")
    model, done = restore(run) or (_begin(config, steps), 0)
    keep_lines(run / "metrics.jsonl", done)
    boards = _tensorboard(run) if tensorboard else None
    for number in range(done, config.epochs):
        epoch = Epoch(used, config.mixture, config.seed, number, config.batch)
        drop_anew(model, config.seed, number)
        logs = _train_epoch(model, epoch, f"epoch {number + 1}/{config.epochs}")
        if validation is not None:
            logs |= _validate(model, validation)[0]
        with (run / "metrics.jsonl").open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"epoch": number + 1, **logs}) + "\n")
        if boards:
            boards(number + 1, logs)
        checkpoint(run, model, number + 1)
    if validation is not None:
        write_json(run / "calibration.json", _calibration(model, validation, config))
    learning_curves(run / "metrics.jsonl", run / "figures" / "learning.png")
    save(keras.Model(model.input, model.output), run / "model.keras")  # without its optimizer


def _check_ink(run: Path, mixture: Mixture, used: Part, validation: Part) -> None:
    known = {
        name
        for part in (used, validation)
        for d in part.inks + part.negatives
        for name in (d.source, d.writer)
    }
    if unknown := sorted(set(mixture.without) - known):
        raise RunError(f"{run}: there is no ink of {', '.join(unknown)} to leave out")
    left = leave_out(used, mixture.without)
    if (mixture.inks and not left.inks) or (mixture.characters and not left.negatives):
        raise RunError(f"{run}: there is no ink to learn from")


def _validate(model: keras.Model, part: Part) -> tuple[dict[str, float], dict[str, float]]:
    """Return the figures of an epoch and the calibration, both on held-out writers."""
    scans, inks, negatives = (
        predict_logits(model, inputs)
        for inputs in (
            see_rasters(part.scans),
            see_inks([to_ink(d) for d in part.inks]),
            see_inks([to_ink(d) for d in part.negatives]),
        )
    )
    writers = [drawing.writer for drawing in part.inks]
    calibration = calibrate((scans, part.scan_labels), (inks, part.ink_labels), writers, negatives)
    digits = np.concatenate([scans, inks])
    labels = np.concatenate([part.scan_labels, part.ink_labels])
    likelihood = softmax(digits)[np.arange(len(labels)), labels]
    figures = {
        "val_loss": float(-np.log(np.maximum(likelihood, 1e-12)).mean()),
        "val_accuracy": float((digits[:, :10].argmax(axis=1) == labels).mean()),
    }
    if len(inks):
        right = inks[:, :10].argmax(axis=1) == part.ink_labels
        figures["val_ink_accuracy"] = float(right.mean())
    return figures, calibration


def _calibration(model: keras.Model, part: Part, config: TrainConfig) -> dict[str, Any]:
    calibration = _validate(model, part)[1]
    temperature, rejection = calibration["temperature"], calibration["rejection"]

    def network(inputs: Inputs) -> npt.NDArray[np.float32]:
        return softmax(scale(predict_logits(model, inputs), temperature, rejection))

    return {
        **calibration,
        "segmentation": learn_segmentation(network, part, config.numbers, config.seed),
    }


def predict_logits(model: keras.Model, inputs: Inputs) -> npt.NDArray[np.float32]:
    """Return the network's logits (n, labels) for inputs (n, 28, 28, CHANNELS)."""
    if not len(inputs):  # which Keras refuses
        return np.empty((0, *model.output_shape[1:]), np.float32)
    return np.asarray(model.predict(inputs, batch_size=500, verbose=0))


def _train_epoch(model: keras.Model, epoch: Epoch, title: str) -> dict[str, float]:
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
        path = Path(config.after) / "model.keras"
        try:
            model.set_weights(load_network(path).get_weights())
        except Exception as error:  # Keras raises many kinds
            raise RunError(f"{path}: expected a network like this run's: {error}") from error
    return model


def load_network(path: Path) -> keras.Model:
    """Return the network that a run keeps."""
    return keras.saving.load_model(path)


def _compiled(config: TrainConfig, steps: int) -> keras.Model:
    model = build_network(len(LABELS), config.widths)
    model.compile(
        keras.optimizers.AdamW(schedule(config, steps), weight_decay=config.weight_decay),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _make_deterministic() -> None:
    if keras.backend.backend() == "tensorflow":
        import tensorflow  # noqa: PLC0415 - KERAS_BACKEND may name another

        tensorflow.config.experimental.enable_op_determinism()


def _options(config: TrainConfig) -> dict[str, Any]:
    """Return the options as JSON gives them back."""
    options: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(config)))
    return options


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
