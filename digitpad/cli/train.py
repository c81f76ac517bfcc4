"""`digitpad train`, `export`, `quantize` and `evaluate`: a model, from data to its figures."""

import sys
from pathlib import Path
from typing import Any, Literal

import click

from digitpad.cli.example import example
from digitpad.cli.tables import table
from digitpad.config import data_folder, prepared_unipen

PROFILES = ("full", "quick")
Split = Literal["validation", "test"]


@click.command("train")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--profile", default="full", type=click.Choice(PROFILES), show_default=True)
@click.option("--epochs", type=click.IntRange(1), help="Instead of the profile's.")
@click.option("--seed", type=click.IntRange(0), help="Instead of the profile's.")
@click.option(
    "--after",
    type=click.Path(path_type=Path),
    help="A finished run to go on from, learning from the validation writers too.",
)
@click.option("--without", multiple=True, help="A source of UNIPEN to leave out, like ced.")
@click.option("--tensorboard", is_flag=True, help="Write RUN/tensorboard too.")
@example("digitpad train runs/first --profile quick")
def main(
    run: Path,
    profile: str,
    after: Path | None,
    without: tuple[str, ...],
    tensorboard: bool,
    **options: int | None,
) -> None:
    """Train a network into the folder RUN; go on with it if it was interrupted.

    It learns from MNIST, and from pen ink once `digitpad data prepare unipen` was run.
    """
    import dataclasses

    from digitpad.train.fit import config as profiles
    from digitpad.train.fit.training import train
    from digitpad.train.samples.corpus import load_corpus

    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    config = dataclasses.replace(profiles.PROFILES[profile], **given)
    if after:
        config = dataclasses.replace(config, after=str(after), everything=True)
    if without:
        mixture = dataclasses.replace(config.mixture, without=without)
        config = dataclasses.replace(config, mixture=mixture)
    unipen = _ink()
    if unipen is None:
        config = profiles.without_ink(config)
    train(run, config, load_corpus(data_folder(), unipen), tensorboard)
    print(f"{run / 'model.keras'} is trained")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--calibration", type=click.Path(path_type=Path), help="Run to take it from.")
@click.option("--also", multiple=True, type=click.Choice(["savedmodel", "litert"]))
@example("digitpad export runs/first models/first --also litert")
def export(run: Path, out: Path, calibration: Path | None, also: tuple[str, ...]) -> None:
    """Write the model of a finished RUN to the folder OUT, checked against Keras."""
    from digitpad.train.release.export import export as write

    write(run, out, calibration, ("onnx", *also))
    print(f"{out} agrees with Keras on every golden input")


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@example("digitpad quantize models/first models/first-int8")
def quantize(model: Path, out: Path) -> None:
    """Write the model in the folder MODEL to the folder OUT with an int8 network.

    It must read the golden digits as the float one does; `digitpad evaluate OUT` measures it.
    """
    from digitpad.train.release.quantize import quantize as write

    write(model, out)
    print(f"{out} reads every golden digit as {model} does")


@click.command()
@click.argument("model", required=False, type=click.Path(path_type=Path))
@click.option("--out", default="evaluation", show_default=True, type=click.Path(path_type=Path))
@click.option(
    "--split", default="validation", type=click.Choice(["validation", "test"]), show_default=True
)
@click.option("--record", is_flag=True, help="Write the figures into the model's manifest too.")
@example("digitpad evaluate models/first --out models/first/evaluation")
def evaluate(model: Path | None, out: Path, split: Split, record: bool) -> None:
    """Measure a model folder, or the shipped model, on writers it never saw.

    The test split is for models that are done: choose by the validation split.
    """
    from digitpad.network.manifest import SHIPPED, Manifest
    from digitpad.train.measure.evaluate import evaluate as measure
    from digitpad.train.measure.tables import tables

    metrics = measure(model or SHIPPED, data_folder(), _ink(), out, split, record)
    config = Manifest.load(model or SHIPPED).training.get("config", {})
    for title, header, rows in tables(
        metrics, split == "validation" and config.get("everything", False)
    ):
        with table(*header, title=title) as add_row:
            for row in rows:
                add_row(*row)
    print(f"pictures are in {out}")


def _ink() -> Path | None:
    """Return the prepared ink, or say that there is none."""
    if prepared_unipen().exists():
        return prepared_unipen()
    print("no pen ink (digitpad data prepare unipen), so MNIST alone", file=sys.stderr)
    return None
