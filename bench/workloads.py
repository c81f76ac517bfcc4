"""What `bench.against` has both builds do, through what every version offers.

It runs as a file, with the build's tree in PYTHONPATH: `python bench/workloads.py DRAWINGS`. It
reads the name of a workload from each line of standard input, and answers with the seconds that one
takes, the median of a few.
"""

import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from digitpad import Ink, Reader

LEAST = 0.2  # s that a workload is repeated for
Strokes = list[list[list[float]]]


def main() -> None:
    drawings = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    works = workloads(drawings["digits"], drawings["numbers"])
    for line in sys.stdin:
        print(seconds(works[line.strip()]), flush=True)


def workloads(digits: list[Strokes], numbers: list[Strokes]) -> dict[str, Callable[[], object]]:
    """Return what is timed, by its name; each is as much as one reading but the thousand inks."""
    reader: Any = Reader()
    inks = [Ink.from_strokes(strokes) for strokes in digits]
    wide = [Ink.from_strokes(strokes) for strokes in numbers]
    small = drawn(digits[2], (280, 280))
    line = drawn(numbers[0], (700, 160))
    photo = drawn(digits[2], (4000, 3000), "JPEG")
    turn = {"digit": 0, "number": 0, "five": 0}

    def following(kind: str, choices: list[Any]) -> Any:
        turn[kind] += 1
        return choices[turn[kind] % len(choices)]

    return {
        "digit": lambda: reader.read(following("digit", inks), "digit"),
        "number": lambda: reader.read(following("number", inks)),
        "five": lambda: reader.read(following("five", wide)),
        "thousand": lambda: reader.read_many(inks * 100, "digit"),
        "png": lambda: reader.read(small),
        "line": lambda: reader.read(line),
        "photo": lambda: reader.read(photo),
    }


def seconds(work: Callable[[], object]) -> float:
    """Return the median of repeated runs, of LEAST seconds together and ten at least."""
    work()
    times: list[float] = []
    while (len(times) < 10 and sum(times) < 5 * LEAST) or sum(times) < LEAST:
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def drawn(strokes: Strokes, size: tuple[int, int], kind: str = "PNG") -> bytes:
    """Return a picture of strokes, black on white, in the middle of a sheet of `size` px."""
    points = [point for stroke in strokes for point in stroke]
    low = [min(point[axis] for point in points) for axis in (0, 1)]
    extent = [max(point[axis] for point in points) - low[axis] for axis in (0, 1)]
    scale = min(0.8 * size[axis] / max(extent[axis], 1) for axis in (0, 1))
    image = Image.new("RGB", size, "white")
    for stroke in strokes:
        placed = [
            tuple(size[a] / 2 + scale * (point[a] - low[a] - extent[a] / 2) for a in (0, 1))
            for point in stroke
        ]
        ImageDraw.Draw(image).line(placed, fill="black", width=max(3, min(size) // 25))
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


if __name__ == "__main__":
    main()
