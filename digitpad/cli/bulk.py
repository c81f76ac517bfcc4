"""`digitpad read --out`, `pack` and `report`: many items, and tables of them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from digitpad.cli.drift import shift_cells
from digitpad.cli.example import example
from digitpad.cli.tables import table as print_table

if TYPE_CHECKING:
    from digitpad.batch.run import Engine
    from digitpad.reader import Expect

PATH = click.Path(path_type=Path)
MOST_REASONS = 10  # that are told; more scroll away
SOURCES = click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")


def read_all(
    sources: Sequence[str],
    out: str,
    expect: "Expect",
    model: Path | None,
    pages: Path | None,
    engine: "Engine",
    strict: bool,
) -> None:
    """Read all sources into a table, and say on standard error what is in it."""
    from digitpad.batch.run import run

    with _progress(sources, "read") as progress:
        summary = run(
            sources,
            out,
            expect,
            model,
            engine=engine,
            pages=pages,
            strict=strict,
            progress=progress,
        )
    told = [f"{count:,} {status}" for status, count in sorted(summary.statuses.items())]
    print(f"{out}: {', '.join(told) or 'no rows'}", file=sys.stderr)
    if summary.repeated:
        named = ", ".join(map(click.format_filename, summary.examples))
        print(f"{summary.repeated:,} ids are there more than once: {named}", file=sys.stderr)


@click.command()
@SOURCES
@click.option("--out", required=True, type=PATH, help="A folder of Parquet files.")
@example("digitpad pack scans --out packed")
def pack(sources: tuple[str, ...], out: Path) -> None:
    """Put the items of each SOURCE into Parquet files of about 128 MB.

    Sources are those of `digitpad read --out`, which reads the files faster than millions of small
    ones. A run that was killed goes on when it is started again.
    """
    from digitpad.batch.pack import pack as pack_all

    with _progress(sources, "packed") as progress:
        shards = pack_all(sources, out, progress)
    print(f"{out}: {shards} Parquet files", file=sys.stderr)


@click.command()
@click.argument("table")
@click.argument("other", required=False)
@click.option("--html", type=PATH, help="A page to write, with plots.")
@example("digitpad report march.parquet february.parquet --html march.html")
def report(table: str, other: str | None, html: Path | None) -> None:
    """Say what is in a TABLE of `digitpad read --out`, and how it differs from an OTHER one.

    How many rows of which status and why; how many remain, and what share of them is expected to be
    right, when only the surer ones are taken; the least sure; and of each mix its population
    stability index, from the OTHER table to this one.
    """
    from digitpad.batch import page
    from digitpad.batch.places import place
    from digitpad.batch.report import drift
    from digitpad.batch.report import report as count_rows
    from digitpad.batch.table import rows

    found = count_rows(rows(place(table)))
    shifts = drift(count_rows(rows(place(other))), found) if other else []
    whole = found.rows or 1
    with print_table("rows", "share", "status", title=table) as add_row:
        for status, number in found.statuses.most_common():
            add_row(f"{number:,}", f"{number / whole:.2%}", status)
    for title, counter in (("unsure", found.reasons), ("errors", found.errors)):
        if counter:
            with print_table("rows", "why", title=title) as add_row:
                for why, number in counter.most_common(MOST_REASONS):
                    add_row(f"{number:,}", why)
    if found.levels:
        levels = ("at least", "rows with a text", "expected right")
        with print_table(*levels, title="confidence") as add_row:
            for level in found.levels:
                add_row(f"{level.confidence:.1%}", f"{level.coverage:.2%}", f"{level.accuracy:.2%}")
        with print_table("id", "text", "confidence", title="least sure") as add_row:
            for row in found.least_sure:
                add_row(row["id"], row["text"], f"{row['confidence']:.1%}")
    if other:
        columns = ("mix", "counted", "index", "moved", "most", "before", "now")
        with print_table(*columns, title=f"since {other}") as add_row:
            for shift in shifts:
                add_row(*shift_cells(shift))
    if html:
        html.write_text(page.of_report(place(table).name, found, shifts), "utf-8")


@contextmanager
def _progress(sources: Sequence[str], done: str) -> Iterator[Callable[[int], None]]:
    """Show how many items are done, how fast, and the time left, where someone sees it."""
    if not sys.stderr.isatty():
        yield lambda items: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            total = "" if task.total is None else f" of {task.total:,.0f}"
            return Text(f"{task.completed:,.0f}{total} {done}, {task.speed or 0:,.0f} a second")

    from digitpad.batch.sources import count

    columns = (BarColumn(), Rate(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(done, total=None)

        def find_total() -> None:
            progress.update(task, total=count(sources))

        Thread(target=find_total, daemon=True).start()  # a folder of millions takes a while
        yield lambda items: progress.advance(task, items)
