"""Evaluation: what a model reads of drawings by people it never saw, and how well it knows it."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.network.manifest import MANIFEST
from digitpad.network.posteriors import judge
from digitpad.network.runtime import Recognizer
from digitpad.picture import decode as picture
from digitpad.picture.digit import raster_picture
from digitpad.reader import Reader
from digitpad.train.measure import figures
from digitpad.train.measure import numbers as evaluate_numbers
from digitpad.train.measure.measures import (
    auroc,
    by_writer,
    calibration_error,
    false_positives,
    perfect_calibration_error,
    wilson,
)
from digitpad.train.samples.corpus import Part, load_corpus, to_ink
from digitpad.train.samples.render import Look, encode, render

LENGTHS = (28.0, 40.0, 64.0, 112.0, 224.0)  # px, longest side of a digit in a picture
DENSITY = 3  # device pixels for each px of the page, on the phones that have most
THINNEST = 1.5  # px, pen in a picture
PENS = (0.02, 0.15)  # pen as a share of the digit's longest side

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
    Raises ModelError or DataError.
    """
    recognizer = Recognizer(model)
    part = load_corpus(data, unipen)[split]
    out.mkdir(parents=True, exist_ok=True)
    if split == "test":
        opening = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "version": recognizer.manifest.version}
        with (model / OPENINGS).open("a", encoding="utf-8") as log:
            log.write(json.dumps(opening) + "\n")
    inks = [to_ink(d) for d in part.inks]
    seen = see_inks(inks)
    as_ink = _score(recognizer, seen, part.ink_labels)
    scans = _score(recognizer, see_rasters(part.scans), part.scan_labels)
    threshold = recognizer.manifest.threshold
    metrics: dict[str, Any] = {"split": split, "rows": {"MNIST": _row(scans, threshold)}}
    if inks:
        strange = _score(recognizer, see_inks([to_ink(d) for d in part.negatives]))
        metrics["rows"]["UNIPEN, as ink"] = _row(as_ink, threshold)
        metrics["rows"] |= _pictures(recognizer, inks, as_ink, threshold)
        metrics |= _ink_figures(part, as_ink, strange.confidence, threshold)
        metrics["changed decisions"] = _changed(recognizer, inks, as_ink)
    metrics["numbers"] = evaluate_numbers.evaluate_numbers(Reader(model), part, out)
    both = Scores(
        np.concatenate([scans.labels, as_ink.labels]),
        np.concatenate([scans.probabilities, as_ink.probabilities]),
        np.concatenate([scans.confidences, as_ink.confidences]),
    )
    report = {"model": recognizer.manifest.sha256, **metrics}
    (out / "metrics.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    figures.confusion_matrix(both.probabilities, both.labels, out / "confusion.png")
    figures.reliability_diagram(both.confidence, both.right, out / "reliability.png")
    figures.risk_coverage_curve(both.confidence, both.right, threshold, out / "risk-coverage.png")
    if inks:
        accuracies = by_writer([d.writer for d in part.inks], as_ink.right)
        figures.writer_histogram(list(accuracies.values()), out / "writers.png")
    rasters = np.concatenate([part.scans, seen[..., 0]])
    figures.worst_mistakes(rasters, both.probabilities, both.labels, out / "mistakes.png")
    if record:
        manifest = json.loads((model / MANIFEST).read_text("utf-8"))
        manifest["metrics"][split] = metrics
        (model / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return metrics


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


Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]  # title, header, rows


def tables(metrics: dict[str, Any], learned_from: bool = False) -> list[Table]:
    """Lay the metrics out for reading: for the terminal and for the model card.

    `learned_from` says that the model learned from the split, as released ones do from validation.
    """
    header = ("drawings", "n", "right, 95% interval", "drop", "unsure", "right of the read", "NLL",
              "ECE (if perfect)")  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for name, row in metrics["rows"].items():
        low, high = row["interval_95"]
        rows.append(
            (
                name,
                f"{row['drawings']:,}",
                f"{row['accuracy']:.2%} ({low:.2%} to {high:.2%})",
                f"{100 * row['drop']:+.2f}" if "drop" in row else "",
                f"{row['unsure']:.2%}",
                f"{row['accuracy_of_read']:.2%}" if row["unsure"] < 1 else "none is read",
                f"{row['nll']:.4f}",
                f"{row['ece']:.2%} ({row['ece_if_perfect']:.2%})",
            )
        )
    whose = "Writers the network LEARNED FROM" if learned_from else "Writers the network never saw"
    title = f"{whose}: the {metrics['split']} split"
    numbers = evaluate_numbers.tables(metrics["numbers"]) if "numbers" in metrics else []
    if "negatives" not in metrics:
        return [(title, header, rows), *numbers]
    negatives, writers = metrics["negatives"], metrics["writers"]
    changed = metrics["changed decisions"]
    others: list[tuple[str, ...]] = [
        ("not a digit: drawings", f"{negatives['drawings']:,}"),
        ("not a digit: AUROC", f"{negatives['auroc']:.4f}"),
        ("not a digit: read at 95% of the digits read", f"{negatives['fpr_at_95_tpr']:.2%}"),
        ("not a digit: refused", f"{negatives['refused']:.2%}"),
        ("writers of ink", f"{writers['number']}"),
        ("mean writer", f"{writers['mean']:.2%}"),
        ("5th percentile of writers", f"{writers['percentile_5']:.2%}"),
        ("worst writer", f"{writers['worst']:.2%}"),
        *((f"decisions changed by another {k}", f"{v}") for k, v in changed.items()),
    ]
    return [(title, header, rows), ("", ("figure", "value"), others), *numbers]


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
    recognizer: Recognizer, inks: Sequence[Ink], as_ink: Scores, threshold: float
) -> dict[str, dict[str, Any]]:
    """Read every drawing as pictures of many looks; each row has the paired drop against ink."""
    rows = {}
    for name, (change, kind) in KINDS.items():
        rng = np.random.default_rng(len(name))
        rasters = []
        for ink in inks:
            grey = render(ink, change(_plain(rng), rng), rng)
            rasters.append(raster_picture(picture.load(encode(grey, kind)))[0])
        scores = _score(recognizer, see_rasters(np.stack(rasters)), as_ink.labels)
        drop = float(as_ink.right.mean() - scores.right.mean())
        rows[name] = {**_row(scores, threshold), "drop": drop}
    return rows


