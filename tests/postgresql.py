"""A PostgreSQL server of the tests' own, from the system's binaries."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

SECONDS = "30"  # for what should take one


def find_binaries() -> Path | None:
    """Return the folder of `initdb` and `pg_ctl`, or None where there is no server."""
    folders = [Path(found).parent for found in (shutil.which("initdb"),) if found]
    if shutil.which("pg_config"):
        said = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
        folders.append(Path(said.stdout.strip()))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Server:
    """A server on a socket in a temporary folder; another user runs it, for root may not."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="digitpad-postgresql-"))
        self._user: int | None = None
        if os.getuid() == 0:
            known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
            self._user = known.get("postgres", known["nobody"])
            os.chown(self._folder, self._user, -1)
        self._run("initdb", "--auth=trust", "--username=digitpad", "--no-sync", "--encoding=UTF8")
        self.start()

    def start(self) -> None:
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off"
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--wait", "-t", SECONDS, "-l", log, "-o", options)

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._run("pg_ctl", "stop", "--wait", "-t", SECONDS, "-m", "immediate")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def empty(self) -> str:
        """Empty its database and return the URL."""
        with psycopg.connect(
            host=str(self._folder), user="digitpad", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("SET lock_timeout = '10s'")
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url

    @property
    def url(self) -> str:
        """SQLAlchemy's address of it."""
        return f"postgresql+psycopg://digitpad@/postgres?host={self._folder}"

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._binaries / program), "-D", str(self._folder / "data"), *words],
            cwd=self._folder,
            user=self._user,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )
