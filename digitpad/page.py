"""A page of ink, parted into lines of writing and the numbers in them.

What stands beside what tells a line, as in Ratzlaff's bottom-up "Inter-line distance estimation and
text line extraction for unconstrained online handwriting" (IWFHR 2000), and a gap in it a new
number, as in Seni and Cohen's "External word segmentation of off-line handwritten text lines"
(Pattern Recognition 27, 1994): the gap between boxes, relative to the line's height.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box, union
from digitpad.ink import Ink
from digitpad.lattice.groups import TOGETHER, line_height

# Shares of the line's height. GAP is chosen with `python -m bench.pages`: a smaller one parts
# numbers, a larger one joins them; digits of one number are up to 0.6 apart (`REAL_GAP`).
GAP = 0.8  # between two numbers, at least
REACH = 8.0  # to the next stroke of a line: what is further away may lie lower, on sloping lines
OVERLAP = 0.4  # of two strokes that stand beside each other, share of the taller
TALL = 0.5  # of a stroke that tells where a line is; signs, bars and dots join the nearest
TYPICAL = 75  # percentile of the strokes' heights that is a digit's: a third may be dots and bars
FLAT, LONG = 0.35, 1.3  # height and width of what may be an underline, and fills no gap

Corners = npt.NDArray[np.float64]  # (n, 4): left, top, right, bottom


def part_page(ink: Ink) -> list[list[Ink]]:
    """Return the lines of a page from top to bottom, and of each the numbers from left to right.

    Each number has its `box`, and its strokes in the order they were drawn. All ink is in one.
    """
    if not ink.strokes:
        return []
    boxes = Box.around_each(ink.strokes)
    corners = np.array(boxes)
    if len(boxes) <= TOGETHER and len(list(_connected(corners, _touch))) == 1:
        return [[ink]]  # such as an eight of two rings
    lines = sorted(_find_lines(corners), key=lambda line: _middle(boxes, line))
    return [
        [Ink(tuple(ink.strokes[n] for n in sorted(number))) for number in _part(line, boxes)]
        for line in lines
    ]


def _find_lines(corners: Corners) -> list[list[int]]:
    """Return the strokes of each line: tall ones that stand beside each other, and what is near."""
    heights = corners[:, 3] - corners[:, 1]
    (tall,) = np.nonzero(heights >= TALL * np.percentile(heights, TYPICAL))
    lines = [[int(tall[n]) for n in line] for line in _connected(corners[tall], _stand_beside)]
    line_of = {stroke: line for line in lines for stroke in line}
    for stroke in np.setdiff1d(np.arange(len(corners)), tall).tolist():
        nearest = int(tall[_distances(corners[stroke], corners[tall]).argmin()])
        line_of[nearest].append(stroke)
    return lines


def _part(line: Sequence[int], boxes: Sequence[Box]) -> list[list[int]]:
    """Part a line's strokes where there is a gap; what may be an underline fills none."""
    height = line_height([boxes[n] for n in line])
    writing = [n for n in line if not _may_underline(boxes[n], height)] or list(line)
    numbers: list[list[int]] = []
    right = -np.inf
    for stroke in sorted(writing, key=lambda n: boxes[n].left):
        if boxes[stroke].left - right > GAP * height:
            numbers.append([])
        numbers[-1].append(stroke)
        right = max(right, boxes[stroke].right)
    around = [union(boxes[n] for n in number) for number in numbers]
    for stroke in set(line).difference(writing):
        numbers[min(range(len(around)), key=lambda n: around[n].distance(boxes[stroke]))].append(
            stroke
        )
    return numbers


def _may_underline(box: Box, height: float) -> bool:
    return box.height <= FLAT * height and box.width >= LONG * height


def _connected(
    corners: Corners, related: Callable[[Corners, Corners], npt.NDArray[np.bool_]]
) -> Iterator[list[int]]:
    """Yield which boxes are connected by a relation of one to many."""
    waiting = np.arange(len(corners))
    while len(waiting):
        group, waiting = [int(waiting[0])], waiting[1:]
        for box in group:  # which grows
            found = related(corners[box], corners[waiting])
            group += waiting[found].tolist()
            waiting = waiting[~found]
        yield group


def _stand_beside(one: Corners, others: Corners) -> npt.NDArray[np.bool_]:
    across, down = _gaps(one, others)
    taller = np.maximum(one[3] - one[1], others[:, 3] - others[:, 1])
    beside: npt.NDArray[np.bool_] = (across <= REACH * taller) & (-down >= OVERLAP * taller)
    return beside


def _touch(one: Corners, others: Corners) -> npt.NDArray[np.bool_]:
    across, down = _gaps(one, others)
    touching: npt.NDArray[np.bool_] = np.maximum(across, down) <= 0
    return touching


def _distances(one: Corners, others: Corners) -> npt.NDArray[np.float64]:
    return np.hypot(*(np.maximum(gap, 0) for gap in _gaps(one, others)))


def _gaps(one: Corners, others: Corners) -> tuple[npt.NDArray[np.float64], ...]:
    """Return how far boxes are apart from left to right and from top to bottom; < 0: overlap."""
    apart = np.maximum(one[:2] - others[:, 2:], others[:, :2] - one[2:])
    return apart[:, 0], apart[:, 1]


def _middle(boxes: Sequence[Box], line: Sequence[int]) -> float:
    box = union(boxes[n] for n in line)
    return box.top + box.bottom
