"""UNIPEN: columns, units, and pens in the air."""

import pytest

from digitpad import Ink, InvalidInput
from tests.formats.files import lists

PAGE = """.VERSION 1.0
.COORD X Y
.SEGMENT CHARACTER 0 ? "1"
.PEN_DOWN
1 10
1 2
.PEN_UP
.PEN_DOWN
5 5
.PEN_UP
9 9
"""


def test_blocks_of_the_pen_on_paper_are_strokes_and_y_points_up() -> None:
    assert lists(PAGE) == [[[1, -10], [1, -2]], [[5, -5]]]
    assert lists(PAGE.replace("\n", "\r\n")) == lists(PAGE)


def test_points_per_mm_are_told_for_each_axis() -> None:
    units = ".X_POINTS_PER_MM 10\n.Y_POINTS_PER_INCH 254\n"
    assert lists(units + PAGE) == [[[0.1, -1], [0.1, -0.2]], [[0.5, -0.5]]]


def test_columns_are_named_and_there_may_be_time_or_not() -> None:
    assert lists(".COORD T Y P X\n.PEN_DOWN\n0 1 2 3\n1 4 5 6\n") == [[[3, -1], [6, -4]]]
    assert lists(".PEN_DOWN\n1 2\n3 4") == [[[1, -2], [3, -4]]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (".COORD X Y T\n.PEN_DOWN\n1 2\n", "expected X Y T of each point, found 2 values"),
        (".COORD P T\n", "expected X and Y in .COORD, found 'P T'"),
        (".PEN_DOWN\n1 b\n", "expected numbers in .PEN_DOWN, found 'b'"),
        (".HELLO 1\n", "expected .PEN_DOWN in UNIPEN, found none"),
        (".VERSION 1.0\n.INCLUDE other.dat\n", "a UNIPEN file that names others"),
    ],
)
def test_wrong_files_are_named(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Ink.load(text.encode())
    assert said in str(caught.value)
