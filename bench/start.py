"""Time from starting the Procfile's web line to its first answer, and its memory.

    python bench/start.py

Beside it, in the same run and under the same gunicorn settings, a Flask app that answers "ok":
what gunicorn and Flask take by themselves.
"""

import argparse
import json
import os
import shlex
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
BARE = "from flask import Flask\napp = Flask(__name__)\napp.get('/')(lambda: 'ok')\n"
INK = json.dumps({"ink": {"strokes": [[[40, 10], [38, 45], [36, 90]]]}}).encode()
JSON = "application/json"
READ, READ_MANY = "/api/v1/read", "/api/v1/read-many"
WORKERS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print(f"{runs} starts each, {WORKERS} workers, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bare.py").write_text(BARE)
        bare = f"gunicorn --workers {WORKERS} --threads 4 --worker-class gthread bare:app"
        for name, command, place, path, body in (
            ("bare Flask", bare, Path(folder), "/", None),
            ("Digitpad", web_line(ROOT), ROOT, READ, INK),
        ):
            url = f"sqlite:///{folder}/digitpad.db"
            results = [measure(command, place, path, body, url) for _ in range(runs)]
            seconds, memory = zip(*results, strict=True)
            print(
                f"{name:10}  first answer {statistics.median(seconds):.2f} s "
                f"({min(seconds):.2f} to {max(seconds):.2f}), "
                f"PSS {statistics.median(memory) / 1e6:.0f} MB"
            )


def measure(
    command: str, folder: Path, path: str, body: bytes | None, database: str
) -> tuple[float, float]:
    """Return seconds to the first answer, and the PSS of all processes in bytes after 50 more."""
    with running(command, folder, database, path, body) as site:
        for _ in range(50):
            site.send(path, body)
        return site.started, site.memory()


def web_line(tree: Path) -> str:
    """Return the command that the Procfile of a tree starts the site with."""
    lines = (tree / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)["web"]


@dataclass(frozen=True)
class Site:
    """A site that runs on loopback."""

    process: subprocess.Popen[bytes]
    port: int
    started: float  # s from its start to its first answer

    def send(self, path: str, body: bytes | None, kind: str = JSON) -> int:
        """Send one request, a POST if it has a body; return the answer's status."""
        headers = {"Content-Type": kind} if body else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=300) as response:
                response.read()
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.read()
            return error.code

    def memory(self) -> int:
        """Return the PSS of all processes, in bytes."""
        parent = psutil.Process(self.process.pid)
        family = [parent, *parent.children(recursive=True)]
        found = 0
        for member in family:
            with suppress(psutil.NoSuchProcess):
                found += member.memory_full_info().pss
        return found


@contextmanager
def running(
    command: str,
    folder: Path,
    database: str,
    path: str = READ,
    body: bytes | None = INK,
    workers: int = WORKERS,
) -> Iterator[Site]:
    """Start a site in `folder` and wait until it and its second worker answer; ends it after."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PORT": str(port),
        "WEB_CONCURRENCY": str(workers),
        "DATABASE_URL": database,
        "DIGITPAD_RATE": "1000000",  # all clients have one address here
    }
    begin = time.perf_counter()
    process = subprocess.Popen(
        shlex.split(command),
        cwd=folder,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(Site(process, port, 0.0), path, body):
            time.sleep(0.01)
        started = time.perf_counter() - begin
        time.sleep(1)  # until the second worker has loaded, too
        yield Site(process, port, started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _answers(site: Site, path: str, body: bytes | None) -> bool:
    if site.process.poll() is not None:
        raise SystemExit("the site ended at its start")
    try:
        site.send(path, body)
    except ConnectionError:
        return False
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionError):
            return False
        raise
    return True


if __name__ == "__main__":
    main()
