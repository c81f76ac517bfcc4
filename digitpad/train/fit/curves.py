"""The picture of a run: loss and error by epoch. Also how all pictures of training look."""

import json
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

matplotlib.use("Agg")

INK, ACCENT, FAINT = "#1f2430", "#c2410c", "#9aa1ad"


def learning_curves(metrics: Path, out: Path) -> None:
    """Draw loss and error by epoch from a run's `metrics.jsonl`."""
    lines = [json.loads(line) for line in metrics.read_text("utf-8").splitlines()]
    epochs = [line["epoch"] for line in lines]
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    loss, error = figure.subplots(1, 2)
    for prefix, name, colour in (
        ("", "training, distorted", FAINT),
        ("val_", "validation", ACCENT),
    ):
        if prefix + "loss" not in lines[0]:
            continue
        loss.plot(epochs, [line[prefix + "loss"] for line in lines], color=colour, label=name)
        wrong = [100 * (1 - line[prefix + "accuracy"]) for line in lines]
        error.plot(epochs, wrong, color=colour, label=name)
    loss.set(xlabel="epoch", ylabel="negative log-likelihood", yscale="log")
    error.set(xlabel="epoch", ylabel="error, %", yscale="log")
    loss.legend(frameon=False)
    save_figure(figure, out)


def save_figure(figure: Figure, out: Path) -> None:
    """Write a figure, into a folder that is made if need be."""
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=140)
