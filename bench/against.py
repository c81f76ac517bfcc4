"""How much faster and smaller the present tree is than another commit, in one run, taking turns.

    python -m bench.against COMMIT [--rounds 5]

The commit is taken out of Git into a temporary folder and runs in the same interpreter. The ratio
is the commit's figure over the present one, for rates the other way round: more than 1 is better.
Takes about two minutes.
"""

import argparse
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from bench.read import NUMBERS, beside
from bench.start import JSON, READ, ROOT, Site, running, web_line
from bench.workloads import drawn
from digitpad.train.release.golden import golden_inks

CLIENTS = 8
LOAD = 2.0  # s of requests in a round
EXAMPLES = 20  # as many as the page sends
IN_PROCESS = {
    "digit": "ink, one digit, as a digit",
    "number": "ink, one digit, as a number",
    "five": "ink, five digits",
    "thousand": "1,000 inks at once",
    "png": "PNG of 280 × 280, one digit",
    "line": "PNG of 700 × 160, five digits",
    "photo": "JPEG of 12 megapixels",
}
REQUEST = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
    "Content-Length: {length}\r\n\r\n"
)
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
IMPORT = "import time; t = time.perf_counter(); import digitpad; print(time.perf_counter() - t)"


def main() -> None:
    """Measure both, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    digits = [ink.to_lists() for ink in golden_inks()]
    inks = golden_inks()
    numbers = [beside([inks[int(digit)] for digit in text]).to_lists() for text in NUMBERS]
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder, "tree")
        take_out(options.commit, other)
        drawings = Path(folder, "drawings.json")
        drawings.write_text(json.dumps({"digits": digits, "numbers": numbers}), "utf-8")
        trees = (other, ROOT)
        print(f"{'what':44} {options.commit[:10]:>10} {'here':>10}   ratio")
        with ExitStack() as stack:
            runs = [stack.enter_context(worker(tree, drawings)) for tree in trees]
            for name, title in IN_PROCESS.items():
                one, two = in_turns([partial(run, name) for run in runs], options.rounds)
                tell(title, one * 1e3, two * 1e3, "ms", one / two)
        one, two = in_turns([partial(import_time, tree) for tree in trees], options.rounds)
        tell("import digitpad", one * 1e3, two * 1e3, "ms", one / two)
        sites(trees, Path(folder), digits, options.rounds)


def sites(trees: tuple[Path, Path], folder: Path, digits: list[list[list[list[float]]]],
          rounds: int) -> None:  # fmt: skip
    """Measure both sites: start, requests, examples, and memory after all of it."""
    plain = json.dumps({"ink": {"strokes": digits[3]}, "expect": "digit"}).encode()
    labelled = [{"ink": {"strokes": digits[n % 10]}, "label": f"{n % 10}"} for n in range(EXAMPLES)]
    examples = json.dumps(
        {"ink": {"strokes": digits[3]}, "expect": "digit", "examples": labelled}
    ).encode()
    starts: list[list[float]] = [[], []]
    for _ in range(max(1, rounds // 2)):
        for times, tree in zip(starts, trees, strict=True):
            with running(web_line(tree), tree, f"sqlite:///{folder}/start.db") as site:
                times.append(site.started)
    one, two = (statistics.median(times) for times in starts)
    tell("start of the site to its first answer", one, two, "s", one / two)
    with ExitStack() as stack:
        both = [
            stack.enter_context(running(web_line(tree), tree, f"sqlite:///{folder}/{i}.db"))
            for i, tree in enumerate(trees)
        ]
        one, two = in_turns([partial(rate, site, plain) for site in both], rounds)
        tell(f"POST {READ}, {CLIENTS} clients", one, two, "/s", two / one)
        one, two = in_turns([partial(added, site, plain, examples) for site in both], rounds)
        tell(f"{EXAMPLES} examples, added", one * 1e3, two * 1e3, "ms", one / two)
        for site in both:
            mixed_use(site, digits)
        one, two = (site.memory() / 1e6 for site in both)
        tell("memory of the site after mixed use", one, two, "MB", one / two)


def tell(title: str, one: float, two: float, unit: str, ratio: float) -> None:
    print(f"{title:44} {one:10.2f} {two:10.2f} {unit:3} {ratio:5.2f} ×", flush=True)


def in_turns(measures: list[Callable[[], float]], rounds: int) -> list[float]:
    """Return the median of each measure; they take turns, so that a busy machine slows both."""
    found: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for values, measure in zip(found, measures, strict=True):
            values.append(measure())
    return [statistics.median(values) for values in found]


def take_out(commit: str, folder: Path) -> None:
    """Put the files of a commit into a new folder."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], check=False, cwd=ROOT, capture_output=True)
    if archive.returncode:
        raise SystemExit(f"expected a commit, found {commit}: {archive.stderr.decode().strip()}")
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)


