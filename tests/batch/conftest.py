"""Pictures of digits in a folder, and reading in this process where that is enough."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from digitpad.batch import processes, run
from digitpad.batch.work import Rows, Work
from tests.drawings import DIGITS, render

SIDE = 40  # px


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """A folder with ten pictures, a file that is none, and ink."""
    folder = tmp_path / "scans"
    (folder / "more").mkdir(parents=True)
    for label, ink in enumerate(DIGITS):
        picture = render(ink, size=(SIDE, SIDE), length=26, at=(7, 7), pen=3)
        picture.save(folder / f"{label}.png")
    (folder / "more/text.png").write_text("this is no picture")
    (folder / "more/.hidden").write_text("nor this")
    return folder


class Killed(BaseException):
    """What ends a run at once."""


@pytest.fixture
def end_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return what lets a run end, from now on, after so many writes."""
    sync, left = os.fsync, 0

    def fsync(file: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        sync(file)

    def end_after(writes: int) -> None:
        nonlocal left
        left = writes
        monkeypatch.setattr(os, "fsync", fsync)

    return end_after


work = cache(Work)


class Here(processes.Processes):
    """Reads in this process, in chunks all the same."""

    def _start(self) -> None:
        self._work = work(*self._told)

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, chunks: Iterable[processes.Chunk]) -> Iterator[tuple[processes.Chunk, Rows]]:
        for chunk in chunks:
            yield chunk, self._work(chunk)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parts, that are read in this process."""
    monkeypatch.setattr(run, "Processes", Here)
    monkeypatch.setattr(run, "PART", 4)
    monkeypatch.setattr(run, "CHUNK", 3)
