"""The site beside a plain Flask app that calls Keras' `predict`, in one run.

    python -m bench.against_demo [--seconds 10]

Both are sent the same seven, as their pages send it: the site its strokes, the other one a picture
of the canvas. Told are the time from the start to the first answer, the median latency for one
client, the answers a second that eight clients get who ask again at once, and the memory after that
(PSS of all processes: the site has two workers, Flask's own server has one). Takes about a minute;
needs the extra `train`.
"""

import argparse
import asyncio
import base64
import json
import os
import sys
import tempfile
from dataclasses import astuple, dataclass
from statistics import median

from bench.load import BODIES, closed, encode
from bench.start import JSON, READ, ROOT, running, web_line
from bench.workloads import drawn

APP = f"{sys.executable} -m bench.demo"
CANVAS = (280, 280)  # px, as most demos have it
STARTS = 3  # of each; told is the median time to the first answer


@dataclass(frozen=True)
class Figures:
    """What is compared."""

    first: float  # s
    median: float  # s
    rate: float  # answers a second
    memory: float  # bytes


def main() -> None:
    """Measure both, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    [(ink, _)] = BODIES["ink"]
    picture = base64.b64encode(drawn(json.loads(ink)["ink"]["strokes"], CANVAS)).decode()
    canvas = json.dumps({"image": f"data:image/png;base64,{picture}"}).encode()
    plain = measure(APP, "/predict", canvas, seconds)
    site = measure(web_line(ROOT), READ, ink, seconds)
    print(f"{os.cpu_count()} cores      first answer     p50  a second  memory")
    for name, found in (("plain Flask", plain), ("Digitpad", site)):
        print(
            f"{name:12} {found.first:10.2f} s {1000 * found.median:7.1f} ms {found.rate:7.0f} "
            f"{found.memory / 1e6:5.0f} MB"
        )
    first, median, rate, memory = (
        a / b for a, b in zip(astuple(plain), astuple(site), strict=True)
    )
    print(f"{'times':12} {first:10.1f} {median:9.1f} {1 / rate:10.1f} {memory:7.1f}")


def measure(command: str, path: str, body: bytes, seconds: float) -> Figures:
    """Start a site STARTS times, and ask the last one."""
    request, starts = encode(body, JSON, path), []
    for last in (False,) * (STARTS - 1) + (True,):
        with (
            tempfile.TemporaryDirectory() as folder,
            running(command, ROOT, f"sqlite:///{folder}/digitpad.db", path, body) as site,
        ):
            starts.append(site.started)
            if last:
                asyncio.run(closed(site.port, [request], 1.0))  # warm up
                alone = asyncio.run(closed(site.port, [request], seconds, clients=1))
                many = asyncio.run(closed(site.port, [request], seconds))
                memory = site.memory()
    return Figures(
        median(starts),
        median(one.seconds for one in alone if one.status == 200),
        sum(one.status == 200 for one in many) / seconds,
        memory,
    )


if __name__ == "__main__":
    main()
