"""Read by gunicorn when it starts in this folder: each name is one of its settings."""

from digitpad.web.gunicorn import settings_from_env

globals().update(settings_from_env())
