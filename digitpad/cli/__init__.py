"""The command line: parses, calls, prints."""

import json
import sys
from pathlib import Path
from typing import Any, Literal

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from digitpad import __version__
from digitpad.cli import corrections, models
from digitpad.cli.example import example
from digitpad.config import ServerConfig, data_folder, database_url, prepared_unipen
from digitpad.errors import DigitpadError
from digitpad.reader import Reader
from digitpad.reading import Reading

EXTRAS = {  # that commands need; the others need "train"
    **dict.fromkeys(("corrections", "db", "models", "serve"), "server"),
    "retrain": "server,train",
}
PROFILES = ("full", "quick", "record")
Split = Literal["validation", "test"]


class Commands(click.Group):
    """A group whose commands end on a DigitpadError with one line and exit status 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except DigitpadError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("digitpad"):
                raise
            extra = EXTRAS.get(context.invoked_subcommand or "", "train")
            raise click.ClickException(
                f"{error.name} is not installed: in a checkout, pip install '.[{extra}]'"
            ) from error
        finally:
            sys.stdout.flush()  # a reader that went away is noticed while click can still handle it


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="digitpad")
def main() -> None:
    """Digitpad reads handwritten digits."""


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option("--model", type=click.Path(path_type=Path), help="Folder of another model.")
@example("digitpad read seven.png photo.jpg")
def read(files: tuple[Path, ...], as_json: bool, model: Path | None) -> None:
    """Read the number in each picture.

    The exit status is 0 when every file was read, 1 when one was unsure, blank or could not be
    opened.
    """
    reader = Reader(model) if model else Reader()
    table = Table(Column("file", overflow="fold"), "text", "status", "confidence", "or")
    every_one = True
    for file in files:
        try:
            reading, error = reader.read(file), None
        except DigitpadError as problem:
            reading, error = None, str(problem)
        every_one &= reading is not None and reading.status == "read"
        if as_json:
            print(json.dumps({"file": str(file), **_summary(reading, error)}))
        elif reading is None:
            table.add_row(_plain(file), "", "error", "", _plain(error or ""))
        else:
            others = ", ".join(f"{a.text} {a.confidence:.1%}" for a in reading.alternatives)
            sure = f"{reading.confidence:.1%}" if reading.text else ""
            table.add_row(_plain(file), reading.text, reading.status, sure, others)
    if not as_json:
        Console().print(table)
    sys.exit(0 if every_one else 1)


def _plain(text: str | Path) -> Text:
    """Return a cell that shows brackets, and names that are not Unicode, as they are."""
    return Text(click.format_filename(text))


def _summary(reading: Reading | None, error: str | None) -> dict[str, Any]:
    if reading is None:
        return {"error": error}
    return {
        "text": reading.text,
        "status": reading.status,
        "reason": reading.reason,
        "confidence": reading.confidence,
        "alternatives": [
            {"text": a.text, "confidence": a.confidence} for a in reading.alternatives
        ],
    }


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; else PORT, else 8000.")
@example("digitpad serve --host 0.0.0.0 --port 8000")
def serve(host: str, port: int | None) -> None:
    """Serve the site, until Ctrl-C."""
    from digitpad.web.gunicorn import serve as run

    run(ServerConfig.from_env(), host=host, port=port)


main.add_command(corrections.main)
main.add_command(models.main)
main.add_command(models.retrain)


@main.group()
def db() -> None:
    """The database of corrections and models."""


@db.command()
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


@main.group()
def data() -> None:
    """Training data."""


@data.command()
@click.argument("name", type=click.Choice(["mnist"]))
@example("digitpad data fetch mnist")
def fetch(name: str) -> None:
    """Fetch a data set to where DIGITPAD_DATA says, verified by SHA-256."""
    from digitpad.train.sources.fetch import fetch_mnist

    folder = data_folder()
    fetch_mnist(folder)
    print(f"{name} is in {folder}")


@data.command()
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
    table = Table("source", "split", "writers", "digits", "letters and symbols")
    for row in count_drawings(drawings):
        table.add_row(*map(str, row))
    Console().print(table)
    save_drawings(drawings, prepared_unipen())
    print(f"{name} is in {prepared_unipen()}")


@main.command()
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
def train(
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

    from digitpad.train.fit import training as fit

    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    config = dataclasses.replace(fit.PROFILES[profile], **given)
    if after:
        config = dataclasses.replace(config, after=str(after), everything=True)
    if without:
        mixture = dataclasses.replace(config.mixture, without=without)
        config = dataclasses.replace(config, mixture=mixture)
    if profile == "record":
        from digitpad.train.fit.record import record

        for number, accuracy in record(run, config, data_folder()).items():
            print(f"seed {number}: {accuracy:.2%} of MNIST's test images")
        return
    unipen = _ink()
    if unipen is None:
        config = fit.without_ink(config)
    fit.train(run, config, data_folder(), unipen, tensorboard)
    print(f"{run / 'model.keras'} is trained")


@main.command()
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


@main.command()
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
    from digitpad.train.measure.evaluate import tables

    metrics = measure(model or SHIPPED, data_folder(), _ink(), out, split, record)
    config = Manifest.load(model or SHIPPED).training.get("config", {})
    for title, header, rows in tables(
        metrics, split == "validation" and config.get("everything", False)
    ):
        table = Table(*header, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row)
        Console().print(table)
    print(f"pictures are in {out}")


def _ink() -> Path | None:
    """Return the prepared ink, or say that there is none."""
    if prepared_unipen().exists():
        return prepared_unipen()
    print("no pen ink (digitpad data prepare unipen), so MNIST alone", file=sys.stderr)
    return None
