"""What the costliest requests that are allowed cost: memory above idle, and seconds of one core.

    python -m bench.bounds [NAME ...]

Each in a process of its own, made by this module within the limits of `docs/api.md`. Then the site
with two workers on loopback: eight of the largest pictures at once. Takes about three minutes.
"""

import argparse
import base64
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from bench.start import INK, JSON, READ, READ_MANY, ROOT, Site, running, web_line
from digitpad.config import ServerConfig
from digitpad.ink import MAX_POINTS, MAX_STROKES
from digitpad.picture.cost import COLOUR_BYTES, MAX_MEMORY, MAX_PIXELS, MAX_SCANS, WEBP_BYTES
from digitpad.style import MOST
from digitpad.web.batches import MOST_TIME
from digitpad.web.bodies import MAX_BODY, MAX_JSON
from digitpad.web.schemas import ITEMS_POINTS, MOST_ITEMS

PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
MANY = "batch"  # in place of a content type
BOUNDS = {
    JSON: (30, 0.3),
    MANY: (100, MOST_TIME + 0.5),
    PNG: (100, 1.0),
    JPEG: (100, 1.0),
    WEBP: (100, 1.0),
}  # MB, s
AT_ONCE, MOST_AT_ONCE, MOST_AFTER = 8, 400, 230  # requests, MB, MB
SIDE = 1536  # px: the longest side of a picture that is looked at as it is
SMALL_SIDE = 500  # px of the largest pictures in a batch
POINTS = ITEMS_POINTS // MOST_ITEMS  # of each in a batch, where all have as many

Body = tuple[bytes, str]


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--at-once", action="store_true", help="only the site")
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(CASES))
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "TYPE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(Path(options.measure[0]).read_bytes(), options.measure[1])))
        return
    if options.at_once:
        eight_at_once()
        return
    if unknown := set(options.names) - set(CASES):
        parser.error(f"expected names among {'; '.join(CASES)}, found {'; '.join(unknown)}")
    print(f"{'request':32} {'kB':>6}  {'MB':>4} of  {'s':>5} of   answer")
    for name in options.names or CASES:
        body, kind = CASES[name]()
        memory, seconds, answer = measure_alone(body, kind)
        most_memory, most_seconds = BOUNDS[kind]
        flag = "" if memory <= most_memory and seconds <= most_seconds else "  OVER"
        print(
            f"{name:32} {len(body) / 1e3:6,.0f}  {memory:4.0f} {most_memory:3}  "
            f"{seconds:5.2f} {most_seconds:3}  {answer}{flag}",
            flush=True,
        )
    if not options.names:
        eight_at_once()


def measure_alone(body: bytes, kind: str) -> tuple[float, float, str]:
    """Measure one request in a fresh process: MB, seconds, and the answer in short."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        command = [sys.executable, "-m", "bench.bounds", "--measure", file.name, kind]
        env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        ran = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, check=True, timeout=120
        )
    memory, seconds, answer = json.loads(ran.stdout.splitlines()[-1])  # after the site's log
    return memory, seconds, answer


def measure(body: bytes, kind: str) -> tuple[float, float, str]:
    """Send one request to the site in this process, after two small ones.

    The body that is sent is not counted, the site's copy of it is.
    """
    from digitpad.web import create_app  # noqa: PLC0415  here, since parents need not load it

    client = create_app(ServerConfig()).test_client()
    for small, its_kind in ((INK, JSON), picture(lines(3, 4, (80, 80)))):
        client.post(READ, data=small, content_type=its_kind)
    idle = status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    begin = time.process_time()
    path, kind = (READ_MANY, JSON) if kind == MANY else (READ, kind)
    response = client.post(path, data=body, content_type=kind)
    seconds = time.process_time() - begin
    answer = response.json or {}
    many = answer.get("readings", [])
    late = sum(one["status"] == 503 for one in many)
    text = f"{response.status_code} {answer.get('status', '')} {answer.get('text', '')[:8]}"
    text += f"{len(many) - late} of {len(many)}" if many else ""
    return (status("VmHWM") - idle) / 1e6, seconds, text


def status(name: str) -> int:
    """Return what Linux says of this process's memory, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(dict(line.split(":", 1) for line in lines)[name].split()[0]) * 1024


