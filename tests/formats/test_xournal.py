"""Xournal++: what 1.1.3 and newer take for ink."""

import numpy as np
import pytest

from digitpad import Ink, InvalidInput, TooLarge
from tests.formats.files import lists, packed, stroke, xopp


@pytest.mark.parametrize("kind", ["gzip", "zip", "plain"])
def test_it_is_gzip_zip_or_plain(kind: str) -> None:
    assert lists(packed(xopp(stroke("1 2 3 4")), kind)) == [[[1, 2], [3, 4]]]


def test_xournal_and_pages_stand_below_each_other() -> None:
    page = stroke("1 2 3 4")
    both = packed(xopp(page, page), "gzip")
    assert lists(both) == [[[1, 2], [3, 4]], [[1, 102], [3, 104]]]


def test_highlighters_are_no_ink_and_a_pens_alpha_is_ignored() -> None:
    page = stroke("1 1 9 1", "8.5", "highlighter", "#ffff007f") + stroke(
        "1 2 3 4", color="#ff000000"
    )
    assert lists(xopp(page)) == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize("width", ["0", "-0.5", "nan"])
def test_a_stroke_is_cut_where_its_width_is_none(width: str) -> None:
    page = stroke("0 0 1 0 2 0 3 0 4 0", f"1.41 1 {width} 1 1")
    assert lists(xopp(page)) == [[[0, 0], [1, 0]], [[2, 0], [3, 0], [4, 0]]]
    assert lists(xopp(stroke("0 0 1 0", f"1.41 {width}"))) == []


def test_widths_that_are_too_few_shorten_the_stroke() -> None:
    assert lists(xopp(stroke("0 0 1 0 2 0", "1.41 1"))) == [[[0, 0], [1, 0]]]
    assert lists(xopp(stroke("0 0 1 0", "1.41 1 1 1"))) == [[[0, 0], [1, 0]]]


def test_a_tap_is_a_dot_and_a_single_point_nothing() -> None:
    assert lists(xopp(stroke("5 6 5 6") + stroke("7 8"))) == [[[5, 6]]]


def test_all_layers_are_seen() -> None:
    layers = f"<layer>{stroke('1 1 2 2')}</layer><layer name='hidden'>{stroke('3 3 4 4')}</layer>"
    assert lists(xopp(layers)) == [[[1, 1], [2, 2]], [[3, 3], [4, 4]]]


def test_white_out_hides_what_was_there_before_and_nothing_after() -> None:
    line, rubber = stroke("0 50 100 50"), stroke("50 0 50 100", "10", "eraser")
    left, right, after = Ink.load(xopp(line + rubber + line)).strokes
    assert after.tolist() == [[0, 50], [100, 50]]
    assert left[0].tolist() == [0, 50]
    assert right[-1].tolist() == [100, 50]
    assert [left[-1, 0], right[0, 0]] == pytest.approx([45, 55], abs=1.5)
    assert lists(xopp(stroke("48 5 52 5") + rubber)) == []
    assert lists(xopp(stroke("80 5 90 5") + rubber)) == [[[80, 5], [90, 5]]]


def test_white_out_has_bounds() -> None:
    with pytest.raises(TooLarge, match="erasing strokes"):
        Ink.load(xopp(stroke("1 1 2 2", "1", "eraser") * 1001))
    with pytest.raises(TooLarge, match="2,000,000 cells"):
        Ink.load(xopp(stroke("0 0 0 100 " * 2000) + stroke("0 0 1 0", "2", "eraser")))


def test_pictures_and_text_are_no_ink() -> None:
    assert lists(xopp("<layer><text>12</text><image>aGk=</image></layer>")) == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (stroke("1 2 3"), "expected x and y of each point in a stroke, found 3 values"),
        (stroke("1 2 x 4"), "expected numbers in a stroke, found 'x'"),
        (stroke("1 2 inf 4"), "strokes[0][1] must be finite numbers"),
        (stroke("1 2 3 4", "wide"), "expected numbers in width, found 'wide'"),
    ],
)
def test_wrong_strokes_are_named(page: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Ink.load(xopp(page))
    assert said in str(caught.value)


def test_many_strokes_are_fast_enough_to_erase() -> None:
    points = " ".join(f"{x} {y}" for x, y in np.random.default_rng(0).random((100, 2)).round(3))
    page = (stroke(points) + stroke("0 0 1 1", "0.5", "eraser")) * 300
    assert len(Ink.load(xopp(page)).strokes) > 300
