"""`digitpad db`: the tables of the database."""

import sys
from pathlib import Path

import click

from digitpad.cli.database import open_database
from digitpad.cli.example import example
from digitpad.config import database_url


@click.group("db")
def main() -> None:
    """The database of corrections and models."""


@main.command()
@example("digitpad db upgrade")
def upgrade() -> None:
    """Bring the database at DATABASE_URL to this version; a second time changes nothing."""
    from digitpad.store import Database

    url = database_url()
    if url is None:
        print("there is no database: DATABASE_URL is not set", file=sys.stderr)
        return
    database = Database(url)
    database.upgrade()
    database.close()
    print("the database is up to date")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@example("digitpad db backup digitpad-backup.db")
def backup(file: Path) -> None:
    """Copy the SQLite database to the new FILE, while the site goes on."""
    open_database().backup(file)
