"""Training runs: the same weights bit for bit, however often a run was interrupted."""

import dataclasses
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

from digitpad import RunError
from digitpad.network.manifest import FEATURES
from digitpad.train.samples.corpus import Part, load_corpus

if TYPE_CHECKING:
    from digitpad.train.fit.config import TrainConfig

NOWHERE = Path("nowhere")  # the small set is made, not read
ROOT = Path(__file__).parents[3]

# Trains as the fixture `finished` does and kills itself in the middle of the second epoch.
KILLED = """
import os, signal, sys
from pathlib import Path
import pytest
from digitpad.train.fit import training
from digitpad.train.samples.corpus import load_corpus
from tests.train import small

def prefetch(make, count):
    for step, batch in enumerate(whole(make, count)):
        if len((run / "metrics.jsonl").read_text().splitlines()) == 1 and step == count // 2:
            os.kill(os.getpid(), signal.SIGKILL)
        yield batch

run, whole = Path(sys.argv[1]), training.prefetch
training.prefetch = prefetch
small.stand_in(pytest.MonkeyPatch())
training.train(run, small.config(), load_corpus(Path("nowhere"), Path(sys.argv[2])))
"""


def weights(run: Path) -> list[npt.NDArray[np.float32]]:
    import keras

    model = keras.saving.load_model(run / "model.keras")
    return [np.asarray(weight) for weight in model.get_weights()]


def assert_same_weights(run: Path, other: Path) -> None:
    for found, wanted in zip(weights(run), weights(other), strict=True):
        np.testing.assert_array_equal(found, wanted)


