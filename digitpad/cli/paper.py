"""`digitpad paper`: the network that tells ink from paper."""

import dataclasses
from pathlib import Path
from typing import Literal

import click

from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import data_folder, prepared_unipen

Split = Literal["validation", "test"]
PATH = click.Path(path_type=Path)


@click.group("paper")
def main() -> None:
    """The network that tells ink from paper: train, export, measure it, look at its scenes."""


@main.command()
@click.argument("run", type=PATH)
@click.option("--profile", default="full", type=click.Choice(["full", "quick"]), show_default=True)
@click.option("--epochs", type=click.IntRange(1), help="Instead of the profile's.")
@click.option("--after", type=PATH, help="A run whose network it begins with.")
@example("digitpad paper train runs/paper --profile quick")
def train(run: Path, profile: str, epochs: int | None, after: Path | None) -> None:
    """Train a paper network into the folder RUN; go on with it if it was interrupted.

    It learns from scenes made of MNIST's scans and of pen ink: run `digitpad data prepare unipen`
    before. Prints a line an epoch.
    """
    from digitpad.train.fit.paper_training import PAPER_MODEL, PAPER_PROFILES, train_paper

    config = PAPER_PROFILES[profile]
    config = dataclasses.replace(
        config, epochs=epochs or config.epochs, after=str(after) if after else ""
    )
    train_paper(run, config, data_folder(), prepared_unipen())
    print(f"{run / PAPER_MODEL} is trained")


@main.command()
@click.argument("run", type=PATH)
@click.argument("model", type=PATH)
@example("digitpad paper export runs/paper models/first")
def export(run: Path, model: Path) -> None:
    """Add the paper network of a finished RUN to the folder MODEL, checked against Keras."""
    from digitpad.train.release.export_paper import export_paper

    export_paper(run, model)
    print(f"the paper network of {model} agrees with Keras on every golden picture")


@main.command()
@click.argument("model", required=False, type=PATH)
@click.option("--count", default=200, show_default=True, type=click.IntRange(1), help="Of a kind.")
@click.option(
    "--split", default="validation", type=click.Choice(["validation", "test"]), show_default=True
)
@example("digitpad paper evaluate models/first --count 50")
def evaluate(model: Path | None, count: int, split: Split) -> None:
    """Measure what a model reads of numbers on made paper of every kind.

    The test split is for models that are done: choose by the validation split.
    """
    from digitpad.reader import Reader
    from digitpad.train.measure.papers import evaluate_papers
    from digitpad.train.measure.tables import PAPERS, paper_row
    from digitpad.train.samples.people import load_people

    reader = Reader(model) if model else Reader()
    people = load_people(data_folder(), prepared_unipen())[split]
    with table(*PAPERS) as add_row:
        for row in evaluate_papers(reader, people, count):
            add_row(*paper_row(row))


@main.command()
@click.argument("out", type=PATH)
@click.option("--count", default=100, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@example("digitpad paper sheet sheet.png")
def sheet(out: Path, count: int, seed: int) -> None:
    """Draw made scenes of training writers to the picture OUT, beside what of them is ink."""
    from digitpad.train.samples.people import load_people
    from digitpad.train.samples.sheet import draw_sheet

    people = load_people(data_folder(), prepared_unipen())["train"]
    draw_sheet(people, out, count, seed)
    print(f"{count} scenes are in {out}")
