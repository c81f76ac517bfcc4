"""A table's rows in CSV, JSON lines or Parquet, by the ending of its name."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from digitpad.batch.places import Place
from digitpad.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow

Row = dict[str, Any]
COLUMNS = (
    *("id", "text", "status", "reason", "confidence", "alternatives"),
    *("boxes", "signs", "marks", "model", "error"),
)
NESTED = ("alternatives", "boxes", "signs", "marks")  # JSON in a CSV's cells
ENDINGS = (".csv", ".jsonl", ".parquet")
AT_ONCE = 8_192  # rows of a Parquet file's group: few MB, and still well compressed


def kind_of(name: str) -> str:
    """Return which of ENDINGS a table's name has; raises InvalidInput for another."""
    kind = Path(name).suffix
    if kind not in ENDINGS:
        raise InvalidInput(f"expected a table called {', '.join(ENDINGS)}; found {name}")
    if kind == ".parquet":
        import pyarrow.parquet  # noqa: F401  not when all has been read
    return kind


@contextmanager
def writing(kind: str, file: IO[bytes]) -> Iterator[Callable[[Row], None]]:
    """Yield a function that writes a row to `file`; `kind` is one of ENDINGS."""
    if kind == ".jsonl":
        yield lambda row: _write_line(file, row)
    elif kind == ".csv":
        text = io.TextIOWrapper(file, "utf-8", errors="surrogateescape", newline="")
        rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        rows.writeheader()
        yield lambda row: rows.writerow(
            {name: json.dumps(row[name]) if name in NESTED else row[name] for name in COLUMNS}
        )
        text.detach()
    else:
        import pyarrow
        import pyarrow.parquet

        waiting: list[Row] = []
        with pyarrow.parquet.ParquetWriter(file, schema(), compression="zstd") as writer:

            def flush() -> None:
                writer.write_table(pyarrow.Table.from_pylist(waiting, schema()))
                waiting.clear()

            def write(row: Row) -> None:
                texts = {name: _unicode(row[name]) for name in ("id", "error")}
                waiting.append({name: texts.get(name, row[name]) for name in COLUMNS})
                if len(waiting) == AT_ONCE:
                    flush()

            yield write
            if waiting:
                flush()


def rows(table: Place) -> Iterator[Row]:
    """Yield the rows of a table, one after the other; raises InvalidInput."""
    kind = kind_of(table.name)
    try:
        with table.open() as file:
            read = {".csv": _from_csv, ".jsonl": _from_lines, ".parquet": _from_parquet}
            for row in read[kind](file):
                yield {name: row[name] for name in COLUMNS}
    except KeyError as error:
        raise InvalidInput(f"{table}: expected a column {error}, found none") from error
    except OSError as error:
        raise InvalidInput(f"cannot read {table}: {error.strerror or error}") from error
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{table} is no table of readings: {error}") from error


def schema() -> "pyarrow.Schema":
    """Return the types of a Parquet table's columns, whatever is in them."""
    from pyarrow import field, float64, list_, schema, string, struct

    box, sure = list_(float64()), ("confidence", float64())
    nested = {
        "alternatives": struct([("text", string()), sure]),
        "boxes": box,
        "signs": struct([("sign", string()), sure, ("box", box)]),
        "marks": struct([("kind", string()), ("box", box)]),
    }
    return schema(
        [
            field(name, list_(nested[name]))
            if name in nested
            else field(name, float64() if name == "confidence" else string())
            for name in COLUMNS
        ]
    )


def _write_line(file: IO[bytes], row: Row) -> None:
    file.write(json.dumps({name: row[name] for name in COLUMNS}).encode() + b"\n")


def _unicode(text: str | None) -> str | None:
    """Return a text that may have a file's name which is not Unicode, with ? in its place."""
    return text and text.encode("utf-8", "replace").decode()


def _from_csv(file: IO[bytes]) -> Iterable[Row]:
    with io.TextIOWrapper(file, "utf-8", errors="surrogateescape", newline="") as text:
        for cells in csv.DictReader(text):
            row: Row = {name: cell or None for name, cell in cells.items()}
            row |= {name: json.loads(row.get(name) or "[]") for name in NESTED}
            if row.get("status") != "error":
                row |= {"text": row["text"] or "", "confidence": float(row["confidence"])}
            yield row


def _from_lines(file: IO[bytes]) -> Iterable[Row]:
    return map(json.loads, file)


def _from_parquet(file: IO[bytes]) -> Iterable[Row]:
    import pyarrow.parquet

    for batch in pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=AT_ONCE):
        yield from batch.to_pylist()
