"""Grey pixels -> where the ink is, whatever the paper, light and noise.

The paper network says at a coarse scale what is writing, what is a mark, and what is paper; how far
ink covers each pixel comes from the pixels themselves.
"""

import math
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.network.inputs import Grey
from digitpad.network.runtime import PaperNetwork
from digitpad.picture.labelling import boxes_of, label, line_height
from digitpad.picture.paper import UNIT, normalise, resize

# Looks. Sizes are in px of what the network sees.
SIDE = 36  # height of the first look: so high may digits in a tight crop be
MOST = 60_000  # area of a look, at most
SMALLEST, LARGEST = 11.0, 37.0  # height of digits that are told well; others are looked at again
FINER = 2.5  # times as fine is the next look where nothing was found, or too small
ROOM = 1.0  # of the digits' height: what is looked at again around them
FINE = 96.0  # px, height of digits: larger ones are averaged down
AREA = 1_000_000  # px of a picture's part with ink: larger ones are averaged down, too
PART = 0.5  # of the picture: what is smaller is looked at alone
FOUND = 0.5  # covered so far, a pixel is ink

# Plain paper. Lightness is in [0, 1], shares are of pixels.
SAMPLE = 40_000  # px that tell whether it is plain, or up to four times as many
EVEN = 0.08  # by which the paper's lightness differs, at most
PLAIN = 0.6  # share of the picture that is paper, at least
STRAY = 0.02  # of ink's share: what differs to the other side, at most
HALF = 0.5  # of the ink's strength: what has less is an edge
SOFT = 1.0  # edges, for each pixel of full ink, at most
LEAST_PLAIN = 0.3  # strength of ink, at least
EDGES = 4  # px of edge around ink

# From what the network says to ink.
AROUND = 15  # px to each side: paper there is what ink is compared with
STRONG = 0.6  # share of the writing's strength that what hangs together with it has
SHORT = 0.5  # of the digits' height: a mark that hangs together with writing is longer than that
LEAST, FULL = 0.15, 0.5  # covered so far or less a pixel has no ink; so far, as much as it shows
FAINTEST = 0.08  # of full contrast: what ink differs from paper at least
FAINT, STEEP = 0.2, 0.45  # share of the ink's strength that is none, and in which it becomes ink
SPECK = 0.02  # of the area of the largest piece of ink; smaller pieces are dust
LABEL_SIDE = 256  # px; pieces of ink are told apart at this size

Covers = npt.NDArray[np.float32]  # (h, w, 2) in [0, 1]: how far writing and marks cover a pixel


@dataclass(frozen=True, eq=False)
class Inked:
    """The ink in a part of a picture: float32 (h, w), 0 on paper, 1 in its middle."""

    writing: Grey  # digits, signs, letters, and what strikes them out
    marks: Grey  # underlines, circles, boxes, rules, specks
    loose: Grey  # what is as strong as ink and neither: a point that was overlooked, a pattern
    left: int  # px of the same size, in the picture
    top: int
    times: int  # px of the picture, across and down, in one of these

    @property
    def all(self) -> Grey:
        """The writing, or the marks where there is none."""
        return self.writing if (self.writing > FOUND).any() else self.marks