def eight_at_once() -> None:
    """Send the largest pictures of each kind to a site at once; print its memory."""
    print(f"\n{AT_ONCE} at once, 2 workers: MB before, at most (of {MOST_AT_ONCE}), "
          f"after (of {MOST_AFTER}); answers")  # fmt: skip
    for name in LARGEST:
        body, kind = CASES[name]()
        with (
            tempfile.TemporaryDirectory() as folder,
            running(web_line(ROOT), ROOT, f"sqlite:///{folder}/digitpad.db") as site,
        ):
            before = site.memory() / 1e6
            most, answers = flood(site, body, kind)
            after = site.memory() / 1e6
        flag = "" if most / 1e6 <= MOST_AT_ONCE and after <= MOST_AFTER else "  OVER"
        told = " ".join(map(str, answers))
        print(f"{name:32} {before:4.0f} {most / 1e6:4.0f} {after:4.0f}  {told}{flag}", flush=True)


def flood(site: Site, body: bytes, kind: str) -> tuple[int, list[int]]:
    """Send AT_ONCE requests; return the most memory of the site in bytes, and the statuses."""
    most, done = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.is_set():
            most = max(most, site.memory())
            time.sleep(0.02)

    watching = threading.Thread(target=watch)
    watching.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: site.send(READ, body, kind), range(AT_ONCE)))
    done.set()
    watching.join()
    return most, sorted(answers)


def ink(expect: str, *strokes: list[list[int]]) -> Body:
    return json.dumps({"ink": {"strokes": strokes}, "expect": expect}).encode(), JSON


def scribble(points: int) -> list[list[int]]:
    steps = np.random.default_rng(0).integers(-9, 10, (points, 2)).cumsum(axis=0)
    walked: list[list[int]] = steps.tolist()
    return walked


def batch(item: dict[str, object]) -> Body:
    return json.dumps({"items": [item] * MOST_ITEMS}).encode(), MANY


def batch_of_ink(*strokes: list[list[int]]) -> Body:
    return batch({"ink": {"strokes": strokes}})


def batch_of_pictures(image: Image.Image) -> Body:
    text = base64.b64encode(picture(image)[0]).decode()
    return batch({"picture": f"data:{PNG};base64,{text}"})


