"""What stands beside digits, as a strokes' network that is made up for it says."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from digitpad import Ink
from digitpad.beside import (
    ALIKE,
    MOST_WAYS,
    WORST,
    Parted,
    doubt,
    insert,
    is_struck,
    other_ways,
    part_ink,
    part_picture,
    take,
    unwanted,
)
from digitpad.geometry import Box
from digitpad.labels import STROKES
from digitpad.network.posteriors import Probabilities
from digitpad.picture.components import Component
from digitpad.picture.pieces import Pieces

THREE, POINT, FIVE = Box(0, 0, 60, 100), Box(80, 95, 86, 100), Box(110, 0, 170, 100)


def ink_of(*boxes: Box) -> Ink:
    """A stroke from corner to corner of each box."""
    return Ink(tuple(np.array([(b.left, b.top), (b.right, b.bottom)]) for b in boxes))


def likely(*kinds: Mapping[str, float]) -> Probabilities:
    """How likely each stroke is of each kind; of those that are not named, nothing."""
    found = np.zeros((len(kinds), len(STROKES)), np.float32)
    for row, named in zip(found, kinds, strict=True):
        for kind, share in named.items():
            row[STROKES.index(kind)] = share
    return found


def parted(boxes: Sequence[Box], *kinds: str, sure: float = 0.99) -> Parted:
    """Ink whose strokes are of these kinds, as sure as that, else digits or specks."""
    other = {"digit": "speck"}
    rows = [{kind: sure, other.get(kind, "digit"): 1 - sure} for kind in kinds]
    return part_ink(ink_of(*boxes), likely(*rows))


def test_a_point_is_a_sign_with_its_ink() -> None:
    found = parted([THREE, POINT, FIVE], "digit", ".", "digit")
    assert found.digits == (0, 2)
    (sign,) = found.signs
    assert (sign.sign, sign.box) == (".", POINT)
    assert sign.confidence == pytest.approx(0.99**ALIKE)
    assert sign.ink is not None
    assert sign.ink.to_lists() == [[[80, 95], [86, 100]]]
    assert found.trust == pytest.approx(0.99 ** (3 * ALIKE))
    assert found.sure == pytest.approx((0.99**ALIKE, 0.99**ALIKE))
    assert insert("35", [THREE, FIVE], found.signs) == "3.5"
    assert unwanted(found.signs) == "there is a point"


def test_strokes_of_one_sign_are_one_and_signs_keep_their_order() -> None:
    upper, lower = Box(80, 20, 84, 24), Box(81, 80, 85, 84)
    bracket, other = Box(-30, -10, -20, 110), Box(190, -10, 200, 110)
    found = parted(
        [other, FIVE, upper, THREE, lower, bracket], ")", "digit", ":", "digit", ":", "("
    )
    assert [sign.sign for sign in found.signs] == ["(", ":", ")"]
    assert insert("35", [THREE, FIVE], found.signs) == "(3:5)"
    assert unwanted(found.signs) == "there is a bracket"


def test_a_slash_that_training_counts_more_is_doubted_but_not_read() -> None:
    slash = Box(80, 0, 110, 100)
    rather, surely = {"/": 0.8, "digit": 0.2}, {"/": 0.9, "digit": 0.1}
    found = part_ink(ink_of(THREE, slash), likely({"digit": 1.0}, rather))
    assert (found.digits, found.signs, found.doubtful) == ((0, 1), (), "/")
    assert found.trust < 0.5
    (sign,) = part_ink(ink_of(THREE, slash), likely({"digit": 1.0}, surely)).signs
    assert sign.sign == "/"


def test_marks_are_named_and_leave_the_text() -> None:
    under, again, ring = Box(0, 120, 170, 122), Box(0, 130, 170, 132), Box(-20, -20, 190, 140)
    kinds = ("underline", "digit", "digit", "underline", "circle")
    found = parted([under, THREE, FIVE, again, ring], *kinds)
    assert found.digits == (1, 2)
    assert [mark.kind for mark in found.marks] == ["underline", "circle"]
    assert found.marks[0].box == Box(0, 120, 170, 132)
    assert not found.signs
    assert unwanted(found.signs) is None


def test_kinds_of_marks_that_change_nothing_need_no_trust() -> None:
    shares = {"rule": 0.5, "underline": 0.49, "digit": 0.01}
    found = part_ink(ink_of(THREE, FIVE), likely({"digit": 1}, shares))
    assert found.trust == pytest.approx(0.99**ALIKE)


def test_what_is_struck_out_is_left_out_and_said() -> None:
    line = Box(100, 40, 180, 60)
    found = parted([THREE, FIVE, line], "digit", "struck", "strike")
    assert found.digits == (0,)
    assert insert("3", [THREE], found.signs) == "3"
    assert is_struck(found)
    alone = parted([FIVE, line], "struck", "strike")
    assert alone.digits == (0,)
    assert is_struck(alone)
    assert not is_struck(parted([THREE, POINT], "digit", "."))


def test_letters_are_said_to_be_no_digits() -> None:
    found = parted([THREE, FIVE], "digit", "other")
    assert insert("3", [THREE], found.signs) == "3"
    assert unwanted(found.signs) == "there is something that is no digit"


def test_without_any_digit_all_ink_is_read_but_not_trusted() -> None:
    found = parted([THREE, FIVE], "-", "circle")
    assert found.digits == (0, 1)
    assert not found.signs
    assert found.trust == pytest.approx(0.01 ** (2 * ALIKE))
    assert doubt(found) == "there may be a minus or a hyphen"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (".", "there may be a point"),
        ("struck", "something may be struck out"),
        ("strike", "something may be struck out"),
        ("other", "there may be something that is no digit"),
        ("circle", "there may be more than digits"),
    ],
)
def test_the_least_certain_stroke_is_what_is_in_doubt(kind: str, said: str) -> None:
    found = part_ink(ink_of(THREE, FIVE), likely({"digit": 1}, {"digit": 0.6, kind: 0.4}))
    assert found.trust == pytest.approx(0.6**ALIKE)
    assert doubt(found) == said


def test_the_rest_of_a_picture_is_no_digit() -> None:
    ink = np.ones((10, 10), np.float32)
    rest = [Component(ink, left, 0, -1) for left in (20, 40)]
    pieces = Pieces([Component(ink, 0, 0, 0)], rest)
    kinds = likely({"digit": 1}, {"speck": 0.9, "-": 0.1}, {".": 0.8, "speck": 0.2})
    found = part_picture(pieces, kinds)
    assert found.digits == (0,)
    assert [sign.sign for sign in found.signs] == ["."]
    assert [mark.kind for mark in found.marks] == ["speck"]
    assert found.trust == pytest.approx(0.8 ** (ALIKE * WORST))  # less than of all together
    lost = part_picture(pieces, likely({"-": 1}, {"-": 1}, {"-": 1}))
    assert lost.digits == (0,)
    assert lost.trust == 0


def test_small_ink_of_a_picture_is_rather_a_point_than_a_bit_of_a_digit() -> None:
    digit, dot = np.ones((40, 20), np.float32), np.ones((4, 4), np.float32)
    pieces = Pieces([Component(digit, 0, 0, 0), Component(dot, 30, 36, 1)], [])
    kinds = likely({"digit": 1}, {"digit": 0.7, ".": 0.3})
    assert [sign.sign for sign in part_picture(pieces, kinds).signs] == ["."]
    large = Pieces([Component(digit, 0, 0, 0), Component(digit, 30, 0, 1)], [])
    assert part_picture(large, kinds).digits == (0, 1)


def test_an_upright_line_of_a_digits_height_may_be_a_one() -> None:
    digit = np.ones((40, 20), np.float32)
    kinds = likely({"rule": 1}, {"digit": 1})
    for size, sure in (((42, 3), False), ((60, 3), True), ((3, 60), True)):
        line = Component(np.ones(size, np.float32), 0, 0, 0)
        found = part_picture(Pieces([line, Component(digit, 70, 0, 1)], []), kinds)
        assert [mark.kind for mark in found.marks] == ["rule"]
        assert (found.trust > 0.9) == sure
        if not sure:
            assert doubt(found) == "there may be more than digits"


def test_some_strokes_are_taken() -> None:
    ink = ink_of(THREE, FIVE)
    taken = take(ink, [1])
    assert taken is not None
    assert taken.to_lists() == [[[110, 0], [170, 100]]]
    assert take(None, [1]) is None


def test_what_may_be_a_sign_that_is_not_wanted_is_taken_otherwise() -> None:
    seen = likely({"digit": 1.0}, {"/": 0.9, "digit": 0.1})
    found = part_ink(ink_of(THREE, FIVE), seen)
    assert [sign.sign for sign in found.signs] == ["/"]
    (way,) = other_ways(seen, found.trust, frozenset("0123456789"))
    other = part_ink(ink_of(THREE, FIVE), way.likely)
    assert (other.digits, other.signs, other.trust) == ((0, 1), (), 1.0)
    assert way.share == pytest.approx(1 - found.trust)


def test_other_ways_share_what_the_likeliest_leaves() -> None:
    seen = likely({"digit": 0.6, ".": 0.3, "speck": 0.1}, {"digit": 1.0})
    point, speck = other_ways(seen, 0.7, frozenset("0123456789."))
    assert [point.share, speck.share] == pytest.approx([0.225, 0.075])
    assert part_ink(ink_of(POINT, FIVE), point.likely).signs[0].sign == "."
    assert part_ink(ink_of(POINT, FIVE), speck.likely).marks[0].kind == "speck"


def test_only_so_many_ways_are_looked_at() -> None:
    seen = likely(*[{"digit": 0.5, ".": 0.3, "speck": 0.2}] * 40)
    found = other_ways(seen, 0.1, frozenset("."))
    assert len(found) == MOST_WAYS - 1
    assert sum(way.share for way in found) < 0.9


def test_what_is_struck_out_is_taken_so_in_each_way() -> None:
    seen = likely({"struck": 0.6, "digit": 0.4}, {"digit": 0.9, "speck": 0.1})
    for way in other_ways(seen, 0.5, frozenset("0123456789")):
        assert is_struck(part_ink(ink_of(THREE, FIVE), way.likely))


def test_a_sign_says_what_else_it_may_be() -> None:
    found = part_ink(ink_of(THREE, POINT), likely({"digit": 1}, {".": 0.8, ",": 0.12, "/": 0.08}))
    (odds,) = found.odds
    assert odds == {
        ".": pytest.approx(1),
        ",": pytest.approx(0.15),
        "/": pytest.approx(0.02),
    }
