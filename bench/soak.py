"""The memory of the site under all kinds of use, minute by minute.

    python -m bench.soak [--minutes 10]

The site as the Procfile starts it, with two workers on loopback. At the same time clients draw,
send small pictures and large photographs, correct, look at pages, and ask for what Prometheus does.
Once a second the memory of all its processes is taken (PSS), and at the end of each minute, while
all clients rest, what is kept. Told are the highest, and the drift: how much more is kept after the
last minute than after the third. Ends with status 1 where either is above what it must be.
"""

import argparse
import http.client
import itertools
import json
import os
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from bench.faults import send
from bench.load import BODIES
from bench.start import JSON, ROOT, Site, running, web_line
from bench.workloads import drawn
from digitpad.store import Database, keys

HIGHEST, DRIFT = 400e6, 5e6  # bytes that it must stay below
SETTLED = 3  # minutes in which it may still grow
REST = 4.0  # s at the end of a minute in which nothing is asked; a large picture takes two
SIZES = ((4000, 3000), (3000, 4000), (2400, 1600), (1200, 1200))  # px of photographs
SEVENS = json.loads(BODIES["ink"][0][0])["ink"]["strokes"]


class Use(NamedTuple):
    """What one kind of client does."""

    act: Callable[[], int]  # returns the status
    pause: float  # s after each
    clients: int


def main() -> None:
    """Measure, and print a line a minute."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=int, default=10)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/digitpad.db"
        key = keys.create(Database(url), "soak")
        with running(web_line(ROOT), ROOT, url) as site:
            highest, drift = soak(site, key, minutes)
    print(f"highest {highest / 1e6:.0f} MB, drift after minute {SETTLED}: {drift / 1e6:+.1f} MB")
    if highest > HIGHEST or drift > DRIFT:
        raise SystemExit(f"it must be {HIGHEST / 1e6:.0f} MB and {DRIFT / 1e6:.0f} MB at most")


def soak(site: Site, key: str, minutes: int) -> tuple[float, float]:
    """Use the site; return its highest memory and its drift, in bytes."""
    works, is_over = threading.Event(), threading.Event()

    def use(name: str, how: Use) -> Counter[str]:
        statuses: Counter[str] = Counter()
        while not is_over.is_set():
            works.wait()
            statuses[f"{name} {_outcome(how)}"] += 1
            is_over.wait(how.pause)
        return statuses

    rests: list[int] = []
    highest: list[int] = []
    uses = kinds(site, key)
    with ThreadPoolExecutor(sum(how.clients for how in uses.values())) as pool:
        using = [
            pool.submit(use, name, how) for name, how in uses.items() for _ in range(how.clients)
        ]
        print(f"{os.cpu_count()} cores; memory in MB\nminute  highest  at rest")
        try:
            for minute in range(1, minutes + 1):
                works.set()
                highest.append(max(memory(site, 60 - REST)))
                works.clear()
                time.sleep(REST)
                rests.append(site.memory())
                print(f"{minute:6} {highest[-1] / 1e6:8.1f} {rests[-1] / 1e6:8.1f}", flush=True)
        finally:
            is_over.set()
            works.set()
        statuses = sum((one.result() for one in using), Counter[str]())
    print("; ".join(f"{name}: {count}" for name, count in sorted(statuses.items())))
    return max(highest), rests[-1] - rests[min(SETTLED, minutes) - 1]


def _outcome(how: Use) -> str:
    """Do what a client does; return the status, or what became of it: the others go on."""
    try:
        return str(how.act())
    except (OSError, http.client.HTTPException, ValueError) as error:
        return type(error).__name__


def memory(site: Site, seconds: float) -> Iterator[int]:
    """Yield the memory of all processes once a second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield site.memory()
        time.sleep(1)


def kinds(site: Site, key: str) -> dict[str, Use]:
    """Return what clients do, by name."""
    url = f"http://127.0.0.1:{site.port}"
    token = json.loads(send(url, "writers", None)[1])["token"]
    photographs = itertools.cycle(
        [drawn(SEVENS, size, kind) for size in SIZES for kind in ("JPEG", "PNG")]
    )
    small, kind = BODIES["pictures"][0]
    paths = itertools.cycle(["/", "/about", "/digits", "/healthz", "/readyz", "/openapi.json"])
    lock = threading.Lock()
    rng = np.random.default_rng(0)

    def ink() -> bytes:
        with lock:
            turn = rng.normal([[1, 0], [0, 1]], 0.15)
            moved = rng.uniform(0, 100, 2)
        strokes = [(np.array(stroke) @ turn.T + moved).round(1).tolist() for stroke in SEVENS]
        return json.dumps({"ink": {"strokes": strokes}}).encode()

    def correct() -> int:
        said = {"id": str(uuid.uuid4()), "label": "1", "predicted": "7", "model": "a" * 64}
        return send(url, "corrections", json.dumps(json.loads(ink()) | said).encode(), token)[0]

    def scrape() -> int:
        request = urllib.request.Request(f"{url}/metrics", headers={"X-API-Key": key})
        try:
            with urllib.request.urlopen(request) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    read = "/api/v1/read"
    return {
        "ink": Use(lambda: site.send(read, ink(), JSON), 0.05, 4),
        "own ink": Use(lambda: send(url, "read", ink(), token)[0], 0.2, 1),
        "picture": Use(lambda: site.send(read, small, kind), 0.3, 2),
        "photograph": Use(lambda: photograph(site, next(photographs)), 1.0, 2),
        "correction": Use(correct, 0.3, 1),
        "page": Use(lambda: site.send(next(paths), None), 0.3, 1),
        "metrics": Use(scrape, 5.0, 1),
    }


def photograph(site: Site, data: bytes) -> int:
    """Send a large picture."""
    is_jpeg = data.startswith(b"\xff\xd8")
    return site.send("/api/v1/read", data, "image/jpeg" if is_jpeg else "image/png")


if __name__ == "__main__":
    main()
