"""Millions of small files -> Parquet files that are read fast, each written whole or not at all."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow
import pyarrow.parquet

from digitpad import formats
from digitpad.batch import parts
from digitpad.batch.places import Local
from digitpad.batch.sources import Item, items
from digitpad.errors import Conflict, DigitpadError, InvalidInput

SHARD = 128 << 20  # bytes of items in a file: few files, and each is soon done or done again
GROUP = 8 << 20  # bytes of items that are held, and then a group of rows
ENDING = ".parquet"


def pack(
    sources: Sequence[str],
    folder: Path,
    progress: Callable[[int], None] = lambda items: None,
) -> int:
    """Put all items of `sources` into Parquet files in `folder`; return how many files it has.

    A file has the columns id, image (bytes of any picture or file of ink), ink (Digitpad's own
    JSON) and error. A run that was killed goes on with the files that are whole. Raises Conflict
    where they are of other sources, InvalidInput where `folder` is in one.
    """
    own = folder.resolve()
    for source in sources:
        if "://" not in source and Path(source).resolve() in (own, *own.parents):
            raise InvalidInput(f"expected a folder outside of {source}, found {folder}")
    with parts.kept(Local(folder), {"sources": list(sources), "bytes": SHARD}):
        done = sorted(folder.glob(f"*{ENDING}"))
        found = iter(items(sources, skipped=sum(map(_count, done))))
        for path in done:
            _check(path, found, progress)
        number = len(done)
        waiting = next(found, None)
        while waiting is not None:
            with Local(folder / f"{number:08}{ENDING}").replacing() as file:
                waiting = _write(file, waiting, found, progress)
            number += 1
    return number


def _write(
    file: IO[bytes], first: Item, found: Iterator[Item], progress: Callable[[int], None]
) -> Item | None:
    """Write a file of about SHARD bytes; return the item after its last."""
    types = {"id": "string", "image": "binary", "ink": "string", "error": "string"}
    schema = pyarrow.schema([(name, getattr(pyarrow, kind)()) for name, kind in types.items()])
    item: Item | None = first
    size = 0
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while item is not None and size < SHARD:
            rows, held = [], 0
            while item is not None and held < GROUP and size + held < SHARD:
                row, content = _row(item)
                rows.append(row)
                held += content + len(item.id)
                item = next(found, None)
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))
            progress(len(rows))
            size += held
    return item


def _row(item: Item) -> tuple[dict[str, Any], int]:
    """Return an item's row, and how many bytes it has."""
    name = item.id.encode("utf-8", "replace").decode()
    try:
        data = item.load()
        if formats.is_drawing(data):
            return {"id": name, "ink": data.decode()}, len(data)
    except UnicodeDecodeError:
        pass  # whoever reads it says so
    except DigitpadError as error:
        return {"id": name, "error": str(error).encode("utf-8", "replace").decode()}, 0
    return {"id": name, "image": data}, len(data)


def _count(path: Path) -> int:
    return int(pyarrow.parquet.read_metadata(path).num_rows)


def _check(path: Path, found: Iterator[Item], progress: Callable[[int], None]) -> None:
    """Take the items of a file that is whole; raise Conflict where they are others."""
    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(columns=["id"]):
        for name in batch.column("id").to_pylist():
            item = next(found, None)
            if item is None or item.id.encode("utf-8", "replace").decode() != name:
                raise Conflict(
                    f"the sources have changed since {path.parent} was begun: {parts.AGAIN}"
                )
        progress(batch.num_rows)
