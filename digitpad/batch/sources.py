"""Where items come from: files, folders, globs, ZIP, TAR, Parquet, standard input, URLs.

Items come in an order that depends on the sources alone, since a run that goes on counts them. An
item of an archive has its bytes; a file is opened by whoever reads it, in another process.
"""

import glob
import os
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from tarfile import HeaderError, ReadError
from typing import IO, Any, Self

from digitpad.errors import DigitpadError, InvalidInput, TooLarge
from digitpad.formats.parsing import MAX_BYTES

STDIN = "-"
AT_ONCE = 64  # rows of a Parquet file that are held: 2 GB if each were as large as it may be
BUFFER = 1 << 20  # bytes of a Parquet file's column that are held, instead of a group of all rows
COLUMNS = ("id", "image", "ink", "error")  # of a Parquet file, any of them
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True)
class Item:
    """What is to be read, under a name."""

    id: str
    content: bytes | None = None  # None: `path` leads to it
    path: str | None = None  # of a file, or a URL
    error: str | None = None  # why there is nothing to read

    def load(self) -> bytes:
        """Return the item's bytes; raises InvalidInput or TooLarge."""
        if self.error is not None:
            raise InvalidInput(self.error)
        if self.content is not None:
            return self.content
        assert self.path is not None
        with open_file(self.path) as file:
            return _take(file, self.path)


def items(sources: Sequence[str], skipped: int = 0) -> Iterator[Item]:
    """Yield the items of all sources; the first `skipped` come without what an archive holds.

    What cannot be opened is an item with an error.
    """
    wanted = iter(range(skipped))
    for file in files(sources):
        try:
            yield from _members(file, lambda: next(wanted, None) is None)
        except DigitpadError as error:
            next(wanted, None)
            yield Item(file, error=str(error))


def count(sources: Sequence[str]) -> int | None:
    """Return how many items there are; None where only reading them tells, as of a TAR."""
    total = 0
    for file in files(sources):
        counted = 1
        try:
            if file.endswith(".zip"):
                with open_file(file) as opened, zipfile.ZipFile(opened) as archive:
                    counted = sum(map(_is_member, archive.infolist()))
            elif file.endswith(".parquet"):
                with open_file(file) as opened:
                    counted = _parquet(opened, file).metadata.num_rows
            elif file.endswith(TARS):
                return None
        except Exception:
            pass  # an item with an error
        total += counted
    return total


def files(sources: Sequence[str]) -> Iterator[str]:
    """Yield the files of all sources: of folders and globs what is there, by name."""
    for source in sources:
        if "://" in source:
            yield from _remote(source)
        elif os.path.isdir(source):
            yield from _walk(source)
        elif glob.has_magic(source) and not os.path.lexists(source):
            found = sorted(glob.glob(source, recursive=True))
            yield from (path for path in found if not os.path.isdir(path)) if found else (source,)
        else:
            yield source


def open_file(path: str) -> IO[bytes]:
    """Open a file, a URL or standard input; raises InvalidInput."""
    try:
        if path == STDIN:
            return open(sys.stdin.fileno(), "rb", closefd=False)
        if "://" in path:
            import fsspec

            opened: IO[bytes] = fsspec.open(path, "rb").open()
            return opened
        return open(path, "rb")
    except ModuleNotFoundError:
        raise
    except Exception as error:  # fsspec's drivers raise families of their own
        raise InvalidInput(f"cannot read {path}: {_why(error)}") from error


def _walk(folder: str) -> Iterator[str]:
    """Yield the files below a folder, without hidden ones; one folder's names are held at once."""
    try:
        with os.scandir(folder) as scanned:
            found = sorted((entry.name, entry.is_dir()) for entry in scanned)
    except OSError:
        yield folder  # its error tells
        return
    for name, is_folder in found:
        if not name.startswith("."):
            path = os.path.join(folder, name)
            yield from _walk(path) if is_folder else (path,)


def _remote(url: str) -> Iterator[str]:
    """Yield the files that a URL leads to; raises InvalidInput where fsspec has no driver."""
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise InvalidInput(f"cannot read {url}: {_why(error)}") from error
    try:
        found = system.glob(path) if glob.has_magic(path) else system.find(path)
    except Exception:
        found = []  # opening the URL tells the error
    asked = path.split("/")
    names = [name for name in sorted(found) if not _is_below_hidden(name.split("/"), asked)]
    yield from (str(system.unstrip_protocol(name)) for name in names) if names else (url,)


