"""Lines are brought to one height, and what a network says of them back to the picture."""

import numpy as np
import pytest

from digitpad import Ink
from digitpad.labels import INK_KINDS, TOKENS
from digitpad.network.manifest import LineManifest
from digitpad.network.runtime import LineNetwork, LineOutputs
from digitpad.picture.line import (
    COARSE,
    HEIGHT,
    NARROWEST,
    ROWS,
    STEP,
    WIDEST,
    LineReader,
    draw_ink,
    ink_window,
    normalise,
)
from tests.drawings import DIGITS


def grey(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)


@pytest.mark.parametrize(
    ("shape", "width"),
    [
        ((32, 100), 100),
        ((64, 200), 100),
        ((16, 21), 40),
        ((100, 1), NARROWEST),
        ((1, 9_000), WIDEST),
    ],
)
def test_a_line_keeps_its_proportions(shape: tuple[int, int], width: int) -> None:
    line = normalise(grey(*shape))
    assert line.shape == (HEIGHT, width)
    assert line.dtype == np.float32


def test_brightness_and_contrast_hardly_matter() -> None:
    dark = (grey(32, 64) // 4 + 20).astype(np.uint8)
    bright = (dark * 2 + 60).astype(np.uint8)
    assert abs(float(normalise(dark).mean())) < 1e-5
    shapes = [normalise(picture).ravel() for picture in (dark, bright)]
    assert np.abs(shapes[0] - shapes[1]).max() < 0.4
    assert not normalise(np.full((20, 30), 90, np.uint8)).any()


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_ink_of_any_size_looks_alike(scale: float) -> None:
    ink = DIGITS[5]
    drawn, window = draw_ink(ink.transform(np.eye(2) * scale, (3 * scale, -7 * scale)))
    wanted, _ = draw_ink(ink)
    assert drawn.shape == wanted.shape
    assert np.abs(drawn.astype(int) - wanted).mean() < 3
    assert drawn.min() < 60
    assert drawn.max() == 255
    box = ink.transform(np.eye(2) * scale, (3 * scale, -7 * scale)).box
    assert box is not None
    assert window.left < box.left
    assert window.bottom > box.bottom


def test_ink_without_height_or_extent_is_drawn() -> None:
    for points in ([(0, 0), (1000, 0)], [(5, 5)]):
        drawn, window = draw_ink(Ink.from_strokes([points]))
        assert drawn.shape[0] == HEIGHT
        assert drawn.min() < 128
        assert window.height > 0


def test_the_pen_goes_with_the_inks_height() -> None:
    box = DIGITS[0].box
    assert box is not None
    (_, pen), (_, wider) = (
        ink_window(box),
        ink_window(box._replace(bottom=box.top + 2 * box.height)),
    )
    assert wider == pytest.approx(2 * pen)


class Said(LineNetwork):
    """A network that says 4 in the middle of the first half, a minus in that of the second."""

    def __init__(self) -> None:
        self.manifest = LineManifest("", TOKENS, 1.0, 0.9, {})

    def __call__(self, line: np.ndarray) -> LineOutputs:
        steps = line.shape[1] // STEP
        posteriors = np.full((steps, 1 + len(TOKENS)), 1e-6, np.float32)
        posteriors[:, 0] = 1
        for place, token in ((steps // 4, "4"), (3 * steps // 4, "-")):
            posteriors[place, 0], posteriors[place, 1 + TOKENS.index(token)] = 0.1, 0.9
        posteriors /= posteriors.sum(axis=1, keepdims=True, dtype=np.float32)
        boxes = np.tile(np.array([4, 6, 8, 24], np.float32) / np.float32(HEIGHT), (steps, 1))
        kinds = np.zeros((ROWS, line.shape[1] // COARSE, len(INK_KINDS)), np.float32)
        kinds[:, : kinds.shape[1] // 2, 0] = 1
        return LineOutputs(posteriors, boxes, kinds)


def test_boxes_are_in_px_of_the_picture() -> None:
    reading = LineReader(Said()).read(grey(64, 160))
    assert [token.token for token in reading.tokens] == ["4", "-"]
    four, minus = (token.box for token in reading.tokens)
    middle = (20 / 2 + 0.5) * STEP * 2
    np.testing.assert_allclose(four, (middle - 8, 16, middle + 12, 48))
    assert minus.left > four.right
    assert reading.hypotheses[0].tokens == ("4", "-")
    assert reading.hypotheses[0].confidence == pytest.approx(0.81, abs=0.01)
    assert sum(text.confidence for text in reading.hypotheses) == pytest.approx(1, abs=0.01)
    assert reading.tokens[0].probabilities.argmax() == 4
    assert reading.tokens[0].probabilities.sum() == pytest.approx(1)


def test_boxes_of_ink_are_in_its_unit() -> None:
    ink = DIGITS[8].transform(np.eye(2) * 100)
    reading = LineReader(Said()).read_ink(ink)
    assert ink.box is not None
    for token in reading.tokens:
        assert token.box.left > ink.box.left - 0.2 * ink.box.height
        assert token.box.right < ink.box.right + 0.2 * ink.box.height
    left = np.array([[ink.box.left, ink.box.top], [ink.box.left, ink.box.bottom]])
    right = left + np.array([ink.box.width, 0])
    assert reading.kinds_along(left).argmax() == 0
    assert reading.kinds_along(left)[0] == 1
    assert not reading.kinds_along(right).any()
