"""The paper network learns, goes on where it was stopped, and says what is wrong."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitpad.errors import RunError
from digitpad.train.fit import paper_training
from digitpad.train.fit.paper_network import build_paper_network, cover_loss
from digitpad.train.fit.paper_training import (
    VALIDATION_SEED,
    Batch,
    PaperConfig,
    pack,
    train_paper,
    validate,
    validation_batches,
)
from digitpad.train.samples.scenes import make_scene
from tests.train.people import people

SMALL = PaperConfig(epochs=2, steps=4, batch=3, warm_up=2)
FRAME = (32, 96)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train on three scenes."""
    batch = pack([make_scene(people(), 1, index, FRAME) for index in range(3)], FRAME)

    def batches(data: Path, unipen: Path, config: PaperConfig, first: int) -> Iterator[Batch]:
        assert first % SMALL.steps == 0
        while True:
            yield batch

    monkeypatch.setattr(paper_training, "_make_batches", batches)
    monkeypatch.setattr(paper_training, "load_people", lambda *_: {"validation": people()})
    monkeypatch.setattr(
        paper_training, "validation_batches", lambda own: validation_batches(own, 3, 3)
    )


def test_a_run_is_whole_and_goes_on(made: None, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_paper(run, dataclasses.replace(SMALL, epochs=1), tmp_path, tmp_path)
    config = dataclasses.asdict(SMALL)
    (run / "config.json").write_text(json.dumps(config))  # as if it had been stopped after one
    (run / "paper.keras").unlink()
    train_paper(run, SMALL, tmp_path, tmp_path)
    logs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [log["epoch"] for log in logs] == [1, 2]
    assert logs[1]["loss"] < logs[0]["loss"]
    assert {"writing_found", "mark_right", "examples_per_s"} <= set(logs[0])
    after = tmp_path / "after"
    train_paper(after, dataclasses.replace(SMALL, epochs=1, after=str(run)), tmp_path, tmp_path)
    first = json.loads((after / "metrics.jsonl").read_text())
    assert first["loss"] < logs[0]["loss"]
    with pytest.raises(RunError, match="begun with other options"):
        train_paper(run, dataclasses.replace(SMALL, seed=9), tmp_path, tmp_path)


def test_the_validation_scenes_are_not_learned_from() -> None:
    with pytest.raises(ValueError, match=f"seed {VALIDATION_SEED}"):
        PaperConfig(seed=VALIDATION_SEED)


def test_the_loss_is_that_of_two_independent_covers() -> None:
    rng = np.random.default_rng(0)
    found = rng.normal(size=(2, 16, 32, 2)).astype(np.float32)
    wanted = rng.random((2, 16, 32, 2)).astype(np.float32)
    share = 1 / (1 + np.exp(-found))
    each = -wanted * np.log(share) - (1 - wanted) * np.log(1 - share)
    assert float(cover_loss(wanted, found)) == pytest.approx(each.sum(axis=-1).mean(), rel=1e-4)


def test_a_network_that_says_nothing_finds_nothing() -> None:
    network = build_paper_network()
    network.get_layer("fine").set_weights(
        [np.zeros((3, 3, 12, 8), np.float32), np.full(8, -1, np.float32)]
    )
    batches = validation_batches(people(), 4, 4)
    assert set(validate(network, batches).values()) == {0.0}
    assert network.predict_on_batch(batches[0].pictures).shape == (4, 48, 192, 2)
