"""All ink of a picture is in a component or in the rest."""

import numpy as np
from PIL import ImageDraw

from digitpad.picture.decode import load
from digitpad.picture.foreground import find_ink
from digitpad.picture.pieces import find_pieces
from tests.drawings import placed, render, together
from tests.networks import paper

TEXT = together(placed("35", 0.6))
PICTURE = render(TEXT, size=(420, 280), length=260, pen=10)


def test_clean_digits_have_no_rest() -> None:
    pieces = find_pieces(load(PICTURE), paper())
    assert pieces is not None
    assert pieces.components
    assert not pieces.rest


def test_a_point_and_a_rule_are_there_and_all_ink_is() -> None:
    picture = PICTURE.copy()
    draw = ImageDraw.Draw(picture)
    draw.ellipse((184, 196, 196, 208), fill="black")
    draw.line((0, 262, 420, 262), fill="black", width=3)
    grey = load(picture)
    pieces = find_pieces(grey, paper())
    assert pieces is not None
    boxes = [piece.box for piece in (*pieces.components, *pieces.rest)]
    assert any(box.width > 300 and box.height < 20 for box in boxes)
    assert any(box.width < 30 and 180 < box.left < 200 for box in boxes)
    found = find_ink(grey, paper())
    assert found is not None
    height, width = found.writing.shape
    ink = np.zeros(grey.shape, bool)
    ink[found.top : found.top + height, found.left : found.left + width] = (
        np.maximum(found.writing, found.marks) > 0.5
    )
    for piece in (*pieces.components, *pieces.rest):
        height, width = piece.ink.shape
        ink[piece.top : piece.top + height, piece.left : piece.left + width] &= piece.ink == 0
    assert not ink.any()


def test_empty_paper() -> None:
    pieces = find_pieces(np.full((60, 80), 0.9, np.float32), paper())
    assert pieces is not None
    assert not pieces.components
