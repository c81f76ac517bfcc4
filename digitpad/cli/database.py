"""The database that commands work on."""

from typing import TYPE_CHECKING

import click

from digitpad.config import database_url
from digitpad.errors import StoreError

if TYPE_CHECKING:  # commands import the store themselves, to start fast
    from digitpad.store import Database


def open_database() -> "Database":
    """Return the database of DATABASE_URL, closed when the command ends. Raises StoreError."""
    url = database_url()
    if url is None:
        raise StoreError("there is no database: DATABASE_URL is not set")
    from digitpad.store import Database

    database = Database(url)
    click.get_current_context().call_on_close(database.close)
    return database
