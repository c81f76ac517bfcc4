"""The prepared file: what is saved is read again, and one line for what is wrong with it."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitpad import DataError
from digitpad.train.sources import unipen
from digitpad.train.sources.unipen import read_drawings, save_drawings
from tests.train import small
from tests.train.small import failure, same


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    odd = dataclasses.replace(small.drawings()[0], label='\\"', writer="apb/Ünal", category="1d")
    drawings = [*reversed(small.drawings()), odd]
    path = tmp_path / "new" / "folder" / "unipen.npz"
    for wanted in (drawings, small.drawings(), drawings[:1]):
        save_drawings(wanted, path)
        same(read_drawings(path), wanted)
    assert [p.name for p in path.parent.iterdir()] == ["unipen.npz"]


def test_a_file_that_cannot_be_written_or_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    text = failure(save_drawings, small.drawings(), tmp_path / "file" / "unipen.npz")
    assert "cannot be written" in text
    text = failure(read_drawings, tmp_path / "unipen.npz")
    assert text == f"{tmp_path / 'unipen.npz'} is missing ({unipen.AGAIN})"
    assert "is damaged" in failure(read_drawings, tmp_path)


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "unipen.npz"
    save_drawings(small.drawings()[:40], path)
    content = path.read_bytes()
    for kept in (0, 10, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:kept])
        assert failure(read_drawings, path).startswith(f"{path} is damaged: ")
    for at in range(0, len(content), len(content) // 60):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x7F]) + content[at + 1 :])
        try:
            assert len(read_drawings(path)) == 40  # a bit in a date may harm nothing
        except DataError as error:
            assert str(error).startswith(f"{path} is damaged: ")  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017


def fields(path: Path) -> dict[str, npt.NDArray[Any]]:
    save_drawings(small.drawings()[:3], path)
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


@pytest.mark.parametrize("name", ["format", "points", "label", "strokes_of_drawing"])
def test_a_file_that_lacks_something_is_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / "unipen.npz"
    saved = fields(path)
    del saved[name]
    np.savez(path, **saved)  # type: ignore[arg-type]
    assert failure(read_drawings, path).startswith(f"{path} is damaged: ")


def test_a_file_of_another_format_says_how_to_make_it_again(tmp_path: Path) -> None:
    path = tmp_path / "unipen.npz"
    np.savez(path, **(fields(path) | {"format": np.array(0)}))  # type: ignore[arg-type]
    assert failure(read_drawings, path) == (
        f"{path} is of format 0, expected {unipen.FORMAT} ({unipen.AGAIN})"
    )
