"""signature_pad, Excalidraw, tldraw and JIIX."""

import json
import math
from typing import Any

import pytest

from digitpad import Ink, InvalidInput
from tests.formats.files import lists


def read(body: Any) -> list[list[list[float]]]:
    return lists(json.dumps(body))


def test_signature_pad_keeps_the_end_of_strokes_and_erases() -> None:
    line = [{"x": x, "y": 50, "time": x, "pressure": 0.5} for x in (0, 50, 100)]
    rubber = {
        "points": [{"x": 50, "y": y, "time": 0} for y in (0, 100)],
        "compositeOperation": "destination-out",
        "maxWidth": 5,
    }
    ink = {"penColor": "black", "points": line, "compositeOperation": "source-over"}
    assert read([ink]) == [[[0, 50], [50, 50], [100, 50]]]
    left, right = read([ink, rubber])
    assert (left[0], right[-1]) == ([0, 50], [100, 50])
    assert [left[-1][0], right[0][0]] == pytest.approx([45, 55], abs=1.5)


def excalidraw(*elements: dict[str, Any]) -> dict[str, Any]:
    common = {"type": "freedraw", "x": 10, "y": 20, "angle": 0, "points": [[0, 0], [4, 2]]}
    return {"type": "excalidraw", "version": 2, "elements": [common | e for e in elements]}


def test_excalidraw_leaves_out_what_was_deleted_and_what_is_not_drawn_by_hand() -> None:
    elements: tuple[dict[str, Any], ...]
    elements = ({}, {"isDeleted": True}, {"type": "text"}, {"type": "rectangle"}, {"points": []})
    assert read(excalidraw(*elements)) == [[[10, 20], [14, 22]]]


def test_excalidraw_turns_about_the_middle_of_the_box() -> None:
    """Points lie left of the first one, too: the box is not from x, y."""
    turned = {"angle": math.pi / 2, "points": [[0, 0], [-4, 0], [0, 2]]}
    assert read(excalidraw(turned)) == [[[9, 23], [9, 19], [7, 23]]]


