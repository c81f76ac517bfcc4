"""What the site answers while something goes wrong, and what it loses.

    python -m bench.faults [--seconds 12] [NAME ...]

Each time the site that the Procfile starts, with two workers on loopback; while the fault lasts,
clients ask for readings at an even rate, and others send corrections, the same one again until it
is acknowledged. In the end every acknowledged one must be in the database, once. A correction that
was acknowledged before somebody deleted the file is gone with it, and is not counted. Takes about
three minutes; PostgreSQL's faults need Debian's postgresql, and a full disk root, who mounts one.
"""

import argparse
import contextlib
import itertools
import json
import os
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from socket import MSG_PEEK, create_connection, socket

import numpy as np
import psutil

from bench.start import INK, JSON, READ, ROOT, Site, running, web_line
from digitpad.network.manifest import MANIFEST, NETWORK, SHIPPED
from digitpad.store import Database, corrections, versions
from tests import postgresql

RATE, READERS, SENDERS = 40, 16, 2  # readings a second; clients at most
PATIENCE = 10  # s
SLOW = 50  # connections of a kind
LOCKED = 0.5  # of the time
PROMOTED = 3.0  # s from one promotion to the next; a process looks as often
DISK = 16_000_000  # bytes of the disk that is filled: SQLite's log alone takes up to 4 MB


@dataclass
class Case:
    """A fault: what happens to the site while clients use it."""

    site: Site
    path: Path  # of the SQLite database
    server: postgresql.Server | None
    seconds: float
    is_over: threading.Event = field(default_factory=threading.Event)
    emptied: float = 0.0  # when its database was taken away

    def wait(self, seconds: float) -> bool:
        """Wait, and return whether the fault still lasts."""
        return not self.is_over.wait(seconds)


def nothing(case: Case) -> None:
    """For comparison."""


def kills(case: Case) -> None:
    """A worker is killed each second."""
    while case.wait(1):
        children = psutil.Process(case.site.process.pid).children()
        if children:
            children[0].kill()


def locked(case: Case) -> None:
    """Another process holds SQLite's lock for half of the time."""
    connection = sqlite3.connect(case.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    case.wait(LOCKED * case.seconds)
    connection.execute("ROLLBACK")
    connection.close()


def deleted(case: Case) -> None:
    """SQLite's files are deleted."""
    case.wait(case.seconds / 3)
    for path in case.path.parent.glob(f"{case.path.name}*"):
        path.unlink()
    case.emptied = time.monotonic()


def full(case: Case) -> None:
    """Its disk is full for a third of the time."""
    case.wait(case.seconds / 3)
    ballast = case.path.with_name("ballast")
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    case.wait(case.seconds / 3)
    ballast.unlink()


def promoted(case: Case) -> None:
    """Other versions of the model are promoted, again and again."""
    database = open_database(case)
    network, manifest = (
        (SHIPPED / NETWORK).read_bytes(),
        json.loads((SHIPPED / MANIFEST).read_text()),
    )
    before = None
    for number in itertools.count():
        versions.register(database, manifest | {"version": f"v{number}"}, network, "d" * 64)
        versions.promote(database, f"v{number}", before)
        before = f"v{number}"
        if not case.wait(PROMOTED):
            break
    database.close()


def stopped(case: Case) -> None:
    """PostgreSQL stops, as in a crash, and starts again."""
    assert case.server is not None
    case.wait(case.seconds / 4)
    case.server.stop()
    case.wait(case.seconds / 3)
    case.server.start()


def slow(case: Case) -> None:
    """Connections that send nothing, half a head, half a body, or take no answer."""
    head = f"POST {READ} HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\n"
    length = f"Content-Length: {len(INK)}\r\n\r\n"
    kinds = (
        b"",
        head.encode(),
        (head + length).encode() + INK[:20],
        (head + length).encode() + INK,
    )
    connections: list[socket] = []
    while case.wait(1):
        while len(connections) < SLOW * len(kinds):
            kind = kinds[len(connections) % len(kinds)]
            connection = create_connection(("127.0.0.1", case.site.port))
            connection.sendall(kind)
            connections.append(connection)
        connections = [one for one in connections if not is_closed(one)]
    for connection in connections:
        connection.close()


FAULTS: dict[str, Callable[[Case], None]] = {
    "nothing": nothing,
    "kills": kills,
    "slow": slow,
    "locked": locked,
    "deleted": deleted,
    "full": full,
    "promoted": promoted,
    "stopped": stopped,
}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(FAULTS))
    options = parser.parse_args()
    if unknown := set(options.names) - set(FAULTS):
        parser.error(f"expected names among {'; '.join(FAULTS)}, found {'; '.join(unknown)}")
    print(f"{os.cpu_count()} cores, {options.seconds:g} s each, {RATE} readings a second")
    print(f"{'fault':8} {'readings':>8} failed  p50  p99 ms  {'kept':>5} lost twice  others")
    for name in options.names or FAULTS:
        with prepared(name, options.seconds) as case:
            print(f"{name:8} {measure(case, FAULTS[name])}", flush=True)


