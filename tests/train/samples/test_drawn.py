"""Drawings follow from seed and index, and say what each stroke is."""

import numpy as np
import pytest

from digitpad.labels import STROKES
from digitpad.train.samples.drawn import draw
from digitpad.train.samples.lines import ANY, Recipe
from tests.train.people import people


def test_a_drawing_follows_from_seed_and_index() -> None:
    one, other = draw(people(), 3, 5), draw(people(), 3, 5)
    assert one.tokens == other.tokens
    assert one.strokes == other.strokes
    for stroke, same in zip(one.ink.strokes, other.ink.strokes, strict=True):
        np.testing.assert_array_equal(stroke, same)
    assert draw(people(), 3, 6).ink.to_lists() != one.ink.to_lists()


@pytest.mark.parametrize(
    ("recipe", "kind"),
    [
        (Recipe(plain=True, mark="", length=3), "digit"),
        (Recipe(sign="/", mark=""), "/"),
        (Recipe(plain=True, mark="circle", length=2), "circle"),
        (Recipe(sign="other", mark=""), "other"),
        (Recipe(plain=True, mark="strike", length=2), "struck"),
    ],
)
def test_each_stroke_has_its_kind(recipe: Recipe, kind: str) -> None:
    found = [draw(people(), 1, index, recipe) for index in range(10)]
    for drawn in found:
        assert len(drawn.strokes) == len(drawn.ink.strokes)
        assert set(drawn.strokes) <= set(STROKES)
    assert all(kind in drawn.strokes for drawn in found)


def test_some_lines_rise_or_fall() -> None:
    recipe = Recipe(plain=True, mark="", length=8)
    boxes = [draw(people(), 2, index, recipe).ink.box for index in range(60)]
    heights = [box.height / box.width for box in boxes if box is not None]
    assert max(heights) > 2 * float(np.median(heights))


def test_anything_may_come() -> None:
    kinds = {kind for index in range(300) for kind in draw(people(), 4, index, ANY).strokes}
    assert kinds == set(STROKES)
