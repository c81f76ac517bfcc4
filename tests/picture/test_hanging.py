"""A digit that touches a circle or an underline is noticed; tails and waves are not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digitpad import Reader
from digitpad.picture.components import Component
from digitpad.picture.hanging import hangs_at_line, hangs_at_ring
from tests.drawings import placed, render, together

HEIGHT = 60.0  # px of the line


def piece(*lines: list[tuple[float, float]], size: tuple[int, int] = (400, 160)) -> list[Component]:
    """Lines drawn with a pen of 6 px, as the one part of a piece."""
    image = Image.new("L", size, 0)
    for line in lines:
        ImageDraw.Draw(image).line(line, fill=255, width=6, joint="curve")
    return [Component(np.asarray(image, np.float32) / np.float32(255), 0, 0, 0)]


def ellipse(wide: float, high: float, wave: float = 0.0) -> list[tuple[float, float]]:
    """A ring around the middle of the picture, a little more than closed."""
    turn = np.linspace(0, 2.1 * np.pi, 90)
    far = 1 + wave * np.sin(5 * turn)
    return list(zip(200 + wide * far * np.cos(turn), 80 + high * far * np.sin(turn), strict=True))


@pytest.mark.parametrize(("wide", "high"), [(180, 60), (70, 65), (190, 45)])
@pytest.mark.parametrize("wave", [0.0, 0.05])
def test_a_digit_at_a_ring(wide: float, high: float, wave: float) -> None:
    ring = ellipse(wide, high, wave)
    assert not hangs_at_ring(piece(ring), HEIGHT)
    left = 200 - wide
    seven = [(left, 60.0), (left + 45, 60.0), (left + 20, 110.0)]
    assert hangs_at_ring(piece(ring, seven), HEIGHT)


def test_a_digit_at_a_box() -> None:
    box = [(20.0, 20.0), (380.0, 24.0), (378.0, 140.0), (22.0, 138.0), (20.0, 18.0)]
    assert not hangs_at_ring(piece(box), HEIGHT)
    assert hangs_at_ring(piece(box, [(300.0, 60.0), (340.0, 58.0), (380.0, 60.0)]), HEIGHT)


@pytest.mark.parametrize("slope", [-0.15, 0.0, 0.1])
def test_a_digit_at_a_line(slope: float) -> None:
    line = [(x, 120 + slope * x + 4 * np.sin(x / 20)) for x in np.arange(20.0, 380.0, 5)]
    assert not hangs_at_line(piece(line), HEIGHT)
    at = 120 + slope * 200
    assert hangs_at_line(piece(line, [(200.0, at), (205.0, at - 60)]), HEIGHT)


def test_a_digit_at_an_upright_line() -> None:
    line = [(60 + 3 * np.sin(y / 20), y) for y in np.arange(10.0, 190.0, 5)]
    assert not hangs_at_line(piece(line), HEIGHT)
    assert hangs_at_line(piece(line, [(60.0, 90.0), (130.0, 95.0)]), HEIGHT)


def test_what_touches_a_circle_is_not_read_past() -> None:
    """Whatever is read of it, it is not surely the digits that are left."""
    image = render(together(placed("475")), size=(460, 240), length=300, at=(80, 70), pen=8)
    ImageDraw.Draw(image).ellipse((82, 30, 420, 220), outline="black", width=7)
    reading = Reader().read(image)
    assert reading.text == "475" or reading.status == "unsure"
