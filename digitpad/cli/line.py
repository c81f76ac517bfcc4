"""`digitpad line`: the network that reads lines of writing."""

import dataclasses
import json
from pathlib import Path
from typing import Any, Literal

import click

from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import data_folder, prepared_unipen

Split = Literal["validation", "test"]
PATH = click.Path(path_type=Path)


@click.group("line")
def main() -> None:
    """The network that reads lines: train, export, measure it, look at what it learns from."""


@main.command()
@click.argument("run", type=PATH)
@click.option("--profile", default="full", type=click.Choice(["full", "quick"]), show_default=True)
@click.option("--epochs", type=click.IntRange(1), help="Instead of the profile's.")
@click.option("--look", type=click.Choice(["ink", "paper"]), help="Learn only lines of this look.")
@click.option("--after", type=PATH, help="A run whose network it begins with.")
@click.option("--seed", type=click.IntRange(1), help="Instead of the profile's.")
@example("digitpad line train runs/line --profile quick")
def train(run: Path, profile: str, after: Path | None, **options: int | str | None) -> None:
    """Train a line network into the folder RUN; go on with it if it was interrupted.

    It learns from lines made of MNIST's scans and of pen ink: run `digitpad data prepare unipen`
    before. Prints a line an epoch.
    """
    from digitpad.train.fit.line_training import LINE_PROFILES, train_line

    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if after:
        given["after"] = str(after)
    config = dataclasses.replace(LINE_PROFILES[profile], **given)
    train_line(run, config, data_folder(), prepared_unipen())
    print(f"{run / 'line.keras'} is trained")


@main.command()
@click.argument("run", type=PATH)
@click.argument("model", type=PATH)
@example("digitpad line export runs/line models/first")
def export(run: Path, model: Path) -> None:
    """Add the line network of a finished RUN to the folder MODEL, checked against Keras."""
    from digitpad.train.release.export_line import export_line

    export_line(run, model)
    print(f"the line network of {model} agrees with Keras on every golden line")


@main.command()
@click.argument("model", required=False, type=PATH)
@click.option("--out", type=PATH, help="A file for the same figures as JSON.")
@click.option("--count", default=200, show_default=True, type=click.IntRange(1), help="Of a kind.")
@click.option(
    "--split", default="validation", type=click.Choice(["validation", "test"]), show_default=True
)
@example("digitpad line evaluate models/first --count 100")
def evaluate(model: Path | None, out: Path | None, count: int, split: Split) -> None:
    """Measure a model's line network alone, on lines made of writers it never saw.

    The test split is for models that are done: choose by the validation split.
    """
    from digitpad.network.manifest import SHIPPED
    from digitpad.network.runtime import LineNetwork
    from digitpad.picture.line import LineReader
    from digitpad.train.measure.lines import evaluate_lines
    from digitpad.train.samples.people import load_people

    reader = LineReader(LineNetwork(model or SHIPPED))
    people = load_people(data_folder(), prepared_unipen())[split]
    rows = evaluate_lines(reader, people, count)
    shares = ("right", "unsure", "blank", "wrong_and_sure", "error", "ece")
    names = ("right", "unsure", "blank", "wrong, sure", "token errors", "ECE")
    with table("lines", "n", *names) as add_row:
        for row in rows:
            add_row(row["what"], f"{row['lines']:,}", *(f"{row[share]:.1%}" for share in shares))
    if out:
        out.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


@main.command()
@click.argument("out", type=PATH)
@click.option("--count", default=150, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--look", type=click.Choice(["ink", "paper"]), help="Only lines of this look.")
@click.option("--sign", help="Only lines with this sign, or `other` for letters.")
@click.option("--mark", help="Only lines with this mark, like strike.")
@click.option("--paper", help="Only lines on this paper, like squares.")
@example("digitpad line sheet sheet.png --mark circle")
def sheet(
    out: Path,
    count: int,
    seed: int,
    look: Literal["ink", "paper"] | None,
    sign: str | None,
    mark: str | None,
    paper: str | None,
) -> None:
    """Draw made lines of training writers to the picture OUT, to look at."""
    from digitpad.labels import OTHER, SIGNS
    from digitpad.train.samples.lines import Recipe
    from digitpad.train.samples.marks import MARKS
    from digitpad.train.samples.paper import PAPERS
    from digitpad.train.samples.people import load_people
    from digitpad.train.samples.sheet import draw_sheet

    for name, value, known in (
        ("sign", sign, [*SIGNS, OTHER]),
        ("mark", mark, list(MARKS)),
        ("paper", paper, list(PAPERS)),
    ):
        if value is not None and value not in known:
            wanted = f"expected one of {' '.join(known)}, found {value}"
            raise click.BadParameter(wanted, param_hint=f"--{name}")
    people = load_people(data_folder(), prepared_unipen())["train"]
    draw_sheet(people, out, count, seed, Recipe(look=look, sign=sign, mark=mark, paper=paper))
    print(f"{count} lines are in {out}")