def find_ink(grey: Grey, network: PaperNetwork) -> Inked | None:
    """Tell ink from paper in a picture, float32 (h, w) in [0, 1]; None where there is none.

    The network looks at the whole at first, then as closely as the digits' height wants it.
    """
    scale, finest = SIDE / len(grey), (MOST / grey.size) ** 0.5
    while True:
        scale = min(scale, finest)
        seen = _look(grey, scale, network)
        height = line_height(boxes_of(label(seen.covers[..., 0] > FOUND)))
        if height >= SMALLEST or scale >= min(1, finest):
            break
        scale *= FINER
    left = top = 0
    times = int(height / scale / FINE)
    if height:
        rows, columns = _around(seen.covers, height, scale)
        part = grey[rows, columns]
        if not SMALLEST <= height <= LARGEST or part.size < PART * grey.size:
            left, top, grey = columns.start, rows.start, part
            scale = min(scale * UNIT / height, (MOST / grey.size) ** 0.5)
            seen = _look(grey, scale, network)
    times = max(1, times, math.ceil((grey.size / AREA) ** 0.5))
    if times > 1:
        high, wide = (times * (side // times) for side in grey.shape)
        grey = np.asarray(Image.fromarray(grey[:high, :wide]).reduce(times))
    size = (grey.shape[0], grey.shape[1])
    strength = _strength(grey, resize(seen.paper, size), seen.sign)
    covers = [resize(np.ascontiguousarray(seen.covers[..., layer]), size) for layer in (0, 1)]
    writing, marks = (_matte(strength, covered) for covered in covers)
    if not (writing > FOUND).any() and not (marks > FOUND).any():
        return None
    known = np.asarray(seen.covers.max(axis=2) > FOUND, np.float32)
    beside = resize(_spread(known), size) < FOUND
    core = writing if (writing > FOUND).any() else marks
    loose = np.where(beside, _to_ink(strength, strength[core > FOUND]), np.float32(0))
    return Inked(writing, marks, loose, left // times, top // times, times)


def find_plain_ink(grey: Grey) -> Inked | None:
    """Tell ink from paper that is plain, in a picture, float32 (h, w) in [0, 1]; None if it is not.

    Plain paper has one lightness, that of most of the picture, and what differs from it is ink of
    one strength: that needs no network. None, too, where there is nothing.
    """
    step = max(1, math.isqrt(grey.size // SAMPLE))
    sample = grey[::step, ::step]
    paper = _mode(sample)
    if np.count_nonzero(np.abs(sample - paper) < EVEN) < PLAIN * sample.size:
        return None
    differs = grey - np.float32(paper)
    far = np.abs(differs) > EVEN
    lighter = np.count_nonzero(differs > EVEN)
    darker = np.count_nonzero(far) - lighter
    if min(lighter, darker) > STRAY * max(lighter, darker):
        return None
    strength = differs if lighter > darker else -differs
    inked = strength[far]
    if not len(inked):
        return None
    full = float(np.percentile(inked, 90))
    between = np.count_nonzero(inked < HALF * full)
    if full < LEAST_PLAIN or between > SOFT * (len(inked) - between):
        return None
    ink = np.clip((strength / full - FAINT) / STEEP, 0, 1)
    return _cropped(np.asarray(ink, np.float32))


def _mode(sample: Grey) -> float:
    """Return the lightness that most pixels have."""
    return int(np.bincount(np.rint(255 * sample.ravel()).astype(np.uint8)).argmax()) / 255


def _cropped(ink: Grey) -> Inked | None:
    """Return ink with little paper around it, averaged down where digits are large."""
    mask = ink > FOUND
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    left, top = max(0, int(columns[0]) - EDGES), max(0, int(rows[0]) - EDGES)
    ink = ink[top : rows[-1] + 1 + EDGES, left : columns[-1] + 1 + EDGES]
    step = -(-max(ink.shape) // LABEL_SIDE)
    height = step * line_height(boxes_of(label(ink[::step, ::step] > FOUND)))
    times = max(1, int(height / FINE), math.ceil((ink.size / AREA) ** 0.5))
    if times > 1:
        high, wide = (times * (side // times) for side in ink.shape)
        ink = np.asarray(Image.fromarray(ink[:high, :wide]).reduce(times))
    nothing = np.zeros_like(ink)
    return Inked(ink, nothing, nothing, left // times, top // times, times)


class _Seen(NamedTuple):
    """What the network said of a picture of its size."""

    covers: Covers
    paper: Grey  # (h, w): how light the paper is around each pixel
    sign: int  # 1 if ink is lighter than that, else -1


def _look(grey: Grey, scale: float, network: PaperNetwork) -> _Seen:
    """Ask the network about a picture that is made smaller or larger."""
    size = max(4, round(grey.shape[0] * scale)), max(4, round(grey.shape[1] * scale))
    coarse = resize(grey, size)
    covers = network(normalise(coarse))[: size[0], : size[1]]
    covered = covers.max(axis=2)
    free = 1 - _spread(covered)
    overall = float((coarse * free).sum() / max(float(free.sum()), 1e-6))
    near = (_mean(coarse * free) + 1e-3 * overall) / (_mean(free) + 1e-3)
    paper = np.asarray(near, np.float32)
    sign = 1 if float(((coarse - paper) * covered).sum()) > 0 else -1
    strength = _strength(coarse, paper, sign)
    covers = np.where(strength[..., None] > FAINTEST, covers, np.float32(0))
    writing = _grow(covers, strength)
    return _Seen(np.stack([writing, covers[..., 1]], axis=2), paper, sign)


def _strength(grey: Grey, paper: Grey, sign: int) -> Grey:
    """Return how far pixels differ from the paper, 1 at full contrast."""
    contrast = np.maximum(1 - paper if sign > 0 else paper, 0.25)
    return np.asarray(sign * (grey - paper) / contrast, np.float32)


def _grow(covers: Covers, strength: Grey) -> Grey:
    """Return how far writing covers each pixel, with what hangs together with it.

    That is as strong as writing is, near, and not said to be a mark, or no longer than a part of a
    straight stroke that the network took for a rule that is cut.
    """
    writing, marks = covers[..., 0], covers[..., 1] > FOUND
    core = strength[writing > FOUND]
    if not len(core):
        return writing
    strong = strength > STRONG * float(np.median(core))
    marks &= _long(marks, SHORT * line_height(boxes_of(label(writing > FOUND))))
    free = np.where(strong & ~marks, np.float32(1), np.float32(0))
    grown = np.minimum(np.asarray(writing > FOUND, np.float32), free)
    for _ in range(SIDE):
        grown, before = np.minimum(_spread(grown), free), grown
        if np.array_equal(grown, before):
            break
    return np.maximum(writing, grown)


def _long(mask: npt.NDArray[np.bool_], least: float) -> npt.NDArray[np.bool_]:
    """Return where the pieces of a mask are that have `least` px to one side, at least."""
    labels = label(mask)
    boxes = boxes_of(labels)
    sides = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return np.asarray(np.append(False, sides >= least)[labels])


def _matte(strength: Grey, covered: Grey) -> Grey:
    """Return how far ink covers pixels of so much strength, (h, w), where the network says so."""
    gate = np.clip((covered - LEAST) / (FULL - LEAST), 0, 1)
    return np.asarray(gate * _to_ink(strength, strength[covered > FOUND]), np.float32)


def _to_ink(strength: Grey, core: Grey) -> Grey:
    """Return how far pixels are covered by what is as strong as `core` (n,) in its middle."""
    full = max(float(np.percentile(core, 75)), FAINTEST) if len(core) else np.inf
    return np.asarray(np.clip((strength / full - FAINT) / STEEP, 0, 1), np.float32)


def _around(covers: Covers, height: float, scale: float) -> tuple[slice, slice]:
    """Return rows and columns of a picture, seen at `scale`, that have ink, with room."""
    found = []
    for axis in (1, 0):
        inked = np.flatnonzero((covers > FOUND).any(axis=(axis, 2)))
        low, high = inked[0] - ROOM * height, inked[-1] + 1 + ROOM * height
        found.append(slice(max(0, int(low / scale)), int(np.ceil(high / scale))))
    return found[0], found[1]


def _spread(covered: Grey) -> Grey:
    """Return the most that covers a pixel or one beside it."""
    down = covered.copy()
    np.maximum(down[1:], covered[:-1], out=down[1:])
    np.maximum(down[:-1], covered[1:], out=down[:-1])
    found = down.copy()
    np.maximum(found[:, 1:], down[:, :-1], out=found[:, 1:])
    np.maximum(found[:, :-1], down[:, 1:], out=found[:, :-1])
    return found


def _mean(values: Grey) -> npt.NDArray[np.float64]:
    """Return the mean of values within AROUND px to each side, 0 beyond the edges."""
    made = np.pad(values.astype(np.float64), AROUND)
    for _ in range(2):  # down, then across
        sums = np.pad(made.cumsum(axis=0), ((1, 0), (0, 0)))
        made = ((sums[2 * AROUND + 1 :] - sums[: -2 * AROUND - 1]) / (2 * AROUND + 1)).T
    return made


def remove_specks(ink: Grey, speck: float = SPECK) -> Grey:
    """Set to 0, in place, what belongs to pieces with less than a share of the largest one's area.

    Pieces are told apart where the longer side is LABEL_SIDE px.
    """
    factor = -(-max(ink.shape) // LABEL_SIDE)
    rows, columns = (-(-side // factor) for side in ink.shape)
    padded = np.zeros((rows * factor, columns * factor), np.float32)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    parts = [padded[i::factor, j::factor] for i, j in np.ndindex(factor, factor)]
    labels = label(reduce(np.maximum, parts) > 0.5)
    areas = np.bincount(labels.ravel(), weights=reduce(np.add, parts).ravel())
    areas[0] = 0
    kept = (areas >= speck * areas.max())[labels]
    grown = np.pad(kept, 1)
    for dy, dx in np.ndindex(3, 3):
        kept |= grown[dy : dy + rows, dx : dx + columns]
    mask = kept.repeat(factor, axis=0).repeat(factor, axis=1)
    ink *= mask[: ink.shape[0], : ink.shape[1]]
    return ink
