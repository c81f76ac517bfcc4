"""The strokes' network learns, goes on where it was stopped, and says what is wrong."""

import dataclasses
import json
from collections.abc import Generator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from digitpad.errors import RunError
from digitpad.labels import STROKES
from digitpad.network.windows import HIGH, LAYERS, WIDE
from digitpad.train.fit import strokes_training
from digitpad.train.fit.ahead import ahead
from digitpad.train.fit.strokes_network import build_strokes_network
from digitpad.train.fit.strokes_training import (
    Batch,
    StrokesConfig,
    join,
    make_pieces,
    make_strokes,
    to_batch,
    train_strokes,
)
from tests.train.people import people

SMALL = StrokesConfig(epochs=2, steps=3, batch=32, warm_up=2)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train and validate on a few drawings."""
    windows, kinds = make_strokes(people(), 1, range(12))

    def batches(
        data: Path, unipen: Path, config: StrokesConfig, epochs: int
    ) -> Generator[Batch, None, None]:
        while True:
            yield Batch(windows[: SMALL.batch], kinds[: SMALL.batch])

    monkeypatch.setattr(strokes_training, "_make_batches", batches)
    monkeypatch.setattr(strokes_training, "load_people", lambda *_: {"validation": people()})
    monkeypatch.setattr(strokes_training, "VALIDATION", 60)


def test_a_run_is_whole_and_goes_on(made: None, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_strokes(run, dataclasses.replace(SMALL, epochs=1), tmp_path, tmp_path)
    (run / "config.json").write_text(json.dumps(dataclasses.asdict(SMALL)))  # as if stopped
    (run / "strokes.keras").unlink()
    train_strokes(run, SMALL, tmp_path, tmp_path)
    logs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [log["epoch"] for log in logs] == [1, 2]
    assert logs[1]["loss"] < logs[0]["loss"]
    assert {"ink_right", "ink_missed", "picture_lost", "examples_per_s"} <= set(logs[0])
    assert set(json.loads((run / "calibration.json").read_text())) == {"temperature"}
    after = tmp_path / "after"
    train_strokes(after, dataclasses.replace(SMALL, epochs=1, after=str(run)), tmp_path, tmp_path)
    assert json.loads((after / "metrics.jsonl").read_text())["loss"] < logs[0]["loss"]
    with pytest.raises(RunError, match="begun with other options"):
        train_strokes(run, dataclasses.replace(SMALL, seed=9), tmp_path, tmp_path)
    wrong = dataclasses.replace(SMALL, after=str(tmp_path / "none"))
    with pytest.raises(RunError, match="expected a run with a checkpoint"):
        train_strokes(tmp_path / "third", wrong, tmp_path, tmp_path)


def test_the_validation_drawings_are_not_learned_from() -> None:
    with pytest.raises(ValueError, match="that of the validation drawings"):
        StrokesConfig(seed=strokes_training.VALIDATION_SEED)


def test_the_network_says_a_kind_for_each_window() -> None:
    network = build_strokes_network()
    assert network(np.zeros((3, HIGH, WIDE, LAYERS), np.float32)).shape == (3, len(STROKES))
    assert network.count_params() < 150_000


def test_strokes_and_pieces_come_with_their_kinds() -> None:
    for make in (make_strokes, make_pieces):
        windows, kinds = make(people(), 1, range(20))
        assert windows.shape == (len(kinds), HIGH, WIDE, LAYERS)
        assert windows.dtype == np.uint8
        assert (windows[..., 0].max(axis=(1, 2)) > 0).all()
        assert set(kinds.tolist()) <= set(range(len(STROKES)))
        again = make(people(), 1, range(20))
        np.testing.assert_array_equal(windows, again.windows)


def test_what_nobody_knows_is_left_out() -> None:
    windows = np.ones((3, HIGH, WIDE, LAYERS), np.float32)
    batch = to_batch(windows, [4, -1, 2])
    assert batch.kinds.tolist() == [4, 2]
    assert (join([batch, batch]).windows == 255).all()
    assert join([batch, batch]).kinds.tolist() == [4, 2, 4, 2]


def test_an_epoch_has_its_share_of_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strokes_training, "_people", [people()])
    monkeypatch.setattr(strokes_training, "CHUNK", 20)
    batches = strokes_training._make_epoch(SMALL, 1)
    assert len(batches) == SMALL.steps
    assert {len(batch.kinds) for batch in batches} == {SMALL.batch}
    again = strokes_training._make_epoch(SMALL, 1)
    np.testing.assert_array_equal(batches[0].windows, again[0].windows)


def test_work_is_done_ahead_in_its_order() -> None:
    found = ahead(partial(int, 0), partial(pow, 2), 3)  # type: ignore[arg-type]
    assert list(islice(found, 3)) == [8, 16, 32]
    found.close()  # type: ignore[attr-defined]
