"""The folder of a run: what it was begun with, its checkpoints, and its metrics."""

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from digitpad.errors import RunError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

KERAS_MODEL = "model.keras"  # the finished network, without its optimizer
METRICS = "metrics.jsonl"  # a line for each epoch
CALIBRATION = "calibration.json"
KEPT = 2  # checkpoints: the newest may be the one a crash damaged

Figures = dict[str, float]


def claim(run: Path, config: "DataclassInstance") -> None:
    """Make `run` the folder of a run with these options, or check that it is.

    Raises RunError when it belongs to another one, holds something else, or cannot be made.
    """
    wanted = _options(config)
    path = run / "config.json"
    if not path.exists():
        try:
            if run.exists() and any(run.iterdir()):
                raise RunError(f"{run} is not empty and holds no run: name another folder")
            run.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"{run} cannot be the folder of a run: {error.strerror}") from error
        write_json(path, wanted)
        return
    found = {**_options(type(config)()), **read_json(path)}  # an older run lacks newer options
    if found != wanted:
        differing = [k for k in wanted if found.get(k) != wanted[k]]
        raise RunError(f"{run} was begun with other options ({', '.join(differing)})")


def restore(run: Path) -> tuple[keras.Model, int] | None:
    """Return the newest sound checkpoint and its number of epochs; None if there is none."""
    for path in sorted((run / "checkpoints").glob("epoch-*.keras"), reverse=True):
        try:
            return keras.saving.load_model(path), int(path.stem.removeprefix("epoch-"))
        except Exception as error:  # a damaged file fails in many ways; the one before may do
            print(f"passing over the damaged checkpoint {path.name}: {error}")
    return None


def begin_after(model: keras.Model, after: str) -> keras.Model:
    """Give a new model the weights of the newest checkpoint of the run `after`, if it names one.

    Raises RunError if that has none.
    """
    if after:
        found = restore(Path(after))
        if found is None:
            raise RunError(f"{after}: expected a run with a checkpoint to go on from")
        model.set_weights(found[0].get_weights())
    return model


def checkpoint(run: Path, model: keras.Model, epoch: int) -> None:
    """Keep the model after so many epochs, and the KEPT newest checkpoints in all."""
    folder = run / "checkpoints"
    folder.mkdir(exist_ok=True)
    save(model, folder / f"epoch-{epoch:04}.keras")
    for old in sorted(folder.glob("epoch-*.keras"))[:-KEPT]:
        old.unlink()


def drop_anew(model: keras.Model, seed: int, epoch: int) -> None:
    """Have dropout follow from seed and epoch: a checkpoint does not keep where it was."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign([seed, epoch])


def save(model: keras.Model, path: Path) -> None:
    """Write a model, whole or not at all."""
    partial = path.with_name("partial-" + path.name)
    model.save(partial)
    os.replace(partial, path)


def keep_lines(run: Path, count: int) -> None:
    """Drop the metrics of epochs whose checkpoint was not written any more."""
    path = run / METRICS
    lines = path.read_text("utf-8").splitlines(keepends=True)[:count] if path.exists() else []
    path.write_text("".join(lines), "utf-8")


def add_line(run: Path, epoch: int, figures: Figures) -> None:
    """Add the metrics of an epoch, counted from 1."""
    with (run / METRICS).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"epoch": epoch, **figures}) + "\n")


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


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write one of a run's JSON files."""
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


def open_tensorboard(run: Path) -> Callable[[int, Figures], None]:
    """Begin `RUN/tensorboard` anew with the epochs there are; return what adds one to it."""
    import tensorboard  # noqa: F401, PLC0415 - TensorFlow's summaries need it, and do not bring it
    import tensorflow  # noqa: PLC0415 - only when asked for

    shutil.rmtree(run / "tensorboard", ignore_errors=True)
    writer = tensorflow.summary.create_file_writer(str(run / "tensorboard"))

    def write(epoch: int, logs: Figures) -> None:
        with writer.as_default(step=epoch):
            for name, value in logs.items():
                tensorflow.summary.scalar(name, value)
        writer.flush()

    for line in (run / METRICS).read_text("utf-8").splitlines():  # before a resumption
        logs = json.loads(line)
        write(logs.pop("epoch"), logs)
    return write


def _options(config: "DataclassInstance") -> dict[str, Any]:
    """Return the options as JSON gives them back."""
    options: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(config)))
    return options