@contextlib.contextmanager
def prepared(name: str, seconds: float) -> Iterator[Case]:
    """Start a site for a fault."""
    binaries = postgresql.find_binaries() if name == "stopped" else None
    if name == "stopped" and binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    server = postgresql.Server(binaries) if binaries else None
    with tempfile.TemporaryDirectory() as folder, small_disk(folder, name == "full"):
        path = Path(folder) / "digitpad.db"
        url = server.empty() if server else f"sqlite:///{path}"
        Database(url).upgrade()
        with running(web_line(ROOT), ROOT, url) as site:
            yield Case(site, path, server, seconds)
    if server:
        server.remove()


@contextlib.contextmanager
def small_disk(folder: str, wanted: bool) -> Iterator[None]:
    """Mount a small disk at a folder, if it is wanted."""
    if not wanted:
        yield
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder]
    if subprocess.run(mount, check=False).returncode:
        raise SystemExit("full: expected root, who may mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # connections may be open


def measure(case: Case, fault: Callable[[Case], None]) -> str:
    """Have clients use the site while the fault lasts; return a line of the table."""
    url = f"http://127.0.0.1:{case.site.port}"
    acknowledged: list[tuple[str, float]] = []  # and when they were sent first
    statuses: Counter[int] = Counter()
    tokens = [json.loads(send(url, "writers", None)[1])["token"] for _ in range(SENDERS)]
    with ThreadPoolExecutor(READERS + SENDERS + 1) as pool:
        ending = pool.submit(fault, case)
        sending = [
            pool.submit(correct, url, token, case.is_over, acknowledged, statuses)
            for token in tokens
        ]
        begin, asked = time.monotonic(), []
        while (now := time.monotonic() - begin) < case.seconds:
            asked.append(pool.submit(timed, url))
            time.sleep(max(0.0, len(asked) / RATE - now))
        case.is_over.set()
        for future in (ending, *sending):
            future.result()
        read = [future.result() for future in asked]
    took = np.array([seconds for status, seconds in read if status == 200]) * 1000
    failed = sum(status != 200 for status, _ in read) / len(read)
    statuses.update(status for status, _ in read if status not in (0, 200))
    kept = Counter(str(one.id) for one in corrections.everyone(open_database(case)))
    counted = [id_ for id_, at in acknowledged if at > case.emptied]
    others = {status: count for status, count in statuses.items() if status not in (200, 201)}
    return (
        f"{len(read):8} {failed:6.1%} {np.percentile(took, 50):4.0f} {np.percentile(took, 99):7.0f}"
        f"  {len(counted):5} {sum(id_ not in kept for id_ in counted):4} "
        f"{sum(kept[id_] > 1 for id_ in counted):5}  {others or 0}"
    )


def open_database(case: Case) -> Database:
    return Database(case.server.url if case.server else f"sqlite:///{case.path}")


def timed(url: str) -> tuple[int, float]:
    """Ask for a reading; return the status, 0 if none came, and how long it took."""
    begin = time.monotonic()
    status, _ = send(url, "read", INK)
    return status, time.monotonic() - begin


def correct(
    url: str,
    token: str,
    is_over: threading.Event,
    acknowledged: list[tuple[str, float]],
    statuses: Counter[int],
) -> None:
    """Send corrections, each again until it is acknowledged."""
    while not is_over.is_set():
        id_, begin = str(uuid.uuid4()), time.monotonic()
        said = {"id": id_, "label": "1", "predicted": "7", "model": "a" * 64}
        body = json.dumps(json.loads(INK) | said).encode()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, _ = send(url, "corrections", body, token)
            if status in (200, 201):
                acknowledged.append((id_, begin))
                break
            if status == 401:  # its writer was deleted
                token = json.loads(send(url, "writers", None)[1])["token"]
            statuses[status] += status != 0
            time.sleep(0.02)


def send(url: str, path: str, body: bytes | None, token: str = "") -> tuple[int, bytes]:
    """Send a POST; return the status, 0 if no answer came, and the answer."""
    headers = {"Content-Type": JSON} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{url}/api/v1/{path}", body or b"", headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def is_closed(connection: socket) -> bool:
    """Whether the site closed it; what it answered stays unread."""
    connection.setblocking(False)
    try:
        return not connection.recv(1, MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True


if __name__ == "__main__":
    main()
