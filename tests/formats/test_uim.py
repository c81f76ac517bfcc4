"""Wacom's UIM, and one file that universal-ink-library 2.1.2 wrote."""

import base64

import numpy as np
import pytest

from digitpad import Ink, InvalidInput
from digitpad.formats.uim import _MESSAGES
from tests.formats.files import lists, riff, uim

SPLINE = {"x": [0, 0, 10, 20, 20], "y": [0, 0, 10, 30, 30]}  # both ends doubled
ERASER = "will://rasterization/3.0/blend-mode/DestinationOut"

# A stroke, an eraser and a stroke of compressed points, under a transform.
WRITTEN = """
CkkKEFarH1WXiq5BrfD8BEYCTwklAACAPyosChQAAAAAAAAAAAAAIEEAAKBBAACgQRIUAAAAAAAAAAAAACBBAADwQQAA8EE4
AUgBCkMKEA3j8o4acuBKvDzwMwbwsYMlAACAPyokChAAACBBAAAgQQAAIEEAACBBEhAAAAAAAAAAAAAAoEEAAKBBOAFIAVgB
CjEKEKkUSXzdZahErJ4HIonOjS0QJCUAAIA/MhIKBwAA0A/QDwASBwAA0A+gHwA4AUgBFQAAgD8aHw0AAABAJQAAoEA1AABA
QEUAAOBAXQAAgD+FAQAAgD8iAXgqMndpbGw6Ly9yYXN0ZXJpemF0aW9uLzMuMC9ibGVuZC1tb2RlL0Rlc3RpbmF0aW9uT3V0
MgUVAACAQA==
"""


def ends(data: bytes) -> list[list[list[float]]]:
    """The first and the last point of each stroke."""
    return [[stroke[0], stroke[-1]] for stroke in lists(data)]


def test_splines_end_where_they_were_drawn_and_pass_their_points() -> None:
    (stroke,) = lists(uim([{"spline": SPLINE}]))
    assert [stroke[0], stroke[4], stroke[-1]] == [[0, 0], [10, 10], [20, 30]]


def test_a_part_of_a_spline_is_told_by_its_parameters() -> None:
    line = {"x": [0, 0, 8, 16, 16], "y": [0, 0, 0, 0, 0]}
    half = lists(uim([{"spline": line, "start": 0.5, "end": 0.5}]))
    assert half[0][0][0] == pytest.approx(4, abs=1)
    assert half[0][-1][0] == pytest.approx(12, abs=1)
    assert ends(uim([{"spline": line, "end": 1.0}])) == [[[0, 0], [16, 0]]]


def test_compressed_points_are_differences_of_tenths() -> None:
    packed = {"x": [10, 0, 10, 0], "y": [20, 0, -20, 0]}
    assert ends(uim([{"packed": packed, "precisions": 1}])) == [[[1, 2], [2, 0]]]


def test_the_transform_is_applied() -> None:
    matrix = {"m00": 2.0, "m03": 5.0, "m11": 3.0, "m13": 7.0, "m22": 1.0, "m33": 1.0}
    assert ends(uim([{"spline": SPLINE}], transform=matrix)) == [[[5, 7], [45, 97]]]


@pytest.mark.parametrize("mode", [{"mode": ERASER}, {"mode_index": 1}])
def test_erasers_are_no_ink_and_erase(mode: dict[str, object]) -> None:
    line = {"x": [0, 0, 100, 100], "y": [0, 0, 0, 0]}
    rubber = {"spline": {"x": [50] * 4, "y": [-9, -9, 9, 9]}, "properties": {"size": 10.0}, **mode}
    left, right = ends(uim([{"spline": line}, rubber], modes=[ERASER]))
    assert (left[0], right[-1]) == ([0, 0], [100, 0])
    assert [left[-1][0], right[0][0]] == pytest.approx([45, 55], abs=1.5)


def test_what_wacoms_library_wrote() -> None:
    file = riff((3, 1), b"INKD", base64.b64decode(WRITTEN))
    first, rest, second = Ink.load(file).strokes
    np.testing.assert_allclose([first[0], rest[-1], second[0], second[-1]], [[5, 7], [45, 97]] * 2)
    assert first[-1, 0] < 25 < rest[0, 0]  # the eraser passed at 10, so at 25


def test_uim_3_0_is_one_message() -> None:
    strokes = [
        {"x": SPLINE["x"], "y": SPLINE["y"]},
        {"x": [90] * 4, "y": [0, 0, 9, 9], "style": {"mode": ERASER}},
    ]
    message = _MESSAGES["InkObject"](ink={"strokes": strokes}, transform={"m00": 1, "m11": 1})
    assert ends(riff((3, 0), b"DATA", message.SerializeToString())) == [[[0, 0], [20, 30]]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (riff((2, 0), b"DATA", b""), "expected UIM 3.0 or 3.1, found (2, 0)"),
        (riff((3, 1), b"INKD", b"\xff" * 9), "as Protocol Buffers, found other bytes"),
        (riff((3, 1), b"INKD", b"", compression=1), "found compressed ink"),
        (uim([{"spline": SPLINE}])[:-9], "bytes of a UIM chunk, found"),
        (uim([{"spline": {"x": [1, 2, 3], "y": [1, 2, 3]}}]), "four points or more of a spline"),
    ],
)
def test_wrong_files_are_named(data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Ink.load(data)
    assert said in str(caught.value)


def test_a_model_without_ink_is_empty() -> None:
    assert Ink.load(riff((3, 1), b"PRPS", b"")).strokes == ()
