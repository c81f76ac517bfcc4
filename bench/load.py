"""What the site answers when it is asked for more than it can do.

    python -m bench.load [--seconds 5] [--workers 1 2] [--plot FOLDER]

First the peak: as many answers a second as eight clients that ask again at once get. Then requests
arrive evenly at half, one, two and four times that rate, whether or not those before were answered.
Told are the answers a second as a share of the peak, the latencies of what was answered, and how
soon the rest was refused. The clients run on the same cores as the site. Takes about three minutes.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np

from bench.start import JSON, READ, ROOT, running, web_line

FACTORS = (0.5, 1.0, 2.0, 4.0)  # times the peak
CLIENTS = 8  # of the peak
REST = 0.02  # s after which one that was refused asks again
PATIENCE = 10.0  # s after the last request in which answers are awaited
STEP = 0.002  # s from one look at what is due to the next
SOON = 0.05  # s within which a refusal comes


SAMPLES = ROOT / "docs/samples"
BODIES = {
    "ink": [((SAMPLES / "seven.json").read_bytes(), JSON)],
    "pictures": [((SAMPLES / "2047.png").read_bytes(), "image/png")],
}
BODIES["both"] = [*BODIES["ink"], *BODIES["pictures"]]


@dataclass(frozen=True)
class Answered:
    """What became of one request."""

    status: int  # 0: none came
    seconds: float


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--plot", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {options.seconds:g} s each")
    print(f"{'workers':7} {'what':8} {'offered':>8} {'answered':>14}  {'p50':>5} {'p99':>5}  "
          f"refused  soon   p99  none, others")  # fmt: skip
    for workers in options.workers:
        for what, bodies in BODIES.items():
            rows = measure(workers, bodies, options.seconds)
            for offered, peak, found in rows:
                print(f"{workers:7} {what:8} {tell(offered, peak, found, options.seconds)}",
                      flush=True)  # fmt: skip
            if options.plot:
                plot(rows, options.seconds, options.plot / f"load-{what}-{workers}.png")


Row = tuple[float, float, Sequence[Answered]]


def measure(workers: int, bodies: Sequence[tuple[bytes, str]], seconds: float) -> list[Row]:
    """Return the offered rate, the peak, and what was answered, for the peak and each factor."""
    requests = [encode(body, kind) for body, kind in bodies]
    with (
        tempfile.TemporaryDirectory() as folder,
        running(web_line(ROOT), ROOT, f"sqlite:///{folder}/digitpad.db", workers=workers) as site,
    ):
        asyncio.run(closed(site.port, requests, 1.0))  # warm up
        found = asyncio.run(closed(site.port, requests, seconds))
        peak = sum(one.status == 200 for one in found) / seconds
        rows: list[Row] = [(peak, peak, found)]
        for factor in FACTORS:
            found = asyncio.run(opened(site.port, requests, factor * peak, seconds))
            rows.append((factor * peak, peak, found))
    return rows


def tell(offered: float, peak: float, found: Sequence[Answered], seconds: float) -> str:
    """Return a line of the table."""
    took = np.array([one.seconds for one in found if one.status == 200] or [np.nan]) * 1000
    refused = np.array([one.seconds for one in found if one.status == 503] or [0.0])
    count = sum(one.status == 503 for one in found)
    rate = sum(one.status == 200 for one in found) / seconds
    others = Counter(one.status for one in found if one.status not in (0, 200, 503))
    soon = f"{(refused <= SOON).mean():6.1%}" if count else "     –"
    return (
        f"{offered:6.0f}/s {rate:6.0f}/s {rate / peak:5.0%}  "
        f"{np.percentile(took, 50):5.0f} {np.percentile(took, 99):5.0f}  "
        f"{count / len(found):7.1%} {soon} {1000 * np.percentile(refused, 99):5.0f}  "
        f"{sum(one.status == 0 for one in found)}, {dict(others) or 0}"
    )


def encode(body: bytes, kind: str, path: str = READ) -> bytes:
    """Return a whole request."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Client(asyncio.Protocol):
    """A connection to the site: one request at a time."""

    def __init__(self, clients: "Clients") -> None:
        """Belong to these."""
        self._clients = clients
        self._received = b""
        self._length = -1  # bytes of the answer, once its head has come
        self._answered: Callable[[int], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes, answered: Callable[[int], None]) -> None:
        """Send a request; `answered` is called with the status, or with 0."""
        self._answered = answered
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take a part of the answer."""
        self._received += data
        if self._length < 0:
            head, end, _ = self._received.lower().partition(b"\r\n\r\n")
            if not end:
                return
            self._stays = b"connection: close" not in head
            length = head.partition(b"content-length:")[2].partition(b"\r")[0]
            self._length = len(head) + 4 + int(length)
        if len(self._received) >= self._length:
            status = int(self._received[9:12])
            self._received, self._length = b"", -1
            if self._stays:
                self._clients.idle.append(self)
            else:
                self._transport.close()
            self._end(status)

    def connection_lost(self, error: Exception | None) -> None:
        """No answer comes, if one was to come."""
        if self in self._clients.idle:
            self._clients.idle.remove(self)
        self._end(0)

    def _end(self, status: int) -> None:
        if self._answered is not None:
            answered, self._answered = self._answered, None
            answered(status)


class Clients:
    """Connections to the site, used again while it keeps them open."""

    def __init__(self, port: int) -> None:
        """Begin with none."""
        self._port = port
        self.idle: deque[Client] = deque()
        self.found: list[Answered] = []

    async def send(self, request: bytes) -> int:
        """Send a request and take the answer; return its status."""
        begin, answered = time.perf_counter(), asyncio.get_running_loop().create_future()
        try:
            if not self.idle:
                loop = asyncio.get_running_loop()
                _, client = await loop.create_connection(
                    lambda: Client(self), "127.0.0.1", self._port
                )
            else:
                client = self.idle.popleft()  # connections take turns, as those of many people do
            client.send(request, answered.set_result)
            status: int = await answered
        except OSError:
            status = 0
        self.found.append(Answered(status, time.perf_counter() - begin))
        return status


async def closed(
    port: int, requests: Sequence[bytes], seconds: float, clients: int = CLIENTS
) -> list[Answered]:
    """Have so many clients send one request after the other."""
    sending, until, following = Clients(port), time.perf_counter() + seconds, cycle(requests)

    async def go() -> None:
        while time.perf_counter() < until:
            request = next(following)
            while await sending.send(request) == 503 and time.perf_counter() < until:
                await asyncio.sleep(REST)

    await asyncio.gather(*(go() for _ in range(clients)))
    return sending.found


async def opened(
    port: int, requests: Sequence[bytes], rate: float, seconds: float
) -> list[Answered]:
    """Send so many requests a second, evenly, whatever becomes of those before."""
    clients, following, begin = Clients(port), cycle(requests), time.perf_counter()
    count = round(rate * seconds)
    tasks: list[asyncio.Task[int]] = []
    while len(tasks) < count:
        due = min(count, int((time.perf_counter() - begin) * rate) + 1)
        tasks += [
            asyncio.create_task(clients.send(next(following))) for _ in range(len(tasks), due)
        ]
        await asyncio.sleep(STEP)
    await asyncio.wait(tasks, timeout=PATIENCE)
    late = sum(not task.done() for task in tasks)
    return [*clients.found, *[Answered(0, PATIENCE)] * late]


def plot(rows: Sequence[Row], seconds: float, path: Path) -> None:
    """Write answers a second and latency against the offered load."""
    from matplotlib.figure import Figure  # noqa: PLC0415  of the extra `train`

    offered = [row[0] for row in rows[1:]]
    answered = [sum(one.status == 200 for one in row[2]) / seconds for row in rows[1:]]
    took = [
        1000 * np.percentile([one.seconds for one in row[2] if one.status == 200], 99)
        for row in rows[1:]
    ]
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(offered, answered, marker="o")
    left.set(xlabel="offered, a second", ylabel="answered, a second", ylim=(0, None))
    right.plot(offered, took, marker="o")
    right.set(xlabel="offered, a second", ylabel="p99 of the answered, ms", ylim=(0, None))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    main()
