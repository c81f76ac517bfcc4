"""A form for tests and documents: printed, filled in with the golden digits, and photographed."""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw

from digitpad import Field, Format, Layout
from digitpad.geometry import Box
from tests.drawings import placed

SHARP = 10  # px in a unit of the page
TEXTS = {"number": "20473", "mark": "86", "code": "1905"}


def _layout() -> Layout:
    number, mark, code = (
        Box(8.0, 14.0, 48.0, 26.0),
        Box(60.0, 14.0, 88.0, 26.0),
        Box(8.0, 42.0, 48.0, 54.0),
    )
    lines = [(60.0, 26.0, 88.0, 26.0)]  # the mark stands on a line, the others in boxes
    for box, walls in ((number, (8, 48)), (code, (8, 18, 28, 38, 48))):
        lines += [(box.left, y, box.right, y) for y in (box.top, box.bottom)]
        lines += [(float(x), box.top, float(x), box.bottom) for x in walls]
    fields = (
        Field("number", number, Format(pattern=r"\d{5}")),
        Field("mark", mark, Format(min=0, max=100, step=1)),
        Field("code", code, Format(pattern=r"\d{4}")),
    )
    return Layout(100.0, 70.0, fields, np.array(lines))


LAYOUT = _layout()


def page(texts: Mapping[str, str] = TEXTS, layout: Layout = LAYOUT) -> Image.Image:
    """Draw the form, grey: what is printed, and a text in each field that has one."""
    size = (round(layout.width * SHARP), round(layout.height * SHARP))
    image = Image.new("L", size, 235)
    draw = ImageDraw.Draw(image)
    for line in layout.lines:
        draw.line([float(x) * SHARP for x in line], fill=90, width=3)
    for mark in layout.marks:
        draw.rectangle([side * SHARP for side in mark], fill=60)
    for field in layout.fields:
        draw.text((field.box.left * SHARP, (field.box.top - 5) * SHARP), field.name, 60, None)
        text = texts.get(field.name, "")
        cell = 10.0 if field.name == "code" else None
        for number, digit in enumerate(placed(text) if text else []):
            ink = digit if cell is None else placed(text[number])[0]
            x = field.box.left + (2 if cell is None else 2.5 + cell * number)
            moved = ink.transform(np.eye(2) * 0.07, (x, field.box.bottom - 9.5))
            for stroke in moved.strokes:
                draw.line([tuple(p) for p in stroke * SHARP], fill=40, width=7, joint="curve")
    return image


def seen(turn: float, lean: float, size: tuple[int, int]) -> np.ndarray:
    """Return where a page of `size` px is seen in a photograph, (3, 3), in its px."""
    width, height = size
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = np.array(_room(size)) / 2 - rotation @ (width / 2, height / 2)
    return np.vstack([np.column_stack([rotation, shift]), (lean / width, -lean / height, 1)])


def photograph(
    image: Image.Image, turn: float = 4.0, lean: float = 0.03, shadow: float = 0.35
) -> Image.Image:
    """See a page from above: turned by degrees, in perspective, on a dark table, half in shadow."""
    to_page = np.linalg.inv(seen(turn, lean, image.size))
    coefficients = tuple((to_page / to_page[2, 2]).ravel()[:8].tolist())
    size = _room(image.size)
    photo = image.transform(
        size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC, fillcolor=70
    )
    y, x = np.mgrid[: size[1], : size[0]]
    light = np.where(x + 0.4 * y < 0.7 * size[0], 1 - shadow, 1)
    return Image.fromarray((np.asarray(photo) * light).astype(np.uint8))


def _room(size: tuple[int, int]) -> tuple[int, int]:
    return round(1.25 * size[0]), round(1.35 * size[1])
