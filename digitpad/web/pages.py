"""The pages."""

from pathlib import Path

from apiflask import APIBlueprint
from flask import render_template

from digitpad.web.api import loaded_reader

STATIC = Path(__file__).parent / "static"
MODULES = ("site.js", *sorted(f"digit-pad/{path.name}" for path in STATIC.glob("digit-pad/*.js")))

pages = APIBlueprint("pages", __name__, enable_openapi=False)


@pages.app_context_processor
def _common() -> dict[str, str]:
    return {"model_version": loaded_reader().manifest.version}


@pages.get("/")
def index() -> str:
    """The pad."""
    return render_template("index.html", modules=MODULES, corrections=True)


@pages.get("/digits")
def digits() -> str:
    """What is remembered of a person's corrections."""
    return render_template("digits.html", corrections=True)
