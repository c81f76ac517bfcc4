"""What ten million and a billion items cost: `python -m bench.scale [--price 0.05]`.

Measures here what an item takes: of a core that reads, for single digits of 28 to 64 px and for
numbers of 5 digits, both from Parquet; and of the one process that finds items, sends them and
keeps their rows. Both are times of a processor, which other work on the machine changes little.

Then simulates runs on any number of cores with the same rules as a real one: chunks of 64 items are
found one after the other, few are ahead of what is kept, rows are kept in order, and a node's cores
lose their chunks when it dies. `--price` is what a core costs an hour, in any currency. Takes
about two minutes.
"""

import argparse
import heapq
import pickle
import random
import tempfile
import time
from bisect import bisect
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import pyarrow
import pyarrow.parquet

from bench.bulk import png, small
from bench.read import beside
from digitpad.batch import run as running
from digitpad.batch.processes import AHEAD, Chunk, Processes
from digitpad.batch.run import CHUNK, run
from digitpad.batch.sources import items
from digitpad.batch.work import Rows, Work
from digitpad.train.release.golden import golden_inks
from tests.drawings import render

READ = 384  # items of each kind that are read to measure it
FOUND = 16_384  # items of which the rest is measured: two parts
CORES = (1, 2, 8, 16, 32, 64, 256)
NODE = 8  # cores of a node
LIFE = 24 * 3600.0  # s that a node lives on average, as one that may be taken back any time does
AWAY = 120.0  # s until another is there
SIMULATED = 200_000  # items, at least; shares do not change with more
TIMES = (10**7, 10**9)


class Costs(NamedTuple):
    """Seconds of a processor."""

    chunks: Sequence[float]  # of a chunk, as they were measured, without the first
    kept: float  # of the one process, an item


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--price", type=float, default=0.05)
    price = parser.parse_args().price
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        for what, pictures, expect in (
            ("single digits of 28 to 64 px", small(rng, READ), "digit"),
            ("numbers of 5 digits", numbers(rng, READ), "number"),
        ):
            tell(what, measure(Path(folder), pictures, expect), price)


def tell(what: str, costs: Costs, price: float) -> None:
    """Print a table of a kind of items."""
    item = sum(costs.chunks) / len(costs.chunks) / CHUNK
    print(
        f"\n{what}: {1e3 * item:.2f} ms of a core an item, and {1e3 * costs.kept:.3f} ms of the "
        f"process that keeps the rows, which is enough for {item / costs.kept:.0f} cores\n"
        f"{'cores':>5} {'items a second':>15} {'of the cores':>13}"
        + "".join(f"{f'10^{len(str(n)) - 1} take':>12} {'and cost':>9}" for n in TIMES)
    )
    for cores in CORES:
        count = max(SIMULATED, 40 * AHEAD * CHUNK * cores)
        rate = count / simulate(cores, count, costs)
        told = "".join(
            f"{n / rate / 3600:>10,.1f} h {(cores + 1) * price * n / rate / 3600:>9,.0f}"
            for n in TIMES
        )
        print(f"{cores:>5} {rate:>15,.0f} {rate * item / cores:>12.0%} {told}", flush=True)


def measure(folder: Path, pictures: list[bytes], expect: str) -> Costs:
    """Measure what an item of these pictures takes."""
    work = Work(None, expect)  # type: ignore[arg-type]
    shard = write(folder / f"{expect}.parquet", pictures)
    found = list(items([str(shard)]))
    chunks, rows = [], b""
    for start in range(0, len(found), CHUNK):
        begin = time.process_time()
        rows = work(found[start : start + CHUNK]).lines
        chunks.append(time.process_time() - begin)
    many = write(folder / f"many-{expect}.parquet", pictures * (FOUND // len(pictures)))
    begin = time.process_time()
    with mock.patch.object(running, "Processes", told(rows)):
        run([str(many)], folder / f"{expect}.csv", expect)  # type: ignore[arg-type]
    return Costs(chunks[1:], (time.process_time() - begin) / FOUND)


def told(lines: bytes) -> type[Processes]:
    """Return processes that are only told of chunks, and always answer the same."""

    class Told(Processes):
        def _start(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Rows]]:
            answer = pickle.dumps(Rows(lines, None))
            for chunk in chunks:
                pickle.dumps(chunk)
                yield chunk, pickle.loads(answer)

    return Told


def simulate(cores: int, count: int, costs: Costs) -> float:
    """Return the seconds that `cores` take for so many items."""
    rng = random.Random(1)
    free = [(0.0, core) for core in range(cores)]  # when each core has nothing to do
    nodes = [Node(rng) for _ in range(-(-cores // NODE))]
    ahead = deque[float]()  # when the rows of the last chunks are kept
    found = kept = 0.0
    for _ in range(-(-count // CHUNK)):
        if len(ahead) == AHEAD * cores:
            found = max(found, ahead.popleft())
        found += costs.kept * CHUNK
        takes, end = rng.choice(costs.chunks), None
        while end is None:
            begin, core = heapq.heappop(free)
            end, until = nodes[core // NODE].run(max(begin, found), takes)
            heapq.heappush(free, (until, core))
        kept = max(kept, end)
        ahead.append(kept)
    return kept


class Node:
    """A machine that is there, but for AWAY after each of its deaths."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._deaths = [rng.expovariate(1 / LIFE)]  # when

    def run(self, begin: float, takes: float) -> tuple[float | None, float]:
        """Return when what begins then is done, None where the node dies, and when to go on."""
        while self._deaths[-1] < begin + takes:
            self._deaths.append(self._deaths[-1] + AWAY + self._rng.expovariate(1 / LIFE))
        death = bisect(self._deaths, begin)
        if death:
            begin = max(begin, self._deaths[death - 1] + AWAY)
        if self._deaths[death] < begin + takes:
            return None, self._deaths[death] + AWAY
        return begin + takes, begin + takes


def write(path: Path, pictures: list[bytes]) -> Path:
    """Write pictures to a Parquet file."""
    ids = [f"{number:08}" for number in range(len(pictures))]
    pyarrow.parquet.write_table(pyarrow.table({"id": ids, "image": pictures}), path)
    return path


def numbers(rng: np.random.Generator, count: int) -> list[bytes]:
    """Return pictures of numbers of 5 digits."""
    inks = golden_inks()
    drawn = (beside([inks[digit] for digit in rng.integers(0, 10, 5)]) for _ in range(count))
    shape = {"size": (320, 100), "length": 280, "at": (20, 20), "pen": 5}
    return [png(render(ink, **shape)) for ink in drawn]  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
