"""Every setting: name, default, unit and help. Nothing else reads the environment."""

import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from digitpad.errors import DigitpadError

# ONNX Runtime (seen in 1.32) reports to its maker from a thread that it starts when imported, and
# that thread does not survive gunicorn's fork: workers then hang or abort when they end.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


@dataclass(frozen=True)
class Setting:
    """One row of the table in `docs/deploy.md`."""

    name: str
    default: str
    unit: str
    help: str


SETTINGS = (
    Setting(
        "DIGITPAD_DATA",
        "the user's cache folder",
        "path",
        "training data: mnist/, mnist-writers/ and UNIPEN's tree or tar",
    ),
    Setting("DIGITPAD_MODEL", "the shipped model", "path", "folder of another model to serve"),
    Setting("PORT", "8000", "TCP port", "where the site listens"),
    Setting("WEB_CONCURRENCY", "2", "processes", "worker processes of the site"),
    Setting(
        "DATABASE_URL",
        "SQLite in the user's data folder",
        "address",
        "where corrections and models are kept: sqlite:///PATH or postgresql://…",
    ),
    Setting("SECRET_KEY", "one kept in the database", "text", "signs the cookie"),
    Setting(
        "DIGITPAD_ORIGINS",
        "none",
        "origins, by commas",
        "other sites whose pages may use the element and the HTTP interface",
    ),
    Setting(
        "DIGITPAD_FRAMES",
        "none",
        "origins, by commas",
        "other sites whose pages may show this one in a frame",
    ),
    Setting(
        "DIGITPAD_HOSTS",
        "any",
        "host names, by commas",
        "the only names that the site answers to; .example.org stands for all below it, too",
    ),
    Setting(
        "DIGITPAD_PROXIES",
        "1 on Heroku, else 0",
        "proxies",
        "how many in front of it are believed who calls, whether by HTTPS, and under which prefix",
    ),
    Setting("REDIS_URL", "none", "address", "where requests are counted for all processes at once"),
    Setting(
        "DIGITPAD_RATE",
        "60",
        "corrections a minute",
        "what one client may send; an API key may send a hundred times as many",
    ),
    Setting(
        "DIGITPAD_MOST",
        "50000",
        "corrections",
        "what the database keeps at most: more are refused until some are erased or expire",
    ),
    Setting(
        "DIGITPAD_RETENTION",
        "365",
        "days",
        "how long `digitpad corrections expire` lets corrections be kept",
    ),
)


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder for what can be made again; it need not exist."""
    return _folder(environ, "XDG_CACHE_HOME", "~/.cache", "~/Library/Caches")


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the training data; it need not exist."""
    if "DIGITPAD_DATA" in environ:
        return Path(environ["DIGITPAD_DATA"]).expanduser()
    return cache_folder(environ)


def database_url(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return SQLAlchemy's URL of the database; None on Heroku without one, whose disk forgets."""
    url = environ.get("DATABASE_URL")
    if url:
        return re.sub("^postgres(ql)?://", "postgresql+psycopg://", url)
    if "DYNO" in environ:
        return None
    home = _folder(environ, "XDG_DATA_HOME", "~/.local/share", "~/Library/Application Support")
    return f"sqlite:///{home / 'digitpad.db'}"


def share_metrics(environ: MutableMapping[str, str] = os.environ) -> str:
    """Have processes that are forked from this one count together; return the folder they use.

    To be called before Prometheus's client is imported, which looks then where to count.
    """
    if "PROMETHEUS_MULTIPROC_DIR" not in environ:
        environ["PROMETHEUS_MULTIPROC_DIR"] = mkdtemp(prefix="digitpad-metrics-")
    return environ["PROMETHEUS_MULTIPROC_DIR"]


def retention(environ: Mapping[str, str] = os.environ) -> int:
    """Return how many days corrections are kept; raises DigitpadError."""
    return _whole(environ, "DIGITPAD_RETENTION", 365, 36_500)


def prepared_unipen() -> Path:
    """Return where `digitpad data prepare unipen` keeps the ink; it need not exist."""
    return cache_folder() / "unipen.npz"


@dataclass(frozen=True)
class ServerConfig:
    """What the site needs to know when it starts."""

    model: Path | None = None
    port: int = 8000
    workers: int = 2
    database: str | None = None  # SQLAlchemy's URL; None: corrections are off
    secret: str | None = None  # signs the cookie; None: one kept in the database
    origins: tuple[str, ...] = ()  # other sites whose pages may call the HTTP interface
    frames: tuple[str, ...] = ()  # other sites whose pages may show it in a frame
    hosts: tuple[str, ...] = ()  # the only names it answers to; none: any
    proxies: int = 0  # in front of it, whose headers are believed
    redis: str | None = None  # where requests are counted; None: in each process
    rate: int = 60  # corrections a minute that one client may send
    most: int = 50_000  # corrections that the database keeps

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "ServerConfig":
        """Read the settings; raises DigitpadError that names the one that is wrong."""
        model = environ.get("DIGITPAD_MODEL")
        return cls(
            model=Path(model) if model else None,
            port=_whole(environ, "PORT", cls.port, 65535),
            workers=_whole(environ, "WEB_CONCURRENCY", cls.workers, 64),
            database=database_url(environ),
            secret=environ.get("SECRET_KEY") or None,
            origins=_origins(environ, "DIGITPAD_ORIGINS"),
            frames=_origins(environ, "DIGITPAD_FRAMES"),
            hosts=_hosts(environ.get("DIGITPAD_HOSTS", "")),
            proxies=_whole(environ, "DIGITPAD_PROXIES", int("DYNO" in environ), 9, least=0),
            redis=environ.get("REDIS_URL") or None,
            rate=_whole(environ, "DIGITPAD_RATE", cls.rate, 1_000_000),
            most=_whole(environ, "DIGITPAD_MOST", cls.most, 100_000_000),
        )


def _folder(environ: Mapping[str, str], variable: str, linux: str, mac: str) -> Path:
    if sys.platform == "win32":
        home = Path(environ.get("LOCALAPPDATA", "~/AppData/Local"))
    elif sys.platform == "darwin":
        home = Path(mac)
    else:
        home = Path(environ.get(variable) or linux)
    return home.expanduser() / "digitpad"


def _origins(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    text = environ.get(name, "")
    origins = tuple(origin.strip() for origin in text.split(",") if origin.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?", origin):
            raise DigitpadError(
                f"{name} must be like https://example.org, by commas, found {origin!r}"
            )
    return origins


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    for host in hosts:
        if not re.fullmatch(r"\.?[\w-]+(\.[\w-]+)*|\[[0-9a-f:.]+\]", host, re.ASCII):
            raise DigitpadError(
                f"DIGITPAD_HOSTS must be like digits.example.org, by commas, found {host!r}"
            )
    return hosts


def _whole(environ: Mapping[str, str], name: str, default: int, most: int, least: int = 1) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
        raise DigitpadError(
            f"{name} must be a whole number from {least} to {most}, found {text!r:.40}"
        )
    return int(text)
