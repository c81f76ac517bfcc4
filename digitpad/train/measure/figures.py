"""The pictures of an evaluation: confusions, reliability, writers, mistakes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from digitpad.ink import Ink
from digitpad.labels import DIGITS
from digitpad.network.inputs import Rasters
from digitpad.train.fit.curves import ACCENT, FAINT, INK, save_figure
from digitpad.train.measure.measures import BINS, risk_coverage

Probabilities = npt.NDArray[np.float32]  # (n, 10)
Labels = npt.NDArray[np.uint8]  # (n,)
Shares = npt.NDArray[np.float32]  # (n,) in [0, 1]
Flags = npt.NDArray[np.bool_]  # (n,)


def confusion_matrix(probabilities: Probabilities, labels: Labels, out: Path) -> None:
    """Draw how often each digit was read as each other; the diagonal is left out of the shades."""
    counts = np.zeros((len(DIGITS), len(DIGITS)), int)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    figure = Figure(figsize=(6, 5.6), layout="constrained")
    axes = figure.subplots()
    wrong = counts * (1 - np.eye(len(DIGITS), dtype=int))
    axes.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(1, wrong.max() * 1.5))
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            colour = FAINT if row == column else INK
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    places = range(len(DIGITS))
    axes.set(xlabel="read as", ylabel="drawn")
    axes.set_xticks(places, DIGITS)
    axes.set_yticks(places, DIGITS)
    save_figure(figure, out)


def reliability_diagram(confidence: Shares, right: Flags, out: Path, bins: int = BINS) -> None:
    """Draw how often readings are right against how sure they were, in bins of equal mass.

    Most readings are nearly certain, so both axes show the doubt, 1 - p, on logarithmic scales.
    """
    parts = [p for p in np.array_split(np.argsort(confidence), bins) if len(p)]
    doubt = np.array([1 - confidence[p].mean() for p in parts])
    wrong = np.array([1 - right[p].mean() for p in parts])
    floor = 0.5 / len(right)
    figure = Figure(figsize=(5, 4.6), layout="constrained")
    axes = figure.subplots()
    axes.plot([floor, 1], [floor, 1], color=FAINT, label="perfect calibration")
    seen, clipped = np.maximum(wrong, floor), np.maximum(doubt, floor)
    axes.plot(clipped, seen, "o", color=ACCENT, label=f"{len(parts)} bins of equal mass")
    axes.set(
        xscale="log", yscale="log", xlabel="doubt, 1 - confidence", ylabel="share that is wrong"
    )
    axes.legend(frameon=False)
    save_figure(figure, out)


def risk_coverage_curve(confidence: Shares, right: Flags, threshold: float, out: Path) -> None:
    """Draw the error among the surest readings against how many of all they are."""
    coverage, risk = risk_coverage(confidence, right)
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(100 * coverage, 100 * risk, color=ACCENT)
    read = 100 * float((confidence >= threshold).mean())
    axes.axvline(read, color=FAINT, linestyle=":")
    axes.annotate(f"threshold: {read:.1f}% are read", (read, 0.02), (-6, 4), ha="right",
                  textcoords="offset points", color=INK)  # fmt: skip
    axes.set(xlabel="coverage, %", ylabel="error among what is covered, %", xlim=(80, 100))
    save_figure(figure, out)


def writer_histogram(accuracies: Sequence[float], out: Path) -> None:
    """Draw how many writers are read how well."""
    figure = Figure(figsize=(6, 3.4), layout="constrained")
    axes = figure.subplots()
    shares = 100 * np.asarray(accuracies)
    axes.hist(shares, bins=(np.arange(np.floor(shares.min()), 101.5) - 0.5).tolist(), color=ACCENT)
    axes.set(xlabel="digits read right, % (rounded)", ylabel="writers")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    save_figure(figure, out)


def worst_mistakes(
    rasters: Rasters, probabilities: Probabilities, labels: Labels, out: Path, most: int = 40
) -> None:
    """Show the surest mistakes as images, with what was drawn, what was read and how sure."""
    read = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(read != labels)
    wrong = wrong[np.argsort(-probabilities[wrong, read[wrong]])][:most]
    rows = max(1, -(-len(wrong) // 8))
    figure = Figure(figsize=(10, 1.55 * rows), layout="constrained")
    panels = figure.subplots(rows, 8, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, i in zip(panels, wrong, strict=False):
        axes.imshow(rasters[i], cmap="gray", vmin=0, vmax=1)
        title = f"{labels[i]} read as {read[i]}, {probabilities[i, read[i]]:.0%}"
        axes.set_title(title, fontsize=8, color=INK)
    save_figure(figure, out)


def number_mistakes(
    inks: Sequence[Ink],
    texts: Sequence[str],
    readings: Sequence[tuple[str, float]],
    out: Path,
    most: int = 40,
) -> None:
    """Show the surest mistakes of numbers as ink; `readings` are what was read and how sure."""
    wrong = [i for i, text in enumerate(texts) if readings[i][0] != text]
    wrong = sorted(wrong, key=lambda i: -readings[i][1])[:most]
    rows = max(1, -(-len(wrong) // 5))
    figure = Figure(figsize=(12, 1.6 * rows), layout="constrained")
    panels = figure.subplots(rows, 5, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, i in zip(panels, wrong, strict=False):
        for stroke in inks[i].strokes:
            dot = "." if len(stroke) == 1 else ""
            axes.plot(*stroke.T, color=INK, linewidth=1.2, marker=dot)
        axes.set_aspect("equal")
        axes.invert_yaxis()
        read, confidence = readings[i]
        axes.set_title(f"{texts[i]} → {read}, {confidence:.0%}", fontsize=8, color=INK)
    save_figure(figure, out)
