"""What is done of a table, beside it: a folder of parts, each written whole or not at all.

A part is lines of JSON, whatever the table will be. Its name has its number and a hash of its
items' ids, so that a run that goes on finds what is done, and notices when the sources are others.
Parts are written in their order. The table is made of them at the end, and they go.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from digitpad.errors import Conflict, InvalidInput

PLAN = ".plan.json"  # what the parts are of; hidden, since a folder of them may be a source
LOCK = ".lock"
ENDING = ".jsonl"
AGAIN = "remove that folder to begin again"


class Parts:
    """The parts of a table, of which one process at a time may write; see `opened`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._done = sorted(path.name for path in folder.glob(f"*{ENDING}"))

    def __len__(self) -> int:
        return len(self._done)

    def check(self, number: int, ids: "Ids") -> None:
        """Raise Conflict unless a part that is done is there, and of these items."""
        if self._done[number : number + 1] != [_name(number, ids)]:
            raise Conflict(f"the sources have changed since {self._folder} was begun: {AGAIN}")

    def write(self, number: int, ids: "Ids", lines: bytes) -> None:
        """Keep a part for good."""
        name = _name(number, ids)
        with replacing(self._folder / name) as file:
            file.write(lines)
        self._done.append(name)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of all parts."""
        for name in self._done:
            with (self._folder / name).open("rb") as file:
                yield from map(json.loads, file)


class Ids:
    """A hash of items' ids, one after the other."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0

    def add(self, name: str) -> None:
        """Take another id."""
        self._hash.update(name.encode("utf-8", "surrogateescape") + b"\0")
        self.count += 1

    def __str__(self) -> str:
        return self._hash.hexdigest()[:16]


@contextmanager
def opened(folder: Path, plan: dict[str, Any]) -> Iterator[Parts]:
    """Open or make a folder of parts as `kept` does; it is removed at the end, parts first."""
    with kept(folder, plan):
        yield Parts(folder)
        for path in folder.glob(f"*{ENDING}"):
            path.unlink()
        shutil.rmtree(folder)


@contextmanager
def kept(folder: Path, plan: dict[str, Any]) -> Iterator[None]:
    """Open or make a folder of what follows a plan, for one run at a time.

    Raises Conflict where another run writes there, or the plan was another; InvalidInput where it
    cannot be written.
    """
    try:
        folder.mkdir(exist_ok=True, parents=True)
        with (folder / LOCK).open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(f"another run writes to {folder}") from error
            _follow(folder / PLAN, plan)
            yield
    except OSError as error:
        raise InvalidInput(f"cannot write to {folder}: {error.strerror or error}") from error


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that is at `path`, in place of what was there, when all of it is on the disk."""
    new = path.with_name(f".{path.name.lstrip('.')}.new")
    try:
        with new.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # its name is on the disk, too
    finally:
        os.close(folder)


def _follow(path: Path, plan: dict[str, Any]) -> None:
    """Keep the plan, or compare it with the one that is kept."""
    if not path.exists():
        with replacing(path) as file:
            file.write(json.dumps(plan, indent=2).encode() + b"\n")
        return
    begun = json.loads(path.read_bytes())
    for name, wanted in plan.items():
        if (found := begun.get(name)) != wanted:
            raise Conflict(
                f"{path.parent} was begun with other {name}: "
                f"expected {_short(found)}, found {_short(wanted)}; {AGAIN}"
            )


def _short(value: Any) -> str:
    said = json.dumps(value)
    return said if len(said) <= 100 else f"{said[:97]}..."


def _name(number: int, ids: Ids) -> str:
    return f"{number:08}-{ids}{ENDING}"
