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
from digitpad.train.data import Part
from tests.train import small

if TYPE_CHECKING:
    from digitpad.train.fit import TrainConfig

NOWHERE = Path("nowhere")  # the small set is made, not read
ROOT = Path(__file__).parent.parent.parent

# Trains as the fixture `finished` does and kills itself in the middle of the second epoch.
KILLED = """
import os, signal, sys
from pathlib import Path
from digitpad.train import fit
from tests.train import small

def prefetch(make, count):
    for step, batch in enumerate(whole(make, count)):
        if len((run / "metrics.jsonl").read_text().splitlines()) == 1 and step == count // 2:
            os.kill(os.getpid(), signal.SIGKILL)
        yield batch

run, whole = Path(sys.argv[1]), fit.prefetch
fit.load_mnist, fit.prefetch = small.load_mnist, prefetch
fit.train(run, fit.TrainConfig({options}), Path("nowhere"))
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


def failure(run: Path, config: "TrainConfig") -> str:
    from digitpad.train.fit import train

    with pytest.raises(RunError) as caught:
        train(run, config, NOWHERE)
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
    assert set(lines(finished)[0]) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"}
    assert lines(finished)[2]["loss"] < lines(finished)[0]["loss"]
    checkpoints = sorted(path.name for path in (finished / "checkpoints").iterdir())
    assert checkpoints == ["epoch-0002.keras", "epoch-0003.keras"]
    assert (finished / "figures" / "learning.png").stat().st_size > 1000


def test_a_killed_run_goes_on_to_the_same_weights(
    tmp_path: Path, finished: Path, config: "TrainConfig", capsys: pytest.CaptureFixture[str]
) -> None:
    from digitpad.train.fit import train

    run = tmp_path / "run"
    options = ", ".join(f"{k}={v!r}" for k, v in vars(config).items() if k != "distortion")
    code = KILLED.format(options=options)
    killed = subprocess.run(
        [sys.executable, "-c", code, str(run)], cwd=ROOT, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert [line["epoch"] for line in lines(run)] == [1]
    train(run, config, NOWHERE)
    assert_same_weights(run, finished)
    assert lines(run) == lines(finished)
    calibration = "calibration.json"
    assert (run / calibration).read_bytes() == (finished / calibration).read_bytes()
    assert "epoch 2/3" in capsys.readouterr().out


def test_a_damaged_checkpoint_is_passed_over(
    tmp_path: Path, finished: Path, config: "TrainConfig", capsys: pytest.CaptureFixture[str]
) -> None:
    from digitpad.train.fit import train

    run = shutil.copytree(finished, tmp_path / "run")
    (run / "model.keras").unlink()
    newest = run / "checkpoints" / "epoch-0003.keras"
    newest.write_bytes(newest.read_bytes()[:-3000])
    (run / "checkpoints" / "partial-epoch-0004.keras").write_bytes(b"cut short")
    with (run / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"epoch": 4, "lo')
    train(run, config, NOWHERE, tensorboard=True)
    assert_same_weights(run, finished)
    assert lines(run) == lines(finished)
    said = capsys.readouterr().out
    assert "passing over the damaged checkpoint epoch-0003.keras" in said
    assert "epoch 3/3" in said
    assert "epoch 2/3" not in said
    assert epochs_on_the_board(run) == [1, 2, 3]


def test_one_seed_trains_the_same_twice_and_needs_no_validation(
    tmp_path: Path, config: "TrainConfig", small_mnist: None
) -> None:
    from digitpad.train.fit import train

    once = dataclasses.replace(config, epochs=1, validation=0)
    runs = tmp_path / "one", tmp_path / "two"
    for run in runs:
        train(run, once, NOWHERE)
    assert_same_weights(*runs)
    assert lines(runs[0]) == lines(runs[1])
    assert set(lines(runs[0])[0]) == {"epoch", "loss", "accuracy"}
    assert not (runs[0] / "calibration.json").exists()
    assert (runs[0] / "figures" / "learning.png").exists()


def test_a_finished_run_is_left_alone(
    finished: Path, config: "TrainConfig", capsys: pytest.CaptureFixture[str]
) -> None:
    from digitpad.train.fit import train

    before = contents(finished)
    train(finished, config, NOWHERE)
    assert contents(finished) == before
    assert capsys.readouterr().out == ""


def test_other_options_are_named(finished: Path, config: "TrainConfig") -> None:
    before = contents(finished)
    text = failure(finished, dataclasses.replace(config, seed=7, epochs=9))
    assert text.endswith("was begun with other options (epochs, seed)")
    assert contents(finished) == before


def test_a_folder_of_something_else_is_not_touched(tmp_path: Path, config: "TrainConfig") -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert "holds no run" in failure(tmp_path, config)
    assert "cannot be the folder of a run" in failure(tmp_path / "letter.txt", config)
    assert "cannot be the folder of a run" in failure(tmp_path / "letter.txt" / "run", config)
    assert contents(tmp_path) == {tmp_path / "letter.txt": b"dear"}


@pytest.mark.parametrize("content", [b"", b'{"epochs": ', b"\xff\xfe", b"[1]", b"null"])
def test_a_damaged_configuration_is_named(
    tmp_path: Path, config: "TrainConfig", content: bytes
) -> None:
    (tmp_path / "config.json").write_bytes(content)
    assert f"{tmp_path / 'config.json'} is damaged" in failure(tmp_path, config)
    assert contents(tmp_path) == {tmp_path / "config.json": content}


def test_too_few_images_for_one_batch_are_named(
    tmp_path: Path, config: "TrainConfig", small_mnist: None
) -> None:
    text = failure(tmp_path / "run", dataclasses.replace(config, validation=580))
    assert "20 images" in text


def test_validation_never_sees_the_test_set(
    tmp_path: Path, config: "TrainConfig", monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.fit import train

    asked: list[str] = []

    def load(folder: Path, part: Part) -> tuple[small.Bytes, small.Bytes]:
        asked.append(part)
        raise KeyboardInterrupt

    monkeypatch.setattr("digitpad.train.fit.load_mnist", load)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "run", config, NOWHERE)
    assert asked == ["train"]


def test_batches_come_in_order_and_a_failure_is_raised() -> None:
    from digitpad.train.fit import prefetch

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
