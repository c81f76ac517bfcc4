"""The page."""

from apiflask import APIBlueprint
from flask import current_app, render_template

from digitpad.web.identity import DATABASE
from digitpad.web.serving import loaded_reader

pages = APIBlueprint("pages", __name__, enable_openapi=False)


@pages.get("/")
def index() -> str:
    """The pad."""
    return render_template(
        "index.html",
        model_version=loaded_reader().manifest.version,
        corrections=current_app.extensions[DATABASE] is not None,
    )