def examples() -> Body:
    each = {"ink": {"strokes": [scribble(MAX_POINTS // MOST)]}, "label": "3"}
    body = {"ink": {"strokes": [scribble(80)]}, "examples": [each] * MOST}
    return json.dumps(body).encode(), JSON


def empty_strokes() -> Body:
    head, tail = b'{"ink": {"strokes": [', b"]}}"
    return head + b",".join([b"[]"] * ((MAX_JSON - len(head) - len(tail)) // 3)) + tail, JSON


def picture(image: Image.Image, kind: str = PNG, **options: object) -> Body:
    stream = io.BytesIO()
    image.save(stream, kind.split("/")[1], **options)
    return stream.getvalue(), kind


def lines(count: int, width: int, size: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    """Upright lines, side by side."""
    image = Image.new("L", size, 255)
    for number in range(count):
        x = int((number + 0.5) * size[0] / count)
        ImageDraw.Draw(image).line((x, size[1] // 8, x, size[1] * 7 // 8), fill=0, width=width)
    return image


def rings(count: int, radius: int, size: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    image = Image.new("L", size, 255)
    for x, y in np.random.default_rng(0).integers(0, size, (count, 2)).tolist():
        box = (x - radius, y - radius, x + radius, y + radius)
        ImageDraw.Draw(image).ellipse(box, outline=0, width=3)
    return image


def scrawl(count: int, size: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    """Straight strokes across each other."""
    image = Image.new("L", size, 255)
    for ends in np.random.default_rng(0).integers(0, size, (count, 2, 2)).tolist():
        ImageDraw.Draw(image).line([tuple(end) for end in ends], fill=0, width=3)
    return image


def checkerboard(side: int) -> Image.Image:
    squares = np.add.outer(np.arange(SIDE) // side, np.arange(SIDE) // side) % 2
    return Image.fromarray((squares * 255).astype(np.uint8))


def noise(width: int, height: int, mode: str = "L") -> Image.Image:
    shape = (height, width) if mode == "L" else (height, width, len(mode))
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, shape, np.uint8))


def large(mode: str, pixels: int) -> Image.Image:
    """A picture with a digit in it, of so many pixels."""
    width = int((pixels * 4 / 3) ** 0.5)
    image = Image.new(mode, (width, pixels // width), "white")
    corners = [(width // 3, width // 8), (width // 2, width // 8), (width * 2 // 5, width * 5 // 8)]
    ImageDraw.Draw(image).line(corners, fill="black", width=width // 40)
    return image


def many_scans(image: Image.Image) -> Body:
    """A progressive JPEG whose last scan is there again up to the limit."""
    data, kind = picture(image, JPEG, progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * (MAX_SCANS - data.count(b"\xff\xda")) + data[-2:], kind


def filled(body: Body) -> Body:
    """The same JPEG with a comment, as large as a body may be."""
    data, kind = body
    segment = b"\xff\xfe\xff\xff" + bytes(0xFFFD)
    return data[:2] + segment * ((MAX_BODY - len(data)) // len(segment)) + data[2:], kind


COLOURED = MAX_MEMORY // COLOUR_BYTES  # pixels
WEBP_PIXELS = MAX_MEMORY // WEBP_BYTES
PROGRESSIVE = 12_000_000

CASES: dict[str, Callable[[], Body]] = {
    "ink of 20,000 points, a digit": lambda: ink("digit", scribble(MAX_POINTS)),
    "ink of 20,000 points, a number": lambda: ink("number", scribble(MAX_POINTS)),
    "ink of 1,000 strokes": lambda: ink(
        "number", *([[10 * n, 0], [10 * n + 3, 90]] for n in range(MAX_STROKES))
    ),
    "empty strokes": empty_strokes,
    "examples": examples,
    "batch of strokes side by side": lambda: batch_of_ink(
        *([[8 * n, 0], [8 * n, 90]] for n in range(POINTS // 2))
    ),
    "batch of zigzags": lambda: batch_of_ink([[9 * n, 90 * (n % 2)] for n in range(POINTS)]),
    "batch of scribbles": lambda: batch_of_ink(scribble(POINTS)),
    "batch of pictures of lines": lambda: batch_of_pictures(lines(38, 3, (SMALL_SIDE, SMALL_SIDE))),
    "batch of pictures of rings": lambda: batch_of_pictures(
        rings(20, 20, (SMALL_SIDE, SMALL_SIDE))
    ),
    "PNG, grey": lambda: picture(large("L", MAX_PIXELS)),
    "PNG, palette": lambda: picture(large("RGB", MAX_PIXELS).convert("P")),
    "PNG, 16 bits": lambda: picture(Image.fromarray(np.full((5000, 5000), 65535, np.uint16))),
    "PNG, RGB": lambda: picture(large("RGB", COLOURED)),
    "PNG, RGBA": lambda: picture(large("RGBA", COLOURED)),
    "PNG, RGB of noise": lambda: picture(noise(1800, 1800, "RGB")),
    "JPEG, 12 megapixels": lambda: picture(large("RGB", 12_000_000), JPEG),
    "JPEG, 25 megapixels": lambda: picture(large("RGB", MAX_PIXELS), JPEG),
    "JPEG, 10 MB": lambda: filled(picture(large("RGB", MAX_PIXELS), JPEG)),
    "JPEG, 9 megapixels": lambda: picture(large("RGB", 3071 * 2300), JPEG),
    "JPEG of noise": lambda: picture(noise(4000, 3000, "RGB"), JPEG, quality=60),
    "JPEG, progressive": lambda: picture(large("RGB", PROGRESSIVE), JPEG, progressive=True),
    "JPEG, many scans": lambda: many_scans(large("RGB", PROGRESSIVE)),
    "WebP, lossless": lambda: picture(large("RGBA", WEBP_PIXELS), WEBP, lossless=True),
    "WebP, lossy": lambda: picture(large("RGB", WEBP_PIXELS), WEBP),
    "noise": lambda: picture(noise(SIDE, SIDE)),
    "checkerboard of 1 px": lambda: picture(checkerboard(1)),
    "checkerboard of 40 px": lambda: picture(checkerboard(40)),
    "38 lines": lambda: picture(lines(38, 5)),
    "39 lines, low": lambda: picture(lines(39, 5, (SIDE, 100))),
    "500 lines": lambda: picture(lines(500, 1)),
    "squares": lambda: picture(
        Image.fromarray(
            np.minimum(*(np.asarray(f) for f in (lines(30, 3), lines(30, 3).rotate(90))))
        )
    ),
    "38 rings": lambda: picture(rings(38, 40)),
    "90 rings, low": lambda: picture(rings(90, 40, (SIDE, 160))),
    "400 rings": lambda: picture(rings(400, 30)),
    "1,000 rings": lambda: picture(rings(1000, 6)),
    "30 strokes across": lambda: picture(scrawl(30)),
    "300 strokes across, low": lambda: picture(scrawl(300, (SIDE, 200))),
}
LARGEST = ("PNG, RGBA", "JPEG, 10 MB", "JPEG, many scans", "WebP, lossless", "noise")


if __name__ == "__main__":
    main()
