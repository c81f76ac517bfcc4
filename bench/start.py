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
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
BARE = "from flask import Flask\napp = Flask(__name__)\napp.get('/')(lambda: 'ok')\n"
INK = json.dumps({"ink": {"strokes": [[[40, 10], [38, 45], [36, 90]]]}}).encode()
POST = {"Content-Type": "application/json"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    lines = (ROOT / "Procfile").read_text().splitlines()
    web = dict(line.split(": ", 1) for line in lines)["web"]
    print(f"{runs} starts each, 2 workers, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bare.py").write_text(BARE)
        bare = "gunicorn --workers 2 --threads 4 --worker-class gthread bare:app"
        for name, command, place, body in (
            ("bare Flask", bare, Path(folder), None),
            ("Digitpad", web, ROOT, INK),
        ):
            url = f"sqlite:///{folder}/digitpad.db"
            results = [measure(command, place, body, url) for _ in range(runs)]
            seconds, memory = zip(*results, strict=True)
            print(
                f"{name:10}  first answer {statistics.median(seconds):.2f} s "
                f"({min(seconds):.2f} to {max(seconds):.2f}), "
                f"PSS {statistics.median(memory) / 1e6:.0f} MB"
            )


def measure(command: str, folder: Path, body: bytes | None, database: str) -> tuple[float, float]:
    """Return seconds to the first answer, and the PSS of all processes in bytes after 50 more."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = "/api/v1/read" if body else "/"
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, POST if body else {})
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "DATABASE_URL": database,
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
        seconds = first_answer(process, request) - begin
        time.sleep(1)  # until the second worker has loaded, too
        for _ in range(50):
            answer(request)
        parent = psutil.Process(process.pid)
        family = [parent, *parent.children(recursive=True)]
        return seconds, sum(member.memory_full_info().pss for member in family)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def answer(request: urllib.request.Request) -> None:
    with urllib.request.urlopen(request, timeout=60) as response:
        response.read()


def first_answer(process: subprocess.Popen[bytes], request: urllib.request.Request) -> float:
    while process.poll() is None:
        try:
            answer(request)
            return time.perf_counter()
        except ConnectionError:
            pass
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
        time.sleep(0.01)
    raise SystemExit("the site ended at its start")


if __name__ == "__main__":
    main()
