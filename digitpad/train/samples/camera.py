"""Pen and camera: pieces of writing -> the pixels of a line, and which of them are what."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from digitpad.geometry import Box
from digitpad.train.samples.paper import Sheet, make_sheet, noise
from digitpad.train.samples.trace import REACH
from digitpad.train.samples.writing import Piece

cv2.setNumThreads(1)

CANVAS = 64  # px, height of a line's canvas that pens draw on, before the camera makes it smaller
SHIFT = 4  # bits of a pixel's fraction in OpenCV's coordinates

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Canvas:
    """Drawn pieces in a window of the line: all (h, w), and where each piece is in px."""

    ink: Pixels  # how far the pen covers a pixel, 0 to 255
    printed: Pixels | None  # the same of what is printed under it
    owners: Pixels  # 1 + number of the piece that was drawn there last, 0 where none was
    scale: float  # px in a unit of the line
    boxes: list[Box]


def draw(
    pieces: Sequence[Piece],
    window: Box,
    pen: float,
    wear: float,
    height: int = CANVAS,
    printed_pen: float = 0.5,
) -> Canvas:
    """Draw pieces as seen in a window; `pen` is a width as a share of the digits' height.

    `wear` from 0 to 1 is the level at which a scan's grey becomes ink: high for a thin pen. The
    canvas is `height` px high; what is printed is `printed_pen` times as wide as the pen.
    """
    left, top, right, bottom = window
    scale = height / (bottom - top)
    shape = (height, max(8, round((right - left) * scale)))
    ink, owners = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    printed = np.zeros(shape, np.uint8) if any(piece.printed for piece in pieces) else None
    width = max(1, round(pen * scale))
    boxes = []
    for owner, piece in enumerate(pieces, start=1):
        layer = ink
        if piece.printed and printed is not None:
            layer = printed
        thick = width if not piece.printed else max(1, round(width * printed_pen))
        if piece.scan is None:
            # OpenCV's pixels have their middles at whole numbers, the line's at halves.
            lines = [
                np.rint(((stroke - (left, top)) * scale - 0.5) * 2**SHIFT).astype(np.int32)
                for stroke in piece.strokes
            ]
            cv2.polylines(layer, lines, False, 255, thick, cv2.LINE_AA, SHIFT)
            cv2.polylines(owners, lines, False, owner, thick, cv2.LINE_8, SHIFT)
        else:
            _stamp(piece, layer, owners, owner, (left, top), scale, pen, wear)
        half = thick / 2
        box = (np.array(piece.box) - (left, top, left, top)) * scale + (-half, -half, half, half)
        boxes.append(Box(*box.tolist()))
    return Canvas(ink, printed, owners, scale, boxes)


def _stamp(
    piece: Piece, ink: Pixels, owners: Pixels, owner: int, origin: tuple[float, float],
    scale: float, pen: float, wear: float,
) -> None:  # fmt: skip
    """Lay a scan on the canvas, by its grey, or by a pen along its centre line."""
    assert piece.scan is not None
    assert piece.matrix is not None
    x0, y0, x1, y1 = (np.array(piece.box) - (*origin, *origin)) * scale
    left, top = max(0, int(x0) - 6), max(0, int(y0) - 6)
    right, bottom = min(ink.shape[1], int(x1) + 7), min(ink.shape[0], int(y1) + 7)
    if right <= left or bottom <= top:
        return
    matrix = piece.matrix * scale
    matrix[:, 2] -= np.array(origin) * scale + (left, top)
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    seen = cv2.warpAffine(piece.scan, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    magnified = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if piece.traced:
        table = _pen_table(round(pen * scale / magnified, 1), round(magnified, 1))
    else:
        table = _grey_table(round(wear, 2), round(magnified, 1))
    cover = cv2.LUT(seen, table)
    place = (slice(top, bottom), slice(left, right))
    np.maximum(ink[place], cover, out=ink[place])
    owners[place][cover > 127] = owner


@lru_cache(512)
def _pen_table(pen: float, magnified: float) -> Pixels:
    """From nearness to the centre line to ink, of a pen in px of the scan."""
    near = np.arange(256) * (REACH / 255)
    radius = np.clip(pen / 2, 0.6, REACH - 0.5)
    return np.asarray(np.clip((near - (REACH - radius)) * magnified + 0.5, 0, 1) * 255, np.uint8)


@lru_cache(512)
def _grey_table(wear: float, magnified: float) -> Pixels:
    """From a scan's grey to ink: an edge of about 1.5 px at the level `wear`."""
    steep = max(1.0, magnified * 0.6)
    return np.asarray(np.clip((np.arange(256) / 255 - wear) * steep + 0.5, 0, 1) * 255, np.uint8)


def photograph(
    canvas: Canvas, height: int, unit: float, rng: np.random.Generator, paper: str | None = None
) -> Pixels:
    """Return the canvas on paper as a camera or scanner delivers it: uint8 (height, w).

    `unit` is the height of the digits in px of the canvas.
    """
    small = height / len(canvas.ink)
    shape = (height, max(4, round(canvas.ink.shape[1] * small)))
    unit = unit * small
    sheet = make_sheet(shape, unit, rng, paper)
    if canvas.printed is not None:
        tone = rng.uniform(0, 0.75) * sheet.mean()
        cover = _shrink(canvas.printed, shape) * np.float32(rng.uniform(0.5, 1) / 255)
        sheet += cover * (tone - sheet)
    cover = _shrink(canvas.ink, shape) * np.float32(1 / 255)
    cover *= _strength(shape, rng)
    dark = rng.uniform(0, 0.55) * float(np.median(sheet))
    sheet += cover * (dark - sheet)
    if rng.random() < 0.15:
        sheet = 255 - sheet
    if rng.random() < 0.5:
        sheet = np.asarray(
            cv2.GaussianBlur(sheet, (0, 0), min(rng.uniform(0.4, 1.6), max(0.4, 0.05 * unit))),
            np.float32,
        )
    if rng.random() < 0.7:
        sheet = sheet + rng.uniform(1, 10) * noise(shape, rng, int(rng.random() < 0.3))
    picture = np.clip(sheet, 0, 255).astype(np.uint8)
    if rng.random() < 0.3 and min(shape) >= 8:
        quality = int(rng.integers(20, 90))
        encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return picture


def _shrink(layer: Pixels, shape: tuple[int, int]) -> Sheet:
    resized = cv2.resize(layer, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.float32)


def _strength(shape: tuple[int, int], rng: np.random.Generator) -> Sheet | np.float32:
    """How strongly the pen colours: even (ballpoint), or grainy (pencil, chalk, a dry marker)."""
    strength = np.float32(rng.uniform(0.55, 1.0))
    if rng.random() < 0.3:
        grain = noise(shape, rng, int(rng.choice([0, 1, 1, 3])))
        grainy = strength + np.float32(rng.uniform(0.1, 0.45)) * grain
        return np.asarray(grainy.clip(0.1, 1), np.float32)
    return strength
