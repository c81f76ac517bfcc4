"""Ink is told from paper, whatever light falls on it, and whatever a crop left at the edges."""

from collections.abc import Callable

import numpy as np
import pytest

from digitpad import Reader
from digitpad.network.inputs import Grey
from digitpad.picture.foreground import Inked, find_ink, find_plain_ink
from tests.drawings import DIGITS, inked, placed, render, together
from tests.networks import paper


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def grey_of(text: str, dark: bool = False) -> Grey:
    image = render(together(placed(text)), size=(420, 200), length=300, pen=8).convert("L")
    grey = np.asarray(image, np.float32) / np.float32(255)
    return 1 - grey if dark else grey


def found_in(grey: Grey) -> Inked:
    found = find_ink(grey, paper())
    assert found is not None
    return found


def whole(found: Inked, shape: tuple[int, ...]) -> Grey:
    """The writing at its place in the whole picture."""
    made = np.zeros(shape, np.float32)
    height, width = found.writing.shape
    made[found.top : found.top + height, found.left : found.left + width] = found.writing
    return made


@pytest.mark.parametrize("dark", [False, True])
def test_the_writing_is_what_was_drawn(dark: bool) -> None:
    grey = grey_of("2047", dark)
    before = grey.copy()
    found = found_in(grey)
    np.testing.assert_array_equal(grey, before)  # what it was given stays
    assert found.writing.dtype == found.marks.dtype == np.float32
    away = np.abs(whole(found, grey.shape) - inked(grey))
    assert away.mean() < 0.01
    assert not (found.marks > 0.5).any()


def test_light_that_falls_by_half_and_noise() -> None:
    grey = grey_of("2047")
    wanted = inked(grey) > 0.5
    rng = np.random.default_rng(0)
    for light in (np.linspace(1, 0.5, 420)[None], np.linspace(0.5, 1, 200)[:, None]):
        for noise in (0, 0.08):
            seen = np.clip(grey * light + rng.normal(0, noise, grey.shape), 0, 1)
            ink = whole(found_in(seen.astype(np.float32)), grey.shape) > 0.5
            assert (ink ^ wanted).mean() < 0.02


def test_a_shadow_with_an_edge_is_no_ink() -> None:
    grey = grey_of("2047") * 0.9
    grey[:, 200:] *= 0.5
    grey[90:] *= 0.7
    ink = whole(found_in(grey), grey.shape) > 0.5
    assert (ink ^ (inked(grey_of("2047")) > 0.5)).mean() < 0.02


def test_a_rule_and_a_box_are_marks() -> None:
    grey = grey_of("475")
    grey[176:179] = 0.1
    grey[10:190, 12:15] = 0.1
    found = found_in(grey)
    wanted = inked(grey_of("475")) > 0.5
    ink = whole(found, grey.shape) > 0.5
    assert (ink ^ wanted).mean() < 0.01
    assert (found.marks > 0.5).sum() > 0.3 * (3 * 420 + 3 * 180)


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
    assert reading.text == "475"
    assert reading.digits[0].box.left > 30


@pytest.mark.parametrize("digit", range(10))
def test_a_tight_crop_has_all_its_ink(digit: int) -> None:
    box = DIGITS[digit].box
    assert box is not None
    wide, high = box[2] - box[0], box[3] - box[1]
    scale = 120 / max(wide, high)
    size = (round(wide * scale) + 12, round(high * scale) + 12)
    image = render(DIGITS[digit], size=size, length=120, at=(6, 6), pen=12).convert("L")
    tight = np.asarray(image, np.float32) / np.float32(255)
    roomy = np.pad(tight, 30, constant_values=1.0).astype(np.float32)
    found, there = ((found_in(picture).writing > 0.5).sum() for picture in (tight, roomy))
    assert found == pytest.approx(there, rel=0.1)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (3, 50), (40, 40), (300, 90)])
def test_bare_paper_has_no_ink(value: float, shape: tuple[int, int]) -> None:
    assert find_ink(np.full(shape, value, np.float32), paper()) is None


def test_light_that_falls_off_is_no_ink() -> None:
    y, x = np.indices((60, 80)) / 80
    for slope in (x, y, x * y, 1 - x):
        assert find_ink((0.3 + 0.6 * slope).astype(np.float32), paper()) is None


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


def test_small_writing_on_a_large_sheet_is_looked_at_closely() -> None:
    grey = np.full((900, 1300), 0.95, np.float32)
    small = grey_of("2047")[::2, ::2]
    grey[500:600, 700:910] = np.minimum(grey[500:600, 700:910], small)
    found = found_in(grey)
    assert found.writing.size < grey.size / 4
    ink = whole(found, grey.shape) > 0.5
    assert ink[500:600, 700:910].sum() > 0.99 * ink.sum()
    assert ink.sum() == pytest.approx((inked(small) > 0.5).sum(), rel=0.1)


@pytest.mark.parametrize("dark", [False, True])
def test_on_plain_paper_ink_needs_no_network(dark: bool) -> None:
    grey = grey_of("2047", dark)
    found = find_plain_ink(grey)
    assert found is not None
    assert np.abs(whole(found, grey.shape) - inked(grey)).mean() < 0.01
    assert not found.marks.any()
    assert not found.loose.any()


def shaded(grey: Grey) -> Grey:
    return grey * np.linspace(1, 0.7, grey.shape[1], dtype=np.float32)


def noisy(grey: Grey) -> Grey:
    noise = np.random.default_rng(0).normal(0, 0.1, grey.shape)
    return np.clip(grey + noise, 0, 1).astype(np.float32)


def squared(grey: Grey) -> Grey:
    made = grey.copy()
    made[::20] = np.minimum(made[::20], 0.75)
    made[:, ::20] = np.minimum(made[:, ::20], 0.75)
    return made


def on_grey(grey: Grey) -> Grey:
    """With what is lighter than the paper, and what is darker."""
    made = 0.5 * grey
    made[:20] = 1
    return made


def mostly_ink(grey: Grey) -> Grey:
    made = grey.copy()
    made[:, : made.shape[1] // 2] = 0
    return made


@pytest.mark.parametrize("change", [shaded, noisy, squared, on_grey, mostly_ink, np.ones_like])
def test_other_paper_is_not_plain(change: Callable[[Grey], Grey]) -> None:
    assert find_plain_ink(change(grey_of("2047"))) is None


def test_large_digits_on_plain_paper_are_averaged_down() -> None:
    image = render(DIGITS[3], size=(900, 1200), length=800, pen=40).convert("L")
    found = find_plain_ink(np.asarray(image, np.float32) / np.float32(255))
    assert found is not None
    assert found.times == 8
    assert found.writing.shape[0] == pytest.approx(100, abs=8)
