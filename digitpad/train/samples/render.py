"""Pictures drawn from ink, as a canvas, a camera or a scanner would deliver them."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from digitpad.ink import Ink
from digitpad.network.inputs import Grey

FINE = 4  # drawn this many times larger, then averaged down


@dataclass(frozen=True)
class Look:
    """How a picture of a digit looks. Lengths are in px of the picture."""

    length: float = 112.0  # the longest side of the ink, pen included
    pen: float = 9.0
    margin: tuple[float, float] = (40.0, 40.0)  # left and top of the ink
    size: tuple[int, int] = (200, 200)  # width and height
    ink: float = 0.0  # lightness
    paper: float = 1.0
    noise: float = 0.0  # standard deviation
    blur: float = 0.0  # standard deviation, px
    shade: float = 0.0  # share of the light that is lost from one side to the other
    shade_angle: float = 0.0  # radians
    tilt: float = 0.0  # degrees of perspective


def render(drawing: Ink, look: Look, rng: np.random.Generator) -> Grey:
    """Draw ink with round pen ends: float32 (height, width) in [0, 1]."""
    box = drawing.box
    assert box is not None, "ink without points has no picture"
    extent = max(box[2] - box[0], box[3] - box[1])
    scale = FINE * (look.length - look.pen) / (extent or 1.0)
    offset = FINE * (np.array(look.margin) + look.pen / 2) - scale * np.array(box[:2])
    image = Image.new("L", (look.size[0] * FINE, look.size[1] * FINE), 0)
    draw = ImageDraw.Draw(image)
    radius = look.pen * FINE / 2
    for stroke in drawing.transform(np.eye(2) * scale, offset).strokes:
        points = [(x, y) for x, y in stroke.tolist()]
        draw.line(points, fill=255, width=max(1, round(2 * radius)))
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    if look.tilt:
        image = _tilt(image, look.tilt, rng)
    small = image.resize(look.size, Image.Resampling.BOX)
    if look.blur:
        small = _blur(small, look.blur)
    covered = np.asarray(small, np.float32) / 255
    grey = look.paper + (look.ink - look.paper) * covered
    if look.shade:
        y, x = np.mgrid[-0.5 : 0.5 : look.size[1] * 1j, -0.5 : 0.5 : look.size[0] * 1j]
        along = x * np.cos(look.shade_angle) + y * np.sin(look.shade_angle)
        reach = (abs(np.cos(look.shade_angle)) + abs(np.sin(look.shade_angle))) / 2
        grey = grey * (1 - look.shade * (along + reach) / (2 * reach))
    if look.noise:
        grey = grey + rng.normal(0, look.noise, grey.shape)
    return np.clip(grey, 0, 1).astype(np.float32)


def encode(grey: Grey, kind: str) -> bytes:
    """Return the picture as a file: `kind` is "PNG" or "JPEG" (quality 80)."""
    stream = io.BytesIO()
    Image.fromarray(np.rint(grey * 255).astype(np.uint8)).save(stream, kind, quality=80)
    return stream.getvalue()


def _blur(image: Image.Image, sigma: float) -> Image.Image:
    """Convolve with a Gaussian cut at 3 sigma; the paper goes on beyond the border."""
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(np.asarray(image, np.float64), reach)
    rows = np.apply_along_axis(np.convolve, 0, padded, kernel, "valid")
    both = np.apply_along_axis(np.convolve, 1, rows, kernel, "valid")
    return Image.fromarray(both.astype(np.float32))


def _tilt(image: Image.Image, degrees: float, rng: np.random.Generator) -> Image.Image:
    """See the picture as a sheet turned by `degrees` about an axis of any direction.

    The camera stands two picture widths away; the sheet's middle stays where it is.
    """
    angle, turn = np.deg2rad(degrees), rng.uniform(0, 2 * np.pi)
    axis = np.array([np.cos(turn), np.sin(turn), 0.0])
    cross = np.array([[0, 0, axis[1]], [0, 0, -axis[0]], [-axis[1], axis[0], 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    width, height = image.size
    far = 2.0 * max(width, height)
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    sheet = np.column_stack([rotation[:, 0], rotation[:, 1], [0, 0, far]])
    camera = np.array([[far, 0, width / 2 * 1], [0, far, height / 2], [0, 0, 1]])
    seen = np.linalg.inv(camera @ sheet @ centre)
    seen /= seen[2, 2]
    return image.transform(
        image.size, Image.Transform.PERSPECTIVE, tuple(seen.ravel()[:8]), Image.Resampling.BILINEAR
    )
