"""A further network in a model's folder, beside that of the digits."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from digitpad.errors import RunError
from digitpad.network.manifest import Manifest
from digitpad.train.fit.run import read_json
from digitpad.train.release.export import commit


def trained(run: Path, file: str) -> keras.Model:
    """Return the network that a finished run wrote as `file`; raises RunError if there is none."""
    if not (run / file).exists():
        raise RunError(f"{run} holds no {file}: it is not finished, train it again")
    return keras.saving.load_model(run / file)


def add_network(
    run: Path,
    model: Path,
    names: tuple[str, str],
    network: bytes,
    entry: dict[str, Any],
    training: dict[str, Any],
    check: Callable[[Path], None],
) -> None:
    """Add a network to the folder of a model, in place of one there.

    `names` are those of its file and of its manifest; `entry` and `training` are what that says
    beside how the run was begun. `check` gets a folder with both and raises RunError if the network
    is not what it should be; then nothing changes. Raises ModelError if `model` is none.
    """
    Manifest.load(model)
    file, manifest = names
    fields = {
        "sha256": hashlib.sha256(network).hexdigest(),
        **entry,
        "training": {**training, "config": read_json(run / "config.json"), "commit": commit()},
    }
    with tempfile.TemporaryDirectory(dir=model) as folder:
        partial = Path(folder)
        (partial / file).write_bytes(network)
        (partial / manifest).write_text(json.dumps(fields, indent=2) + "\n", "utf-8")
        check(partial)
        for written in names:
            (partial / written).replace(model / written)
