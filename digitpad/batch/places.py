"""Where a run writes: on this machine, or at a URL that fsspec knows.

What is written is at its place whole or not at all: here by a rename; at a URL since stores such as
S3 show an object when all of it has come.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from digitpad.errors import Conflict, DigitpadError, InvalidInput

LOCK = ".lock"


@dataclass(frozen=True)
class Local:
    """A file or a folder of this machine."""

    path: Path

    @property
    def name(self) -> str:
        """The last part."""
        return self.path.name

    @property
    def scratch(self) -> Path | None:
        """A folder for what may go: this one."""
        return self.path

    def __str__(self) -> str:
        return str(self.path)

    def beside(self, name: str) -> "Local":
        """Return another place in the same folder."""
        return Local(self.path.with_name(name))

    def __truediv__(self, name: str) -> "Local":
        return Local(self.path / name)

    def exists(self) -> bool:
        """Whether there is anything."""
        return self.path.exists()

    def names(self) -> list[str]:
        """Return the names in a folder, sorted."""
        return sorted(path.name for path in self.path.iterdir())

    def open(self) -> IO[bytes]:
        """Open a file to be read."""
        return self.path.open("rb")

    @contextmanager
    def replacing(self) -> Iterator[IO[bytes]]:
        """Yield a file that is here, in place of what was, when all of it is on the disk."""
        new = self.path.with_name(f".{self.name.lstrip('.')}.new")
        try:
            with new.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        new.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # its name is on the disk, too
        finally:
            os.close(folder)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make a folder, and keep others from it; raises Conflict, InvalidInput."""
        try:
            self.path.mkdir(exist_ok=True, parents=True)
            with (self.path / LOCK).open("ab") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    raise Conflict(f"another run writes to {self}") from error
                yield
        except OSError as error:
            raise InvalidInput(f"cannot write to {self}: {error.strerror or error}") from error

    def remove(self) -> None:
        """Remove a file, or a folder with all in it."""
        if self.path.is_dir():
            shutil.rmtree(self.path)
        else:
            self.path.unlink()


@dataclass(frozen=True)
class Remote:
    """The same at a URL. Nothing is locked there: two runs would write the same, twice."""

    url: str
    scratch: None = None

    @property
    def name(self) -> str:
        """The last part."""
        return self.url.rpartition("/")[2]

    def __str__(self) -> str:
        return self.url

    def beside(self, name: str) -> "Remote":
        """Return another place in the same folder."""
        return Remote(f"{self.url.rpartition('/')[0]}/{name}")

    def __truediv__(self, name: str) -> "Remote":
        return Remote(f"{self.url}/{name}")

    def exists(self) -> bool:
        """Whether there is anything."""
        system, path = self._system()
        with self._told("read"):
            return bool(system.exists(path))

    def names(self) -> list[str]:
        """Return the names in a folder, sorted; a folder that is not there has none."""
        system, path = self._system()
        with self._told("read"):
            found = system.find(path, refresh=True) if system.exists(path) else []
            return sorted(name.rpartition("/")[2] for name in found)

    def open(self) -> IO[bytes]:
        """Open a file to be read."""
        system, path = self._system()
        with self._told("read"):
            opened: IO[bytes] = system.open(path, "rb")
            return opened

    @contextmanager
    def replacing(self) -> Iterator[IO[bytes]]:
        """Yield a file that is there, in place of what was, when all of it has come.

        Without a transaction fsspec would also keep the half of it, after an error.
        """
        system, path = self._system()
        with self._told("write to"), system.transaction, system.open(path, "wb") as file:
            yield file

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing has to be made, and nobody can be kept away."""
        yield

    def remove(self) -> None:
        """Remove a file, or a folder with all in it."""
        system, path = self._system()
        with self._told("write to"):
            if system.exists(path):
                system.rm(path, recursive=True)

    def _system(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        try:
            system, path = url_to_fs(self.url)
        except (ValueError, ImportError) as error:
            raise InvalidInput(f"cannot write to {self}: {error}") from error
        return system, path

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Drivers raise families of errors of their own."""
        try:
            yield
        except DigitpadError:
            raise
        except Exception as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise InvalidInput(f"cannot {what} {self}: {said}") from error


Place = Local | Remote


def place(where: str | Path) -> Place:
    """Return where a path or a URL leads to."""
    return Remote(where) if isinstance(where, str) and "://" in where else Local(Path(where))
