"""`digitpad strokes`: the network that says what each stroke is."""

import dataclasses
from pathlib import Path
from typing import Literal

import click

from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import data_folder, prepared_unipen

Split = Literal["validation", "test"]
PATH = click.Path(path_type=Path)


@click.group("strokes")
def main() -> None:
    """The network that says what each stroke of ink is: train, export, measure it."""


@main.command()
@click.argument("run", type=PATH)
@click.option("--profile", default="full", type=click.Choice(["full", "quick"]), show_default=True)
@click.option("--epochs", type=click.IntRange(1), help="Instead of the profile's.")
@example("digitpad strokes train runs/strokes --profile quick")
def train(run: Path, profile: str, epochs: int | None) -> None:
    """Train a strokes' network into the folder RUN; go on with it if it was interrupted.

    It learns from drawings made of pen ink: run `digitpad data prepare unipen` before. Prints a
    line an epoch.
    """
    from digitpad.train.fit.strokes_training import STROKES_MODEL, STROKES_PROFILES, train_strokes

    config = STROKES_PROFILES[profile]
    if epochs:
        config = dataclasses.replace(config, epochs=epochs)
    train_strokes(run, config, data_folder(), prepared_unipen())
    print(f"{run / STROKES_MODEL} is trained")


@main.command()
@click.argument("run", type=PATH)
@click.argument("model", type=PATH)
@example("digitpad strokes export runs/strokes models/first")
def export(run: Path, model: Path) -> None:
    """Add the strokes' network of a finished RUN to the folder MODEL, checked against Keras."""
    from digitpad.train.release.export_strokes import export_strokes

    export_strokes(run, model)
    print(f"the strokes' network of {model} agrees with Keras on every golden stroke")


@main.command()
@click.argument("model", required=False, type=PATH)
@click.option("--count", default=200, show_default=True, type=click.IntRange(1), help="Of a kind.")
@click.option(
    "--split", default="validation", type=click.Choice(["validation", "test"]), show_default=True
)
@example("digitpad strokes evaluate models/first --count 100")
def evaluate(model: Path | None, count: int, split: Split) -> None:
    """Measure what a model reads of ink with signs, letters and marks beside the digits.

    The test split is for models that are done: choose by the validation split.
    """
    from digitpad.reader import Reader
    from digitpad.train.measure.beside import evaluate_beside
    from digitpad.train.measure.tables import BESIDE, beside_row
    from digitpad.train.samples.people import load_people

    reader = Reader(model) if model else Reader()
    people = load_people(data_folder(), prepared_unipen())[split]
    with table(*BESIDE) as add_row:
        for row in evaluate_beside(reader, people, count):
            add_row(*beside_row(row))
