"""The one preprocessing: ink or a picture of a digit -> the network's 28 x 28 input.

MNIST's convention (LeCun, Cortes and Burges): white ink on black, the longest side 20 px, the
centre of mass in the middle, anti-aliased. That is the raster. Of ink the network also sees which
way the pen went; of pictures, where nobody knows, that is 0.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.geometry import Box
from digitpad.ink import Ink

SIDE = 28  # px, side of the raster
BOX = 20  # px, longest side of the ink in the raster, pen included
PEN = 2.4  # px, pen width of rendered ink: the mean of MNIST's training images
STAMP = 1.5  # px, a segment is drawn in pieces no longer than this
CHORD = 1.8  # px of the pen's way, before and after a place: its direction there is from end to end
CHANNELS = 3  # of the network's input: the raster, and the pen's direction, right and down
AT_ONCE = 1_500  # points that are drawn together: what they take fits a processor's cache
WORK = 80  # px, longest side of a picture's digit while its strokes are thickened

Grey = npt.NDArray[np.float32]  # (height, width) in [0, 1]
Raster = npt.NDArray[np.float32]  # (28, 28) in [0, 1]
Rasters = npt.NDArray[np.float32]  # (n, 28, 28) in [0, 1]
Floats = npt.NDArray[np.float64]  # (n,)
Points = npt.NDArray[np.float64]  # (2, n)
Places = npt.NDArray[np.intp]  # (n,)
Inputs = npt.NDArray[np.float32]  # (n, 28, 28, CHANNELS), the raster first, the others in [-1, 1]


def raster_inks(inks: Sequence[Ink], pens: npt.ArrayLike = PEN) -> Rasters:
    """Return the rasters alone of `see_inks`, float32 (n, 28, 28) in [0, 1]."""
    return np.ascontiguousarray(see_inks(inks, pens)[..., 0])


def see_inks(inks: Sequence[Ink], pens: npt.ArrayLike = PEN) -> Inputs:
    """Render each ink as one digit: float32 (n, 28, 28, CHANNELS).

    `pens` is the pen's width in px of the raster, one for all or one for each. A pixel's value is
    how far it lies inside the stroke, from the exact distance to the nearest segment, so how
    densely the pen was sampled, where and in what unit does not matter. Ink without points is
    black; ink without extent is a dot.

    The other channels are the pen's direction in each pixel, to the right and down, times that
    value: the chord of its way around there over the way's length (the first level of the path
    signature: Graham, "Sparse arrays of signatures for online character recognition", 2013). Where
    the pen went several times it is their mean, in which densely sampled parts count more.
    """
    widths = np.asarray(pens, np.float32)
    canvas = np.zeros((len(inks), SIDE * SIDE, CHANNELS), np.float32)
    for drawn in _batches(inks):
        own = widths[drawn] if widths.ndim else widths
        lines = _fit([inks[number] for number in drawn], own)
        owners, segments = _cut(lines, _centre(lines, own))
        _stamp(canvas, drawn[owners], segments, own[owners] if own.ndim else own)
    return canvas.reshape(-1, SIDE, SIDE, CHANNELS)


def see_rasters(rasters: Rasters) -> Inputs:
    """Return what the network sees of rasters (…, 28, 28) of pictures: float32, no direction."""
    inputs = np.zeros((*rasters.shape, CHANNELS), np.float32)
    inputs[..., 0] = rasters
    return inputs


def raster_found(ink: Grey) -> tuple[Raster, Box | None]:
    """Render the ink that was found in a picture, float32 (h, w) in [0, 1], as `raster_picture`."""
    box = Box.of_mask(ink > 0.5)
    if box is None:
        return np.zeros((SIDE, SIDE), np.float32), None
    left, top, right, bottom = box
    work, pad = _to_work_size(ink, box)
    pen = pen_width(work)
    thick = (WORK - pen) * PEN / (BOX - PEN)  # px: PEN when the thickened ink is BOX long
    radius = max(0.0, (thick - pen) / 2)
    if radius > 0.1:
        work = _dilate(work, radius)
    scale = (WORK + 2 * radius) / BOX  # work px per raster px
    half = SIDE / 2 * scale  # the frame must hold all of the ink
    mass = work.sum()
    shift = []
    for axis, extent in ((0, right - left), (1, bottom - top)):
        centre = float(work.sum(axis=axis) @ (np.arange(work.shape[1 - axis]) + 0.5) / mass)
        reach = pad + extent * WORK / max(right - left, bottom - top) + radius
        shift.append(min(max(centre, reach - half), pad - radius + half))
    room = math.ceil(max(half - min(shift), max(shift) + half - min(work.shape), 0))
    work = _with_room(work, room)  # the frame may reach beyond the ink
    x, y = shift[0] + room, shift[1] + room
    frame = (x - half, y - half, x + half, y + half)
    small = Image.fromarray(work).resize((SIDE, SIDE), Image.Resampling.BOX, box=frame)
    return np.clip(np.asarray(small, np.float32), 0, 1), box


def is_mnist_form(grey: Grey) -> bool:
    """Whether a picture already is as MNIST's are: those pass unchanged.

    28 x 28, black around ink that is 19 to 22 px long (MNIST's own 19 or 20, or a raster made
    here, whose soft edges may touch two more), and the centre of mass within 1 px of the middle.
    True of all 70,000 of MNIST, of which no centre is 0.55 px away.
    """
    if grey.shape != (SIDE, SIDE):
        return False
    rows, columns = np.flatnonzero(grey.any(axis=1)), np.flatnonzero(grey.any(axis=0))
    if len(rows) == 0 or not (BOX - 1 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= BOX + 2):
        return False
    along = np.arange(SIDE) - SIDE / 2
    centre = np.array([grey.sum(axis=0) @ along, grey.sum(axis=1) @ along]) / grey.sum()
    return bool(np.abs(centre + 0.5).max() < 1)  # a pixel's middle is half a px in


def _batches(inks: Sequence[Ink]) -> Iterator[npt.NDArray[np.intp]]:
    """Yield which inks, of those with points, are drawn together: about AT_ONCE points."""
    batch, points = [], 0
    for number, ink in enumerate(inks):
        if ink.strokes:
            batch.append(number)
            points += sum(map(len, ink.strokes))
            if points >= AT_ONCE:
                yield np.array(batch)
                batch, points = [], 0
    if batch:
        yield np.array(batch)


class _Lines(NamedTuple):
    """The lines between the points of several inks, in raster px; a stroke of one point is one."""

    points: Points  # of all strokes of all inks, one after the other
    way: Floats  # how far the pen has come at each point; moves between strokes count, too
    begins: Places  # of each line: its first point
    steps: Points  # and where it leads
    strokes: Places  # and its stroke
    owners: Places  # and its ink
    masses: Floats  # and its length; a stroke without one has a little, since a dot has a place
    firsts: Places  # of each ink: its first line
    ends: Floats  # of each stroke: the way at its beginning and its end, (2, strokes)


def _fit(inks: Sequence[Ink], pens: npt.NDArray[np.float32]) -> _Lines:
    """Scale each ink to the raster, its top left at 0."""
    strokes = [stroke for ink in inks for stroke in ink.strokes]
    points = np.concatenate(strokes).T.copy()
    sizes = np.array([len(stroke) for stroke in strokes])
    lasts = sizes.cumsum() - 1
    begins = lasts - sizes + 1
    counts = np.array([len(ink.strokes) for ink in inks])
    owners = np.arange(len(inks)).repeat(counts)
    first = counts.cumsum() - counts  # stroke of each ink
    low = np.minimum.reduceat(points, begins[first], axis=1)
    high = np.maximum.reduceat(points, begins[first], axis=1)
    boxes = [Box(*low, *high) for low, high in zip(low.T.tolist(), high.T.tolist(), strict=True)]
    scale = np.array([0.0 if box.is_dot else 1 / box.extent for box in boxes]) * (BOX - pens)
    of_point = owners.repeat(sizes)
    points -= low[:, of_point]
    points *= scale[of_point]
    moves = np.zeros_like(points)
    np.subtract(points[:, 1:], points[:, :-1], out=moves[:, :-1])
    lengths = np.hypot(*moves)
    way = lengths.cumsum() - lengths
    moves[:, lasts] = lengths[lasts] = 0  # from one stroke to the next
    counts = np.maximum(1, sizes - 1)  # lines in each stroke
    firsts = counts.cumsum() - counts  # line of each stroke
    stroke = np.arange(len(sizes)).repeat(counts)
    lines = np.arange(len(stroke)) + (begins - firsts)[stroke]
    masses = lengths[lines] + (1e-9 / counts)[stroke]
    return _Lines(
        points, way, lines, moves[:, lines], stroke, owners[stroke], masses,
        firsts[first], way[np.array([begins, lasts])],
    )  # fmt: skip


def _centre(lines: _Lines, pens: npt.NDArray[np.float32]) -> Points:
    """Return where the top left of each ink goes, (2, inks): its mass is in the middle, or near."""
    middles = lines.points[:, lines.begins] + lines.steps / 2
    total = np.add.reduceat(lines.masses, lines.firsts)
    centres = np.add.reduceat(middles * lines.masses, lines.firsts, axis=1) / total
    extent = np.maximum.reduceat(lines.points, lines.begins[lines.firsts], axis=1)
    margin = np.float64(SIDE / 2 - pens / 2)  # the frame must hold all of the ink
    return SIDE / 2 - np.minimum(np.maximum(centres, extent - margin), margin)


def _cut(lines: _Lines, corners: Points) -> tuple[Places, npt.NDArray[np.float32]]:
    """Cut lines in pieces no longer than STAMP; return their owners (m,) and segments (6, m).

    A segment is: where it begins, how far it leads, and the pen's direction, each in x and y.
    """
    counts = np.maximum(1, np.ceil(lines.masses / STAMP - 1e-6)).astype(np.intp)  # not by rounding
    line = np.arange(len(counts)).repeat(counts)
    part = np.arange(len(line)) - (counts.cumsum() - counts)[line]
    share = 1 / counts[line]
    owners, begins = lines.owners[line], lines.begins[line]
    step = lines.steps[:, line] * share
    middle = lines.way[begins] + lines.masses[line] * (part + 0.5) * share
    begin, end = lines.ends[:, lines.strokes[line]]  # chords end where their stroke does
    ends = np.array([np.maximum(middle - CHORD, begin), np.minimum(middle + CHORD, end)])
    length = np.maximum(ends[1] - ends[0], 1e-9)
    segments = np.empty((6, len(line)), np.float32)
    segments[:2] = lines.points[:, begins] + corners[:, owners] + step * part
    segments[2:4] = step
    for direction, axis in zip(segments[4:], lines.points, strict=True):
        since, until = np.interp(ends, lines.way, axis)
        direction[:] = (until - since) / length
    return owners, segments


def _stamp(
    canvas: npt.NDArray[np.float32],
    owners: Places,
    segments: npt.NDArray[np.float32],
    widths: npt.NDArray[np.float32],
) -> None:
    """Draw each segment on its owner's canvas (n, pixels, CHANNELS), only where it can reach.

    `widths` of the pen are of each segment, (m,), or of all.
    """
    outer = widths / 2 + np.float32(0.5)
    reach = STAMP / 2 + float(outer.max())  # from a segment's middle, to either side
    window = np.arange(int(2 * reach) + 1, dtype=np.int32)[:, None]
    steps = segments[2:4]
    middles = segments[:2] + steps / 2
    corners = np.ceil(middles - np.float32(reach + 0.5)).astype(np.int32)
    pixels = corners[:, None] + window  # (2, window, m): segments last, so that loops are long
    px, py = pixels.astype(np.float32) - (middles - np.float32(0.5))[:, None]
    # How far a pixel is from a segment follows from how far it is beside it and beyond its ends.
    length = np.hypot(*steps)
    dx, dy = steps / np.maximum(length, np.float32(1e-6))
    dx[length < 1e-6] = 1
    squared = (py * dx)[:, None] - px * dy  # (window, window, m)
    squared *= squared
    beyond = (py * dy)[:, None] + px * dx
    np.abs(beyond, out=beyond)
    beyond -= length / 2
    np.maximum(beyond, 0, out=beyond)
    beyond *= beyond
    squared += beyond
    inked = (squared < outer * outer).ravel().nonzero()[0]
    segment = inked % len(owners)
    first = int(owners[0])
    columns, rows = np.minimum(np.maximum(pixels, 0), SIDE - 1)
    rows *= SIDE
    rows += ((owners - first) * (SIDE * SIDE)).astype(np.int32)
    at = (rows[:, None] + columns).ravel()[inked].astype(np.intp)
    within = outer[segment] if outer.ndim else outer
    amount = np.minimum(within - np.sqrt(squared.ravel()[inked]), 1)
    drawn = canvas[first : int(owners[-1]) + 1].reshape(-1, CHANNELS)
    np.maximum.at(drawn[:, 0], at, amount)
    weight = amount * amount  # so the nearest counts most
    share = drawn[:, 0] / np.maximum(np.bincount(at, weight, len(drawn)), 1e-9)
    for channel, direction in enumerate(segments[4:], start=1):
        turned = np.bincount(at, weight * direction[segment], len(drawn))
        np.multiply(share, turned, out=drawn[:, channel], casting="same_kind")


def _to_work_size(ink: Grey, box: Box) -> tuple[Grey, float]:
    """Cut the box out with room around it, its longest side scaled to WORK px."""
    left, top, right, bottom = (int(edge) for edge in box)
    longest = max(right - left, bottom - top)
    room = 2 + longest // 6  # for soft edges, and for strokes to become thicker
    cut = np.zeros((bottom - top + 2 * room, right - left + 2 * room), np.float32)
    fringe = max(1, longest // 20)  # soft edges beyond the box
    y0, x0 = max(top - fringe, 0), max(left - fringe, 0)
    piece = ink[y0 : bottom + fringe, x0 : right + fringe]
    y, x = y0 - top + room, x0 - left + room
    cut[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
    scale = WORK / longest
    size = (int(cut.shape[1] * scale), int(cut.shape[0] * scale))
    exact = (0, 0, size[0] / scale, size[1] / scale)
    work = Image.fromarray(cut).resize(size, Image.Resampling.BICUBIC, box=exact)
    return np.clip(np.asarray(work, np.float32), 0, 1), room * scale


def pen_width(ink: Grey) -> float:
    """Return about how wide the pen was, in px: twice the ink's area over its perimeter."""
    ink = _with_room(ink, 1)
    across, down = np.diff(ink, axis=1)[:-1], np.diff(ink, axis=0)[:, :-1]
    return float(2 * ink.sum() / np.hypot(across, down).sum())


