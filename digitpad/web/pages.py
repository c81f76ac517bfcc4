"""The pages."""

import json
from hashlib import sha256
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, render_template, request
from werkzeug.exceptions import NotFound

from digitpad.web.about import LOW, numbers, place, story
from digitpad.web.answers import reading_body
from digitpad.web.assets import NAMES, STATIC, asset
from digitpad.web.german import german
from digitpad.web.identity import DATABASE
from digitpad.web.openapi import document
from digitpad.web.problems import PROBLEMS
from digitpad.web.reference import reference, shown
from digitpad.web.schemas import READ_EXAMPLE, ReadRequest
from digitpad.web.serving import loaded_reader

ELEMENT = [name for name in NAMES if name.startswith("digit-pad/") and name.endswith(".js")]
MODULES = ("kept.js", "offline.js", "site.js", "taking.js", *ELEMENT)
# What the pad's page loads.
SHELL = (*MODULES, "favicon.svg", "handover.js", "main.js", "page.css", "prefer.js")
MANIFEST = {
    "id": "./",
    "name": "Digitpad",
    "short_name": "Digitpad",
    "description": "Handwritten numbers, read as you draw",
    "lang": "en",
    "start_url": "./",
    "scope": "./",
    "display": "standalone",
    "background_color": "#f1f2ee",
    "theme_color": "#f1f2ee",
}
ICONS = (  # `python -m scripts.icons` makes them; maskable ones have room to be cut to any shape
    ("icons/192.png", 192, "any"),
    ("icons/512.png", 512, "any"),
    ("icons/maskable.png", 512, "maskable"),
)

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


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """What an installed page is called and looks like; its addresses are relative to this one."""
    icons = [
        {"src": asset(name), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for name, side, purpose in ICONS
    ]
    return Response(json.dumps({**MANIFEST, "icons": icons}), mimetype="application/manifest+json")


@pages.get("/worker.js")
def worker() -> Response:
    """The service worker, with what it keeps: another one whenever any of that changes."""
    page = render_template("index.html", modules=MODULES)
    kept = {
        "version": sha256(page.encode()).hexdigest()[:12],
        "files": [asset(name) for name in SHELL],
    }
    script = (STATIC / "worker.js").read_text("utf-8")
    response = Response(f"self.KEPT = {json.dumps(kept)};\n{script}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/digits")
def digits() -> str:
    """What is remembered of a person's corrections."""
    return render_template("digits.html")


@pages.get("/form")
def form() -> str:
    """A picture of a form, and what is read in each of its fields."""
    return render_template("form.html")


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
