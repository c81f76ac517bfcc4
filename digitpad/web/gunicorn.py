"""How gunicorn runs the site, for Heroku (through gunicorn.conf.py) and for `digitpad serve`."""

import errno
import gc
import socket
from contextlib import suppress
from dataclasses import replace
from shutil import rmtree
from typing import Any

from apiflask import APIFlask
from prometheus_client.multiprocess import mark_process_dead

from digitpad.config import ServerConfig, share_metrics
from digitpad.errors import DigitpadError, StoreError, StoreUnavailable
from digitpad.network.manifest import SHIPPED, Manifest
from digitpad.store import Database
from digitpad.web import memory
from digitpad.web.app import create_app
from digitpad.web.counting import COUNTING
from digitpad.web.sharing import HELD
from digitpad.web.worker import Worker

YOUNG = 10_000  # objects after which garbage is looked for: those of some requests


def settings(config: ServerConfig, host: str) -> dict[str, Any]:
    """Return gunicorn's settings; raises ModelError when the model is damaged.

    Raises StoreError for a database of a kind that is not supported; whether it answers does not
    matter here. The checks are made once, before workers fork: each would fail with a stack trace.
    The imports of this module are shared by the workers; what does not survive a fork is made in
    them.
    """
    folder = config.model or SHIPPED
    Manifest.load(folder).verify(folder)
    if config.database:
        Database(config.database)  # connects to nothing
    memory.keep_little()
    metrics = share_metrics()
    return {
        "bind": _address(host, config.port),
        "workers": config.workers,
        "worker_class": Worker,
        "graceful_timeout": 25,  # s; Heroku kills 30 s after SIGTERM
        "control_socket_disable": True,
        "post_worker_init": lambda worker: _spare_garbage(),
        "worker_exit": lambda server, worker: _keep_counts(worker),
        "child_exit": lambda server, worker: _forget(worker, metrics),
        "on_exit": lambda server: rmtree(metrics, ignore_errors=True),
    }


def settings_from_env() -> dict[str, Any]:
    """Return the settings, for all interfaces; ends the process with one line if one is wrong."""
    try:
        return settings(ServerConfig.from_env(), "0.0.0.0")
    except DigitpadError as error:
        raise SystemExit(f"digitpad: {error}") from None


def serve(config: ServerConfig, host: str = "127.0.0.1", port: int | None = None) -> None:
    """Run the site until it is stopped; `port` goes before the config's.

    Raises ModelError, StoreError, or DigitpadError when the port is taken or is not ours to take.
    """
    # Here, since gunicorn reads WEB_CONCURRENCY when imported and fails with a stack trace.
    from gunicorn.app.base import (  # type: ignore[import-untyped]  # noqa: PLC0415
        BaseApplication,
    )

    config = replace(config, port=port or config.port)
    chosen = settings(config, host)
    chosen["when_ready"] = lambda _: print(
        f"Digitpad is at http://{_address(host, config.port)} (Ctrl-C ends it)", flush=True
    )
    _check_free(host, config.port)

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return create_app(config)

    Site().run()


def _spare_garbage() -> None:
    """Look for it less often: what a worker begins with is none, and requests leave little."""
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


def _forget(worker: Any, metrics: str) -> None:
    """Forget what a process that has ended was doing."""
    HELD.leave(worker.age)
    mark_process_dead(worker.pid, metrics)  # type: ignore[no-untyped-call]


def _keep_counts(worker: Worker) -> None:
    """Write what a worker that ends has counted, if it began and the database answers."""
    app: APIFlask | None = getattr(worker, "wsgi", None)
    if app is not None and (counting := app.extensions[COUNTING]) is not None:
        with suppress(StoreError, StoreUnavailable):
            counting.flush()


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _check_free(host: str, port: int) -> None:
    """Raise DigitpadError if nothing can listen there: gunicorn tries for 5 s and fills a page."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise DigitpadError(
                f"port {port} of {host} is in use: choose another one, with PORT=... before the "
                "command or with --port"
            ) from error
        raise DigitpadError(f"cannot listen on port {port} of {host}: {error.strerror}") from error