@contextmanager
def worker(tree: Path, drawings: Path) -> Iterator[Callable[[str], float]]:
    """Run the workloads in a process of a tree; yields what times one by its name."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "bench/workloads.py", drawings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(tree),
    )
    assert process.stdin
    assert process.stdout
    given, told = process.stdin, process.stdout

    def ask(name: str) -> float:
        print(name, file=given, flush=True)
        return float(told.readline())

    with process:
        yield ask
        given.close()


def environment(tree: Path) -> dict[str, str]:
    one_core = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return os.environ | one_core | {"PYTHONPATH": str(tree)}


def import_time(tree: Path) -> float:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT],
        cwd=tree,
        env=environment(tree),
        capture_output=True,
        check=True,
    )
    return float(ran.stdout)


def rate(site: Site, body: bytes) -> float:
    """Return how many requests of CLIENTS are answered in a second, on connections they keep."""
    request = REQUEST.format(path=READ, kind=JSON, length=len(body)).encode() + body
    until = time.perf_counter() + LOAD

    def client(_: int) -> int:
        count = 0
        with socket.create_connection(("127.0.0.1", site.port), timeout=60) as connection:
            while time.perf_counter() < until:
                exchange(connection, request)
                count += 1
        return count

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS))) / LOAD


def exchange(connection: socket.socket, request: bytes) -> None:
    """Send a request and read its answer by hand, so that the site is measured, not the client."""
    connection.sendall(request)
    answer = received(connection, 65_536)
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += received(connection, 65_536)
    length = LENGTH.search(answer, 0, end)
    if not answer.startswith(b"HTTP/1.1 200 ") or length is None:
        raise SystemExit(f"expected 200 and a length, found {answer[:200]!r}")
    left = end + 4 + int(length[1]) - len(answer)
    while left > 0:
        left -= len(received(connection, left))


def received(connection: socket.socket, most: int) -> bytes:
    data = connection.recv(most)
    if not data:
        raise SystemExit("expected an answer, found that the site closed the connection")
    return data


def added(site: Site, plain: bytes, examples: bytes) -> float:
    """Return by how many seconds a request with examples is slower, the medians of fifty."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    times: dict[bytes, list[float]] = {plain: [], examples: []}
    for _ in range(50):
        for body, found in times.items():
            begin = time.perf_counter()
            post(connection, body)
            found.append(time.perf_counter() - begin)
    connection.close()
    return max(statistics.median(times[examples]) - statistics.median(times[plain]), 1e-6)


def post(connection: http.client.HTTPConnection, body: bytes) -> int:
    connection.request("POST", READ, body, {"Content-Type": JSON})
    response = connection.getresponse()
    response.read()
    if response.status != http.client.OK:
        raise SystemExit(f"expected 200, found {response.status}")
    return 1


def mixed_use(site: Site, digits: list[list[list[list[float]]]]) -> None:
    """Read drawings and pictures of all sizes, and open the pages."""
    pictures = [drawn(digits[2], (280, 280)), drawn(digits[3], (4000, 3000), "JPEG")]
    for strokes in digits:
        site.send(READ, json.dumps({"ink": {"strokes": strokes}}).encode())
        for data, kind in zip(pictures, ("image/png", "image/jpeg"), strict=True):
            site.send(READ, data, kind)
        for path in ("/", "/about", "/openapi.json", "/api/v1/model"):
            site.send(path, None)


if __name__ == "__main__":
    main()
