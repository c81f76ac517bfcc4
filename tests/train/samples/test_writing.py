"""Writing goes from left to right in one hand, and knows where each thing lies."""

from dataclasses import replace

import numpy as np
import pytest

from digitpad.labels import DIGITS, OTHER, SIGNS
from digitpad.train.samples.texts import DIGIT
from digitpad.train.samples.writing import SIGN_PLACES, Piece, draw_hand, move, write
from tests.train.people import people


def written(pattern: list[str], seed: int, cells: bool = False, ink: bool = False) -> list[Piece]:
    rng = np.random.default_rng(seed)
    return write(people(), pattern, draw_hand(rng, cells), rng, ink)


def middle(piece: Piece) -> float:
    return (piece.box.left + piece.box.right) / 2


@pytest.mark.parametrize("seed", range(30))
def test_pieces_stand_in_order_and_say_what_was_asked(seed: int) -> None:
    pieces = written([DIGIT, ".", DIGIT, "-", DIGIT, OTHER], seed)
    said = [piece.token for piece in pieces]
    assert said[1::2] == [".", "-", OTHER]
    assert set(said[::2]) <= set(DIGITS)
    places = [middle(piece) for piece in pieces]
    assert places == sorted(places)


@pytest.mark.parametrize("seed", range(20))
def test_a_box_holds_the_strokes(seed: int) -> None:
    for piece in written([DIGIT, "#", DIGIT, OTHER], seed, ink=True):
        points = np.concatenate(piece.strokes)
        link = 0.6  # the pen may be led on to the neighbour
        assert (points >= np.array(piece.box[:2]) - link).all()
        assert (points <= np.array(piece.box[2:]) + link).all()


def test_ink_has_strokes_and_scans_have_pixels() -> None:
    pieces = [piece for seed in range(30) for piece in written([DIGIT], seed)]
    assert {piece.scan is None for piece in pieces} == {True, False}
    assert {piece.traced for piece in pieces if piece.scan is not None} == {True, False}
    assert all(p.strokes for seed in range(30) for p in written([DIGIT], seed, ink=True))


def test_digits_in_cells_have_one_pitch() -> None:
    for seed in range(10):
        hand = replace(draw_hand(np.random.default_rng(seed), True), pitch=1.5)
        pieces = write(people(), [DIGIT] * 6, hand, np.random.default_rng(seed))
        steps = np.diff([middle(piece) for piece in pieces])
        assert (np.abs(steps - 1.5) < 0.5).all()


def test_signs_stand_at_their_height() -> None:
    assert set(SIGN_PLACES) == set(SIGNS)
    for seed in range(20):
        _, point, _ = written([DIGIT, ".", DIGIT], seed, ink=True)
        _, minus, _ = written([DIGIT, "-", DIGIT], seed, ink=True)
        assert point.box.top > 0.6
        assert 0.1 < minus.box.top < 0.9


def test_a_moved_scan_keeps_its_place_in_its_box() -> None:
    scans = [p for seed in range(30) for p in written([DIGIT], seed) if p.matrix is not None]
    moved = move(scans[0], 2.0, -1.0)
    assert scans[0].matrix is not None
    assert moved.matrix is not None
    np.testing.assert_allclose(moved.matrix[:, 2] - scans[0].matrix[:, 2], [2, -1])
    np.testing.assert_allclose(np.array(moved.box) - np.array(scans[0].box), [2, -1, 2, -1])
