"""A made line follows from seed and index, and its truth is true."""

from itertools import pairwise

import numpy as np
import pytest

from digitpad.labels import DIGITS, OTHER, STRUCK, TOKENS
from digitpad.train.samples.lines import Recipe, make_line
from digitpad.train.samples.marks import MARKS
from digitpad.train.samples.paper import PAPERS
from tests.train.people import people


def test_a_line_follows_from_seed_and_index() -> None:
    first, again = (make_line(people(), 3, 7) for _ in range(2))
    np.testing.assert_array_equal(first.picture, again.picture)
    assert first.tokens == again.tokens
    others = [make_line(people(), *key) for key in ((3, 8), (4, 7))]
    assert all(other.picture.tobytes() != first.picture.tobytes() for other in others)


def test_every_line_is_whole() -> None:
    tokens: set[str] = set()
    for index in range(400):
        made = make_line(people(), 1, index)
        assert made.picture.dtype == np.uint8
        assert made.picture.shape[0] >= 9
        assert made.boxes.shape == (len(made.tokens), 4)
        assert (made.boxes >= 0).all()
        assert (made.boxes <= 1).all()
        assert (made.boxes[:, 2] >= made.boxes[:, 0]).all()
        assert made.owners.max() <= len(made.pieces)
        tokens |= set(made.tokens)
    assert tokens == set(TOKENS)
    assert any(not make_line(people(), 1, index).tokens for index in range(400))


@pytest.mark.parametrize("look", ["ink", "paper"])
def test_a_recipe_is_followed(look: str) -> None:
    for index in range(15):
        for length in (1, 4):
            recipe = Recipe(look=look, plain=True, length=length, paper="")  # type: ignore[arg-type]
            made = make_line(people(), 1, index, recipe)
            assert len(made.tokens) == length
            assert set(made.tokens) <= set(DIGITS)
            assert set(made.pieces) == {"digit"}
        for sign in ("-", OTHER):
            recipe = Recipe(look=look, sign=sign, mark="", paper="")  # type: ignore[arg-type]
            assert sign in make_line(people(), 1, index, recipe).tokens
    struck = [make_line(people(), 1, i, Recipe(mark="strike", plain=True)) for i in range(15)]
    assert all(made.tokens.count(STRUCK) == 1 for made in struck)


def test_ink_is_black_on_white() -> None:
    for index in range(20):
        made = make_line(people(), 1, index, Recipe(look="ink"))
        assert made.picture.max() == 255
        assert made.picture.min() < 60
        assert np.median(made.picture) > 128


def test_letters_beside_each_other_are_one_token() -> None:
    for index in range(40):
        tokens = make_line(people(), 1, index, Recipe(sign=OTHER, mark="")).tokens
        assert (OTHER, OTHER) not in pairwise(tokens)


@pytest.mark.parametrize("mark", sorted(MARKS))
def test_owners_know_the_mark(mark: str) -> None:
    kind = {"cells": "box", "rules": "rule"}.get(mark, mark)
    seen = 0
    for index in range(15):
        made = make_line(people(), 1, index, Recipe(mark=mark, plain=True, paper=""))
        seen += (made.owners == 1 + made.pieces.index(kind)).any()
    assert seen >= 8  # a crop may leave it out


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_every_paper_takes_writing(paper: str) -> None:
    for index in range(5):
        assert make_line(people(), 1, index, Recipe(look="paper", paper=paper)).tokens
