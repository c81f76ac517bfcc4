"""Evaluation: figures against cases worked by hand, and the files it writes."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitpad import Reader
from digitpad.recognizer import MANIFEST, NETWORK, SHIPPED, Recognizer
from digitpad.train.evaluate import calibration_error, evaluate, measure, wilson
from tests.train import small


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped model; evaluation reads the small set."""
    monkeypatch.setattr("digitpad.train.evaluate.load_mnist", small.load_mnist)
    folder = tmp_path / "model"
    folder.mkdir()
    for name in (MANIFEST, NETWORK):
        shutil.copy(SHIPPED / name, folder)
    return folder


def test_writes_figures_and_pictures(model: Path, tmp_path: Path) -> None:
    before = (model / MANIFEST).read_bytes()
    out = tmp_path / "new" / "evaluation"
    metrics = evaluate(model, tmp_path, out)
    assert metrics["images"] == 200
    assert metrics["accuracy"] > 0.9
    report = json.loads((out / "metrics.json").read_text("utf-8"))
    digest = hashlib.sha256((model / NETWORK).read_bytes()).hexdigest()
    assert report == {"model": digest, "data": "MNIST test", **metrics}
    names = {"confusion.png", "reliability.png", "mistakes.png"}
    assert {path.name for path in out.iterdir()} == {"metrics.json", *names}
    for name in names:
        with Image.open(out / name) as image:
            assert min(image.size) > 200
    assert (model / MANIFEST).read_bytes() == before


def test_record_adds_to_the_manifest_and_the_model_still_loads(model: Path, tmp_path: Path) -> None:
    before = json.loads((model / MANIFEST).read_text("utf-8"))
    before["metrics"] = {"another set": {"images": 7}}
    (model / MANIFEST).write_text(json.dumps(before), "utf-8")
    metrics = evaluate(model, tmp_path, tmp_path / "out", record=True)
    manifest = Recognizer(model).manifest
    assert manifest.metrics == {"another set": {"images": 7}, "MNIST test": metrics}
    after = json.loads((model / MANIFEST).read_text("utf-8"))
    assert after == {**before, "metrics": after["metrics"]}
    assert Reader(model).manifest == manifest


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0, 0.27753),
        (10, 10, 0.72247, 1),
        (81, 263, 0.25527, 0.36622),
        (1, 2, 0.0945, 0.9055),
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    # the third is worked out in Newcombe, "Two-sided confidence intervals", 1998
    found = wilson(successes, trials)
    assert found == pytest.approx((low, high), abs=1e-4)
    assert 0 <= found[0] <= found[1] <= 1


def test_calibration_error() -> None:
    confidence = np.array([0.9, 0.6, 0.8, 0.5], np.float32)
    right = np.array([True, False, True, True])
    # two bins of two: |0.55 - 0.5| and |0.85 - 1|
    assert calibration_error(confidence, right, 2) == pytest.approx(0.1, abs=1e-6)
    assert calibration_error(confidence, right, 1) == pytest.approx(0.05, abs=1e-6)
    # more bins than readings: each is a bin of its own
    assert calibration_error(confidence, right, 15) == pytest.approx(1.4 / 4, abs=1e-6)


def test_measure() -> None:
    probabilities = np.full((4, 10), 0.0, np.float32)
    for row, (digit, sure) in enumerate([(3, 0.9), (5, 0.5), (5, 0.8), (0, 0.6)]):
        probabilities[row] = (1 - sure) / 9
        probabilities[row, digit] = sure
    found = measure(probabilities, np.array([3, 5, 4, 0], np.uint8), 0.7)
    likelihoods = [0.9, 0.5, 0.2 / 9, 0.6]
    assert found == {
        "images": 4,
        "accuracy": 0.75,
        "accuracy_95": pytest.approx(list(wilson(3, 4))),
        "nll": pytest.approx(-np.log(likelihoods).mean(), rel=1e-5),
        "ece": pytest.approx((0.1 + 0.5 + 0.8 + 0.4) / 4, rel=1e-5),
        "unsure": 0.5,
        "accuracy_of_read": 0.5,
    }
    json.dumps(found["nll"])


def test_measure_when_nothing_is_sure() -> None:
    probabilities = np.full((2, 10), 0.1, np.float32)
    found = measure(probabilities, np.array([0, 1], np.uint8), 0.5)
    assert (found["unsure"], found["accuracy_of_read"]) == (1, None)
