"""What a pen draws lies where the line says, and the camera keeps it visible."""

import numpy as np
import pytest

from digitpad.geometry import Box
from digitpad.train.samples.camera import CANVAS, Canvas, draw, photograph
from digitpad.train.samples.texts import DIGIT
from digitpad.train.samples.writing import Piece, box_of, draw_hand, write
from tests.train.people import people

WINDOW = Box(-0.5, -0.5, 3.5, 1.5)
SQUARE = (np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]),)


def square(kind: str = "digit", printed: bool = False) -> Piece:
    return Piece("0", kind, SQUARE, printed=printed, box=box_of(SQUARE))  # type: ignore[arg-type]


def _found(canvas: Canvas) -> Box:
    box = Box.of_mask(canvas.ink > 128)
    assert box is not None
    return box


def test_ink_lies_in_its_box_and_has_its_kind() -> None:
    canvas = draw([square()], WINDOW, 0.1, 0.5)
    assert canvas.ink.shape == (CANVAS, 2 * CANVAS)
    np.testing.assert_allclose(_found(canvas), canvas.boxes[0], atol=1.6)
    np.testing.assert_allclose(canvas.boxes[0], (14.5, 14.5, 49.5, 49.5), atol=1.1)
    assert set(canvas.owners[canvas.ink == 255]) == {1}
    assert canvas.printed is None


def test_what_is_printed_is_on_a_layer_of_its_own() -> None:
    canvas = draw([square("box", printed=True)], WINDOW, 0.1, 0.5)
    assert canvas.printed is not None
    assert canvas.printed.max() == 255
    assert canvas.ink.max() == 0
    assert (canvas.owners > 0).any()


@pytest.mark.parametrize("seed", range(25))
def test_scans_and_traces_lie_in_their_boxes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pieces = write(people(), [DIGIT, DIGIT], draw_hand(rng, False), rng)
    canvas = draw(pieces, Box(-1, -1, 5, 2), 0.08, 0.5)
    for number, box in enumerate(canvas.boxes):
        if pieces[number].scan is not None:
            alone = draw([pieces[number]], Box(-1, -1, 5, 2), 0.08, 0.5)
            np.testing.assert_allclose(_found(alone), box, atol=3.5)


def test_a_wider_pen_draws_more() -> None:
    thin, wide = (int(draw([square()], WINDOW, pen, 0.5).ink.sum()) for pen in (0.05, 0.2))
    assert wide > 2 * thin


@pytest.mark.parametrize("height", [9, 20, 64])
def test_a_picture_shows_the_ink(height: int) -> None:
    for seed in range(20):
        canvas = draw([square()], WINDOW, 0.12, 0.5)
        picture = photograph(canvas, height, canvas.scale, np.random.default_rng(seed), "")
        assert picture.dtype == np.uint8
        assert picture.shape == (height, 2 * height)
        empty = photograph(draw([], WINDOW, 0.1, 0.5), height, 32, np.random.default_rng(seed), "")
        assert np.abs(picture.astype(int) - empty).max() > 40