def _plain(rng: np.random.Generator) -> Look:
    """Return a picture of any size, pen and polarity."""
    length = float(rng.choice(LENGTHS))
    low = max(THINNEST / length, PENS[0])
    pen = length * float(np.exp(rng.uniform(np.log(low), np.log(PENS[1]))))
    return _sized(Look(ink=float(rng.random() < 0.5)), length, pen, rng)


def _sized(look: Look, length: float, pen: float, rng: np.random.Generator) -> Look:
    room = 0.2 + 0.6 * rng.random(2)
    margin = (float(room[0] * length), float(room[1] * length))
    side = round(2.2 * length)
    return dataclasses.replace(
        look, length=length, pen=pen, margin=margin, size=(side, side), paper=1.0 - look.ink
    )


def _at_density(look: Look, rng: np.random.Generator) -> Look:
    return _sized(look, DENSITY * look.length, DENSITY * look.pen, rng)


def _changed_by(**changes: float) -> Callable[[Look, np.random.Generator], Look]:
    def change(look: Look, rng: np.random.Generator) -> Look:
        """Digits of 64 px and more, as a camera would frame them; blur is a share of the length."""
        if look.length < 64:
            look = _sized(look, 2 * look.length + 16, 2 * look.pen + 1, rng)
        given = dict(changes)
        if "blur" in given:
            given["blur"] *= look.length
        return dataclasses.replace(look, shade_angle=rng.uniform(0, 2 * np.pi), **given)  # type: ignore[arg-type]

    return change


def _same(look: Look, rng: np.random.Generator) -> Look:
    return look


KINDS: dict[str, tuple[Callable[[Look, np.random.Generator], Look], str]] = {
    "as PNG": (_same, "PNG"),
    "as JPEG": (_same, "JPEG"),
    "as PNG, 28 px": (
        lambda look, rng: _sized(look, 28, max(THINNEST, look.pen * 28 / look.length), rng), "PNG"),
    "as PNG, thinnest pen": (
        lambda look, rng: _sized(look, look.length, max(THINNEST, 0.02 * look.length), rng), "PNG"),
    "as PNG, thickest pen": (
        lambda look, rng: _sized(look, look.length, 0.15 * look.length, rng), "PNG"),
    "as PNG, density 3": (_at_density, "PNG"),
    "noise": (_changed_by(noise=0.1), "PNG"),
    "blur": (_changed_by(blur=0.04), "PNG"),
    "light": (_changed_by(shade=0.5), "PNG"),
    "perspective": (_changed_by(tilt=15.0), "PNG"),
    "all four": (_changed_by(noise=0.1, blur=0.04, shade=0.5, tilt=15.0), "JPEG"),
}  # fmt: skip
