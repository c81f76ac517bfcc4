"""Evaluation: what a model reads of drawings by people it never saw, and how well it knows it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from digitpad.ink import Ink
from digitpad.network.inputs import Inputs, raster_inks, see_inks, see_rasters
from digitpad.network.manifest import MANIFEST
from digitpad.network.posteriors import judge
from digitpad.network.runtime import PaperNetwork, Recognizer
from digitpad.picture.decode import load
from digitpad.picture.digit import raster_picture
from digitpad.reader import Reader
from digitpad.train.measure import figures
from digitpad.train.measure.beside import evaluate_beside
from digitpad.train.measure.formats import evaluate_formats
from digitpad.train.measure.forms import evaluate_forms
from digitpad.train.measure.hands import evaluate_hands
from digitpad.train.measure.looks import KINDS, plain_look
from digitpad.train.measure.measures import (
    auroc,
    by_writer,
    calibration_error,
    false_positives,
    perfect_calibration_error,
    wilson,
)
from digitpad.train.measure.numbers import evaluate_numbers
from digitpad.train.measure.papers import evaluate_papers
from digitpad.train.samples.corpus import Part, load_corpus, to_ink
from digitpad.train.samples.people import load_people
from digitpad.train.samples.render import encode, render

OPENINGS = "openings.jsonl"

Labels = npt.NDArray[np.uint8]
Split = Literal["validation", "test"]


@dataclass(frozen=True, eq=False)
class Scores:
    """How a set of digits was read."""

    labels: Labels  # (n,)
    probabilities: npt.NDArray[np.float32]  # (n, 10)
    confidences: npt.NDArray[np.float32]  # (n, 10)

    @property
    def confidence(self) -> npt.NDArray[np.float32]:
        """Of each reading, (n,)."""
        return np.asarray(self.confidences.max(axis=1))

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each was read as its label, (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1) == self.labels)


def evaluate(
    model: Path, data: Path, unipen: Path | None, out: Path, split: Split, record: bool = False
) -> dict[str, Any]:
    """Measure the exported model in folder `model` on one split of the corpus.

    Without prepared ink that is MNIST's part. Writes `metrics.json` and pictures to `out` and
    returns the metrics; `record` writes them into the model's manifest too. Opening the test split
    is written down in the model folder's `openings.jsonl`, which stays there from model to model.
    Progress goes to
    standard error. Raises ModelError or DataError.
    """
    recognizer = Recognizer(model)
    part = load_corpus(data, unipen)[split]
    out.mkdir(parents=True, exist_ok=True)
    if split == "test":
        opening = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "version": recognizer.manifest.version}
        with (model / OPENINGS).open("a", encoding="utf-8") as log:
            log.write(json.dumps(opening) + "\n")
    people = load_people(data, unipen)[split] if unipen else None
    with _progress() as progress:
        metrics, scans, as_ink = _measure(model, recognizer, part, split, out, progress)
        if people is not None:
            hands = evaluate_hands(Reader(model), part)
            metrics["hands"] = list(progress.track(hands, description="in rare hands"))
            beside = evaluate_beside(Reader(model), people)
            metrics["beside"] = list(progress.track(beside, description="with signs and marks"))
            papers = evaluate_papers(Reader(model), people)
            metrics["papers"] = list(progress.track(papers, description="on made paper"))
            formats = evaluate_formats(Reader(model), part, people)
            metrics["formats"] = list(progress.track(formats, description="with formats"))
            forms = evaluate_forms(Reader(model), people)
            metrics["formats"] += progress.track(forms, description="forms")
    report = {"model": recognizer.manifest.sha256, **metrics}
    (out / "metrics.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    _draw(part, scans, as_ink, recognizer.manifest.threshold, out)
    if record:
        manifest = json.loads((model / MANIFEST).read_text("utf-8"))
        manifest["metrics"][split] = metrics
        (model / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return metrics


def _measure(
    model: Path, recognizer: Recognizer, part: Part, split: Split, out: Path, progress: Progress
) -> tuple[dict[str, Any], Scores, Scores]:
    """Return the metrics, and how scans and ink were read."""
    threshold = recognizer.manifest.threshold
    whole = progress.add_task("in all", total=None)
    inks = [to_ink(sample) for sample in part.inks]
    as_ink = _score(recognizer, see_inks(inks), part.ink_labels)
    scans = _score(recognizer, see_rasters(part.scans), part.scan_labels)
    metrics: dict[str, Any] = {"split": split, "rows": {"MNIST": _row(scans, threshold)}}
    if inks:
        strange = _score(recognizer, see_inks([to_ink(sample) for sample in part.negatives]))
        metrics["rows"]["UNIPEN, as ink"] = _row(as_ink, threshold)
        metrics["rows"] |= _pictures(recognizer, inks, as_ink, threshold, progress)
        metrics |= _ink_figures(part, as_ink, strange.confidence, threshold)
        metrics["changed decisions"] = _changed(recognizer, inks, as_ink)
    metrics["numbers"] = evaluate_numbers(Reader(model), part, out, progress=progress)
    progress.update(whole, total=1, completed=1)
    return metrics, scans, as_ink


def _draw(part: Part, scans: Scores, as_ink: Scores, threshold: float, out: Path) -> None:
    """Write the pictures that people look at."""
    both = Scores(
        np.concatenate([scans.labels, as_ink.labels]),
        np.concatenate([scans.probabilities, as_ink.probabilities]),
        np.concatenate([scans.confidences, as_ink.confidences]),
    )
    figures.confusion_matrix(both.probabilities, both.labels, out / "confusion.png")
    figures.reliability_diagram(both.confidence, both.right, out / "reliability.png")
    figures.risk_coverage_curve(both.confidence, both.right, threshold, out / "risk-coverage.png")
    if part.inks:
        accuracies = by_writer([sample.writer for sample in part.inks], as_ink.right)
        figures.writer_histogram(list(accuracies.values()), out / "writers.png")
    rasters = np.concatenate([part.scans, raster_inks([to_ink(s) for s in part.inks])])
    figures.worst_mistakes(rasters, both.probabilities, both.labels, out / "mistakes.png")


def _progress() -> Progress:
    """Show on standard error what is being measured, and how long it takes."""
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    return Progress(*columns, console=Console(stderr=True))


def _ink_figures(
    part: Part, as_ink: Scores, negatives: npt.NDArray[np.float32], threshold: float
) -> dict[str, Any]:
    writers = list(by_writer([d.writer for d in part.inks], as_ink.right).values())
    return {
        "negatives": {
            "drawings": len(negatives),
            "auroc": auroc(as_ink.confidence, negatives),
            "fpr_at_95_tpr": false_positives(as_ink.confidence, negatives, 0.95),
            "refused": float((negatives < threshold).mean()),
        },
        "writers": {
            "number": len(writers),
            "mean": float(np.mean(writers)),
            "worst": min(writers),
            "percentile_5": float(np.percentile(writers, 5)),
        },
    }


def _score(recognizer: Recognizer, inputs: Inputs, labels: Labels | None = None) -> Scores:
    missing = np.empty(0, np.uint8)  # what is not a digit has no label
    return Scores(missing if labels is None else labels, *judge(recognizer(inputs)[0]))


def _row(scores: Scores, threshold: float) -> dict[str, Any]:
    right = scores.right
    read = scores.confidence >= threshold
    likelihood = scores.probabilities[np.arange(len(right)), scores.labels]
    return {
        "drawings": len(right),
        "accuracy": float(right.mean()),
        "interval_95": wilson(int(right.sum()), len(right)),
        "unsure": float(1 - read.mean()),
        "accuracy_of_read": float(right[read].mean()) if read.any() else None,
        "nll": float(-np.log(np.maximum(likelihood, 1e-12)).mean()),
        "ece": calibration_error(scores.confidence, right),
        "ece_if_perfect": perfect_calibration_error(scores.confidence),
    }


def _changed(recognizer: Recognizer, inks: Sequence[Ink], before: Scores) -> dict[str, int]:
    """Count the decisions that change when ink is moved, scaled or sampled more densely."""
    rng = np.random.default_rng(0)
    scales = np.exp(rng.uniform(-4, 4, len(inks)))
    shifts = rng.uniform(-1000, 1000, (len(inks), 2))
    variants: dict[str, list[Ink]] = {
        "place": [ink.transform(np.eye(2), s) for ink, s in zip(inks, shifts, strict=True)],
        "size": [ink.transform(np.eye(2) * s) for ink, s in zip(inks, scales, strict=True)],
        "density": [Ink(tuple(_halve(stroke) for stroke in ink.strokes)) for ink in inks],
    }
    decisions = before.probabilities.argmax(axis=1)
    return {
        name: int((judge(recognizer(see_inks(v))[0])[0].argmax(axis=1) != decisions).sum())
        for name, v in variants.items()
    }


def _halve(stroke: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Put a point in the middle of every two."""
    middles = (stroke[1:] + stroke[:-1]) / 2
    return np.insert(stroke, np.arange(1, len(stroke)), middles, axis=0)


def _pictures(
    recognizer: Recognizer,
    inks: Sequence[Ink],
    as_ink: Scores,
    threshold: float,
    progress: Progress,
) -> dict[str, dict[str, Any]]:
    """Read every drawing as pictures of many looks; each row has the paired drop against ink."""
    rows, paper = {}, PaperNetwork()
    for name, (change, kind) in progress.track(KINDS.items(), description="pictures of ink"):
        rng = np.random.default_rng(len(name))
        rasters = []
        for ink in inks:
            grey = render(ink, change(plain_look(rng), rng), rng)
            rasters.append(raster_picture(load(encode(grey, kind)), paper)[0])
        scores = _score(recognizer, see_rasters(np.stack(rasters)), as_ink.labels)
        drop = float(as_ink.right.mean() - scores.right.mean())
        rows[name] = {**_row(scores, threshold), "drop": drop}
    return rows
