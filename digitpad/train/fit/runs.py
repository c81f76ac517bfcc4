"""A run is a folder that says how it was made, and from which it can go on."""

import json
import os
from pathlib import Path
from typing import Any

import keras

from digitpad.errors import RunError

KEPT = 2  # checkpoints: the newest may be the one a crash damaged


def claim(run: Path, wanted: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Make `run` the folder of a run with these options, or check that it is.

    Both are as JSON gives them back; `defaults` stands for what an older run lacks. Raises RunError
    if the folder holds something else, or a run with other options.
    """
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
    found = {**defaults, **read_json(path)}
    if found != wanted:
        differing = [name for name in wanted if found.get(name) != wanted[name]]
        raise RunError(f"{run} was begun with other options ({', '.join(differing)})")


def restore(run: Path) -> tuple[keras.Model, int] | None:
    """Return the newest checkpoint that can be loaded, and after which epoch it was written."""
    for path in sorted((run / "checkpoints").glob("epoch-*.keras"), reverse=True):
        try:
            return keras.saving.load_model(path), int(path.stem.removeprefix("epoch-"))
        except Exception as error:  # a damaged file fails in many ways; the one before may do
            print(f"passing over the damaged checkpoint {path.name}: {error}")
    return None


def checkpoint(run: Path, model: keras.Model, epoch: int) -> None:
    """Keep the model as it is after `epoch` epochs, and of the older ones all but the newest."""
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


def keep_lines(path: Path, count: int) -> None:
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


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write what a run keeps in one of its JSON files."""
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