def tldraw(*shapes: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    """A file of shapes, each on the first page unless it says where."""
    common = {"typeName": "shape", "type": "draw", "x": 0, "y": 0, "rotation": 0}
    known = [{"typeName": "page", "id": f"page:{n}", "index": f"a{n}"} for n in range(pages)]
    shapes = tuple(
        common | {"id": f"shape:{n}", "parentId": "page:0", "index": f"a{n}"} | shape
        for n, shape in enumerate(shapes)
    )
    return {"tldrawFileFormatVersion": 1, "schema": {}, "records": [*known, *shapes]}


def drawn(*points: tuple[float, float], **props: float) -> dict[str, Any]:
    old = [{"x": x, "y": y, "z": 0.5} for x, y in points]
    return {"props": {"segments": [{"type": "free", "points": old}], **props}}


@pytest.mark.parametrize(
    "segment",
    [
        {"points": [{"x": 0, "y": 0}, {"x": 10.5, "y": -20.25}, {"x": 40, "y": 3}]},  # to 4.2
        {"path": "AAAAAAAAAAAAAAA/QEkQzQAAYE/QTQC0"},  # as tlschema 5.5.2 encodes it
        {"path": "AAAAAAAAAABASRDNYE/QTQ==", "dim": 2},
        {"path": "AAAAAAAAAAAAAAA/QEkQzQAAYE/QTQC0", "dim": 3},
    ],
)
def test_tldraw_has_points_in_three_forms(segment: dict[str, Any]) -> None:
    props = {"props": {"segments": [{"type": "free", **segment}]}}
    assert read(tldraw(props)) == [[[0, 0], [10.5, -20.25], [40, 3]]]


def test_tldraw_segments_go_on_and_snapshots_are_read() -> None:
    shape = drawn((0, 0), (1, 1))
    shape["props"]["segments"] *= 2
    file = tldraw(shape)
    store = {record["id"]: record for record in file["records"]}
    points = [[[0, 0], [1, 1], [0, 0], [1, 1]]]
    assert read(file) == read({"store": store, "schema": {}}) == points
    assert read({"document": {"store": store, "schema": {}}, "session": {}}) == points


def test_tldraw_turns_about_the_shapes_corner() -> None:
    shape = {**drawn((0, 0), (4, 2)), "x": 10, "y": 20, "rotation": math.pi / 2}
    assert read(tldraw(shape)) == [[[10, 20], [8, 24]]]


def test_tldraw_scales_points_by_axis_and_not_by_scale() -> None:
    shape = drawn((0, 0), (4, 2), scale=3, scaleX=-2, scaleY=0.5)
    assert read(tldraw(shape)) == [[[0, 0], [-8, 1]]]


def test_tldraw_goes_by_index_and_is_relative_to_the_parent() -> None:
    shapes = (
        {**drawn((2, 0)), "index": "a3"},
        {**drawn((1, 0)), "index": "a1"},
        {"type": "group", "id": "shape:g", "index": "a2", "x": 100, "rotation": math.pi / 2},
        {**drawn((5, 0)), "parentId": "shape:g", "x": 1},
        {**drawn((9, 9)), "type": "highlight"},
        {"type": "geo", "props": {}},
        {**drawn((3, 0)), "parentId": "shape:gone"},
    )
    assert read(tldraw(*shapes)) == [[[1, 0]], [[100, 6]], [[2, 0]]]


def test_tldraw_pages_stand_below_each_other() -> None:
    shapes = (drawn((0, 0), (0, 10)), {**drawn((0, 5), (0, 15)), "parentId": "page:1"})
    assert read(tldraw(*shapes, pages=3)) == [[[0, 0], [0, 10]], [[0, 11], [0, 21]]]


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ({"path": "AAAA"}, "expected points of 3 numbers in a path, found 3 bytes"),
        ({"path": "AAAA", "dim": 4}, "expected 2 or 3 as dim, found 4"),
        ({"path": "?"}, "expected tldraw, found something else in it"),
        ({}, "KeyError 'points'"),
        ({"points": [1]}, "expected a point in points, found 1"),
        ({"points": [{"x": "1", "y": 2}]}, "expected a point in points"),
        ({"points": [{"x": 10**400, "y": 2}]}, "OverflowError"),
        ({"points": [{"x": 1e300, "y": 2}]}, "strokes[0][0] must be finite numbers within"),
    ],
)
def test_wrong_segments_are_named(segment: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tldraw({"props": {"segments": [segment]}}))
    assert said in str(caught.value)


def stroke(x: float, time: str, **more: Any) -> dict[str, Any]:
    return {"type": "stroke", "id": f"s{x}", "timestamp": time, "X": [x], "Y": [0], **more}


def jiix(**content: Any) -> dict[str, Any]:
    return {"type": "Text", "version": "3", **content}


def test_jiix_goes_by_time_and_takes_each_stroke_once() -> None:
    one, two, three = (stroke(n, f"2026-11-29 10:00:0{n}.5") for n in (1, 2, 3))
    words = [{"label": "7", "items": [three]}, {"label": "5", "items": [one, {"type": "glyph"}]}]
    body = jiix(words=words, elements=[{"type": "Raw", "items": [two, one]}])
    assert read(body) == [[[1, 0]], [[2, 0]], [[3, 0]]]


def test_jiix_without_strokes_says_how_it_is_exported() -> None:
    with pytest.raises(InvalidInput, match="export it with them"):
        read(jiix(words=[{"label": "7"}]))
    with pytest.raises(InvalidInput, match="as many Y as X"):
        read(jiix(items=[stroke(1, "", Y=[])]))
    with pytest.raises(InvalidInput, match="expected numbers in a stroke"):
        read(jiix(items=[stroke(1, "", X=["1"])]))


def test_deep_json_is_refused() -> None:
    deep: Any = stroke(1, "")
    for _ in range(400):
        deep = [deep]
    assert read(jiix(items=deep)) == [[[1, 0]]]
    body = json.dumps(jiix()).replace("}", ', "items": ' + "[" * 50_000 + "]" * 50_000 + "}")
    with pytest.raises(InvalidInput):
        Ink.load(body.encode())
