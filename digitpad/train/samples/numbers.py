"""Numbers of known digits: ink of one writer's own, and scans side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from digitpad.errors import DataError
from digitpad.ink import Ink, Stroke
from digitpad.network.inputs import Grey, Rasters
from digitpad.train.samples.render import FINE, Look, render
from digitpad.train.sources.unipen import Sample

Spacing = Literal["natural", "touching"]
Labels = npt.NDArray[np.uint8]
Owners = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

# Lengths are shares of the median height of a number's digits; gaps are uniform.
GAPS: dict[Spacing, tuple[float, float]] = {"natural": (0.05, 0.30), "touching": (-0.15, 0.0)}
BESIDE = 0.1  # a digit reaches so far beyond its neighbour, or an upright 1 vanishes in it
FLAT = 1.5  # of a drawing wider than so many heights, the width says how large it is
ENOUGH = 10  # drawings of digits that a writer of numbers has at least

# Of digits that their writer put side by side; the lengths are shares of the taller one's height.
REAL_GAP = (-0.15, 0.6)  # from one to the next
REAL_DROP = 0.5  # between their middles, at most

MARGIN = 0.3  # length of the paper around the ink of a picture

# Of ink in a picture.
HEIGHTS = (30.0, 120.0)  # px of a digit, uniform
PENS = (0.03, 0.12)  # share of a digit's height beyond THINNEST, uniform
THINNEST = 1.5  # px
NOISE = 0.03  # standard deviation, at most

# Of scans side by side.
RESIZED = 0.1  # share by which one is made larger or smaller, uniform in ±
JITTER = 0.05  # length, standard deviation of each bottom from the line


@dataclass(frozen=True)
class Hand:
    """How numbers are written. Probabilities are of a number, or of two neighbours in it."""

    jitter: float = 0.04  # length, standard deviation of each bottom from the line
    slope: float = 12.0  # degrees by which the line rises or falls, uniform in ±
    drift: float = 0.1  # log of the last digit's scale over the first's, uniform in ±
    uneven: float = 0.35  # length by which a digit may be higher or lower than the median
    late: float = 0.08  # probability that a digit's last stroke is added at the very end
    disordered: float = 0.05  # probability that the digits are written out of order
    joined_natural: float = 0.01  # probability that the pen is not lifted between neighbours
    joined_touching: float = 0.06  # the same, where they touch


@dataclass(frozen=True, eq=False)
class InkNumber:
    """A number as a pen made it."""

    text: str  # "2047"
    ink: Ink
    owners: tuple[Owners, ...]  # for each stroke (n,): which digit has a point, -1 between them


@dataclass(frozen=True, eq=False)
class PictureNumber:
    """A number as a picture."""

    text: str
    grey: Grey  # float32 (h, w) in [0, 1]
    owners: Owners  # (h, w): which digit a pixel's ink belongs to, -1 where there is none, or LINE


LINE = -2  # owner of a picture's pixel with a line from one digit to the next

Digits = dict[str, list[Sample]]  # one writer's, by label
_OwnedStroke = tuple[Stroke, Owners]
_HAND = Hand()


def write_number(
    drawings: Sequence[Sample], spacing: Spacing, rng: np.random.Generator, hand: Hand = _HAND
) -> InkNumber:
    """Write one number with these digits of one writer, from left to right, in their unit."""
    placed = _place(drawings, spacing, rng, hand)
    order = list(range(len(placed)))
    if len(order) > 1 and rng.random() < hand.disordered:
        if rng.random() < 0.5:
            order.reverse()
        else:  # one was forgotten, and put in afterwards
            order.append(order.pop(int(rng.integers(len(order) - 1))))
    late: list[_OwnedStroke] = []
    several = [digit for digit in order[:-1] if len(placed[digit]) > 1]
    if several and rng.random() < hand.late:
        late = [placed[several[int(rng.integers(len(several)))]].pop()]
    joined = hand.joined_natural if spacing == "natural" else hand.joined_touching
    written = list(placed[order[0]])
    for before, digit in pairwise(order):
        first, *others = placed[digit]
        if abs(digit - before) == 1 and rng.random() < joined:
            first = _join(written.pop(), first, int(rng.integers(3, 7)))
        written += [first, *others]
    strokes, owners = zip(*written, *late, strict=True)
    return InkNumber("".join(drawing.label for drawing in drawings), Ink(strokes), owners)


def ink_numbers(
    inks: list[Sample], length: int, spacing: Spacing, count: int, seed: int
) -> list[InkNumber]:
    """Write `count` numbers of `length` digits, each with the digits of one writer.

    Writers of at least ENOUGH digits take turns. Labels are uniform among those that the writer
    wrote; no drawing comes twice before all have come. One seed chooses the same digits at either
    spacing. Raises DataError if nobody wrote enough.
    """
    able = [own for own in by_writer(inks) if sum(map(len, own.values())) >= ENOUGH]
    if not able:
        raise DataError(f"expected a writer of at least {ENOUGH} digits, found none")
    turns = np.random.default_rng(seed).permutation(len(able))
    numbers = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        chosen = choose_digits(able[turns[number % len(able)]], length, rng)
        numbers.append(write_number(chosen, spacing, rng))
    return numbers


def by_writer(inks: Sequence[Sample]) -> list[Digits]:
    """Return each writer's digits."""
    found: dict[str, Digits] = {}
    for drawing in inks:
        found.setdefault(drawing.writer, {}).setdefault(drawing.label, []).append(drawing)
    return list(found.values())


