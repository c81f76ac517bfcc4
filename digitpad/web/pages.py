"""The pages."""

from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, render_template, request
from werkzeug.exceptions import NotFound

from digitpad.web.about import LOW, numbers, place, story
from digitpad.web.answers import reading_body
from digitpad.web.german import german
from digitpad.web.identity import DATABASE
from digitpad.web.openapi import document
from digitpad.web.problems import PROBLEMS
from digitpad.web.reference import reference, shown
from digitpad.web.schemas import READ_EXAMPLE, ReadRequest
from digitpad.web.serving import loaded_reader

STATIC = Path(__file__).parent / "static"
ELEMENT = sorted(f"digit-pad/{path.name}" for path in STATIC.glob("digit-pad/*.js"))
MODULES = ("kept.js", "site.js", *ELEMENT)

pages = APIBlueprint("pages", __name__, enable_openapi=False)


@pages.app_context_processor
def _common() -> dict[str, Any]:
    return {
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


@pages.get("/docs")
def docs() -> str:
    """The HTTP interface, as the OpenAPI document has it, and what an example is answered."""
    reader = loaded_reader()
    read = reader.read(ReadRequest.model_validate(READ_EXAMPLE).ink.to_ink())
    return render_template(
        "docs.html",
        reference=reference(document(), request.host_url.rstrip("/")),
        answered=shown(reading_body(read, reader.manifest, personal=False)),
        problems=PROBLEMS,
        german=german,
    )


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
