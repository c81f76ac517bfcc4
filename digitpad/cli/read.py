"""`digitpad read`: pictures and ink, told as a table, as plain lines or as JSON."""

import json
import reprlib
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.errors import DigitpadError, InvalidInput

if TYPE_CHECKING:  # commands import the reader themselves, to start fast
    from digitpad.ink import Ink
    from digitpad.reader import Expect, Reader
    from digitpad.reading import Reading

MODES = (  # as the reader has them, which is slow to import
    *("number", "digit", "decimal", "date", "time", "amount"),
    *("postcode-de", "postcode-us", "card", "ean"),
)
COLUMNS = ("file", "text", "status", "confidence", "or", "why")


@click.command("read")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(allow_dash=True)
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--model", type=click.Path(path_type=Path), help="Folder of another model.")
@example("digitpad read docs/samples/2047.png docs/samples/seven.json")
def main(
    files: tuple[str, ...],
    expect: "Expect",
    as_json: bool,
    model: Path | None,
    **asked: Any,
) -> None:
    """Read the number in each FILE; - is standard input.

    A file is a picture (PNG, JPEG or WebP), or ink as the HTTP interface takes it:
    {"ink": {"strokes": [[[x, y], ...], ...]}}.

    Each has a row: file, text, status, confidence, runners-up, and why it is unsure or could not be
    read. Where the output is no terminal, a row is a line, and tabs part its columns.

    The exit status is 0 when every file was read, 1 when one was unsure, blank or could not be
    opened.
    """
    from digitpad.reader import Reader

    if any(value is not None for value in asked.values()):
        expect = _format(asked)
    reader = Reader(model) if model else Reader()
    every_one = True
    with nullcontext() if as_json else table(*COLUMNS) as add_row:
        for file in files:
            outcome = _read(reader, file, expect)
            every_one &= not isinstance(outcome, DigitpadError) and outcome.status == "read"
            if add_row is None:
                print(json.dumps({"file": file, **_to_dict(outcome, reader)}))
            else:
                add_row(file, *_cells(outcome))
    sys.exit(0 if every_one else 1)


def _format(asked: dict[str, Any]) -> "Expect":
    from digitpad.expect import Format

    if click.get_current_context().get_parameter_source("expect") is not ParameterSource.DEFAULT:
        raise click.UsageError("expected --expect, or a format's options; found both")
    try:
        return Format(**asked)
    except InvalidInput as error:
        raise click.UsageError(str(error)) from error


def _read(reader: "Reader", file: str, expect: "Expect") -> "Reading | DigitpadError":
    try:
        return reader.read(_open(file), expect)
    except DigitpadError as error:
        return error


def _open(file: str) -> "Ink | bytes":
    """Return ink, or what should be a picture; raises InvalidInput or TooLarge."""
    try:
        with click.open_file(file, "rb") as stream:  # which knows "-"
            data: bytes = stream.read()
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror}") from error
    if not data:
        raise InvalidInput("expected a picture or ink, found nothing")
    return _parse_ink(data) if data[:100].lstrip().startswith((b"{", b"[")) else data


def _parse_ink(data: bytes) -> "Ink":
    from digitpad.ink import Ink

    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"expected a picture or ink as JSON, found {error}") from error
    match body:
        case {"ink": {"strokes": strokes, **more}, **others} if not more and not others:
            return Ink.from_strokes(strokes)
    raise InvalidInput(f'expected {{"ink": {{"strokes": [...]}}}}, found {reprlib.repr(body)}')


def _to_dict(outcome: "Reading | DigitpadError", reader: "Reader") -> dict[str, Any]:
    if isinstance(outcome, DigitpadError):
        return {"error": str(outcome)}
    manifest = reader.manifest
    model = {"version": manifest.version, "sha256": manifest.sha256}
    return {**outcome.to_dict(), "model": model}


def _cells(outcome: "Reading | DigitpadError") -> tuple[str, ...]:
    """Return what stands beside the file's name."""
    if isinstance(outcome, DigitpadError):
        return "", "error", "", "", str(outcome)
    likely = [other for other in outcome.alternatives if other.confidence >= 0.001]  # not 0.0%
    others = ", ".join(f"{other.text} {other.confidence:.1%}" for other in likely)
    sure = f"{outcome.confidence:.1%}" if outcome.text else ""
    return outcome.text, outcome.status, sure, others, outcome.reason or ""
