"""The one preprocessing: ink or a picture of a digit -> the network's 28 x 28 input.

MNIST's convention (LeCun, Cortes and Burges): white ink on black, the longest side 20 px, the
centre of mass in the middle, anti-aliased. That is the raster. Of ink the network also sees which
way the pen went; of pictures, where nobody knows, that is 0.
"""

from collections.abc import Sequence

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
WORK = 80  # px, longest side of a picture's digit while its strokes are thickened

Grey = npt.NDArray[np.float32]  # (height, width) in [0, 1]
Raster = npt.NDArray[np.float32]  # (28, 28) in [0, 1]
Rasters = npt.NDArray[np.float32]  # (n, 28, 28) in [0, 1]
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
    widths = np.broadcast_to(np.asarray(pens, np.float64), len(inks))
    pieces = [_fit(ink, float(width)) for ink, width in zip(inks, widths, strict=True)]
    owner = np.repeat(np.arange(len(inks)), [len(piece) for piece in pieces])
    canvas = np.zeros((len(inks) * SIDE * SIDE, CHANNELS), np.float32)
    if len(owner):
        segments = np.concatenate(pieces).astype(np.float32)
        _stamp(canvas, owner, segments, widths[owner].astype(np.float32))
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
    work, pad = np.pad(work, WORK), pad + WORK  # the frame's centre may lie anywhere in the ink
    scale = (WORK + 2 * radius) / BOX  # work px per raster px
    mass = work.sum()
    shift = []
    for axis, extent in ((0, right - left), (1, bottom - top)):
        centre = float(work.sum(axis=axis) @ (np.arange(work.shape[1 - axis]) + 0.5) / mass)
        reach = pad + extent * WORK / max(right - left, bottom - top) + radius
        half = SIDE / 2 * scale  # the frame must hold all of the ink
        shift.append(min(max(centre, reach - half), pad - radius + half))
    frame = (shift[0] - half, shift[1] - half, shift[0] + half, shift[1] + half)
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


def _fit(ink: Ink, pen: float) -> npt.NDArray[np.float64]:
    """Scale and centre ink in raster px and cut it in short segments.

    Returns (m, 6): from x and y, to x and y, and the pen's direction in x and y.
    """
    box = ink.box
    if box is None:
        return np.empty((0, 6))
    low, high = np.array(box[:2]), np.array(box[2:])
    scale = 0.0 if box.is_dot else (BOX - pen) / float((high - low).max())
    points = (ink.points - low) * scale
    extent = (high - low) * scale
    sizes = np.array([len(s) for s in ink.strokes])
    lasts = np.cumsum(sizes) - 1  # of each stroke
    firsts = lasts - sizes + 1
    counts = np.maximum(1, sizes - 1)  # a stroke of one point is a segment, too
    strokes = np.repeat(np.arange(len(sizes)), counts)
    begin = np.arange(len(strokes)) + np.repeat(firsts - np.cumsum(counts) + counts, counts)
    starts, ends = points[begin], points[np.minimum(begin + 1, lasts[strokes])]
    lengths = np.hypot(*(ends - starts).T)
    masses = lengths + np.repeat(1e-9 / counts, counts)  # a dot has no length but a place
    centre = masses @ (starts + ends) / (2 * masses.sum())
    margin = SIDE / 2 - pen / 2  # the frame must hold all of the ink
    centre = np.clip(centre, extent - margin, margin)
    starts, ends = starts + SIDE / 2 - centre, ends + SIDE / 2 - centre
    counts = np.maximum(1, np.ceil(lengths / STAMP - 1e-6)).astype(int)  # rounding adds no piece
    index = np.repeat(np.arange(len(counts)), counts)
    part = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (ends - starts)[index] / counts[index, None]
    first = starts[index] + step * part[:, None]
    # Moves between strokes count, too; chords end where their stroke does.
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    middle = way[begin][index] + lengths[index] * (part + 0.5) / counts[index]
    stroke = strokes[index]
    since = np.maximum(middle - CHORD, way[firsts][stroke])
    until = np.minimum(middle + CHORD, way[lasts][stroke])
    chord = _along(points, way, until) - _along(points, way, since)
    direction = chord / np.maximum(until - since, 1e-9)[:, None]
    return np.concatenate([first, first + step, direction], axis=1)


def _along(
    points: npt.NDArray[np.float64], way: npt.NDArray[np.float64], at: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return where the pen was after some of its way, (m, 2)."""
    return np.stack([np.interp(at, way, axis) for axis in points.T], axis=1)


def _stamp(
    canvas: npt.NDArray[np.float32],
    owner: npt.NDArray[np.intp],
    segments: npt.NDArray[np.float32],
    widths: npt.NDArray[np.float32],
) -> None:
    """Draw each segment on its owner's canvas (pixels, CHANNELS), only where it can reach."""
    reach = int(np.ceil(STAMP / 2 + float(widths.max()) / 2 + 0.5))
    x0, y0, x1, y1 = segments[:, :4].T
    across = np.arange(-reach, reach + 1)
    columns = np.floor((x0 + x1) / 2).astype(np.intp)[:, None] + across
    rows = np.floor((y0 + y1) / 2).astype(np.intp)[:, None] + across
    dx, dy = x1 - x0, y1 - y0
    px = columns.astype(np.float32) + np.float32(0.5) - x0[:, None]
    py = rows.astype(np.float32) + np.float32(0.5) - y0[:, None]
    square = np.maximum(dx * dx + dy * dy, np.float32(1e-12))
    along = (px * (dx / square)[:, None])[:, None, :] + (py * (dy / square)[:, None])[:, :, None]
    np.clip(along, 0, 1, out=along)
    across_x = px[:, None, :] - along * dx[:, None, None]
    across_y = py[:, :, None] - along * dy[:, None, None]
    distance = np.sqrt(across_x * across_x + across_y * across_y)
    value = np.clip((widths / 2 + np.float32(0.5))[:, None, None] - distance, 0, 1)
    columns, rows = np.clip(columns, 0, SIDE - 1), np.clip(rows, 0, SIDE - 1)
    place = owner[:, None, None] * (SIDE * SIDE) + rows[:, :, None] * SIDE + columns[:, None, :]
    inked = np.flatnonzero(value)
    at, amount = place.ravel()[inked], value.ravel()[inked]
    np.maximum.at(canvas[:, 0], at, amount)
    weight = amount * amount  # so the nearest counts most
    share = canvas[:, 0] / np.maximum(np.bincount(at, weight, len(canvas)), 1e-9)
    directions = segments[inked // value[0].size, 4:].T
    for channel, direction in enumerate(directions, start=1):
        canvas[:, channel] = share * np.bincount(at, weight * direction, len(canvas))


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
    ink = np.pad(ink, 1)
    across, down = np.diff(ink, axis=1)[:-1], np.diff(ink, axis=0)[:, :-1]
    return float(2 * ink.sum() / np.hypot(across, down).sum())


def _dilate(ink: Grey, radius: float) -> Grey:
    """Grey dilation with a disc whose edge is anti-aliased, so that any radius in px will do."""
    reach = int(np.ceil(radius + 0.5)) - 1 if radius % 1 <= 0.5 else int(np.ceil(radius))
    padded = np.pad(ink, reach)
    height, width = ink.shape
    result = ink.copy()
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            weight = min(1.0, radius + 0.5 - float(np.hypot(dx, dy)))
            if weight > 0:
                y, x = reach + dy, reach + dx
                moved = padded[y : y + height, x : x + width]
                np.maximum(result, moved * np.float32(weight), out=result)
    return result
