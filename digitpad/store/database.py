"""The connection to SQLite or PostgreSQL, its transactions, and the migrations of its tables."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from digitpad.errors import StoreError, StoreUnavailable
from digitpad.store.schema import Key, now
from digitpad.timing import stage

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(path.stem[:4] for path in MIGRATIONS.glob("versions/*.py"))  # revision
# For the lane of corrections, those who look for a style, and the watch; two processes take twelve
# of the 20 that Heroku's smallest plan has.
POOL = {"pool_size": 2, "max_overflow": 4, "pool_timeout": 5}
CONNECT_TIMEOUT = 2  # s
STATEMENT_TIMEOUT = 10_000  # ms
BUSY_TIMEOUT = 5  # s that SQLite waits for another writer
# kB of pages that each connection keeps to SQLite: its own 2,000 would fill as the file grows, in
# each of the processes, with what the system keeps anyway.
CACHE = 256
REST = 3.0  # s after a failure in which no other attempt is made
LEFT_ALONE = 30.0  # s after a failure in which `is_down` tells those who can do without to do so
LOCK = 0x64696769  # of PostgreSQL's advisory locks: "digi"

GONE = "the database does not answer"
OLD = "the database lacks a table: digitpad db upgrade makes it"
REASONS = {  # by what SQLite's or PostgreSQL's message has
    "is full": "the database is full",
    "No space left": "the database is full",
    "is locked": "the database is busy",
    "no such table": OLD,
    'relation "': OLD,
}

log = logging.getLogger(__name__)


class Database:
    """A pool of connections. Safe to share between threads; make it after a fork."""

    def __init__(self, url: str) -> None:
        """Prepare for the database at SQLAlchemy's `url`, without connecting.

        Raises StoreError when it is neither SQLite nor PostgreSQL.
        """
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):  # the latter for a port that is no number
            raise StoreError("DATABASE_URL must be a URL, like postgresql://host/name") from None
        self._failed: float | None = None  # when it last did not answer; None: it did
        self._upgrading = threading.Lock()
        self._current = False  # whether a SQLite database was upgraded already
        self._inode: int | None = None  # of its file, when it was
        self.is_sqlite = parsed.drivername in ("sqlite", "sqlite+pysqlite")
        if self.is_sqlite:
            if parsed.database in (None, "", ":memory:"):
                raise StoreError("DATABASE_URL must name a file, like sqlite:////var/digitpad.db")
            self._file = Path(parsed.database or "")
            self.engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT})
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        elif parsed.drivername == "postgresql+psycopg":
            self.engine = create_engine(
                parsed,
                **POOL,
                pool_pre_ping=True,
                pool_recycle=300,
                connect_args={
                    "connect_timeout": CONNECT_TIMEOUT,
                    "tcp_user_timeout": 1000 * BUSY_TIMEOUT,
                    "options": f"-c statement_timeout={STATEMENT_TIMEOUT}",
                },
            )
        else:
            raise StoreError(
                "DATABASE_URL must begin with sqlite:/// or postgresql://, "
                f"found {parsed.drivername}"
            )

    @property
    def is_down(self) -> bool:
        """Whether it lately did not answer: an attempt may take CONNECT_TIMEOUT."""
        return self._failed is not None and time.monotonic() < self._failed + LEFT_ALONE

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads. Raises StoreUnavailable."""
        self._upgrade_sqlite()
        with self._connect(writing=False) as connection, Session(connection) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are durable once the block ends. Raises StoreUnavailable.

        All of them are undone when the block raises.
        """
        self._upgrade_sqlite()
        with self._connect(writing=True) as connection, Session(connection) as session:
            yield session
            session.flush()
        if self._is_another_file():
            raise StoreUnavailable(GONE)

    @contextmanager
    def exclusive(self) -> Iterator[Session]:
        """Do as `writing` does, while nobody else is in `exclusive` or `upgrade`."""
        with self.writing() as session:
            self._lock(session.connection())
            yield session

    def upgrade(self) -> None:
        """Bring the tables to this version of Digitpad; several at once wait for each other.

        Raises StoreUnavailable, and StoreError when a newer Digitpad made them.
        """
        if self.is_sqlite:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreUnavailable(f"no database in {self._file}: {error.strerror}") from error
        # Here, since a site that is up to date never needs it, and it takes 12 MB a process.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415
        from alembic.util.exc import CommandError  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self._connect(writing=True) as connection:
            self._lock(connection)
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreError(
                    f"the database is not one that this version of Digitpad knows: {error}"
                ) from error

    def check(self) -> None:
        """Raise StoreUnavailable unless the database keeps what is written to it."""
        with suppress(IntegrityError), self.writing() as session:  # or another's check was kept
            session.merge(Key(name="checked", value=now().isoformat()))

    def backup(self, path: Path) -> None:
        """Copy a SQLite database to a new file, as it is at one moment; others may go on writing.

        Raises StoreError for PostgreSQL, and when the file is there already or cannot be made.
        """
        if not self.is_sqlite:
            raise StoreError("this copies SQLite alone: for PostgreSQL there is pg_dump")
        if path.exists():
            raise StoreError(f"{path} is there already")
        self._upgrade_sqlite()
        try:
            with self.engine.connect() as connection:
                connection.connection.execute("VACUUM INTO ?", [str(path)])
        except (DBAPIError, sqlite3.Error) as error:
            raise StoreError(f"{path} could not be made: {error}") from error

    def close(self) -> None:
        """Close the connections that nobody uses; later use opens others."""
        self.engine.dispose()

    def _upgrade_sqlite(self) -> None:
        """A file has no administrator: whoever uses it first brings it up to date.

        Where another file has taken its place, or none, what is written to the old one is lost.
        """
        if not self.is_sqlite or (self._current and not self._is_another_file()):
            return
        with self._upgrading:
            if self._is_another_file():
                log.warning("the database's file was taken away, or another one put in its place")
                self.engine.dispose()
                self._current = False
            if not self._current:
                if not self._has_newest_tables():
                    self.upgrade()
                self._inode = self._file.stat().st_ino
                self._current = True

    def _is_another_file(self) -> bool:
        """Whether the connections to a SQLite database are to a file that is not there any more."""
        if not self._current or not self.is_sqlite:
            return False
        try:
            return self._file.stat().st_ino != self._inode
        except OSError:
            return True

    def _has_newest_tables(self) -> bool:
        if not self._file.exists():
            return False
        try:
            with self._connect(writing=False) as connection:
                found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except StoreUnavailable:
            return False
        return bool(found == NEWEST)

    def _lock(self, connection: Connection) -> None:
        if not self.is_sqlite:  # there BEGIN IMMEDIATE has it locked already
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))

    @contextmanager
    def _connect(self, writing: bool) -> Iterator[Connection]:
        """Give a connection in a transaction; what the database cannot do is StoreUnavailable."""
        if self._failed is not None and time.monotonic() < self._failed + REST:
            raise StoreUnavailable(GONE)
        try:
            with stage("store"), self.engine.connect() as connection:
                connection.execution_options(writing=writing)
                with connection.begin():
                    self._failed = None
                    yield connection
        except (IntegrityError, DataError):  # what was asked is wrong, not the database
            raise
        except (DBAPIError, PoolTimeout) as error:
            said = _line(error)
            log.warning("the database failed: %s", said)
            reason = next((reason for words, reason in REASONS.items() if words in said), GONE)
            if reason == GONE and not isinstance(error, PoolTimeout):
                self._failed = time.monotonic()
            raise StoreUnavailable(reason) from error


def _line(error: Exception) -> str:
    """What the driver said, in one line and without the statement and its values."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(said).split())


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver begins no transactions: _begin_sqlite does
    _turn_to_wal(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", f"cache_size = -{CACHE}"):
        connection.execute(f"PRAGMA {pragma}")


def _turn_to_wal(connection: Any) -> None:
    """Wait for others who open a new file, too: for this alone SQLite heeds no timeout."""
    until = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote between.
    immediate = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
