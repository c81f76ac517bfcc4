"""The folder of a model is replaced whole, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitpad.errors import RunError
from digitpad.network.manifest import MANIFEST
from digitpad.train.measure.evaluate import OPENINGS


@contextmanager
def new_model(out: Path) -> Iterator[Path]:
    """Yield an empty folder, which takes the place of `out` when the block ends without an error.

    The log of openings of the test split stays. Raises RunError when `out` holds something else.
    """
    if out.exists() and not (out / MANIFEST).exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError(f"{out} is not empty and holds no model: name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        folder = Path(name) / "model"
        folder.mkdir()
        yield folder
        if (out / OPENINGS).exists():
            shutil.copy(out / OPENINGS, folder)
        replace(folder, out)


def replace(folder: Path, out: Path) -> None:
    """Move a folder to where another one may be, which comes back if that fails."""
    old = folder.with_name("old")
    if out.exists():
        os.replace(out, old)
    try:
        os.replace(folder, out)
    except OSError:
        if old.exists():
            os.replace(old, out)
        raise
