"""The application factory."""

from apiflask import APIFlask

from digitpad.config import ServerConfig
from digitpad.reader import Reader
from digitpad.recognizer import SHIPPED
from digitpad.web import problems, security
from digitpad.web.api import MAX_BODY, READER, api
from digitpad.web.pages import pages
from digitpad.web.schemas import complete_openapi


def create_app(config: ServerConfig | None = None) -> APIFlask:
    """Build the site; without `config` its settings come from the environment.

    Loads the model, so call it in each worker process, after gunicorn forks. Raises ModelError
    when the model is damaged, DigitpadError when a setting is wrong.
    """
    config = config or ServerConfig.from_env()
    reader = Reader(config.model or SHIPPED)
    app = APIFlask(
        "digitpad.web",
        title="Digitpad",
        version="1",
        docs_path=None,  # APIFlask's page loads its scripts from other sites
        json_errors=False,  # problems.py answers them
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["AUTO_SERVERS"] = False  # it would keep the Host header of the first request
    app.description = "Reads handwritten digits from pen strokes and pictures."
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False  # its redirect would answer in HTML
    app.extensions[READER] = reader
    app.spec_processor(complete_openapi)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    problems.register(app)
    security.register(app)
    return app
