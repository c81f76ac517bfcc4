"""`digitpad layout`, and `digitpad read --layout`: forms, a row each."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.errors import DigitpadError, InvalidInput

if TYPE_CHECKING:
    from digitpad.form import FormReading
    from digitpad.layout import Layout


@click.command("layout")
@click.argument("picture", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The file, instead of the output.")
@example("digitpad layout docs/samples/form.png --out form.json")
def main(picture: Path, out: Path | None) -> None:
    """Propose a layout for a form in a PICTURE: its boxes, combs, and lines to write on.

    The best picture is a scan of an empty form. The fields are field1, field2 … from top to bottom,
    and take numbers: give them names and formats in the file.
    """
    from digitpad.layout.proposing import propose
    from digitpad.picture.cost import PAGE_SIDE
    from digitpad.picture.decode import load_scaled

    proposal = propose(load_scaled(picture, PAGE_SIDE).grey)
    if proposal is None:
        raise InvalidInput(
            f"expected a form in {picture}, found no boxes, combs or lines to write on"
        )
    found = proposal.layout
    if out is None:
        print(found.to_json(), end="")
    else:
        out.write_text(found.to_json(), "utf-8")
        print(f"{out}: {len(found.fields)} fields")


def read_forms(
    files: Sequence[str], layout: Path, out: Path | None, as_json: bool, model: Path | None
) -> bool:
    """Read forms of one layout, and tell them as a table; whether each was read."""
    from digitpad.layout import Layout
    from digitpad.reader import Reader

    if out is not None and (as_json or out.suffix != ".csv"):
        raise click.UsageError("expected --json, or --out with a .csv; found both, or another kind")
    known = Layout.load(layout)
    reader = Reader(model) if model else Reader()
    every_one = True
    with nullcontext() if as_json else _rows(known, out) as add_row:
        for file in files:
            try:
                form: FormReading | DigitpadError = reader.read_form(load_file(file), known)
            except DigitpadError as error:
                form = error
            every_one &= not isinstance(form, DigitpadError) and form.status == "read"
            if add_row is None:
                told = {"error": str(form)} if isinstance(form, DigitpadError) else form.to_dict()
                print(json.dumps({"file": file, **told}))
            else:
                add_row(*_cells(file, form, known, told_apart=out is not None))
    return every_one


class _AddRow(Protocol):
    def __call__(self, *cells: str) -> None: ...


@contextmanager
def _rows(layout: "Layout", out: Path | None) -> Iterator[_AddRow]:
    """Yield what adds a row to the output, or to a file of commas."""
    names = [field.name for field in layout.fields]
    if out is None:
        with table("file", "status", *names, "why") as add_row:
            yield add_row
        return
    columns = [column for name in names for column in (name, f"{name}: sure")]
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "status", *columns, "why"])
        yield lambda *cells: writer.writerow(cells)


def _cells(
    file: str, form: "FormReading | DigitpadError", layout: "Layout", told_apart: bool
) -> list[str]:
    """Return a form's row; with `told_apart` how sure each field is has a cell of its own."""
    if isinstance(form, DigitpadError) or not form.fields:
        status, why = (
            ("error", str(form)) if isinstance(form, DigitpadError) else ("unsure", form.reason)
        )
        return [file, status, *[""] * len(layout.fields) * (1 + told_apart), why or ""]
    cells = []
    for field in form.fields:
        reading = field.reading
        sure = f"{reading.confidence:.3f}" if reading.text else ""
        cells += [reading.text, sure] if told_apart else [reading.text]
    unsure = [f for f in form.fields if f.reading.reason is not None]
    why = "; ".join(f"{field.name}: {field.reading.reason}" for field in unsure)
    return [file, form.status, *cells, why]


def load_file(file: str) -> bytes:
    """Return what is in a file; - is standard input. Raises InvalidInput."""
    try:
        with click.open_file(file, "rb") as stream:  # which knows "-"
            data: bytes = stream.read()
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror}") from error
    return data
