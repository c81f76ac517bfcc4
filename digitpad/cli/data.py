"""`digitpad data`: what training learns from, fetched and prepared."""

from pathlib import Path

import click

from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import data_folder, prepared_unipen


@click.group("data")
def main() -> None:
    """Training data."""


@main.command()
@click.argument("name", type=click.Choice(["mnist"]))
@example("digitpad data fetch mnist")
def fetch(name: str) -> None:
    """Fetch a data set to where DIGITPAD_DATA says, verified by SHA-256."""
    from digitpad.train.sources.fetch import fetch_mnist

    folder = data_folder()
    fetch_mnist(folder)
    print(f"{name} is in {folder}")


@main.command()
@click.argument("name", type=click.Choice(["unipen"]))
@click.argument("source", required=False, type=click.Path(path_type=Path))
@example("digitpad data prepare unipen train_r01_v07")
def prepare(name: str, source: Path | None) -> None:
    """Read UNIPEN's tree or tar once, clean it, and keep it where training finds it.

    SOURCE is the official train_r01_v07 tree or a tar of it; without one it is looked for where
    DIGITPAD_DATA says. Prints what was kept of each source.
    """
    from digitpad.train.sources.split import count_drawings
    from digitpad.train.sources.unipen import find_unipen, load_drawings, save_drawings

    drawings = load_drawings(source or find_unipen(data_folder()))
    with table("source", "split", "writers", "digits", "letters and symbols") as add_row:
        for row in count_drawings(drawings):
            add_row(*map(str, row))
    save_drawings(drawings, prepared_unipen())
    print(f"{name} is in {prepared_unipen()}")
