"""reMarkable: what is seen of a page, and where it stands."""

import pytest
from rmscene import CrdtId
from rmscene.scene_items import Pen, PenColor

from digitpad import Ink, InvalidInput
from tests.formats.files import group, line, lists, remarkable


def test_deleted_white_and_marked_strokes_are_no_ink() -> None:
    page = remarkable(
        line(20, [(0, 0), (1, 1)]),
        line(21, None),
        line(22, [(0, 0), (2, 2)], PenColor.WHITE),
        line(23, [(0, 0), (3, 3)], tool=Pen.HIGHLIGHTER_2),
        line(24, [(0, 0), (4, 4)], tool=Pen.ERASER),
        line(25, [(0, 0), (5, 5)], PenColor.RED),
    )
    assert lists(page) == [[[0, 0], [1, 1]], [[0, 0], [5, 5]]]


def test_what_is_hidden_is_no_ink() -> None:
    hidden = line(30, [(1, 1), (2, 2)], parent=CrdtId(2, 29))
    assert lists(remarkable(group(29, visible=False), hidden)) == []
    shown = line(30, [(1, 1), (2, 2)], parent=CrdtId(2, 29))
    assert lists(remarkable(group(29), shown)) == [[[1, 1], [2, 2]]]


def test_strokes_beside_typed_text_are_told_from_its_lines() -> None:
    """Characters have the ids from CrdtId(1, 16) on; the text begins at 234."""
    strokes = (
        *group(30, CrdtId(1, 17), 5.0),
        *line(31, [(1, 2)], parent=CrdtId(2, 30)),
        *group(40, CrdtId(1, 21)),
        *line(41, [(1, 2)], parent=CrdtId(2, 40)),
        *group(50, CrdtId(0, 0xFFFFFFFFFFFF)),
        *line(51, [(1, 2)], parent=CrdtId(2, 50)),
    )
    page = remarkable(strokes, text="one\ntwo\n")
    first, second, end = lists(page)
    assert first == [[6, 234 - 88 + 2]]
    assert second == [[1, 234 - 88 + 70 + 2]]
    assert end == [[1, 102]]


def test_old_points_are_read_too() -> None:
    page = remarkable(line(20, [(0.5, 0.25), (1, 1)]), version="2.0")
    assert lists(page) == [[[0.5, 0.25], [1, 1]]]


def test_other_versions_and_damage_are_named() -> None:
    with pytest.raises(InvalidInput, match=r"expected .*version=6, found .*version=5"):
        Ink.load(b"reMarkable .lines file, version=5".ljust(43) + bytes(100))
    whole = remarkable(line(20, [(0, 0), (1, 1)]))
    with pytest.raises(InvalidInput, match="expected"):
        Ink.load(whole[:-10])
