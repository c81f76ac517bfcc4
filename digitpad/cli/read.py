"""`digitpad read`: pictures and ink, told as a table, as plain lines or as JSON."""

import json
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from digitpad.cli.bulk import read_all
from digitpad.cli.example import example
from digitpad.cli.forms import load_file, read_forms
from digitpad.cli.tables import table
from digitpad.errors import DigitpadError, InvalidInput

if TYPE_CHECKING:  # commands import the reader themselves, to start fast
    from digitpad.batch.run import Engine
    from digitpad.geometry import Box
    from digitpad.reader import Expect, Reader
    from digitpad.reading import Reading

    Outcome = tuple[Box | None, Reading | DigitpadError]

MODES = (  # as the reader has them, which is slow to import
    *("number", "digit", "decimal", "date", "time", "amount"),
    *("postcode-de", "postcode-us", "card", "ean"),
)
COLUMNS = ("file", "text", "status", "confidence", "or", "box", "why")


@click.command("read")
@click.argument(
    "files", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(allow_dash=True)
)
@click.option(
    "--expect",
    type=click.Choice(MODES),
    default="number",
    show_default=True,
    help="One digit or up to 20 side by side, exactly one, with a minus and a point, or a format.",
)
@click.option("--pattern", help="A regular expression of all that may stand there.")
@click.option("--min", help="The smallest number that may stand there.")
@click.option("--max", help="The largest.")
@click.option("--step", help="Only numbers so far apart, from the smallest or 0 on.")
@click.option("--checksum", help="How the last digit follows from the others: luhn, ean, …")
@click.option("--layout", type=click.Path(path_type=Path), help="Of forms: where their fields are.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--model", type=click.Path(path_type=Path), help="Folder of another model.")
@click.option("--out", help="A .csv, .jsonl or .parquet to write; a path or a URL.")
@click.option("--review", type=click.Path(path_type=Path), help="With --out: a folder for pages.")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    help="With --out: this machine's cores, or a Ray cluster.",
)
@click.option("--strict", is_flag=True, help="With --out: end at the first that cannot be read.")
@example("digitpad read docs/samples/2047.png docs/samples/seven.json")
def main(
    files: tuple[str, ...],
    expect: "Expect",
    as_json: bool,
    model: Path | None,
    out: str | None,
    review: Path | None,
    engine: "Engine",
    strict: bool,
    layout: Path | None,
    **asked: Any,
) -> None:
    """Read the number in each SOURCE; - is standard input.

    A source is a picture (PNG, JPEG or WebP), or ink as the HTTP interface takes it:
    {"ink": {"strokes": [[[x, y], ...], ...]}}. Or it is a page of ink: InkML, UNIPEN, Xournal++,
    SVG, signature_pad, Excalidraw, tldraw, JIIX, reMarkable or UIM. A page has a row for each
    number on it, line by line.

    A row has the file, text, status, confidence, runners-up, where on a page it stands (left, top,
    right, bottom), and why it is unsure or could not be read. Where the output is no terminal, a
    row is a line, and tabs part its columns.

    The exit status is 0 when every file was read, 1 when one was unsure, blank or could not be
    opened.

    With --out a source may also be a folder, a glob, a ZIP, a TAR, a Parquet file with a column
    image or ink, or a URL. All cores read, and the rows go to a table; what cannot be read is a row
    with its error. A run that was killed goes on when it is started again. The exit status is 0
    when the table is there. With --review also, a person sees what is unsure on a page, and says
    what stands there; what the page saves is for `digitpad corrections import`.

    With --layout each SOURCE is a picture of a form, and a row has its file, its status, the text
    of each field, and why it is unsure; --out writes that as a .csv, with a column that says of
    each field how sure it is.
    """
    if any(value is not None for value in asked.values()):
        expect = _format(asked)
    if layout is not None:
        if strict or not isinstance(expect, str) or _is_given("expect"):
            raise click.UsageError("expected --layout alone, which has the formats; found more")
        sys.exit(0 if read_forms(files, layout, Path(out) if out else None, as_json, model) else 1)
    if out is not None:
        if as_json:
            raise click.UsageError("expected --json or --out; found both")
        read_all(files, out, expect, model, review, engine, strict)
        return
    if strict or review or engine != "local":
        raise click.UsageError("expected --out with --engine, --review and --strict, found none")
    from digitpad.reader import Reader

    reader = Reader(model) if model else Reader()
    every_one = True
    with nullcontext() if as_json else table(*COLUMNS) as add_row:
        for file in files:
            for box, outcome in _read(reader, file, expect):
                every_one &= not isinstance(outcome, DigitpadError) and outcome.status == "read"
                if add_row is None:
                    place = {} if box is None else {"box": list(box)}
                    print(json.dumps({"file": file, **place, **_to_dict(outcome, reader)}))
                else:
                    add_row(file, *_cells(outcome, box))
    sys.exit(0 if every_one else 1)


def _format(asked: dict[str, Any]) -> "Expect":
    from digitpad.expect import Format

    if _is_given("expect"):
        raise click.UsageError("expected --expect, or a format's options; found both")
    try:
        return Format(**asked)
    except InvalidInput as error:
        raise click.UsageError(str(error)) from error


def _is_given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT


def _read(reader: "Reader", file: str, expect: "Expect") -> "Iterable[Outcome]":
    """Return each reading, and where on a page it stands."""
    from digitpad.batch.work import open_source

    try:
        boxes, sources = zip(*open_source(load_file(file)), strict=True)
        return zip(boxes, reader.read_many(sources, expect), strict=True)
    except DigitpadError as error:
        return [(None, error)]


def _to_dict(outcome: "Reading | DigitpadError", reader: "Reader") -> dict[str, Any]:
    if isinstance(outcome, DigitpadError):
        return {"error": str(outcome)}
    manifest = reader.manifest
    model = {"version": manifest.version, "sha256": manifest.sha256}
    return {**outcome.to_dict(), "model": model}


def _cells(outcome: "Reading | DigitpadError", box: "Box | None") -> tuple[str, ...]:
    """Return what stands beside the file's name."""
    place = "" if box is None else " ".join(f"{side:.0f}" for side in box)
    if isinstance(outcome, DigitpadError):
        return "", "error", "", "", place, str(outcome)
    likely = [other for other in outcome.alternatives if other.confidence >= 0.001]  # not 0.0%
    others = ", ".join(f"{other.text} {other.confidence:.1%}" for other in likely)
    sure = f"{outcome.confidence:.1%}" if outcome.text else ""
    return outcome.text, outcome.status, sure, others, place, outcome.reason or ""
