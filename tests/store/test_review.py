"""Accepting corrections: what the model firmly contradicts is held until somebody confirms it."""

from uuid import uuid4

import numpy as np
import pytest

from digitpad import InvalidInput, Reader
from digitpad.network.drawing import Drawing
from digitpad.store import Database, corrections, review
from tests.store.examples import correction, picture


def states(database: Database) -> list[str]:
    return [kept.state for kept in corrections.everyone(database)]


def test_what_is_held_is_pending_until_confirmed(database: Database) -> None:
    reader = Reader()
    vague = np.zeros((28, 28), np.float32)
    vague[10:12, 10:12] = 0.5
    given = [
        correction(7, "1"),  # the model is sure of 7
        picture(3, label=None),  # and of 3
        correction(4, "4"),
        correction(8, "2", drawing=Drawing.of(vague)),  # here it is sure of nothing
    ]
    for one in given:
        corrections.add(database, None, one)
    ids = [one.id for one in given]
    held = review.accept(database, reader, ids)
    assert {one.correction for one in held} == set(ids[:2])
    reasons = {one.correction: one.reason for one in held}
    assert reasons[ids[0]].endswith("sure of 7, its label is 1")
    assert reasons[ids[1]].endswith("sure of 3, its label is not a digit")
    assert states(database) == ["pending", "pending", "accepted", "accepted"]
    assert review.accept(database, reader, ids[:1], confirmed=True) == []
    assert states(database) == ["accepted", "pending", "accepted", "accepted"]
    [again] = review.accept(database, reader, ids[:1])
    assert (again.correction, states(database)[0]) == (ids[0], "pending")


def test_an_unknown_id_changes_nothing(database: Database) -> None:
    one = correction(4, "4")
    corrections.add(database, None, one)
    for confirmed in (False, True):
        with pytest.raises(InvalidInput, match="no correction"):
            review.accept(database, Reader(), [one.id, uuid4()], confirmed)
        assert states(database) == ["pending"]
