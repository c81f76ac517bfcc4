"""Read by gunicorn when it starts in this folder: each name is one of its settings."""

from importlib import import_module

from digitpad.config import share_metrics

share_metrics()
globals().update(import_module("digitpad.web.gunicorn").settings_from_env())
