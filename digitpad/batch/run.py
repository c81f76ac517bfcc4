"""The run: sources -> parts that are done -> a table, the same whether or not it was killed."""

import heapq
import json
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from digitpad.batch import parts, review, table
from digitpad.batch.places import place
from digitpad.batch.processes import Chunk, Processes
from digitpad.batch.sources import Item, items
from digitpad.batch.work import identity
from digitpad.errors import Conflict, DataError
from digitpad.reader import Expect

if TYPE_CHECKING:
    from digitpad.batch.cluster import Cluster

    Readers = Processes | Cluster

Engine = Literal["local", "ray"]
PART = 8_192  # items: a few MB of rows, and some seconds of work that a killed run loses
CHUNK = 64  # items that a process takes at once: with fewer, sending them is felt
CHUNK_BYTES = 4 << 20  # of a chunk's items, or one item: bounds what is held of an archive
BUCKETS = 64  # files that ids are parted into; ten million ids are 20 MB in each
SHOWN = 5  # duplicates that are named


@dataclass
class Summary:
    """What is in a table."""

    statuses: Counter[str] = field(default_factory=Counter)
    repeated: int = 0  # ids that are there more than once
    examples: list[str] = field(default_factory=list)  # of them, the first few


def run(
    sources: Sequence[str],
    out: str | Path,
    expect: Expect = "number",
    model: Path | None = None,
    *,
    engine: Engine = "local",
    pages: Path | None = None,
    strict: bool = False,
    progress: Callable[[int], None] = lambda items: None,
) -> Summary:
    """Read all items of `sources` into the table `out`, or go on with a run that was killed.

    What is done is in a hidden folder beside `out`, a path or a URL, which may itself be in a
    folder that is read.
    With the engine "ray" a Ray cluster reads instead of this machine's cores; the table is the
    same, and either goes on with what the other began. What is unsure also goes to pages in the
    folder `pages`, for a person to review. `progress` is told how many items are. With `strict` the
    first item that cannot be read ends the run, with DataError. Raises Conflict where that folder
    is of another model, other options or other sources, or a table or pages are there already.
    """
    where = place(out)
    kind = table.kind_of(where.name)
    folder = where.beside(f".{where.name}.parts")
    if not (folder / parts.PLAN).exists():
        if where.exists():
            raise Conflict(f"{out} is there already: remove it, or choose another name")
        if pages:
            review.check_new(pages)
    plan = {**identity(model), "expect": repr(expect), "sources": list(sources), "part": PART}
    plan["review"] = pages and str(pages)
    with parts.opened(folder, plan) as done:
        if where.exists():  # a run was killed when it had all but tidied up
            return _summarize(table.rows(where), folder.scratch)
        with _engine(engine, model, expect, pages is not None) as processes:
            _read(sources, done, processes, strict, progress)
        with ExitStack() as stack:
            file = stack.enter_context(where.replacing())
            rows: Iterable[table.Row] = done.rows()
            rows = _each(rows, stack.enter_context(table.writing(kind, file)))
            if pages:
                rows = _each(rows, stack.enter_context(review.writing(pages)))
            return _summarize(rows, folder.scratch)


def _engine(engine: Engine, model: Path | None, expect: Expect, reviewed: bool) -> "Readers":
    """Return what reads; whichever it is, the same chunks have the same rows."""
    if engine == "local":
        return Processes(_cores(), model, expect, reviewed)
    from digitpad.batch.cluster import Cluster

    return Cluster(model, expect, reviewed)


def _read(
    sources: Sequence[str],
    done: parts.Parts,
    processes: "Readers",
    strict: bool,
    progress: Callable[[int], None],
) -> None:
    """Read what is not done, part by part."""
    kept = len(done)
    found = iter(items(sources, skipped=kept * PART))
    for number in range(kept):
        ids = parts.Ids()
        for item in _first(found, PART):
            ids.add(item.id)
        done.check(number, ids)
        progress(ids.count)
    lines, ids = [], parts.Ids()
    for chunk, rows in processes.read(_chunks(found)):
        if strict and rows.error is not None:
            raise DataError(rows.error)
        lines.append(rows.lines)
        for item in chunk:
            ids.add(item.id)
        progress(len(chunk))
        if ids.count == PART:
            done.write(len(done), ids, b"".join(lines))
            lines, ids = [], parts.Ids()
    if ids.count:
        done.write(len(done), ids, b"".join(lines))


def _first(found: Iterator[Item], count: int) -> Iterator[Item]:
    """Yield so many items, and take no more: what comes after is wanted with its bytes."""
    for _ in range(count):
        item = next(found, None)
        if item is None:
            return
        yield item


def _chunks(found: Iterable[Item]) -> Iterator[Chunk]:
    """Part items into chunks, which depend on nothing else, and of which parts are made."""
    chunk: list[Item] = []
    size = 0
    for number, item in enumerate(found, start=1):
        chunk.append(item)
        size += len(item.content or b"")
        if len(chunk) == CHUNK or size >= CHUNK_BYTES or number % PART == 0:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _each(rows: Iterable[table.Row], do: Callable[[table.Row], None]) -> Iterator[table.Row]:
    for row in rows:
        do(row)
        yield row


def _summarize(rows: Iterable[table.Row], folder: Path | None) -> Summary:
    """Count a table's rows; ids go into files by their hash, so that few are held at once."""
    summary = Summary()
    with TemporaryDirectory(dir=folder) as buckets, ExitStack() as stack:
        files = [
            stack.enter_context(Path(buckets, f"{n}").open("w+", encoding="utf-8"))
            for n in range(BUCKETS)
        ]
        for row in rows:
            summary.statuses[row["status"]] += 1
            line = json.dumps(row["id"])
            files[zlib.crc32(line.encode()) % BUCKETS].write(f"{line}\n")
        for file in files:
            file.seek(0)
            repeated = [line for line, count in Counter(file).items() if count > 1]
            summary.repeated += len(repeated)
            more = (json.loads(line) for line in repeated)
            summary.examples = heapq.nsmallest(SHOWN, [*summary.examples, *more])
    return summary


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
