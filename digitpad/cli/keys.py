"""`digitpad keys`: API keys of programs that may send more than a stranger."""

import click

from digitpad.cli.database import open_database
from digitpad.cli.example import example
from digitpad.cli.tables import table


@click.group("keys")
def main() -> None:
    """API keys, in the database."""


@main.command()
@click.argument("name")
@example("digitpad keys create scanner")
def create(name: str) -> None:
    """Make a key for the program NAME, and print it: it is shown this once."""
    from digitpad.store import keys

    print(keys.create(open_database(), name))


@main.command("list")
@example("digitpad keys list")
def list_all() -> None:
    """List all keys, oldest first."""
    from digitpad.store import keys

    with table("name", "made", "revoked") as add_row:
        for name, created, revoked in keys.everyone(open_database()):
            add_row(
                name, f"{created:%Y-%m-%d %H:%M}", f"{revoked:%Y-%m-%d %H:%M}" if revoked else ""
            )


@main.command()
@click.argument("name")
@example("digitpad keys revoke scanner")
def revoke(name: str) -> None:
    """Refuse the key of NAME from now on."""
    from digitpad.store import keys

    keys.revoke(open_database(), name)
    print(f"the key of {name} is refused from now on")
