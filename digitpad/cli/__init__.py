"""The command line: parses, calls, prints. A module for each command, or group of them."""

import sys
from typing import Any

import click

from digitpad import __version__
from digitpad.cli import (
    bulk,
    corrections,
    data,
    db,
    drift,
    forms,
    keys,
    models,
    paper,
    read,
    serve,
    strokes,
    train,
)
from digitpad.errors import DigitpadError

EXTRAS = {  # that commands need; the others need "train"
    **dict.fromkeys(("corrections", "db", "drift", "keys", "models", "serve"), "server"),
    **dict.fromkeys(("pack", "read", "report"), "bulk"),
    "retrain": "server,train",
}


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
            extra = "ray" if error.name == "ray" else extra
            raise click.ClickException(
                f"{error.name} is not installed: in a checkout, pip install '.[{extra}]'"
            ) from error
        finally:
            sys.stdout.flush()  # a reader that went away is noticed while click can still handle it


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="digitpad")
def main() -> None:
    """Digitpad reads handwritten digits."""


for command in (
    read.main,
    forms.main,
    bulk.pack,
    bulk.report,
    serve.main,
    corrections.main,
    models.main,
    models.retrain,
    db.main,
    keys.main,
    drift.main,
    data.main,
    train.main,
    train.export,
    train.quantize,
    train.evaluate,
    paper.main,
    strokes.main,
):
    main.add_command(command)