def lines(run: Path) -> list[dict[str, Any]]:
    text = (run / "metrics.jsonl").read_text("utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    for line in found:
        line.pop("images_per_s")
    return found


def epochs_on_the_board(run: Path) -> list[int]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(str(run / "tensorboard"))
    board.Reload()
    return [event.step for event in board.Tensors("val_loss")]


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def failure(run: Path, config: "TrainConfig", unipen: Path | None = None) -> str:
    from digitpad.train.fit.training import train

    with pytest.raises(RunError) as caught:
        train(run, config, load_corpus(NOWHERE, unipen))
    text = str(caught.value)
    assert "\n" not in text
    assert str(run) in text
    return text


def test_a_finished_run_holds_what_it_should(finished: Path, config: "TrainConfig") -> None:
    assert {path.name for path in finished.iterdir()} == {
        "calibration.json",
        "checkpoints",
        "config.json",
        "figures",
        "metrics.jsonl",
        "model.keras",
    }
    options = json.loads((finished / "config.json").read_text("utf-8"))
    assert options == json.loads(json.dumps(dataclasses.asdict(config)))
    assert [line["epoch"] for line in lines(finished)] == [1, 2, 3]
    validated = {"val_loss", "val_accuracy", "val_ink_accuracy"}
    assert set(lines(finished)[0]) == {"epoch", "loss", "accuracy"} | validated
    calibration = json.loads((finished / "calibration.json").read_text("utf-8"))
    assert set(calibration) == {"temperature", "rejection", "threshold", "segmentation"}
    assert set(calibration["segmentation"]) == {"ink", "picture"}
    assert all(set(weights) == set(FEATURES) for weights in calibration["segmentation"].values())
    assert lines(finished)[2]["loss"] < lines(finished)[0]["loss"]
    checkpoints = sorted(path.name for path in (finished / "checkpoints").iterdir())
    assert checkpoints == ["epoch-0002.keras", "epoch-0003.keras"]
    assert (finished / "figures" / "learning.png").stat().st_size > 1000


def test_a_killed_run_goes_on_to_the_same_weights(
    tmp_path: Path,
    finished: Path,
    config: "TrainConfig",
    unipen: Path,
    small_scans: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from digitpad.train.fit.training import train

    run = tmp_path / "run"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(run), str(unipen)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert [line["epoch"] for line in lines(run)] == [1]
    train(run, config, load_corpus(NOWHERE, unipen))
    assert_same_weights(run, finished)
    assert lines(run) == lines(finished)
    calibration = "calibration.json"
    assert (run / calibration).read_bytes() == (finished / calibration).read_bytes()
    assert "epoch 2/3" in capsys.readouterr().out


def test_a_damaged_checkpoint_is_passed_over(
    tmp_path: Path,
    finished: Path,
    config: "TrainConfig",
    unipen: Path,
    small_scans: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from digitpad.train.fit.training import train

    run = shutil.copytree(finished, tmp_path / "run")
    (run / "model.keras").unlink()
    newest = run / "checkpoints" / "epoch-0003.keras"
    newest.write_bytes(newest.read_bytes()[:-3000])
    (run / "checkpoints" / "partial-epoch-0004.keras").write_bytes(b"cut short")
    with (run / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"epoch": 4, "lo')
    train(run, config, load_corpus(NOWHERE, unipen), tensorboard=True)
    assert_same_weights(run, finished)
    assert lines(run) == lines(finished)
    said = capsys.readouterr().out
    assert "passing over the damaged checkpoint epoch-0003.keras" in said
    assert "epoch 3/3" in said
    assert "epoch 2/3" not in said
    assert epochs_on_the_board(run) == [1, 2, 3]


def test_a_run_goes_on_from_another_the_same_twice_and_needs_no_validation(
    tmp_path: Path, config: "TrainConfig", small_scans: None, unipen: Path, finished: Path
) -> None:
    from digitpad.train.fit.training import train

    before = contents(finished)
    fresh, after, again = (tmp_path / name for name in ("fresh", "after", "again"))
    once = dataclasses.replace(config, epochs=1, everything=True)
    train(fresh, once, load_corpus(NOWHERE, unipen))
    for run in (after, again):
        train(run, dataclasses.replace(once, after=str(finished)), load_corpus(NOWHERE, unipen))
    assert_same_weights(after, again)
    assert lines(after) == lines(again)
    assert set(lines(fresh)[0]) == set(lines(after)[0]) == {"epoch", "loss", "accuracy"}
    for other in (fresh, finished):
        assert any(not np.array_equal(*pair) for pair in zip(weights(after), weights(other),
                                                             strict=True))  # fmt: skip
    assert lines(after)[0]["loss"] < 0.8 * lines(fresh)[0]["loss"]  # it had learned already
    for run in (fresh, after):
        assert not (run / "calibration.json").exists()
        assert (run / "figures" / "learning.png").exists()
    assert json.loads((after / "config.json").read_text("utf-8"))["after"] == str(finished)
    assert contents(finished) == before


@pytest.mark.parametrize("damage", ["missing", "unfinished", "cut short", "another shape"])
def test_a_run_to_go_on_from_that_does_not_fit_is_named(
    tmp_path: Path,
    config: "TrainConfig",
    small_scans: None,
    unipen: Path,
    finished: Path,
    damage: str,
) -> None:
    from digitpad.train.fit.training import train

    source, run = tmp_path / "source", tmp_path / "run"
    if damage == "unfinished":
        source.mkdir()
    elif damage != "missing":
        shutil.copytree(finished, source)
    if damage == "cut short":
        (source / "model.keras").write_bytes((source / "model.keras").read_bytes()[:500])
    widths = (4, 6, 8, 10) if damage == "another shape" else config.widths
    wanted = dataclasses.replace(config, after=str(source), everything=True, widths=widths)
    with pytest.raises(RunError) as caught:
        train(run, wanted, load_corpus(NOWHERE, unipen))
    text = str(caught.value)
    assert text.startswith(f"{source / 'model.keras'}: expected a network like this run's")
    assert "\n" not in text
    assert not (run / "checkpoints").exists()


def test_a_finished_run_is_left_alone(
    finished: Path, config: "TrainConfig", unipen: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from digitpad.train.fit.training import train

    before = contents(finished)
    train(finished, config, load_corpus(NOWHERE, unipen))
    assert contents(finished) == before
    assert capsys.readouterr().out == ""


def test_other_options_are_named(finished: Path, config: "TrainConfig") -> None:
    before = contents(finished)
    text = failure(finished, dataclasses.replace(config, seed=7, epochs=9))
    assert text.endswith("was begun with other options (epochs, seed)")
    assert contents(finished) == before


def test_scans_alone_can_be_learned_and_calibrated_once_all_is_learned(
    tmp_path: Path, config: "TrainConfig", small_scans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.fit import validation
    from digitpad.train.fit.calibrate import calibrate
    from digitpad.train.fit.training import train
    from digitpad.train.samples.epoch import Mixture

    calibrated = []

    def count(*given: Any) -> dict[str, float]:
        calibrated.append(given)
        return calibrate(*given)

    monkeypatch.setattr(validation, "calibrate", count)
    mixture = Mixture(scans=100, traces=0, inks=0, characters=0, doodles=0, candidates=0)
    train(
        tmp_path / "run",
        dataclasses.replace(config, epochs=2, mixture=mixture),
        load_corpus(NOWHERE, None),
    )
    assert len(calibrated) == 1
    for number, line in enumerate(lines(tmp_path / "run"), start=1):
        assert set(line) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"}
        assert line["epoch"] == number
    calibration = json.loads((tmp_path / "run" / "calibration.json").read_text("utf-8"))
    assert calibration["rejection"] == 0
    assert 0 < calibration["threshold"] < 1
    assert calibration["segmentation"]["ink"] == calibration["segmentation"]["picture"]


@pytest.mark.parametrize("everything", [False, True])
def test_training_never_sees_the_test_set(
    tmp_path: Path,
    config: "TrainConfig",
    small_scans: None,
    unipen: Path,
    monkeypatch: pytest.MonkeyPatch,
    everything: bool,
) -> None:
    from digitpad.train.fit import training

    corpus = load_corpus(NOWHERE, unipen)
    seen: list[Part] = []

    class Stop(Exception):
        pass

    def look(part: Part, *_: object) -> None:
        seen.append(part)
        raise Stop

    known = {name: corpus[name] for name in ("train", "validation")}  # a KeyError for the third
    monkeypatch.setattr(training, "Epoch", look)
    with pytest.raises(Stop):
        training.train(tmp_path / "run", dataclasses.replace(config, everything=everything), known)
    learned = {d.writer for part in seen for d in part.inks + part.negatives}
    writers = {name: {d.writer for d in part.inks} for name, part in corpus.items()}
    assert learned == (writers["train"] | writers["validation"] if everything else writers["train"])
    assert not learned & writers["test"]


def test_validation_is_on_the_validation_writers(
    config: "TrainConfig", small_scans: None, unipen: Path, finished: Path
) -> None:
    import keras

    from digitpad.train.fit.validation import Validation

    validation = Validation(load_corpus(NOWHERE, unipen)["validation"])
    model = keras.saving.load_model(finished / "model.keras")
    wanted = {k: v for k, v in lines(finished)[-1].items() if k.startswith("val_")}
    assert validation.figures(model) == pytest.approx(wanted, abs=1e-5)
    found = validation.calibration(model, config.numbers, config.seed)
    saved = json.loads((finished / "calibration.json").read_text("utf-8"))
    for calibration in (found, saved):
        calibration.pop("segmentation")
    assert found == pytest.approx(saved, abs=1e-3)


def test_the_command_line_offers_every_profile() -> None:
    from digitpad.cli import train
    from digitpad.train.fit.config import PROFILES

    assert tuple(PROFILES) == train.PROFILES


def test_batches_come_in_order_and_a_failure_is_raised() -> None:
    from digitpad.train.fit.training import prefetch

    assert list(prefetch(lambda i: i * i, 40)) == [i * i for i in range(40)]
    assert list(prefetch(lambda i: i, 0)) == []

    def fail(step: int) -> int:
        if step == 3:
            raise ValueError("three")
        return step

    batches = prefetch(fail, 10)
    assert [next(batches) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(batches)


def test_without_ink_an_epoch_is_as_long(config: "TrainConfig") -> None:
    from digitpad.train.fit.config import without_ink

    mixture = without_ink(config).mixture
    assert mixture.images == config.mixture.images
    assert mixture.candidates == config.mixture.candidates
    assert mixture.traces == mixture.inks == mixture.characters == mixture.doodles == 0