def choose_digits(own: Digits, length: int, rng: np.random.Generator) -> list[Sample]:
    """Choose a label, then a drawing of it, `length` times; none twice while there are others."""
    chosen: list[Sample] = []
    left: Digits = {}
    while len(chosen) < length:
        left = left or {label: list(drawings) for label, drawings in own.items()}
        label = list(left)[int(rng.integers(len(left)))]
        chosen.append(left[label].pop(int(rng.integers(len(left[label])))))
        if not left[label]:
            del left[label]
    return chosen


def real_numbers(inks: Sequence[Sample]) -> list[InkNumber]:
    """Return the numbers of two digits or more that people wrote as such.

    Those are digits that follow each other in a file of UNIPEN's, where they stand side by side:
    its coordinates are the tablet's. Many files hold digits that were asked for one by one, each in
    a place of its own; some hold numbers, and rows of digits.
    """
    placed = sorted((*_place_in_file(drawing), number) for number, drawing in enumerate(inks))
    runs: list[list[Sample]] = []
    before: tuple[str, int] | None = None
    for file, segment, number in placed:
        follows = before == (file, segment - 1) and _are_beside(runs[-1][-1], inks[number])
        if not follows:
            runs.append([])
        runs[-1].append(inks[number])
        before = file, segment
    numbers = []
    for run in runs:
        if len(run) > 1:
            strokes = [
                (stroke.astype(np.float64), np.full(len(stroke), digit))
                for digit, drawing in enumerate(run)
                for stroke in drawing.strokes
            ]
            ink, owners = zip(*strokes, strict=True)
            numbers.append(InkNumber("".join(drawing.label for drawing in run), Ink(ink), owners))
    return numbers


