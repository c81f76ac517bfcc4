"""What a digit and a number cost on one core: `python -m bench.read`.

Times depend on the machine, ratios to work of a known size in the same run much less.
"""

import io
import os
import statistics
import time
from collections.abc import Callable, Sequence

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before NumPy is imported
    os.environ[name] = "1"

import numpy as np  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from digitpad import Ink, Reader  # noqa: E402
from digitpad.ink import Stroke  # noqa: E402
from digitpad.network.inputs import BOX, PEN, SIDE, see_inks  # noqa: E402
from digitpad.network.runtime import Recognizer  # noqa: E402
from digitpad.train.release.golden import golden_inks  # noqa: E402

NUMBERS = ("20475", "13890", "66129", "44551", "78903")
ROUNDS = 7  # the median of them is printed
FINE = 4  # Pillow draws so many times larger, then averages down


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    inks = golden_inks()
    reader, network = Reader(), Recognizer()
    inputs = see_inks(inks)
    macs = reader.manifest.training["multiply_adds"]
    side = round(macs ** (1 / 3))
    matrix = np.random.default_rng(0).random((side, side), np.float32)
    picture = png(inks[2])

    numbers = [beside([inks[int(digit)] for digit in text]) for text in NUMBERS]

    whole = per_digit(lambda: [reader.read(ink, "digit") for ink in inks], 10)
    default = per_digit(lambda: [reader.read(ink) for ink in inks], 10)
    number = per_digit(lambda: [reader.read(ink) for ink in numbers], len(numbers))
    raster = per_digit(lambda: [see_inks([ink]) for ink in inks], 10)
    run = per_digit(lambda: [network(inputs[i : i + 1]) for i in range(10)], 10)
    pillow = per_digit(lambda: [draw(ink) for ink in inks], 10)
    product = per_digit(lambda: [matrix @ matrix for _ in range(10)], 10)
    photo = per_digit(lambda: reader.read(picture), 1)
    batch = per_digit(lambda: reader.read_many(inks * 100, "digit"), 1000)

    table = Table("step", "ms", "beside", title=f"model {reader.manifest.version}, one core")
    table.add_row("ink to reading", ms(whole), "")
    table.add_row("  raster", ms(raster), f"{raster / pillow:.1f} × Pillow drawing the strokes")
    table.add_row(
        "  network", ms(run), f"{run / product:.1f} × a matrix product of {macs / 1e6:.1f} M MACs"
    )
    table.add_row("  rest", ms(whole - raster - run), "")
    table.add_row(
        "ink of one digit, as a number", ms(default), f"{default / whole:.1f} × the first"
    )
    table.add_row("ink of a number of 5 digits", ms(number), f"{number / whole:.1f} × the first")
    table.add_row("PNG of 280 × 280 to reading", ms(photo), "")
    table.add_row("ink to reading, 1,000 at once", ms(batch), f"{1 / batch:,.0f} digits/s")
    Console().print(table)


def per_digit(work: Callable[[], object], digits: int) -> float:
    """Return the seconds a digit takes: the median of rounds of at least 0.2 s."""
    work()
    started = time.perf_counter()
    work()
    repeats = max(1, round(0.2 / (time.perf_counter() - started)))
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(repeats):
            work()
        times.append((time.perf_counter() - started) / repeats)
    return statistics.median(times) / digits


def beside(inks: Sequence[Ink]) -> Ink:
    """Set digits side by side, a fifth of the pad's width apart."""
    strokes: list[Stroke] = []
    edge = 0.0
    for ink in inks:
        left, _, right, _ = ink.box or (0.0, 0.0, 0.0, 0.0)
        strokes += [stroke + np.array([edge - left, 0]) for stroke in ink.strokes]
        edge += right - left + 20
    return Ink(tuple(strokes))


def draw(ink: Ink) -> Image.Image:
    """Draw ink with Pillow at the raster's size, the plain way."""
    box = ink.box
    assert box is not None
    low, high = np.array(box[:2]), np.array(box[2:])
    scale = FINE * (BOX - PEN) / float((high - low).max())
    offset = FINE * SIDE / 2 - scale * (low + high) / 2
    image = Image.new("L", (FINE * SIDE, FINE * SIDE))
    pen = ImageDraw.Draw(image)
    for stroke in ink.transform(np.eye(2) * scale, offset).strokes:
        points = [(x, y) for x, y in stroke.tolist()]
        pen.line(points, fill=255, width=round(FINE * PEN), joint="curve")
    return image.resize((SIDE, SIDE), Image.Resampling.BOX)


def png(ink: Ink) -> bytes:
    """Return a picture of ink as a page's canvas gives it."""
    file = io.BytesIO()
    draw(ink).convert("RGB").resize((280, 280), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f}"


if __name__ == "__main__":
    main()
