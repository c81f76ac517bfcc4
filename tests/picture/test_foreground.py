"""Ink is told from paper, whatever a scanner or a crop left at the edges."""

import numpy as np
import pytest

from digitpad import Reader
from digitpad.network.inputs import Grey
from digitpad.picture.foreground import find_ink
from tests.drawings import DIGITS, placed, render, together


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def grey_of(text: str, dark: bool) -> Grey:
    image = render(together(placed(text)), size=(420, 200), length=300, pen=8).convert("L")
    grey = np.asarray(image, np.float32) / np.float32(255)
    return 1 - grey if dark else grey


RIMS = {
    "all sides": [np.s_[:12], np.s_[-9:], np.s_[:, :14], np.s_[:, -7:]],
    "two sides": [np.s_[:20], np.s_[:, -30:]],
    "one row": [np.s_[:1]],
    "one column": [np.s_[:, -1:]],
    "three columns": [np.s_[:, :3]],
}


@pytest.mark.parametrize("rims", RIMS.values(), ids=list(RIMS))
@pytest.mark.parametrize("dark", [False, True])
def test_rims_change_nothing(reader: Reader, rims: list[tuple[slice, ...]], dark: bool) -> None:
    grey = grey_of("475", dark)
    for rim in rims:
        grey[rim] = 0.9 if dark else 0.05
    reading = reader.read(grey)
    assert (reading.text, reading.status) == ("475", "read")
    assert reading.digits[0].box.left > 30


@pytest.mark.parametrize("digit", range(10))
def test_a_tight_crop_has_no_rim(digit: int) -> None:
    """Not even of a seven, whose bar is as wide as the crop."""
    box = DIGITS[digit].box
    assert box is not None
    wide, high = box[2] - box[0], box[3] - box[1]
    scale = 120 / max(wide, high)
    size = (round(wide * scale) + 12, round(high * scale) + 12)
    image = render(DIGITS[digit], size=size, length=120, at=(6, 6), pen=12).convert("L")
    tight = np.asarray(image, np.float32) / np.float32(255)
    before = tight.copy()
    find_ink(tight)
    assert np.array_equal(tight, before)  # what it was given stays
    roomy = np.pad(tight, 30, constant_values=1.0).astype(np.float32)
    found, whole = ((find_ink(picture) > 0.5).sum() for picture in (tight, roomy))
    assert found == pytest.approx(whole, rel=0.1)


def test_a_picture_that_is_one_rim() -> None:
    assert not find_ink(np.zeros((40, 40), np.float32)).any()
    half = np.ones((40, 40), np.float32)
    half[:, :20] = 0
    find_ink(half)


@pytest.mark.parametrize("digit", range(10))
def test_a_small_crop_of_a_digit_is_not_blank(reader: Reader, digit: int) -> None:
    box = DIGITS[digit].box
    assert box is not None
    wide, high = box[2] - box[0], box[3] - box[1]
    size = (round(wide / high * 24) + 4, 28)
    length = 24 * max(wide, high) / high
    image = render(DIGITS[digit], size=size, length=length, at=(2, 2), pen=4)
    reading = reader.read(image, expect="digit")
    assert reading.status != "blank"
    assert reading.text == str(digit) or reading.status == "unsure"


def test_light_that_falls_off_is_no_ink() -> None:
    y, x = np.indices((60, 80)) / 80
    find = [find_ink((0.3 + 0.6 * slope).astype(np.float32)) for slope in (x, y, x * y, 1 - x)]
    assert not any(ink.any() for ink in find)
