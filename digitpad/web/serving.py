"""The model that a process serves: the shipped one, or what was promoted, as soon as it is."""

import logging
import threading
import time
import weakref

from flask import Flask, current_app

from digitpad.errors import DigitpadError, ModelError, StoreUnavailable
from digitpad.reader import Reader
from digitpad.store import Database, versions

INTERVAL = 3.0  # s between two looks at what is promoted
READER = "digitpad.reader"  # its place in app.extensions

log = logging.getLogger(__name__)


def loaded_reader() -> Reader:
    """Return the reader to serve this request with; the next request may get another one."""
    reader: Reader = current_app.extensions[READER]
    return reader


class Serving:
    """Puts the reader of what is promoted in its place in the app."""

    def __init__(self, app: Flask, database: Database) -> None:
        """Load the shipped model, and then what is promoted, if the database answers."""
        app.extensions[READER] = Reader()
        self._app = weakref.ref(app)
        self._database = database
        self._version: str | None = None  # what is served; None: the shipped model
        self._promoted: tuple[str, ...] = ()
        try:
            self.refresh()
        except DigitpadError as error:
            log.warning("the shipped model is served for now: %s", error)

    def refresh(self) -> None:
        """Serve the newest promoted model that is whole. Raises StoreUnavailable, StoreError."""
        promoted = versions.promoted(self._database)
        app = self._app()
        if promoted == self._promoted or app is None:
            return
        for version in (*promoted, None):
            if version == self._version:
                break
            try:
                app.extensions[READER] = versions.load(self._database, version)
            except ModelError as error:
                log.error("model %s in the database is passed over: %s", version, error)
                continue
            self._version = version
            log.warning("model %s is served from now on", version or "shipped")
            break
        self._promoted = promoted

    def watch(self) -> None:
        """Look at what is promoted until the app is gone, in a thread of its own."""
        threading.Thread(target=self._watch, name="models", daemon=True).start()

    def _watch(self) -> None:
        while self._app() is not None:
            time.sleep(INTERVAL)
            try:
                self.refresh()
            except StoreUnavailable:
                pass  # logged where it was found; what is served stays
            except Exception:
                log.exception("what is promoted could not be loaded")
