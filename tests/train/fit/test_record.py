"""The record: every seed is trained, measured once and reported, also after an interruption."""

import dataclasses
import json
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from digitpad.train.samples.corpus import Mixture

if TYPE_CHECKING:
    from digitpad.train.fit.training import TrainConfig

NOWHERE = Path("nowhere")


def report(run: Path) -> Any:
    return json.loads((run / "record.json").read_text("utf-8"))


def test_every_seed_is_reported_and_a_killed_record_goes_on(
    tmp_path: Path, config: "TrainConfig", small_scans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.fit import record
    from digitpad.train.fit import training as fit

    mixture = Mixture(scans=200, traces=0, inks=0, characters=0, doodles=0, candidates=0)
    options = dataclasses.replace(config, epochs=1, everything=True, mixture=mixture, seed=99)
    trained: list[int] = []

    def stop_at_the_second(run: Path, config: "TrainConfig", *rest: Any, **named: Any) -> None:
        if config.seed == 2 and not trained.count(2):
            trained.append(2)
            raise KeyboardInterrupt
        trained.append(config.seed)
        fit.train(run, config, *rest, **named)

    monkeypatch.setattr(record, "SEEDS", (1, 2))
    monkeypatch.setattr(record, "train", stop_at_the_second)
    run = tmp_path / "record"
    with pytest.raises(KeyboardInterrupt):
        record.record(run, options, NOWHERE)
    first = report(run)
    assert set(first["accuracy"]) == {"1"}
    before = (run / "seed-1" / "model.keras").read_bytes()
    found = record.record(run, options, NOWHERE)
    assert trained == [1, 2, 1, 2]
    assert set(found) == {"1", "2"}
    assert found["1"] == first["accuracy"]["1"]
    assert all(0 <= accuracy <= 1 for accuracy in found.values())
    assert report(run) == {"accuracy": found, "mean": statistics.fmean(found.values())}
    assert (run / "seed-1" / "model.keras").read_bytes() == before  # trained once
    for seed in (1, 2):
        written = json.loads((run / f"seed-{seed}" / "config.json").read_text("utf-8"))
        assert written["seed"] == seed
        assert not (run / f"seed-{seed}" / "calibration.json").exists()
