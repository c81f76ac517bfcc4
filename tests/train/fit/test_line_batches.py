"""Batches hold what the network should say at each step and in each cell."""

import dataclasses
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from digitpad.labels import INK_KINDS, TOKENS
from digitpad.picture.line import COARSE, HEIGHT, ROWS, STEP
from digitpad.train.fit.line_batches import (
    CHUNK,
    PITCH,
    _make_chunk,
    box_targets,
    make_batches,
    pack,
    step_targets,
)
from digitpad.train.samples.lines import ANY, MOST, Recipe, make_line
from tests.train.people import people

BOXES = np.array([[10.0, 4, 20, 28], [24, 4, 34, 28]])


def test_a_token_is_said_in_its_middle_and_blank_between() -> None:
    said = step_targets(np.array([5, 7, 0], np.int32), BOXES, 30)
    assert said[7] == 5  # 14 to 16 px, the middle of the first box
    assert said[14] == 7
    assert said[11] == 0  # halfway
    assert (said[:4] == 0).all()
    assert (said[20:] == 0).all()
    assert set(said[np.array([5, 6, 8, 9])]) == {-1}
    assert (step_targets(np.zeros(3, np.int32), np.empty((0, 4)), 10) == 0).all()


def test_a_box_is_asked_for_where_its_token_is() -> None:
    targets = box_targets(BOXES, 30)
    assert targets[:, 4].tolist() == [
        float(10 < 2 * s + 1 < 20 or 24 < 2 * s + 1 < 34) for s in range(30)
    ]
    np.testing.assert_allclose(targets[7, :4] * HEIGHT, [5, 5, 4, 28])
    assert not box_targets(np.empty((0, 4)), 10).any()


def test_a_point_is_asked_for_around_its_middle() -> None:
    targets = box_targets(np.array([[9.5, 20, 10.5, 21]]), 10)
    assert np.flatnonzero(targets[:, 4]).tolist() == [3, 4, 5, 6]
    np.testing.assert_allclose(targets[4, :2] * HEIGHT, [-0.5, 1.5])


def test_lines_are_padded_to_one_width() -> None:
    lines = [make_line(people(), 1, index) for index in range(12)]
    batch = pack(lines)
    width = batch.line.shape[2]
    assert width % PITCH == 0
    assert batch.line.shape == (12, HEIGHT, width, 1)
    assert batch.tokens.shape == (12, MOST)
    assert batch.boxes.shape == (12, width // STEP, 5)
    assert batch.cells.shape == (12, ROWS, width // COARSE, len(INK_KINDS))
    assert batch.targets["logits"].shape == (12, MOST + width // STEP)
    for row, made in enumerate(lines):
        wide = made.line.shape[1]
        np.testing.assert_array_equal(batch.line[row, :, :wide, 0], made.line)
        assert not batch.line[row, :, wide:].any()
        said = [TOKENS[label - 1] for label in batch.tokens[row] if label]
        assert tuple(said) == made.tokens


def test_a_long_text_gets_the_steps_that_it_needs() -> None:
    made = make_line(people(), 1, 0, Recipe(plain=True, length=20))
    narrow = dataclasses.replace(made, picture=made.picture[:, :20])
    assert pack([narrow]).boxes.shape[1] >= 2 * 20 + 1


def test_batches_follow_from_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitpad.train.fit.line_batches._people", [people()])
    first = _make_chunk(ANY, 1, 4, 0)
    assert len(first) == CHUNK
    for one, other in zip(first, _make_chunk(ANY, 1, 4, 0), strict=True):
        np.testing.assert_array_equal(one.line, other.line)
    assert {batch.line.shape[2] for batch in first} != {first[0].line.shape[2]}


def test_an_error_of_the_process_that_makes_lines_arrives(tmp_path: Path) -> None:
    batches = make_batches(tmp_path, tmp_path / "none.npz", ANY, 1, 4, 0)
    with pytest.raises(Exception, match=r"terminated|missing"):
        list(islice(batches, 1))
