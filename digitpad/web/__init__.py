"""The site: one page and the HTTP interface."""

from digitpad.web.app import create_app

__all__ = ["create_app"]
