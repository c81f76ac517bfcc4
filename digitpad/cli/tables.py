"""Tables: laid out on a terminal, and plain lines for other programs."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def table(*columns: str, title: str = "", whole: str = "") -> Iterator[Callable[..., None]]:
    """Yield a function that adds a row, given its cells.

    On a terminal the rows are printed together at the end; cells are folded where it is narrow,
    last of all those of the column `whole`. Elsewhere each row is a line, its cells parted by tabs,
    without the names of the columns unless there is a title.
    """
    if not sys.stdout.isatty():
        if title:
            print(title)
            print(*columns, sep="\t")
        yield lambda *cells: print(*map(_printable, cells), sep="\t")
        return
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    laid_out = Table(
        *(Column(name, overflow="fold", no_wrap=name == whole) for name in columns),
        title=title or None,
        title_justify="left",
        box=None,
        padding=(0, 1),
        pad_edge=False,
    )
    yield lambda *cells: laid_out.add_row(*(Text(_printable(cell)) for cell in cells))
    Console().print(laid_out)


def _printable(cell: str) -> str:
    """Return what stays on one line and does nothing to a terminal, whatever a file's name is."""
    text = click.format_filename(cell)  # names that are not Unicode
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda control: repr(control[0])[1:-1], text)
