"""Evaluation: figures against cases worked by hand, and the files it writes."""

import functools
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from digitpad import DataError, Reader
from digitpad.network.manifest import MANIFEST, NETWORK, SHIPPED
from digitpad.network.runtime import Recognizer
from digitpad.train.measure import evaluate as module
from digitpad.train.measure import looks
from digitpad.train.measure import numbers as measure_numbers
from digitpad.train.measure.beside import evaluate_beside
from digitpad.train.measure.evaluate import OPENINGS, Scores, evaluate
from digitpad.train.measure.formats import evaluate_formats
from digitpad.train.measure.forms import evaluate_forms
from digitpad.train.measure.looks import KINDS
from digitpad.train.measure.measures import wilson
from digitpad.train.measure.papers import evaluate_papers
from digitpad.train.measure.tables import _number_tables, tables
from digitpad.train.samples.corpus import load_corpus
from tests.train.people import people

PICTURES = {"confusion", "reliability", "risk-coverage", "writers", "mistakes", "number-mistakes"}
NOWHERE = Path("nowhere")  # the small set is made, not read


def copy(folder: Path) -> Path:
    """A copy of the shipped model, without its log and figures."""
    folder.mkdir()
    shutil.copy(SHIPPED / NETWORK, folder)
    manifest = json.loads((SHIPPED / MANIFEST).read_text("utf-8"))
    manifest["metrics"] = {"another split": {"drawings": 7}}
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(tmp_path_factory.mktemp("evaluated") / "model")


def of_few(patch: pytest.MonkeyPatch) -> None:
    """Let numbers be few, and few of what stands beside them, by people that are drawn by rule."""
    few = functools.partial(measure_numbers.evaluate_numbers, count=2)
    patch.setattr(module, "evaluate_numbers", few)
    patch.setattr(module, "evaluate_beside", functools.partial(evaluate_beside, count=2))
    patch.setattr(module, "evaluate_papers", functools.partial(evaluate_papers, count=1))
    patch.setattr(module, "evaluate_formats", functools.partial(evaluate_formats, count=2))
    patch.setattr(module, "evaluate_forms", functools.partial(evaluate_forms, count=1))
    patch.setattr(module, "load_people", lambda *_: dict.fromkeys(("validation", "test"), people()))


