"""`digitpad retrain` and `digitpad models`: candidates are made, measured, promoted, taken back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitpad.cli.database import open_database
from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import data_folder, prepared_unipen

if TYPE_CHECKING:  # commands import the gate themselves, to start fast
    from digitpad.train.release.gate import Comparison


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@example("digitpad retrain runs/march")
def retrain(run: Path) -> None:
    """Train the shipped network on, with accepted corrections, in the folder RUN.

    Goes on with RUN if it was interrupted. The candidate is registered in the database and measured
    beside the model that is served; `digitpad models promote` serves it.
    """
    from digitpad.train.release.retrain import retrain as make

    made = make(run, open_database(), data_folder(), prepared_unipen())
    print(f"{made.version} learned from {made.learned} corrections; {made.held_out} were held out")
    _show(made.version, made.comparison)
    for failure in made.comparison.failures():
        print(f"it may not be promoted: {failure}")


@click.group("models")
def main() -> None:
    """Versions of the model, in the database."""


@main.command("list")
@example("digitpad models list")
def list_all() -> None:
    """List versions, newest first, and whether they passed the gate."""
    from digitpad.errors import InvalidInput
    from digitpad.store import versions
    from digitpad.train.release import gate

    found = versions.registered(open_database())
    with table("version", "made", "gate", "instead of", "served") as add_row:
        for version in found:
            try:
                comparison = gate.recorded(version)
            except InvalidInput:
                outcome, instead_of = "not measured", ""
            else:
                outcome = "failed" if comparison.failures() else "passed"
                instead_of = comparison.instead_of or "shipped"
            made = version.created.strftime("%Y-%m-%d %H:%M")
            served = "yes" if version.is_current else ""
            add_row(version.version, made, outcome, instead_of, served)
        served = "" if any(version.is_current for version in found) else "yes"
        add_row("shipped", "", "", "", served)


@main.command()
@click.argument("version")
@example("digitpad models promote 0.1.0-4f5dc105")
def promote(version: str) -> None:
    """Serve VERSION from now on, if it passed the gate beside what is served now."""
    from digitpad.store import versions
    from digitpad.train.release import gate

    database = open_database()
    found = versions.find(database, version)
    _show(version, gate.recorded(found))
    gate.promote(database, found)
    print(f"{version} is promoted: a running site serves it within 10 s")


@main.command()
@example("digitpad models rollback")
def rollback() -> None:
    """Take the newest promotion back, and serve what was served before."""
    from digitpad.store import versions

    served = versions.rollback(open_database())
    print(f"{served or 'the shipped model'} is served again: by a running site within 10 s")


def _show(version: str, comparison: "Comparison") -> None:
    instead_of = comparison.instead_of or "shipped"
    with table("", instead_of, version, title=f"{version} beside {instead_of}") as add_row:
        for row in comparison.rows():
            add_row(*row)
