"""Strokes that a picture's ink may have been drawn with."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from digitpad.geometry import Polyline, length
from digitpad.picture.labelling import Labels, label

# Lengths as shares of the pen's width.
SPUR = 0.75  # a shorter branch with a free end is none: the edge of a stroke was not smooth
BRIDGE = 0.7  # two junctions no further apart are one: strokes that cross leave two
AWAY = 0.5  # so far from a junction begins
AHEAD = 1.5  # so long a bit of a branch, whose direction is the branch's
BEND = 60.0  # degrees by which a stroke may turn where it meets another, at most

# Of ink that is writing: twenty digits have fewer, noise has more, and takes seconds.
MOST_JUNCTIONS = 400
MOST_LINE = 20_000  # px of centre lines

Mask = npt.NDArray[np.bool_]
Pixels = npt.NDArray[np.intp]  # (n, 2): column and row, one after the other
Vector = npt.NDArray[np.float64]  # (2,)
_Arm = tuple[int, int]  # a branch, and which of its ends: 0 or 1

# From above, clockwise: rows and columns of a pixel's neighbours.
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


@dataclass(frozen=True, eq=False)
class Traced:
    """A stroke that was found in a picture; nobody knows at which end it began."""

    pixels: Pixels
    points: Polyline  # (n, 2): the same, but smooth
    junctions: list[int]  # where it meets other strokes: indices of pixels


def trace(mask: Mask, pen: float) -> list[Traced]:
    """Find the strokes of ink, a mask (h, w), drawn with a pen of about that width in px.

    The centre line is parted where strokes meet; of the branches there, those become one stroke
    that go on most nearly straight. Together the strokes are nearly all of the centre line. What
    has more than MOST_JUNCTIONS or MOST_LINE has no strokes.
    """
    line = thin(mask)
    if np.count_nonzero(line) > MOST_LINE:
        return []
    branches, meetings = _branches(line)
    if meetings.max(initial=0) > MOST_JUNCTIONS:
        return []
    names = np.arange(meetings.max(initial=0) + 1)  # of junctions; bridged ones share theirs
    kept: list[tuple[_Arm, int]] = []
    for number, branch in enumerate(branches):
        (x0, y0), (x1, y1) = branch[0], branch[-1]
        first, last = meetings[y0, x0], meetings[y1, x1]
        if first and last and length(branch) < max(BRIDGE * pen, 3):  # or three px of a junction
            names[names == names[last]] = names[first]
        elif not (first or last) or length(branch) >= SPUR * pen:
            kept += [((number, 0), first), ((number, 1), last)]
    meeting: dict[int, list[_Arm]] = {}
    for arm, junction in kept:
        if junction:
            meeting.setdefault(int(names[junction]), []).append(arm)
    onward: dict[_Arm, _Arm] = {}
    for arms in meeting.values():
        onward |= _pair(arms, branches, pen)
    crossing = {arm for arms in meeting.values() if len(arms) > 2 for arm in arms}
    strokes = []
    for arms in _follow([arm for arm, _ in kept], onward):
        parts = [branches[number][:: -1 if end else 1] for number, end in arms]
        begins = np.cumsum([len(part) for part in parts]).tolist()
        junctions = [at for at, arm in zip(begins, arms[1:], strict=False) if arm in crossing]
        pixels = np.concatenate(parts)
        if pixels[0, 0] > pixels[-1, 0]:  # begin on the left, as most do
            pixels, junctions = pixels[::-1], [len(pixels) - at for at in junctions]
        strokes.append(Traced(pixels, _smooth(pixels, pen), junctions))
    return strokes


def thin(mask: Mask) -> Mask:
    """Return the centre line of ink, one px wide.

    Two turns at a time (Guo and Hall, "Parallel Thinning with Two-Subiteration Algorithms", CACM
    1989): the better known one of Zhang and Suen erases strokes at 45 degrees.
    """
    line = np.pad(mask, 1).astype(np.uint8)
    inside = line[1:-1, 1:-1]
    height, width = mask.shape
    before = -1
    while before != (before := int(inside.sum())):
        for removable in _REMOVABLE:
            around = np.zeros_like(inside)
            for bit, (dy, dx) in enumerate(_AROUND):
                around |= line[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width] << bit
            inside[removable[around]] = 0
    return np.asarray(inside > 0)


def _removable() -> tuple[Mask, Mask]:
    """Tell for each pattern of neighbours whether a pixel goes, in each of two turns, (256,)."""
    there = (np.arange(256)[:, None] >> np.arange(8)) & 1 > 0
    either = there | np.roll(there, -1, axis=1)  # each or the next, clockwise
    crossings = (~there[:, ::2] & either[:, 1::2]).sum(axis=1)
    count = np.minimum(either[:, ::2].sum(axis=1), either[:, 1::2].sum(axis=1))
    edge = (crossings == 1) & (count >= 2) & (count <= 3)
    up, up_right, right, down_right, down, down_left, left, up_left = there.T
    first = edge & ~((down | down_left | ~up_left) & left)
    second = edge & ~((up | up_right | ~down_right) & right)
    return first, second


_REMOVABLE = _removable()


def _branches(line: Mask) -> tuple[list[Pixels], Labels]:
    """Part a centre line where more than two of its pixels meet.

    Returns the branches, each with the pixel of the junction at either end, and the junctions'
    numbers from 1 where they are, (h, w).
    """
    rows, columns = np.nonzero(line)
    places = list(zip(columns.tolist(), rows.tolist(), strict=True))
    index = {place: number for number, place in enumerate(places)}
    near: list[list[int]] = []
    for x, y in places:
        beside = [(x + dx, y + dy) for dy, dx in _AROUND[::2]]
        corners = [
            (x + dx, y + dy)
            for dy, dx in _AROUND[1::2]
            if (x + dx, y) not in index and (x, y + dy) not in index
        ]
        near.append([index[place] for place in beside + corners if place in index])
    meeting = np.zeros(line.shape, np.bool_)
    meeting[rows, columns] = [len(others) > 2 for others in near]
    meetings = label(meeting)
    junction = meetings[rows, columns].tolist()
    stops = [len(others) != 2 for others in near]
    seen = [False] * len(places)
    branches = []

    def walk(start: int, following: int) -> None:
        path = [start, following]
        while not stops[path[-1]]:
            path.append(next(n for n in near[path[-1]] if n != path[-2]))
        for number in path:
            seen[number] = True
        branches.append(np.array([places[number] for number in path]))

    for start in (number for number, stop in enumerate(stops) if stop):
        seen[start] = True
        for following in near[start]:
            new = not seen[following] or (stops[following] and following > start)
            if new and not (junction[start] and junction[start] == junction[following]):
                walk(start, following)
        if not near[start]:
            branches.append(np.array([places[start]]))
    for start in range(len(places)):
        if not seen[start]:  # of a ring
            stops[start] = True
            walk(start, near[start][0])
    return branches, meetings


def _pair(arms: Sequence[_Arm], branches: Sequence[Pixels], pen: float) -> dict[_Arm, _Arm]:
    """Choose which branches at a junction are one stroke: from each such end to the other."""
    headings = {arm: _heading(branches[arm[0]][:: -1 if arm[1] else 1], pen) for arm in arms}
    cosines = sorted((float(headings[a] @ headings[b]), a, b) for a, b in combinations(arms, 2))
    pairs: dict[_Arm, _Arm] = {}
    for cosine, one, other in cosines:
        straight = cosine < -math.cos(math.radians(BEND)) or len(arms) == 2
        if straight and one not in pairs and other not in pairs:
            pairs |= {one: other, other: one}
    return pairs


def _heading(branch: Pixels, pen: float) -> Vector:
    """Return the direction in which a branch leaves the junction it begins at: a unit vector."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(branch, axis=0).T))])
    begin = AWAY * pen if way[-1] > 2 * AWAY * pen else 0.0
    since, until = (
        np.array([np.interp(at, way, axis) for axis in branch.T])
        for at in (begin, (AWAY + AHEAD) * pen)
    )
    return np.asarray((until - since) / max(float(np.hypot(*(until - since))), 1e-9))


def _follow(arms: Sequence[_Arm], onward: dict[_Arm, _Arm]) -> Iterator[list[_Arm]]:
    """Yield where each branch of a stroke begins; `onward` leads from one's end to the next."""
    left = {number for number, _ in arms}
    for first in sorted(arms, key=lambda arm: arm in onward):  # free ends, then rings
        arm, stroke = first, []
        while arm[0] in left:
            left.remove(arm[0])
            stroke.append(arm)
            arm = onward.get((arm[0], 1 - arm[1]), arm)
        if stroke:
            yield stroke


def _smooth(pixels: Pixels, pen: float) -> Polyline:
    """Replace each pixel by the mean of those around it, half a pen's width or more in all."""
    reach = max(2, round(pen / 4))
    padded = np.pad(pixels, ((reach, reach), (0, 0)), mode="edge")
    window = np.ones(2 * reach + 1) / (2 * reach + 1)
    return np.stack([np.convolve(axis, window, "valid") for axis in padded.T], axis=1)
