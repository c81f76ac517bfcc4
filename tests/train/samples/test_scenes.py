"""A made scene follows from seed and index, and says what lies at each pixel."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from digitpad.errors import DataError
from digitpad.train.samples.scenes import make_scene
from digitpad.train.samples.sheet import draw_sheet
from tests.train.people import people

FRAME = (48, 192)


def test_a_scene_follows_from_seed_and_index() -> None:
    first, again = (make_scene(people(), 3, 7, FRAME) for _ in range(2))
    for name in ("picture", "writing", "marks"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    other = make_scene(people(), 3, 8, FRAME)
    assert other.picture.tobytes() != first.picture.tobytes()


def test_scenes_fit_their_frame_and_most_have_writing() -> None:
    written = marked = 0
    for index in range(120):
        scene = make_scene(people(), 1, index, FRAME)
        high, wide = scene.picture.shape
        assert 8 <= high <= FRAME[0]
        assert 8 <= wide <= FRAME[1]
        assert scene.writing.shape == scene.marks.shape == scene.picture.shape
        written += bool((scene.writing > 127).any())
        marked += bool((scene.marks > 127).any())
    assert written > 100
    assert 10 < marked < 100


def test_ink_differs_from_the_paper_beside_it() -> None:
    """Were picture and truth shifted against each other, it would not."""
    apart = []
    for index in range(60):
        scene = make_scene(people(), 2, index, FRAME)
        ink = np.maximum(scene.writing, scene.marks) > 200
        near = cv2.dilate(ink.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        paper = near & (cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
        if ink.any() and paper.any():
            picture = scene.picture.astype(float)
            apart.append(abs(picture[ink].mean() - picture[paper].mean()))
    assert np.median(apart) > 40


def test_a_sheet_shows_them(tmp_path: Path) -> None:
    draw_sheet(people(), tmp_path / "sheet.png", 6, 1)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet is not None
    assert sheet.shape[1] == 1_300
    with pytest.raises(DataError, match="cannot be written"):
        draw_sheet(people(), tmp_path / "none" / "sheet.png", 1, 1)
