"""The application factory."""

import re

from apiflask import APIFlask
from flask_cors import CORS

from digitpad.config import ServerConfig
from digitpad.network.manifest import SHIPPED
from digitpad.reader import Reader
from digitpad.store import Database
from digitpad.web import batches, compression, corrections, forms, observe, problems, security
from digitpad.web.api import api
from digitpad.web.assets import assets
from digitpad.web.bodies import MAX_BODY
from digitpad.web.counting import COUNTING, Counting
from digitpad.web.drift import drift
from digitpad.web.identity import DATABASE, SECRET
from digitpad.web.limits import LIMITS, Limits
from digitpad.web.openapi import SETTINGS, add_schemas
from digitpad.web.pages import pages
from digitpad.web.personal import STYLES, Styles
from digitpad.web.serving import READER, Serving


def create_app(config: ServerConfig | None = None) -> APIFlask:
    """Build the site; without `config` its settings come from the environment.

    Loads the model and connects to the database, so call it in each worker process, after gunicorn
    forks. Raises ModelError when the model is damaged, DigitpadError when a setting is wrong.
    """
    config = config or ServerConfig.from_env()
    app = APIFlask(
        "digitpad.web",
        title="Digitpad",
        version="1",
        docs_path=None,  # APIFlask's page loads its scripts from other sites
        json_errors=False,  # problems.py answers them
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config.update(SETTINGS)
    app.description = "Reads handwritten digits from pen strokes and pictures."
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False  # its redirect would answer in HTML
    database = Database(config.database) if config.database else None
    app.extensions[DATABASE] = database
    app.extensions[SECRET] = config.secret
    app.extensions[LIMITS] = Limits(config.rate, config.most, config.redis)
    app.extensions[COUNTING] = None
    if database is not None:
        app.extensions[STYLES] = Styles(database)
        app.extensions[COUNTING] = Counting(database)
        app.extensions[COUNTING].watch()
    if database is None or config.model:
        app.extensions[READER] = Reader(config.model or SHIPPED)
    else:
        Serving(app, database).watch()
    app.spec_processor(add_schemas)
    app.register_blueprint(api)
    app.register_blueprint(batches.routes)
    app.register_blueprint(forms.routes)
    app.register_blueprint(corrections.routes)
    app.register_blueprint(pages)
    app.register_blueprint(drift)
    app.register_blueprint(assets)
    if config.origins:
        CORS(
            app,
            resources=["/api/v1/*", "/static/digit-pad/*"],  # the element, and what it calls
            origins=[re.compile(re.escape(origin) + r"\Z") for origin in config.origins],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )
    compression.register(app)
    problems.register(app)
    observe.register(app)
    security.register(app, config)
    return app
