"""The page."""

from apiflask import APIBlueprint
from flask import render_template

from digitpad.web.api import loaded_reader

pages = APIBlueprint("pages", __name__, enable_openapi=False)


@pages.get("/")
def index() -> str:
    """The pad."""
    return render_template("index.html", model_version=loaded_reader().manifest.version)
