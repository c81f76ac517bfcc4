"""All ink of a picture is in a component or in the rest."""

import numpy as np
from PIL import ImageDraw

from digitpad.picture.decode import load
from digitpad.picture.foreground import find_ink
from digitpad.picture.pieces import find_pieces
from tests.drawings import placed, render, together

TEXT = together(placed("35", 0.6))
PICTURE = render(TEXT, size=(420, 280), length=260, pen=10)


def test_clean_digits_have_no_rest() -> None:
    pieces = find_pieces(load(PICTURE))
    assert pieces is not None
    assert pieces.components
    assert not pieces.rest


def test_a_point_and_a_rule_are_the_rest() -> None:
    picture = PICTURE.copy()
    draw = ImageDraw.Draw(picture)
    draw.ellipse((184, 196, 196, 208), fill="black")
    draw.line((0, 262, 420, 262), fill="black", width=3)
    pieces = find_pieces(load(picture))
    assert pieces is not None
    (line,) = pieces.rest
    assert line.box.width > 400
    ink = find_ink(load(picture), speck=0.003) > 0.5
    for piece in (*pieces.components, *pieces.rest):
        height, width = piece.ink.shape
        ink[piece.top : piece.top + height, piece.left : piece.left + width] &= piece.ink == 0
    assert not ink.any()


def test_empty_paper_and_noise() -> None:
    pieces = find_pieces(np.full((60, 80), 0.9, np.float32))
    assert pieces is not None
    assert not pieces.components
    stripes = np.tile((np.arange(900) % 6 < 3).astype(np.float32), (900, 1))
    stripes[:, :20] = stripes[:, -20:] = stripes[:20] = stripes[-20:] = 1
    assert find_pieces(stripes) is None
