"""Drawings for tests: the ten golden digits as ink, numbers, and pictures rendered from ink."""

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw

from digitpad import Ink
from digitpad.network.inputs import Grey
from digitpad.train.release.golden import golden_inks

DIGITS = golden_inks()
FINE = 4  # pictures are drawn this many times larger, then averaged down


def placed(text: str, gap: float = 0.3, rise: float = 0.0) -> list[Ink]:
    """Set digits 100 high side by side, `gap` heights apart, on a line that rises so steeply."""
    inks, x = [], 0.0
    for label in text:
        digit = DIGITS[int(label)]
        assert digit.box is not None
        left, top, right, bottom = digit.box
        scale = 100 / (bottom - top)
        inks.append(digit.transform(np.eye(2) * scale, (x - scale * left, -scale * top - rise * x)))
        x += scale * (right - left) + 100 * gap
    return inks


def in_one_stroke(one: Ink, two: Ink, between: int = 7) -> tuple[Ink, np.ndarray]:
    """Return two digits drawn without lifting the pen, and the points between them (n, 2)."""
    line = np.linspace(one.strokes[-1][-1], two.strokes[0][0], between + 2)[1:-1]
    joined = np.concatenate([one.strokes[-1], line, two.strokes[0]])
    return Ink((*one.strokes[:-1], joined, *two.strokes[1:])), line


def zigzag(turns: int, width: float) -> np.ndarray:
    """Return a stroke 100 high of so many turns, each so far to the right of the one before."""
    at = np.linspace(0, turns - 1, 10 * turns)
    return np.stack([width * at, 100 * np.abs((at + 1) % 2 - 1)], axis=1)


def together(inks: Iterable[Ink]) -> Ink:
    """Return one drawing with all strokes of several."""
    return Ink(tuple(stroke for ink in inks for stroke in ink.strokes))


def render(
    ink: Ink,
    *,
    size: tuple[int, int] = (280, 280),
    length: float = 160,
    at: tuple[float, float] = (60, 50),
    pen: float = 12,
    colour: str = "black",
    paper: str = "white",
) -> Image.Image:
    """Draw ink on an RGB picture: its longest side `length` px, its corner `at`, pen in px."""
    box = ink.box
    assert box is not None
    scale = FINE * length / max(box[2] - box[0], box[3] - box[1])
    offset = FINE * np.array(at) - scale * np.array(box[:2])
    image = Image.new("RGB", (size[0] * FINE, size[1] * FINE), paper)
    draw = ImageDraw.Draw(image)
    radius = pen * FINE / 2
    for stroke in ink.transform(np.eye(2) * scale, offset).strokes:
        points = [(x, y) for x, y in stroke.tolist()]
        draw.line(points, fill=colour, width=round(2 * radius))
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return image.resize(size, Image.Resampling.BOX)


def inked(grey: Grey) -> Grey:
    """Return the ink of a picture of few greys on flat paper: what differs from most of it."""
    away = np.abs(grey - np.median(grey))
    strength = away / max(float(away.max()), 0.05)
    return np.asarray(np.clip((strength - 0.2) / 0.45, 0, 1), np.float32)
