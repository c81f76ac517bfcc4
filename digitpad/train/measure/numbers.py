"""Evaluation of whole numbers, made of the digits of people that a model never saw."""

from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.progress import Progress

from digitpad.ink import Ink
from digitpad.network.inputs import Grey
from digitpad.reader import Reader
from digitpad.reading import Reading
from digitpad.train.measure.figures import number_mistakes
from digitpad.train.measure.measures import calibration_error, perfect_calibration_error, wilson
from digitpad.train.samples.corpus import Part, to_ink
from digitpad.train.samples.numbers import GAPS, InkNumber, Spacing, ink_numbers, picture_numbers
from digitpad.train.samples.render import Look, render

COUNT = 120  # numbers of each kind, spacing and length
MAIN, MORE = 5, 3  # ink of so many digits is the main figure: so many times as many numbers
INK_LENGTHS = (1, 2, 3, 4, 5, 6, 8, 10)
SCAN_LENGTHS = (2, 5, 10)
HEIGHTS = (28.0, 224.0)  # px of a digit in a picture
PENS = (0.03, 0.10)  # share of that height
THINNEST = 1.5  # px, pen in a picture
SCANS = 2_000  # single ones that are read as numbers
SHEET = 6  # px of paper around a single scan; as MNIST has it, it would pass as one digit, untried

Flags = npt.NDArray[np.bool_]