def _members(file: str, wanted: Callable[[], bool]) -> Iterator[Item]:
    """Yield what is in a file, or the file itself; raises DigitpadError where it is damaged."""
    if file == STDIN:
        yield Item(file, _take(open_file(file), file) if wanted() else None)
    elif file.endswith((".zip", ".parquet", *TARS)):
        with open_file(file) as opened:
            read = _rows if file.endswith(".parquet") else _packed
            try:
                yield from read(opened, file, wanted)
            except (DigitpadError, ModuleNotFoundError):
                raise
            except Exception as error:  # what is damaged, or behind a URL, raises nearly anything
                raise InvalidInput(f"cannot read {file} to its end: {_why(error)}") from error
    else:
        wanted()
        yield Item(file, path=file)


def _packed(opened: IO[bytes], file: str, wanted: Callable[[], bool]) -> Iterator[Item]:
    """Yield the members of a ZIP or a TAR in their order."""
    for name, size, member in (_zip if file.endswith(".zip") else _tar)(opened):
        whole = f"{file}/{name}"
        try:
            if not wanted():
                yield Item(whole)
            elif size > MAX_BYTES:
                yield Item(whole, error=_too_large(whole))
            else:
                with member() as content:
                    yield Item(whole, _take(content, whole))
        except DigitpadError as error:
            yield Item(whole, error=str(error))
        except Exception as error:  # one member of a ZIP
            yield Item(whole, error=f"cannot read {whole}: {_why(error)}")


_Packed = Iterator[tuple[str, int, Callable[[], IO[bytes]]]]  # name, size in bytes, opener


def _zip(opened: IO[bytes]) -> _Packed:
    """The list of members is held, half a kB each."""
    with zipfile.ZipFile(opened) as archive:
        for member in filter(_is_member, archive.infolist()):
            yield member.filename, member.file_size, partial(archive.open, member)


def _tar(opened: IO[bytes]) -> _Packed:
    """A TAR is streamed; without `clear` it would keep each member."""
    with tarfile.open(fileobj=opened, mode="r|*", tarinfo=_Header) as archive:
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]
            if member.isfile() and not _is_hidden(member.name):
                yield member.name, member.size, partial(_extract, archive, member)


class _Header(tarfile.TarInfo):
    """A header whose damage is an error, where tarfile would say that the archive ends there."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # the end's mark; types leave it out
                raise
            raise ReadError(f"expected a header or the end's mark, found {error}") from error


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    assert content is not None  # of a file
    return content


def _rows(opened: IO[bytes], file: str, wanted: Callable[[], bool]) -> Iterator[Item]:
    """Yield the rows of a Parquet file."""
    parquet = _parquet(opened, file)
    names = [name for name in COLUMNS if name in parquet.schema_arrow.names]
    if not {"image", "ink"}.intersection(names):
        raise InvalidInput(f"expected a column image or ink, found {parquet.schema_arrow.names}")
    number = 0
    for batch in parquet.iter_batches(AT_ONCE, columns=names, use_threads=False):
        for row in batch.to_pylist():
            name = row.get("id")
            whole = f"{file}/{number}" if name is None else str(name)
            yield _of_row(whole, row) if wanted() else Item(whole)
            number += 1


def _of_row(name: str, row: dict[str, Any]) -> Item:
    image, ink = row.get("image"), row.get("ink")
    if row.get("error") is not None:
        return Item(name, error=str(row["error"]))
    content = ink.encode() if isinstance(ink, str) else image
    if not isinstance(content, bytes):
        found = [type(value).__name__ for value in (image, ink)]
        return Item(name, error=f"expected image as bytes or ink as text, found {found}")
    return Item(name, content) if len(content) <= MAX_BYTES else Item(name, error=_too_large(name))


def _parquet(opened: IO[bytes], file: str) -> Any:
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(opened, buffer_size=BUFFER, pre_buffer=False)
    except Exception as error:
        raise InvalidInput(f"expected a Parquet file in {file}: {_why(error)}") from error


def _is_member(member: zipfile.ZipInfo) -> bool:
    return not member.is_dir() and not _is_hidden(member.filename)


def _is_hidden(name: str) -> bool:
    """Whether a member is hidden, or what macOS adds to archives."""
    parts = [part for part in name.split("/") if part not in (".", "..")]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _is_below_hidden(parts: Sequence[str], asked: Sequence[str]) -> bool:
    return any(part.startswith(".") and part not in asked for part in parts)


def _take(file: IO[bytes], name: str) -> bytes:
    """Return all that is in a file, or say that it is too much."""
    try:
        data = file.read(MAX_BYTES + 1)
    except Exception as error:
        raise InvalidInput(f"cannot read {name}: {_why(error)}") from error
    if len(data) > MAX_BYTES:
        raise TooLarge(_too_large(name))
    return data


def _too_large(name: str) -> str:
    return f"an item may have at most {MAX_BYTES >> 20} MB, found more in {name}"


def _why(error: Exception) -> str:
    """Return an error's text on one line."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())