@pytest.fixture(scope="module")
def metrics(model: Path, unipen: Path, small_scans: None) -> dict[str, Any]:
    """The model's figures on the small set, recorded; its pictures are of few sizes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looks, "LENGTHS", (28.0, 48.0))
        of_few(patch)
        out = model.parent / "new" / "evaluation"
        return evaluate(model, NOWHERE, unipen, out, "test", record=True)


def test_every_row_is_there_and_golden_digits_are_read(
    metrics: dict[str, Any], unipen: Path
) -> None:
    part = load_corpus(NOWHERE, unipen)["test"]
    assert list(metrics["rows"]) == ["MNIST", "UNIPEN, as ink", *KINDS]
    assert metrics["split"] == "test"
    for name, row in metrics["rows"].items():
        assert row["drawings"] == (200 if name == "MNIST" else len(part.inks))
        assert row["accuracy"] > 0.8, name
        low, high = row["interval_95"]
        assert low <= row["accuracy"] <= high + 1e-9
        assert ("drop" in row) == (name in KINDS)
        if name in KINDS:
            ink = metrics["rows"]["UNIPEN, as ink"]["accuracy"]
            assert row["drop"] == pytest.approx(ink - row["accuracy"])
    assert set(metrics["changed decisions"]) == {"place", "size", "density"}
    assert all(count <= 1 for count in metrics["changed decisions"].values())
    negatives, writers = metrics["negatives"], metrics["writers"]
    assert negatives["drawings"] == len(part.negatives)
    assert negatives["auroc"] > 0.9
    assert writers["number"] == len({d.writer for d in part.inks})
    assert writers["worst"] <= writers["percentile_5"] <= writers["mean"]


def test_without_ink_the_scans_alone_are_measured(
    model: Path, tmp_path: Path, small_scans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_few(monkeypatch)
    metrics = evaluate(model, NOWHERE, None, tmp_path, "validation")
    assert list(metrics) == ["split", "rows", "numbers"]
    assert list(metrics["rows"]) == ["MNIST"]
    assert {row["kind"] for row in metrics["numbers"]["rows"]} == {"scans"}
    ((_, _, rows), *numbers) = tables(metrics)
    assert [row[0] for row in rows] == ["MNIST"]
    assert numbers == _number_tables(metrics["numbers"])
    assert not (tmp_path / "writers.png").exists()


def test_the_title_says_when_the_model_learned_from_the_split(metrics: dict[str, Any]) -> None:
    assert "never saw" in tables(metrics)[0][0]
    assert "LEARNED FROM" in tables(metrics, learned_from=True)[0][0]


def test_writes_figures_and_pictures(model: Path, metrics: dict[str, Any]) -> None:
    out = model.parent / "new" / "evaluation"
    report = json.loads((out / "metrics.json").read_text("utf-8"))
    digest = hashlib.sha256((model / NETWORK).read_bytes()).hexdigest()
    assert report == json.loads(json.dumps({"model": digest, **metrics}))
    names = {f"{name}.png" for name in PICTURES}
    assert {path.name for path in out.iterdir()} == {"metrics.json", *names}
    for name in names:
        with Image.open(out / name) as image:
            assert min(image.size) > 200


def test_record_adds_to_the_manifest_and_the_model_still_loads(
    model: Path, metrics: dict[str, Any]
) -> None:
    manifest = Recognizer(model).manifest
    wanted = {"another split": {"drawings": 7}, "test": metrics}
    assert manifest.metrics == json.loads(json.dumps(wanted))
    before = json.loads((SHIPPED / MANIFEST).read_text("utf-8"))
    after = json.loads((model / MANIFEST).read_text("utf-8"))
    assert after == {**before, "metrics": after["metrics"]}
    assert Reader(model).manifest == manifest


def test_every_opening_of_the_test_split_is_written_down(
    tmp_path: Path,
    unipen: Path,
    small_scans: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stop(Exception):
        pass

    def stop(*_: object) -> None:
        raise Stop

    of_few(monkeypatch)
    monkeypatch.setattr(module, "_pictures", stop)  # even if it ends in the middle
    model, out = copy(tmp_path / "model"), tmp_path / "out"
    before = (model / MANIFEST).read_bytes()
    with pytest.raises(Stop):
        evaluate(model, NOWHERE, unipen, out, "validation")
    assert not (model / OPENINGS).exists()
    for _ in range(2):
        with pytest.raises(Stop):
            evaluate(model, NOWHERE, unipen, out, "test")
    openings = [json.loads(line) for line in (model / OPENINGS).read_text().splitlines()]
    assert [set(opening) for opening in openings] == [{"date", "version"}] * 2
    assert openings[0]["version"] == Recognizer(model).manifest.version
    assert (model / MANIFEST).read_bytes() == before


def test_ink_that_was_not_prepared_is_named(tmp_path: Path, small_scans: None) -> None:
    model = copy(tmp_path / "model")
    with pytest.raises(DataError, match="digitpad data prepare unipen"):
        evaluate(model, NOWHERE, tmp_path / "unipen.npz", tmp_path / "out", "test")
    assert not (model / OPENINGS).exists()
    assert not (tmp_path / "out").exists()


def scores(*readings: tuple[int, int, float, float]) -> Scores:
    """Readings as (label, read as, its probability, its confidence)."""
    labels = np.array([r[0] for r in readings], np.uint8)
    probabilities = np.zeros((len(readings), 10), np.float32)
    for row, (_, digit, sure, _) in zip(probabilities, readings, strict=True):
        row[:] = (1 - sure) / 9
        row[digit] = sure
    share = np.array([r[3] / r[2] for r in readings], np.float32)
    return Scores(labels, probabilities, probabilities * share[:, None])


def test_a_row() -> None:
    found = module._row(
        scores((3, 3, 0.9, 0.9), (5, 5, 0.5, 0.4), (4, 5, 0.8, 0.8), (0, 0, 0.6, 0.1)), 0.7
    )
    likelihoods = [0.9, 0.5, 0.2 / 9, 0.6]  # if it is a digit, which one
    assert found.pop("ece_if_perfect") > 0
    assert found == {
        "drawings": 4,
        "accuracy": 0.75,
        "interval_95": pytest.approx(wilson(3, 4)),
        "nll": pytest.approx(-np.log(likelihoods).mean(), rel=1e-5),
        "ece": pytest.approx((0.1 + 0.6 + 0.8 + 0.9) / 4, rel=1e-5),
        "unsure": 0.5,
        "accuracy_of_read": 0.5,
    }


def test_nothing_sure_and_nothing_refused_can_be_laid_out(metrics: dict[str, Any]) -> None:
    row = module._row(scores((0, 0, 0.2, 0.2), (1, 0, 0.2, 0.2)), 0.5)
    assert (row["unsure"], row["accuracy_of_read"]) == (1, None)
    ((title, header, rows), (_, columns, figures), *_) = tables({**metrics, "rows": {"none": row}})
    assert "test" in title
    assert len(header) == len(rows[0])
    assert "none is read" in rows[0]
    assert {len(figure) for figure in figures} == {len(columns)}


def test_tables_have_every_row(metrics: dict[str, Any]) -> None:
    ((_, header, rows), (_, _, figures), *numbers, hands, beside, papers, formats) = tables(metrics)
    assert [row[0] for row in rows] == list(metrics["rows"])
    assert all(len(row) == len(header) for row in rows)
    said = {figure[0]: figure[1] for figure in figures}
    assert said["writers of ink"] == str(metrics["writers"]["number"])
    assert "decisions changed by another size" in said
    assert numbers == _number_tables(metrics["numbers"])
    assert [row[0] for row in hands[2]] == [row["what"] for row in metrics["hands"]]
    assert [row[0] for row in beside[2]] == [row["what"] for row in metrics["beside"]]
    assert {len(row) for row in beside[2]} == {len(beside[1])}
    assert [row[0] for row in papers[2]] == [row["what"] for row in metrics["papers"]]
    assert {len(row) for row in papers[2]} == {len(papers[1])}
    assert [row[0] for row in formats[2]] == [row["what"] for row in metrics["formats"]]
    assert {len(row) for row in formats[2]} == {len(formats[1])}
