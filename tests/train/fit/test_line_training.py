"""The line network learns, goes on where it was stopped, and says what is wrong."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitpad.errors import RunError
from digitpad.labels import INK_KINDS, TOKENS
from digitpad.picture.line import HEIGHT
from digitpad.train.fit import line_training
from digitpad.train.fit.line_batches import Batch, pack
from digitpad.train.fit.line_network import box_loss, build_line_network, cell_loss, token_loss
from digitpad.train.fit.line_training import (
    LineConfig,
    edit_distance,
    greedy,
    train_line,
    validation_batches,
)
from digitpad.train.samples.lines import MOST, Recipe, make_line
from tests.train.people import people

SMALL = LineConfig(epochs=2, steps=3, batch=4, warm_up=2)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train on four plain lines of one width."""
    recipe = Recipe(look="ink", plain=True, length=2)
    batch = pack([make_line(people(), 1, index, recipe) for index in range(4)])

    def batches(
        data: Path, unipen: Path, recipe: Recipe, seed: int, size: int, first: int
    ) -> Iterator[Batch]:
        assert first % SMALL.steps == 0
        while True:
            yield batch

    monkeypatch.setattr(line_training, "make_batches", batches)
    monkeypatch.setattr(line_training, "load_people", lambda *_: {"validation": people()})
    monkeypatch.setattr(
        line_training,
        "validation_batches",
        lambda own, recipe: validation_batches(own, recipe, 4, 4),
    )


def test_a_run_is_whole_and_goes_on(made: None, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_line(run, dataclasses.replace(SMALL, epochs=1), tmp_path, tmp_path)
    config = dataclasses.asdict(SMALL)
    (run / "config.json").write_text(json.dumps(config))  # as if it had been stopped after one
    (run / "line.keras").unlink()
    train_line(run, SMALL, tmp_path, tmp_path)
    logs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [log["epoch"] for log in logs] == [1, 2]
    assert logs[1]["loss"] < logs[0]["loss"]
    assert {"val_right", "val_error", "lines_per_s"} <= set(logs[0])
    assert set(json.loads((run / "calibration.json").read_text())) == {"temperature", "threshold"}
    after = tmp_path / "after"
    train_line(after, dataclasses.replace(SMALL, epochs=1, after=str(run)), tmp_path, tmp_path)
    first = json.loads((after / "metrics.jsonl").read_text())
    assert first["loss"] < logs[0]["loss"]
    with pytest.raises(RunError, match="begun with other options"):
        train_line(run, dataclasses.replace(SMALL, seed=9), tmp_path, tmp_path)
    wrong = dataclasses.replace(SMALL, after=str(tmp_path / "none"))
    with pytest.raises(RunError, match="expected a run with a checkpoint"):
        train_line(tmp_path / "third", wrong, tmp_path, tmp_path)


def test_the_validation_lines_are_not_learned_from() -> None:
    with pytest.raises(ValueError, match="seed 0"):
        LineConfig(seed=0)


@pytest.mark.parametrize("width", [16, 100])
def test_the_network_takes_any_width(width: int) -> None:
    network = build_line_network()
    found = network(np.zeros((2, HEIGHT, width, 1), np.float32))
    assert found["logits"].shape == (2, width // 2, 1 + len(TOKENS))
    assert found["boxes"].shape == (2, width // 2, 4)
    assert found["cells"].shape == (2, 4, width // 4, len(INK_KINDS))
    assert 400_000 < network.count_params() < 700_000


def test_losses_are_least_for_what_is_wanted() -> None:
    tokens = np.zeros((1, MOST), np.int32)
    tokens[0, :2] = 3, 5
    said = np.full((1, 8), -1, np.int32)
    said[0, 1], said[0, 5], said[0, 3] = 3, 5, 0
    wanted = np.concatenate([tokens, said], axis=1)
    logits = np.zeros((1, 8, 1 + len(TOKENS)), np.float32)
    logits[0, [0, 2, 3, 4, 6, 7], 0] = logits[0, 1, 3] = logits[0, 5, 5] = 12
    assert float(token_loss(wanted, logits)) < 0.05
    assert float(token_loss(wanted, np.zeros_like(logits))) > 3
    boxes = np.zeros((1, 8, 5), np.float32)
    boxes[0, 2] = 0.1, 0.2, 0.3, 0.4, 1
    assert float(box_loss(boxes, boxes[..., :4])) == 0
    assert float(box_loss(boxes, boxes[..., :4] + 1)) > 0.5  # where no box is, nothing counts
    cells = np.zeros((1, 4, 4, len(INK_KINDS)), np.float32)
    cells[0, 1, 1, 0] = 1
    assert float(cell_loss(cells, (cells - 0.5) * 40)) < 1e-6 < float(cell_loss(cells, cells * 0))


def test_greedy_decoding_joins_what_repeats() -> None:
    logits = np.zeros((7, 4))
    for step, label in enumerate([1, 1, 0, 1, 2, 2, 3]):
        logits[step, label] = 1
    assert greedy(logits) == [1, 1, 2, 3]


@pytest.mark.parametrize(
    ("found", "wanted", "distance"),
    [
        ([], [], 0),
        ([1, 2], [], 2),
        ([1, 2, 3], [1, 3], 1),
        ([1, 2, 3], [3, 2, 1], 2),
        ([1], [2], 1),
    ],
)
def test_edit_distance(found: list[int], wanted: list[int], distance: int) -> None:
    assert edit_distance(found, wanted) == distance
    assert edit_distance(wanted, found) == distance
