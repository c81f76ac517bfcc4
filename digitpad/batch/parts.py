"""What is done of a table, beside it: a folder of parts, each written whole or not at all.

A part is lines of JSON, whatever the table will be. Its name has its number and a hash of its
items' ids, so that a run that goes on finds what is done, and notices when the sources are others.
Parts are written in their order. The table is made of them at the end, and they go.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from digitpad.batch.places import Place
from digitpad.errors import Conflict

PLAN = ".plan.json"  # what the parts are of; hidden, since its folder may be a source
ENDING = ".jsonl"
AGAIN = "remove that folder to begin again"


class Parts:
    """The parts of a table, of which one process at a time may write; see `opened`."""

    def __init__(self, folder: Place) -> None:
        self._folder = folder
        self._done = [name for name in folder.names() if name.endswith(ENDING)]

    def __len__(self) -> int:
        return len(self._done)

    def check(self, number: int, ids: "Ids") -> None:
        """Raise Conflict unless a part that is done is there, and of these items."""
        if self._done[number : number + 1] != [_name(number, ids)]:
            raise Conflict(f"the sources have changed since {self._folder} was begun: {AGAIN}")

    def write(self, number: int, ids: "Ids", lines: bytes) -> None:
        """Keep a part for good."""
        name = _name(number, ids)
        with (self._folder / name).replacing() as file:
            file.write(lines)
        self._done.append(name)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of all parts."""
        for name in self._done:
            with (self._folder / name).open() as file:
                yield from map(json.loads, file)

    def remove(self) -> None:
        """Remove them, the first one last."""
        while self._done:
            (self._folder / self._done.pop()).remove()


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
def opened(folder: Place, plan: dict[str, Any]) -> Iterator[Parts]:
    """Open or make a folder of parts as `kept` does; it is removed at the end, parts first."""
    with kept(folder, plan):
        parts = Parts(folder)
        yield parts
        parts.remove()
        folder.remove()


@contextmanager
def kept(folder: Place, plan: dict[str, Any]) -> Iterator[None]:
    """Open or make a folder of what follows a plan, for one run at a time where it can be locked.

    Raises Conflict where another run writes there, or the plan was another; InvalidInput where it
    cannot be written.
    """
    with folder.held():
        _follow(folder, plan)
        yield


def _follow(folder: Place, plan: dict[str, Any]) -> None:
    """Keep the plan, or compare it with the one that is kept."""
    if not (folder / PLAN).exists():
        with (folder / PLAN).replacing() as file:
            file.write(json.dumps(plan, indent=2).encode() + b"\n")
        return
    with (folder / PLAN).open() as kept_plan:
        begun = json.load(kept_plan)
    for name, wanted in plan.items():
        if (found := begun.get(name)) != wanted:
            raise Conflict(
                f"{folder} was begun with other {name}: "
                f"expected {_short(found)}, found {_short(wanted)}; {AGAIN}"
            )


def _short(value: Any) -> str:
    said = json.dumps(value)
    return said if len(said) <= 100 else f"{said[:97]}..."


def _name(number: int, ids: Ids) -> str:
    return f"{number:08}-{ids}{ENDING}"
