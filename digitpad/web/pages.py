"""The pages."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, render_template
from werkzeug.exceptions import NotFound

from digitpad.web.about import LOW, numbers, place, story
from digitpad.web.assets import NAMES, asset
from digitpad.web.identity import DATABASE
from digitpad.web.problems import PROBLEMS
from digitpad.web.serving import loaded_reader

ELEMENT = [name for name in NAMES if name.startswith("digit-pad/") and name.endswith(".js")]
MODULES = ("kept.js", "site.js", *ELEMENT)

pages = APIBlueprint("pages", __name__, enable_openapi=False)


@pages.app_context_processor
def _common() -> dict[str, Any]:
    return {
        "asset": asset,
        "model_version": loaded_reader().manifest.version,
        "corrections": current_app.extensions[DATABASE] is not None,
    }


@pages.get("/")
def index() -> str:
    """The pad."""
    return render_template("index.html", modules=MODULES)


@pages.get("/digits")
def digits() -> str:
    """What is remembered of a person's corrections."""
    return render_template("digits.html")


@pages.get("/problems/<kind>")
def problem(kind: str) -> Response:
    """What a problem's type means."""
    if kind not in PROBLEMS:
        raise NotFound("there is no such type of problem")
    return Response(f"{PROBLEMS[kind]}\n", mimetype="text/plain")


@pages.get("/about")
def about() -> str:
    """What the site does with drawings, how well it reads, and how."""
    reader = loaded_reader()
    metrics = reader.manifest.metrics
    return render_template(
        "about.html",
        story=story(reader),
        measured=metrics.get("test", {}),
        numbers=numbers(metrics),
        learned=metrics.get("style", {}).get("ways", {}).get("pad"),
        place=place,
        low=LOW,
    )
