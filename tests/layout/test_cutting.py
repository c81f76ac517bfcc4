"""A field by itself: upright, without what is printed, with what is written."""

import numpy as np

from digitpad.geometry import Box
from digitpad.layout.cutting import cut
from digitpad.layout.homography import move
from digitpad.layout.light import find_dark
from tests.forms import LAYOUT, SHARP, TEXTS, page, photograph, seen

SIZE = page().size
MATRIX = seen(4, 0.03, SIZE) @ np.diag([SHARP, SHARP, 1.0])


def test_an_empty_field_is_empty() -> None:
    photo = np.asarray(photograph(page({})), np.float32) / np.float32(255)
    for field in LAYOUT.fields:
        assert (cut(photo, MATRIX, field.box, LAYOUT.lines).grey == 1).all()


def test_a_field_has_its_ink_and_no_lines() -> None:
    with_text, without = (
        np.asarray(photograph(page(texts)), np.float32) / np.float32(255) for texts in (TEXTS, {})
    )
    code = LAYOUT.fields[2]
    crop = cut(with_text, MATRIX, code.box, LAYOUT.lines)
    inked = crop.grey < 0.6
    assert 0.02 < inked.mean() < 0.2
    box = Box.of_mask(inked)
    assert box is not None
    left, top, right, bottom = code.box
    ink = crop.place(box)
    (x0, y0), (x1, y1) = move(MATRIX, np.array([(left, top), (right, bottom)]))
    assert x0 - 9 < ink.left < ink.right < x1 + 9
    assert y0 - 20 < ink.top < ink.bottom < y1 + 20
    assert (cut(without, MATRIX, code.box, LAYOUT.lines).grey == 1).all()


def test_light_and_shadow_are_no_ink() -> None:
    light = np.full((200, 300), 0.9, np.float32)
    light *= np.linspace(0.6, 1, 300, dtype=np.float32)
    light[:, 140:] *= 0.5
    assert find_dark(light, 9).max() < 0.05
    light[90:93, 20:280] *= 0.4
    assert (find_dark(light, 9)[91, 30:270] > 0.5).mean() > 0.97