def draw_number(number: InkNumber, rng: np.random.Generator) -> PictureNumber:
    """Draw ink as a canvas shows it: digits of 30 to 120 px, dark on light or light on dark.

    A pixel belongs to what was drawn there last.
    """
    points, owners = number.ink.points, np.concatenate(number.owners)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    heights = [np.ptp(points[owners == digit, 1]) for digit in range(len(number.text))]
    flat = float(extent.max()) / (2 * len(number.text))  # a dash has no height, a dot no extent
    scale = rng.uniform(*HEIGHTS) / max(float(np.median(heights)), flat, 1e-9)
    pen = rng.uniform(*PENS) * scale * float(np.median(heights)) + THINNEST
    margin = MARGIN * scale * float(np.median(heights)) + 4
    width, height = (round(float(scale * side + pen + 2 * margin)) for side in extent)
    ink = float(rng.random() < 0.5)
    look = Look(
        length=float(scale * extent.max() + pen), pen=pen, margin=(margin, margin),
        size=(width, height), ink=ink, paper=1 - ink, noise=float(rng.uniform(0, NOISE)),
    )  # fmt: skip
    image = Image.new("L", (width * FINE, height * FINE), 0)
    draw = ImageDraw.Draw(image)
    for stroke, own in zip(number.ink.strokes, number.owners, strict=True):
        points = FINE * (scale * (stroke - low) + margin + pen / 2)
        for run in np.split(np.arange(len(own)), np.flatnonzero(np.diff(own)) + 1):
            way = [(float(x), float(y)) for x, y in points[run]]
            fill = LINE % 256 if own[run[0]] < 0 else int(own[run[0]]) + 1
            draw.line(way, fill=fill, width=round(pen * FINE))
            for point in way:
                draw.circle(point, pen * FINE / 2, fill=fill)
    found = np.asarray(image)[FINE // 2 :: FINE, FINE // 2 :: FINE].astype(np.intp) - 1
    found[found == LINE % 256 - 1] = LINE
    return PictureNumber(number.text, render(number.ink, look, rng), found)


def picture_numbers(
    scans: Rasters, labels: Labels, length: int, spacing: Spacing, count: int, seed: int
) -> list[PictureNumber]:
    """Set `length` scans by any writers side by side in each of `count` pictures.

    `scans` are float32 (n, 28, 28) in [0, 1], white on black as the numbers are, `labels` (n,).
    One seed chooses the same digits at either spacing.
    """
    numbers = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        chosen = rng.integers(len(scans), size=length)
        numbers.append(join_scans(scans[chosen], labels[chosen], spacing, rng))
    return numbers


def join_scans(
    scans: Rasters, labels: Labels, spacing: Spacing, rng: np.random.Generator
) -> PictureNumber:
    """Set these scans, float32 (n, 28, 28) with labels (n,), side by side."""
    grey, owners = _side_by_side([_cut_out(scan, rng) for scan in scans], spacing, rng)
    return PictureNumber("".join(map(str, labels.tolist())), grey, owners)


def _place_in_file(drawing: Sample) -> tuple[str, int]:
    """Return the file of a drawing, and the number of its segment in it."""
    file, _, number = drawing.id.rpartition("#")
    return file, int(number)


def _are_beside(one: Sample, other: Sample) -> bool:
    """Whether the other stands where a number goes on after the one."""
    first, second = (np.concatenate(drawing.strokes) for drawing in (one, other))
    height = max(float(np.ptp(first[:, 1])), float(np.ptp(second[:, 1])), 1e-9)
    gap = float(second[:, 0].min() - first[:, 0].max()) / height
    drop = float(_middle(second) - _middle(first)) / height
    return REAL_GAP[0] <= gap <= REAL_GAP[1] and abs(drop) <= REAL_DROP


def _middle(points: Stroke) -> float:
    """Return the middle of the points' height."""
    return float(points[:, 1].min() + points[:, 1].max()) / 2


def _place(
    drawings: Sequence[Sample], spacing: Spacing, rng: np.random.Generator, hand: Hand
) -> list[list[_OwnedStroke]]:
    """Set each digit on the line, to the right of the one before; sizes stay the writer's."""
    points = [np.concatenate(drawing.strokes).astype(np.float64) for drawing in drawings]
    corners = np.array([[p[:, 0].min(), p[:, 1].max()] for p in points])  # left and bottom
    extents = np.array([np.ptp(p, axis=0) for p in points])
    heights = np.maximum(extents[:, 1], extents[:, 0] / FLAT) + 1e-9  # a dot has one, too
    unit = float(np.median(heights))
    drift = np.exp(rng.uniform(-hand.drift, hand.drift) * np.linspace(-0.5, 0.5, len(points)))
    limits = (1 - hand.uneven) * unit, (1 + hand.uneven) * unit
    scales = np.clip(heights * drift, *limits) / heights
    widths = scales * extents[:, 0]
    lefts = _lefts(widths, unit, spacing, rng)
    rise = np.tan(np.deg2rad(rng.uniform(-hand.slope, hand.slope)))
    bottoms = unit * rng.normal(0, hand.jitter, len(points)) - rise * (lefts + widths / 2)
    placed = []
    for digit, drawing in enumerate(drawings):
        at = np.array([lefts[digit], bottoms[digit]])
        strokes = [scales[digit] * (stroke - corners[digit]) + at for stroke in drawing.strokes]
        placed.append([(stroke, np.full(len(stroke), digit)) for stroke in strokes])
    return placed


def _lefts(widths: Floats, unit: float, spacing: Spacing, rng: np.random.Generator) -> Floats:
    """Return where each digit begins, the first at 0; half of the narrower is covered at most."""
    narrower = np.minimum(widths[:-1], widths[1:])
    gaps = unit * rng.uniform(*GAPS[spacing], len(narrower))
    gaps = np.maximum(gaps, np.maximum(-narrower / 2, BESIDE * unit - narrower))
    return np.concatenate([[0.0], np.cumsum(widths[:-1] + gaps)])


def _join(one: _OwnedStroke, other: _OwnedStroke, count: int) -> _OwnedStroke:
    """Lead the pen in a straight line of `count` points, of no digit, from one to the other."""
    share = np.linspace(0, 1, count + 2)[1:-1]
    line = one[0][-1] + share[:, None] * (other[0][0] - one[0][-1])
    owners = np.full(count, -1)
    return np.concatenate([one[0], line, other[0]]), np.concatenate([one[1], owners, other[1]])


def _cut_out(scan: Grey, rng: np.random.Generator) -> Grey:
    """Return the ink of a scan alone, a little larger or smaller."""
    rows, columns = np.flatnonzero(scan.any(axis=1)), np.flatnonzero(scan.any(axis=0))
    ink = scan[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 1 + rng.uniform(-RESIZED, RESIZED)
    height, width = (max(1, round(scale * side)) for side in ink.shape)
    return np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BILINEAR))


def _side_by_side(
    digits: Sequence[Grey], spacing: Spacing, rng: np.random.Generator
) -> tuple[Grey, Owners]:
    heights, widths = np.array([digit.shape for digit in digits]).T
    unit = float(np.median(heights))
    margin = round(MARGIN * unit)
    lefts = margin + np.rint(_lefts(widths.astype(float), unit, spacing, rng)).astype(int)
    tops = np.rint(unit * rng.normal(0, JITTER, len(digits))).astype(int) - heights
    tops += margin - tops.min()
    size = (max(tops + heights) + margin, lefts[-1] + widths[-1] + margin)
    grey, owners = np.zeros(size, np.float32), np.full(size, -1)
    for number, (digit, top, left) in enumerate(zip(digits, tops, lefts, strict=True)):
        place = (slice(top, top + len(digit)), slice(left, left + digit.shape[1]))
        owners[place][digit > grey[place]] = number
        grey[place] = np.maximum(grey[place], digit)
    return grey, owners
