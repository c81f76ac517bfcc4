"""Pictures of ink: where, how large and how they were asked for."""

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest

from digitpad import Ink
from digitpad.picture import decode as picture
from digitpad.train.samples.render import Look, encode, render
from tests.drawings import DIGITS

Grey = npt.NDArray[np.float32]


def draw(look: Look, ink: Ink = DIGITS[0], seed: int = 0) -> Grey:
    return render(ink, look, np.random.default_rng(seed))


def covered(grey: Grey, look: Look) -> Grey:
    """How much of each pixel is ink."""
    return (grey - look.paper) / np.float32(look.ink - look.paper)


def box(grey: Grey, look: Look) -> npt.NDArray[np.intp]:
    """Left, top, right, bottom of what is at least half ink, px."""
    y, x = np.nonzero(covered(grey, look) > 0.5)
    return np.array([x.min(), y.min(), x.max() + 1, y.max() + 1])


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(length=28, pen=1.5, margin=(10, 7), size=(61, 50)),
        Look(length=300, pen=45, margin=(3, 90), size=(400, 500)),
        Look(ink=1.0, paper=0.0),
        Look(ink=0.7, paper=0.2),
    ],
)
def test_length_and_place_are_as_asked(digit: int, look: Look) -> None:
    grey = draw(look, DIGITS[digit].transform(np.eye(2) * 0.01, (55, -5)))
    assert grey.shape == look.size[::-1]
    assert grey.dtype == np.float32
    left, top, right, bottom = box(grey, look)
    assert left == pytest.approx(look.margin[0], abs=1)
    assert top == pytest.approx(look.margin[1], abs=1)
    assert max(right - left, bottom - top) == pytest.approx(look.length, abs=1)
    assert grey[0, 0] == grey[-1, -1] == np.float32(look.paper)
    assert np.abs(grey - look.ink).min() < 1e-6


@pytest.mark.parametrize("pen", [2.0, 5.0, 16.0])
def test_the_pen_is_as_wide_as_asked(pen: float) -> None:
    look = Look(pen=pen)
    line = Ink.from_strokes([[(0, 0), (0, 10)]])
    across = covered(draw(look, line), look)[90:100].sum(axis=1)
    np.testing.assert_allclose(across, pen, atol=0.5)


def test_a_point_is_a_dot() -> None:
    look = Look(pen=10)
    ink = covered(draw(look, Ink.from_strokes([[(3, 3)]])), look)
    assert ink.sum() == pytest.approx(np.pi * 25, rel=0.1)


def test_noise_is_as_strong_as_asked() -> None:
    look = Look(paper=0.5, noise=0.05)
    grey = draw(look)
    assert grey[:35].std() == pytest.approx(0.05, rel=0.05)
    assert grey[:35].mean() == pytest.approx(0.5, abs=0.005)
    np.testing.assert_array_equal(grey, draw(look))
    assert (grey != draw(look, seed=1)).mean() > 0.9
    strong = draw(Look(noise=0.5))
    assert strong.min() == 0
    assert strong.max() == 1


def test_blur_widens_by_its_sigma_and_loses_no_ink() -> None:
    sharp = Look(pen=4, length=60, margin=(70, 70))
    soft = dataclasses.replace(sharp, blur=5.0)
    line = Ink.from_strokes([[(0, 0), (0, 10)]])
    before, after = (covered(draw(look, line), look) for look in (sharp, soft))
    assert after.sum() == pytest.approx(before.sum(), rel=0.01)
    at = np.arange(200)
    spread = []
    for ink in (before, after):
        row = ink[95:105].sum(axis=0)
        middle = row @ at / row.sum()
        spread.append(row @ (at - middle) ** 2 / row.sum())
    assert spread[1] - spread[0] == pytest.approx(25, rel=0.05)


@pytest.mark.parametrize(
    ("angle", "bright", "dark"),
    [(0.0, (100, 0), (100, 199)), (np.pi / 2, (0, 100), (199, 100)),
     (np.pi, (100, 199), (100, 0)), (np.pi / 4, (0, 0), (199, 199))],
)  # fmt: skip
def test_light_falls_by_as_much_as_asked(
    angle: float, bright: tuple[int, int], dark: tuple[int, int]
) -> None:
    grey = draw(Look(length=60, margin=(70, 70), shade=0.5, shade_angle=angle))
    assert grey[bright] == pytest.approx(1, abs=0.01)
    assert grey[dark] == pytest.approx(0.5, abs=0.01)
    assert grey.max() <= 1


def test_tilt_keeps_the_middle_in_place() -> None:
    look = Look(length=8, pen=8, margin=(96, 96))
    tilted = dataclasses.replace(look, tilt=15)
    dot = Ink.from_strokes([[(0, 0)]])
    still = box(draw(look, dot), look)
    for seed in range(10):
        np.testing.assert_allclose(box(draw(tilted, dot, seed), tilted), still, atol=1)


def test_tilt_moves_what_is_off_the_middle_and_depends_on_the_seed() -> None:
    look = Look(length=180, margin=(10, 10))
    tilted = dataclasses.replace(look, tilt=15)
    square = Ink.from_strokes([[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]])
    boxes = {tuple(box(draw(tilted, square, seed), tilted).tolist()) for seed in range(6)}
    assert len(boxes) == 6
    still = box(draw(look, square), look)
    for found in boxes:
        moved = np.abs(np.array(found) - still)
        assert 1 < moved.max() < 25
    flat = dataclasses.replace(look, tilt=1e-9)
    np.testing.assert_allclose(draw(flat, square), draw(look, square), atol=0.02)


@pytest.mark.parametrize(("kind", "most"), [("PNG", 0.003), ("JPEG", 0.2)])
def test_a_file_holds_the_picture(kind: str, most: float) -> None:
    grey = draw(Look(ink=0.1, paper=0.9))
    found = picture.load(encode(grey, kind))
    assert found.shape == grey.shape
    assert np.abs(found - grey).max() < most
