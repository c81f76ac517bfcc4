"""`digitpad corrections`: people's corrections, looked at, reviewed and handed on."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from digitpad.cli.database import open_database
from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import retention
from digitpad.errors import InvalidInput

if TYPE_CHECKING:  # commands import the store themselves, to start fast
    from digitpad.store.corrections import Kept, State

SHADES = " .:-=+*#%@"  # from paper to ink
STATES = click.Choice(["pending", "accepted", "rejected"])
IDS = click.argument("ids", nargs=-1, required=True, type=click.UUID)


@click.group("corrections")
def main() -> None:
    """People's corrections: what everyone's model may learn from."""


@main.command("list")
@click.option("--state", type=STATES, help="Only these.")
@example("digitpad corrections list --state pending")
def list_all(state: "State | None") -> None:
    """List corrections, oldest first; one that is no digit is "none"."""
    from digitpad.store import corrections as store

    # An id is to be copied, so the others are folded where a terminal has less than 80 columns.
    with table("id", "came", "read", "is", "state", "writer", whole="id") as add_row:
        for kept in store.everyone(open_database(), state):
            came = kept.created.strftime("%Y-%m-%d")
            label, writer = kept.label or "none", str(kept.writer)[:8]
            add_row(str(kept.id), came, kept.predicted, label, kept.state, writer)


@main.command()
@click.argument("correction", metavar="ID", type=click.UUID)
@example("digitpad corrections show 3b9f1f6e-6d3f-4c0e-9a55-0f6a4c1d2e77")
def show(correction: UUID) -> None:
    """Show a correction with its drawing."""
    from digitpad.store import corrections as store

    kept = store.find(open_database(), correction)
    for name, value in _fields(kept).items():
        print(f"{name}: {value or 'not a digit'}")
    for row in (kept.drawing.raster * (len(SHADES) - 1)).round().astype(int).tolist():
        print("".join(SHADES[shade] * 2 for shade in row).rstrip())


@main.command()
@IDS
@click.option("--confirm", is_flag=True, help="Also what was held: you have looked at each.")
@example("digitpad corrections accept 3b9f1f6e-6d3f-4c0e-9a55-0f6a4c1d2e77")
def accept(ids: tuple[UUID, ...], confirm: bool) -> None:
    """Let everyone's model learn from corrections.

    Those of which the model is very sure that they are another digit are held: they stay pending.
    """
    from digitpad.store import review, versions

    database = open_database()
    reader = versions.load(database, versions.current(database))
    held = review.accept(database, reader, ids, confirm)
    print(f"accepted: {len(set(ids)) - len(held)}")
    if held:
        print(f"held, to be looked at and accepted with --confirm or rejected: {len(held)}")
    for one in held:
        print(f"  {one.correction}: {one.reason}")


@main.command()
@IDS
@example("digitpad corrections reject 3b9f1f6e-6d3f-4c0e-9a55-0f6a4c1d2e77")
def reject(ids: tuple[UUID, ...]) -> None:
    """Keep corrections from everyone's model; their writers' own readings keep them."""
    from digitpad.store import corrections as store

    store.review(open_database(), ids, "rejected")
    print(f"rejected: {len(set(ids))}")


@main.command()
@click.option("--state", type=STATES, default="accepted", show_default=True)
@example("digitpad corrections export > accepted.jsonl")
def export(state: "State") -> None:
    """Print corrections as JSON, one a line; a raster is base64 of 28 × 28 greys."""
    from digitpad.store import corrections as store

    for kept in store.everyone(open_database(), state):
        print(json.dumps({**_fields(kept), **kept.drawing.to_json()}))


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@example("digitpad corrections import review-0001.jsonl")
def bring(file: Path) -> None:
    """Keep what a page of `digitpad read --review` saved, or what `export` printed.

    Corrections are pending until they are accepted. The same FILE again changes nothing. A text
    with more or fewer digits than were found has no drawings to learn from.
    """
    from digitpad.store.importing import bring as bring_all

    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise InvalidInput(f"cannot read {file}: {error.strerror}") from error
    found = bring_all(open_database(), lines)
    print(f"imported: {found.new}, known: {found.known}, without a drawing: {found.without}")


@main.command()
@example("digitpad corrections expire")
def expire() -> None:
    """Erase corrections that are older than DIGITPAD_RETENTION days."""
    from digitpad.store import corrections as store

    days = retention()
    print(f"erased, older than {days} days: {store.expire(open_database(), days)}")


def _fields(kept: "Kept") -> dict[str, Any]:
    return {
        "id": str(kept.id),
        "writer": str(kept.writer),
        "label": kept.label,
        "predicted": kept.predicted,
        "model": kept.model,
        **({} if kept.expect is None else {"expect": kept.expect}),
        "state": kept.state,
        "created": kept.created.isoformat(),
    }