def _with_room(ink: Grey, room: int) -> Grey:
    """Return ink (h, w) with so many empty px on each side; NumPy's own takes ten times as long."""
    height, width = ink.shape
    wide = np.zeros((height + 2 * room, width + 2 * room), np.float32)
    wide[room : room + height, room : room + width] = ink
    return wide


def _dilate(ink: Grey, radius: float) -> Grey:
    """Grey dilation with a disc whose edge is anti-aliased, so that any radius in px will do."""
    reach = int(np.ceil(radius + 0.5)) - 1 if radius % 1 <= 0.5 else int(np.ceil(radius))
    padded = _with_room(ink, reach)
    height, width = ink.shape
    result = ink.copy()
    spread = np.zeros_like(padded[:, :width])  # the largest up to dx px away on either side
    for dx in range(reach + 1):
        right, left = reach + dx, reach - dx
        beside = np.maximum(padded[:, left : left + width], padded[:, right : right + width])
        np.maximum(spread, beside, out=spread)
        for dy in range(reach + 1):
            weight, further = (min(1.0, radius + 0.5 - math.hypot(x, dy)) for x in (dx, dx + 1))
            if weight <= 0 or further == 1:  # then more of it will be spread
                continue
            row = spread if weight == 1 else beside
            below, above = reach + dy, reach - dy
            moved = np.maximum(row[above : above + height], row[below : below + height])
            if weight < 1:
                moved *= np.float32(weight)
            np.maximum(result, moved, out=result)
    return result