def evaluate_numbers(
    reader: Reader,
    part: Part,
    out: Path,
    seed: int = 0,
    count: int = COUNT,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Read numbers made of the part's digits, and its single digits as numbers.

    Returns a row for each kind ("ink", "picture": ink that was rendered, "scans"), spacing and
    length, and what happens to single digits that might be numbers. Writes `number-mistakes.png`
    to `out` if there is ink. Raises DataError if no writer of ink wrote enough digits.
    """
    progress = progress or Progress(disable=True)
    rows: list[dict[str, Any]] = []
    if part.inks:
        rows += _rows_of_ink(reader, part, out, seed, count, progress)
        rows += _rows_of_pictures(reader, part, seed, count, progress)
    rows += _rows_of_scans(reader, part, seed, count, progress)
    return {"rows": rows, "single": _single(reader, part, progress)}


def _rows_of_ink(
    reader: Reader, part: Part, out: Path, seed: int, count: int, progress: Progress
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    written: list[InkNumber] = []
    readings: list[Reading] = []
    kinds = list(product(GAPS, INK_LENGTHS))
    for spacing, length in progress.track(kinds, description="numbers, as ink"):
        many = count * MORE if length == MAIN else count
        numbers = ink_numbers(part.inks, length, spacing, many, _seed(seed, length))
        found = reader.read_many([number.ink for number in numbers], expect="number")
        rows.append(_row("ink", spacing, [number.text for number in numbers], found))
        written += numbers
        readings += found
    number_mistakes(
        [number.ink for number in written],
        [number.text for number in written],
        [(reading.text, reading.confidence) for reading in readings],
        out / "number-mistakes.png",
    )
    return rows


def _rows_of_pictures(
    reader: Reader, part: Part, seed: int, count: int, progress: Progress
) -> list[dict[str, Any]]:
    rows = []
    for spacing in progress.track(list(GAPS), description="numbers, as pictures of ink"):
        rng = np.random.default_rng(seed)
        numbers = ink_numbers(part.inks, MAIN, spacing, count, _seed(seed, MAIN))
        found = [reader.read(_picture(number, rng), expect="number") for number in numbers]
        rows.append(_row("picture", spacing, [number.text for number in numbers], found))
    return rows


def _rows_of_scans(
    reader: Reader, part: Part, seed: int, count: int, progress: Progress
) -> list[dict[str, Any]]:
    rows = []
    kinds = list(product(GAPS, SCAN_LENGTHS))
    for spacing, length in progress.track(kinds, description="numbers, as scans"):
        pictures = picture_numbers(
            part.scans, part.scan_labels, length, spacing, count, _seed(seed, length)
        )
        found = [reader.read(picture.grey, expect="number") for picture in pictures]
        rows.append(_row("scans", spacing, [picture.text for picture in pictures], found))
    return rows


def _seed(seed: int, length: int) -> int:
    """Give each length other numbers, and others than `fit/paths.py` learns from."""
    return seed + 1000 * length


def _row(
    kind: str, spacing: Spacing, texts: Sequence[str], readings: Sequence[Reading]
) -> dict[str, Any]:
    right = np.array([r.text == text for r, text in zip(readings, texts, strict=True)])
    read = np.array([r.status == "read" for r in readings])
    confidence = np.array([r.confidence for r in readings])
    return {
        "kind": kind,
        "spacing": spacing,
        "length": len(texts[0]),
        "numbers": len(texts),
        "right": float(right.mean()),
        "interval_95": wilson(int(right.sum()), len(right)),
        "unsure": float(1 - read.mean()),
        "right_of_read": float(right[read].mean()) if read.any() else None,
        "ece": calibration_error(confidence, right),
        "ece_if_perfect": perfect_calibration_error(confidence),
    }


def _picture(number: InkNumber, rng: np.random.Generator) -> Grey:
    """Picture a number as `pictured` does."""
    points, owners = number.ink.points, np.concatenate(number.owners)
    digits = [points[owners == digit] for digit in range(len(number.text))]
    return pictured(number.ink, float(np.median([np.ptp(digit[:, 1]) for digit in digits])), rng)


def pictured(ink: Ink, height_of_digits: float, rng: np.random.Generator) -> Grey:
    """Draw ink with a pen and at a size drawn by chance, black on white or white on black."""
    extent = np.ptp(ink.points, axis=0)
    unit = max(height_of_digits, extent.max() / 40)
    height = float(np.exp(rng.uniform(*np.log(HEIGHTS))))
    pen = max(THINNEST, height * float(np.exp(rng.uniform(*np.log(PENS)))))
    room = height * rng.uniform(0.2, 0.8, (2, 2))  # left and top, right and bottom
    sides = extent * height / unit + pen
    width, tall = np.ceil(sides + room.sum(axis=0)).astype(int).tolist()
    dark = float(rng.random() < 0.5)
    return render(
        ink,
        Look(
            length=float(sides.max()),
            pen=pen,
            margin=(float(room[0, 0]), float(room[0, 1])),
            size=(width, tall),
            ink=dark,
            paper=1 - dark,
        ),
        rng,
    )


def _single(reader: Reader, part: Part, progress: Progress) -> dict[str, Any]:
    """Read each digit as a number and as a digit: shares of all and of each kind."""
    found: dict[str, Flags] = {}
    if part.inks:
        inks: list[Ink] = [to_ink(drawing) for drawing in part.inks]
        found["ink"] = _compare(reader.read_many(inks, "number"), reader.read_many(inks, "digit"))
        rng = np.random.default_rng(0)
        owners = [tuple(np.zeros(len(stroke), np.intp) for stroke in ink.strokes) for ink in inks]
        pictures = [
            _picture(InkNumber(drawing.label, ink, own), rng)
            for drawing, ink, own in zip(part.inks, inks, owners, strict=True)
        ]
        looked_at = progress.track(pictures, description="single digits, as pictures of ink")
        found["pictures"] = _compare_pictures(reader, looked_at)
    scans = [np.pad(scan, SHEET) for scan in part.scans[:SCANS]]
    looked_at = progress.track(scans, description="single digits, as scans")
    found["scans"] = _compare_pictures(reader, looked_at)
    whole = _shares(np.concatenate(list(found.values())))
    return whole | {kind: _shares(flags) for kind, flags in found.items()}


def _compare_pictures(reader: Reader, pictures: Iterable[Grey]) -> Flags:
    pairs = [(reader.read(p, "number"), reader.read(p, "digit")) for p in pictures]
    return _compare(*zip(*pairs, strict=True))


def _compare(numbers: Iterable[Reading], digits: Iterable[Reading]) -> Flags:
    """Return (n, 2): whether each has not exactly one digit, and whether the text differs."""
    pairs = zip(numbers, digits, strict=True)
    return np.array([(len(n.digits) != 1, n.text != d.text) for n, d in pairs])


def _shares(flags: Flags) -> dict[str, Any]:
    lost, changed = flags.mean(axis=0).tolist()
    return {"drawings": len(flags), "split_merged_or_lost": lost, "changed": changed}
