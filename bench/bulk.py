"""Reading tables' worth: `python -m bench.bulk [ITEMS]`.

Single digits of 28 to 64 px from a Parquet file, beside what the bare network reaches in batches,
before and after; the same in MNIST's form, which needs no search for ink. These are by time of a
processor, of all processes and with their starts, which other work on the machine changes little.
Numbers of 5 digits from PNG files, beside `digitpad read` on the same files. The most memory that
all processes held meanwhile. Then runs that are killed at ten random moments, and their tables
compared with that of one which was not. Takes about ten minutes on two cores.
"""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before NumPy is imported
    os.environ[name] = "1"

import numpy as np  # noqa: E402
import psutil  # noqa: E402
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402
from PIL import Image  # noqa: E402

from bench.read import beside  # noqa: E402
from digitpad import Ink  # noqa: E402
from digitpad.batch.run import run  # noqa: E402
from digitpad.network.inputs import CHANNELS, SIDE, raster_inks  # noqa: E402
from digitpad.network.runtime import BATCH, Recognizer  # noqa: E402
from digitpad.train.release.golden import golden_inks  # noqa: E402
from tests.drawings import render  # noqa: E402

ITEMS = 8_000  # single digits
NUMBERS = 120
SECONDS = 5.0  # that the bare network is run
KILLS = 10
READ = (sys.executable, "-m", "digitpad", "read")
SMALL_PARTS = (
    "from digitpad.batch import run; run.PART = 256; from digitpad.cli import main; main()"
)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for what, pictures in (
            ("28 to 64 px", small(rng, count)),
            ("MNIST's form", of_mnist(rng, count)),
        ):
            shard = home / f"{what[:2]}.parquet"
            ids = [f"{number:07}" for number in range(count)]
            pyarrow.parquet.write_table(pyarrow.table({"id": ids, "image": pictures}), shard)
            before, begin = bare(), spent()
            with peak() as memory:
                run([str(shard)], shard.with_suffix(".csv"), "digit")
            rate = count / (spent() - begin)
            network = (before + bare()) / 2
            print(
                f"digits, {what}: {rate:,.0f} a second of a core; the bare network {network:,.0f}; "
                f"{rate / network:.0%} of it; {memory[0] >> 20} MB at most",
                flush=True,
            )
        numbers(home, rng)
        kills(home, home / "28.parquet")


def numbers(home: Path, rng: np.random.Generator) -> None:
    """Print how long numbers take, by `digitpad read` and by `--out`, starts included."""
    inks, files = golden_inks(), []
    for number in range(NUMBERS):
        files.append(str(home / f"{number:03}.png"))
        ink = beside([inks[digit] for digit in rng.integers(0, 10, 5)])
        render(ink, size=(320, 100), length=280, at=(20, 20), pen=5).save(files[-1])
    begin = time.perf_counter()
    subprocess.run([*READ, *files], stdout=subprocess.DEVNULL, check=False)
    between = time.perf_counter()
    out = home / "numbers.csv"
    subprocess.run([*READ, *files, "--out", str(out)], stderr=subprocess.DEVNULL, check=True)
    one, many = between - begin, time.perf_counter() - between
    print(
        f"{NUMBERS} numbers of 5 digits: {one:.1f} s, with --out {many:.1f} s, {one / many:.1f} ×",
        flush=True,
    )


def kills(home: Path, shard: Path) -> None:
    """Kill runs at random moments, let them go on each time, and compare their tables."""
    whole, out = shard.with_suffix(".csv").read_bytes(), home / "killed.csv"
    command = [sys.executable, "-c", SMALL_PARTS, "read", str(shard), "--expect", "digit", "--out"]
    begin = time.perf_counter()
    subprocess.run([*command, str(home / "timed.csv")], stderr=subprocess.DEVNULL, check=True)
    most = time.perf_counter() - begin
    random.seed(1)
    killed = tables = same = 0
    while killed < KILLS or not out.exists():
        with subprocess.Popen([*command, str(out)], stderr=subprocess.DEVNULL) as child:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(random.uniform(0, most) if killed < KILLS else None)
            child.kill()
        killed += child.returncode != 0
        if child.returncode == 0:
            tables += 1
            same += out.read_bytes() == whole
            if killed < KILLS:
                out.unlink()
    print(f"killed at {killed} random moments: {same} of {tables} tables the same, byte for byte")


def bare() -> float:
    """Return how many inputs the network takes in batches in a second of a core."""
    network = Recognizer()
    inputs = np.random.default_rng(0).random((BATCH, SIDE, SIDE, CHANNELS), np.float32)
    network(inputs)
    begin, done = time.process_time(), 0
    while time.process_time() - begin < SECONDS:
        network(inputs)
        done += BATCH
    return done / (time.process_time() - begin)


def spent() -> float:
    """Return the processor's seconds that this process and those that it ended have taken."""
    taken = psutil.Process().cpu_times()
    return taken.user + taken.system + taken.children_user + taken.children_system


@contextlib.contextmanager
def peak() -> Iterator[list[int]]:
    """Yield the most memory of this process and its children, in bytes, when the block is left."""
    most, ended = [0], threading.Event()

    def look() -> None:
        own = psutil.Process()
        while not ended.wait(1.0):  # to look takes a while itself
            held = 0
            for process in [own, *own.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    held += process.memory_full_info().pss  # what is shared counts once
            most[0] = max(most[0], held)

    watch = threading.Thread(target=look)
    watch.start()
    yield most
    ended.set()
    watch.join()


def small(rng: np.random.Generator, count: int) -> list[bytes]:
    """Return pictures of single digits, of any size from 28 to 64 px and any pen."""
    inks, pictures = golden_inks(), []
    for number in range(count):
        side, turn = int(rng.integers(28, 65)), np.eye(2) + rng.normal(0, 0.1, (2, 2))
        ink = inks[number % 10].transform(turn, (0, 0))
        length, pen = side * rng.uniform(0.6, 0.75), side * rng.uniform(0.05, 0.1)
        at = (side * 0.15, side * 0.12)
        pictures.append(png(render(ink, size=(side, side), length=length, at=at, pen=pen)))
    return pictures


def of_mnist(rng: np.random.Generator, count: int) -> list[bytes]:
    """Return pictures of single digits as MNIST has them."""
    inks: list[Ink] = [
        golden_inks()[number % 10].transform(np.eye(2) + rng.normal(0, 0.1, (2, 2)), (0, 0))
        for number in range(count)
    ]
    return [png(Image.fromarray(np.uint8(255 * raster))) for raster in raster_inks(inks)]


def png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.convert("L").save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
