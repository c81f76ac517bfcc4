"""Digits that do not stand as those of a number do are told by their places alone."""

import numpy as np
import pytest

from digitpad import Ink, Reader
from digitpad.geometry import Box
from digitpad.lattice.candidate import Candidate, measure
from digitpad.lattice.decode import Lattice
from digitpad.reading import Mark
from digitpad.standing import LINES, OVER, POINT, RAISED, misplaced
from tests.drawings import DIGITS, placed, render, together

READER = Reader()


def said(*digits: list[Box], cuts: int = 0, specks: tuple[Box, ...] = ()) -> str | None:
    """What is said of digits in a picture, each of some components."""
    components = [box for digit in digits for box in digit]
    candidates = [
        Candidate(1 << place, *measure((place,), components, 100))
        for place in range(len(components))
    ]
    path, start = [], 0
    for digit in digits:
        group = range(start, start + len(digit))
        start += len(digit)
        pieces = sum(1 << place for place in group)
        path.append(len(candidates))
        candidates.append(Candidate(pieces, *measure(group, components, 100, cuts)))
    marks = [Mark("speck", speck, None) for speck in specks]
    return misplaced(Lattice(tuple(candidates), len(components)), path, marks)


ONE, TWO, THREE = ([Box(80 * place, 0, 80 * place + 60, 100)] for place in range(3))


def test_digits_on_a_line_stand_as_they_should() -> None:
    assert said(ONE, TWO, THREE) is None
    assert said(ONE, [Box(70, -10, 100, 40), Box(75, 42, 130, 95)], THREE, cuts=1) is None


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (Box(10, 110, 70, 210), LINES),  # below
        (Box(5, 10, 62, 95), OVER),
        (Box(70, -20, 100, 30), RAISED),  # an exponent
        (Box(70, 30, 100, 75), RAISED),  # a sign that looks like a digit
        (Box(70, 75, 100, 120), RAISED),  # an index
        (Box(70, 50, 100, 100), None),  # small, and on the line
        (Box(70, -40, 130, 60), None),  # high, and as large as the other
        (Box(40, 0, 110, 100), None),  # touching
        (Box(55, 0, 60, 100), None),  # a one at the edge of the other
    ],
)
def test_where_the_second_digit_stands(second: Box, reason: str | None) -> None:
    assert said(ONE, [second]) == reason


def test_a_line_that_rises_is_a_line() -> None:
    rising = [
        [Box(80 * place, -50 * place, 80 * place + 60, 100 - 50 * place)] for place in range(4)
    ]
    assert said(*rising) is None
    small = [Box(170, -45, 200, 0)]  # on that line, as high as its place in it wants
    assert said(rising[0], rising[1], small, rising[3]) is None


@pytest.mark.parametrize("unit", [1e-190, 1e-170, 1.0, 1e9, 1e140, 1e160])
def test_any_unit_will_do(unit: float) -> None:
    digits = [Box(0, 0, 60, 100), Box(80, 0, 140, 100), Box(150, -20, 180, 30)]
    scaled = [[Box(*(unit * edge for edge in digit))] for digit in digits]
    assert said(*scaled) == RAISED


def test_digits_without_height_stand_as_they_may() -> None:
    assert said(*([Box(80 * place, 0, 80 * place + 60, 0)] for place in range(3))) is None


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([Box(0, 0, 60, 45), Box(0, 55, 60, 100)], LINES),
        ([Box(0, 0, 60, 10), Box(0, 20, 60, 100)], None),  # the bar of a five
        ([Box(0, 0, 30, 100), Box(30, 40, 60, 60)], None),
        ([Box(0, 0, 60, 70), Box(20, 92, 28, 100)], POINT),  # a question mark
        ([Box(20, 0, 26, 8), Box(15, 20, 30, 100)], POINT),
    ],
)
def test_parts_of_one_digit(parts: list[Box], reason: str | None) -> None:
    assert said(parts) == reason
    beside = [Box(part.left + 80, part.top, part.right + 80, part.bottom) for part in parts]
    assert said(ONE, beside) == reason


def test_a_speck_below_a_digit_may_be_the_point_of_a_sign() -> None:
    assert said(ONE, TWO, specks=(Box(100, 120, 108, 128),)) == POINT
    for elsewhere in (Box(200, 120, 208, 128), Box(100, 190, 108, 198), Box(62, 40, 70, 48)):
        assert said(ONE, TWO, specks=(elsewhere,)) is None


def raised(digit: int, size: float) -> Ink:
    """A 3, and a smaller digit above its right."""
    three, other = DIGITS[3], DIGITS[digit]
    assert three.box is not None
    assert other.box is not None
    height = three.box[3] - three.box[1]
    scale = size * height / (other.box[3] - other.box[1])
    corner = np.array([three.box[2] + 0.1 * height, three.box[1] - 0.1 * height])
    moved = other.transform(np.eye(2) * scale, corner - scale * np.array(other.box[:2]))
    return together([three, moved])


@pytest.mark.parametrize("digit", [0, 2, 4])
def test_an_exponent_is_no_second_digit(digit: int) -> None:
    ink = raised(digit, 0.4)
    for source in (ink, render(ink)):
        reading = READER.read(source)
        assert reading.status == "unsure"
    assert READER.read(ink).reason in (RAISED, "there is something that is no digit")


def test_a_digit_that_is_written_over_another_is_doubted() -> None:
    one, other = together(placed("4")), together(placed("7"))
    assert READER.read(together([one, other])).status == "unsure"
