"""`digitpad drift`: whether people write otherwise than those the model was measured with."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digitpad.cli.database import open_database
from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import ServerConfig, prepared_unipen

if TYPE_CHECKING:
    from digitpad.drift import Shift


@click.group("drift", invoke_without_command=True)
@click.pass_context
@example("digitpad drift")
def main(context: click.Context) -> None:
    """Compare what the site read in the last day with the model's reference.

    Of each mix: how much was counted, the population stability index, what that means, and the kind
    that moved most.
    """
    if context.invoked_subcommand:
        return
    from digitpad.drift import compare, reference
    from digitpad.network.manifest import Manifest
    from digitpad.store import counts, versions

    database, folder = open_database(), ServerConfig.from_env().model
    model = (
        Manifest.load(folder)
        if folder
        else versions.load(database, versions.current(database)).manifest
    )
    with table("mix", "counted", "index", "moved", "most", "before", "now") as add_row:
        for shift in compare(reference(model), counts.last_day(database)):
            add_row(*shift_cells(shift))


def shift_cells(shift: "Shift") -> tuple[str, ...]:
    """Return a mix's row: its name, how much was counted, the index, what it means, what moved."""
    kind, before, now = shift.most
    numbers = (f"{shift.counted}", f"{shift.index:.3f}", shift.verdict)
    return shift.mix, *numbers, kind, f"{before:.1%}", f"{now:.1%}"


@main.command()
@click.argument("model", required=False, type=click.Path(path_type=Path))
@example("digitpad drift record models/first")
def record(model: Path | None) -> None:
    """Write the reference into the manifest of a MODEL folder, or of the shipped model.

    It is how the model reads the digits of UNIPEN's validation writers.
    """
    from digitpad.errors import DataError
    from digitpad.network.manifest import SHIPPED
    from digitpad.train.measure.drift import record as write

    if not prepared_unipen().exists():
        raise DataError("there is no pen ink: digitpad data prepare unipen makes it")
    print(f"{write(model or SHIPPED, prepared_unipen())} drawings were read")
