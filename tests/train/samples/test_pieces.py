"""Pieces of made pictures are known by most of what lies there."""

import dataclasses

import numpy as np

from digitpad.labels import OTHER, STROKES
from digitpad.train.samples.lines import Recipe, make_line
from digitpad.train.samples.pieces import find_pieces
from tests.networks import paper
from tests.train.people import people

CLEAN = Recipe(look="paper", plain=True, mark="", length=3, paper="")


def kinds_of(recipe: Recipe, count: int = 12) -> list[int]:
    """What the pieces of some pictures are."""
    found = [find_pieces(make_line(people(), 1, index, recipe), paper()) for index in range(count)]
    assert sum(pieces is not None for pieces in found) > count // 4
    for pieces in found:
        if pieces is not None:
            assert len(pieces[1]) == len(pieces[0].connected) + len(pieces[0].rest)
    return [kind for pieces in found if pieces is not None for kind in pieces[1]]


def test_digits_are_digits() -> None:
    """However thin, blurred or grainy: nothing of them is a speck."""
    kinds = kinds_of(CLEAN, 40)
    assert kinds.count(STROKES.index("digit")) > 0.95 * len(kinds)
    assert not {STROKES.index(kind) for kind in ("circle", "-", "other")} & set(kinds)


def test_a_mark_is_known() -> None:
    circles = dataclasses.replace(CLEAN, mark="circle")
    assert STROKES.index("circle") in kinds_of(circles)
    signs = Recipe(look="paper", sign="-", mark="", paper="")
    assert STROKES.index("-") in kinds_of(signs)


def test_what_is_two_things_is_not_known_and_what_nobody_drew_is_a_speck() -> None:
    made = make_line(people(), 1, 0, CLEAN)
    rows = np.indices(made.owners.shape)[0] % 4 < 2
    owners = np.where(rows, 1, 2).astype(np.uint8)
    for pieces, kind in (
        (("circle", "underline"), -1),
        (("digit", "circle"), STROKES.index(OTHER)),
        (("digit", "digit"), STROKES.index("digit")),
    ):
        mixed = find_pieces(dataclasses.replace(made, owners=owners, pieces=pieces), paper())
        assert mixed is not None
        assert kind in mixed[1]
    nothing = find_pieces(dataclasses.replace(made, owners=np.zeros_like(owners)), paper())
    assert nothing is not None
    assert set(nothing[1]) == {STROKES.index("speck")}


def test_empty_paper_has_none() -> None:
    made = make_line(people(), 1, 0, CLEAN)
    empty = dataclasses.replace(made, picture=np.full((40, 90), 230, np.uint8))
    assert find_pieces(empty, paper()) is None
