"""The fields that are found on a picture of a form, whatever is written in them."""

import numpy as np
import pytest

from digitpad.layout.homography import move
from digitpad.layout.proposing import propose
from digitpad.layout.registration import register
from digitpad.layout.shapes import corners_of_box
from tests.forms import LAYOUT, SHARP, TEXTS, page, photograph, seen


@pytest.mark.parametrize("texts", [{}, TEXTS], ids=["empty", "filled in"])
@pytest.mark.parametrize("turn", [0, 4, -6])
def test_boxes_combs_and_lines_are_found(texts: dict[str, str], turn: float) -> None:
    photo = np.asarray(photograph(page(texts), turn, 0.01), np.float32) / np.float32(255)
    found = propose(photo)
    assert found is not None
    assert [field.name for field in found.layout.fields] == ["field1", "field2", "field3"]
    matrix = seen(turn, 0.01, page().size)
    for field, right in zip(found.layout.fields, LAYOUT.fields, strict=True):
        middle = move(found.matrix, corners_of_box(field.box)).mean(axis=0)
        wanted = move(matrix, corners_of_box(right.box) * SHARP).mean(axis=0)
        assert middle == pytest.approx(wanted, abs=20)
        assert field.box.width == pytest.approx(right.box.width * SHARP, rel=0.1)
    assert len(found.layout.lines) == len(LAYOUT.lines)


def test_another_photograph_of_the_form_is_found_by_what_was_proposed() -> None:
    scan = np.pad(np.asarray(page({}), np.float32) / np.float32(255), 30, constant_values=0.9)
    proposal = propose(scan)
    assert proposal is not None
    photo = np.asarray(photograph(page()), np.float32) / np.float32(255)
    assert register(photo, proposal.layout).matrix is not None


def test_where_there_is_nothing_to_write_on() -> None:
    assert propose(np.full((300, 200), 0.9, np.float32)) is None
    assert propose(np.random.default_rng(1).random((300, 200), np.float32)) is None
    assert propose(np.zeros((1, 1), np.float32)) is None
