"""How much a person's style helps: mistakes with and without it, of writers never seen.

    python -m bench.style runs/style [--record digitpad/model] [--plot docs/images/style.png]
    python -m bench.style --split validation [--model digitpad/model]

The first trains five networks by the quick profile, each without a fifth of the training and
validation writers (one that was killed goes on), and plays each writer left out: drawings come in
their order, whatever is misread counts as a mistake and is then corrected. A reading that is right
but unsure is neither counted nor corrected. The page's pad learns from what is left as it was read,
too, also for people who overlook their mistakes; then corrections alone are played. `--split` plays
the writers of a split with one exported model.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.leave_one_out import PROFILE, trained_reader
from bench.style_methods import Floats, Pad, Shipped, Writer
from digitpad import Ink, Reader, Style
from digitpad.config import data_folder, prepared_unipen
from digitpad.labels import DIGITS, LABELS, NONE
from digitpad.network.inputs import Raster, see_inks
from digitpad.network.manifest import MANIFEST, SHIPPED
from digitpad.network.posteriors import judge
from digitpad.style import MOST
from digitpad.train.fit.config import TrainConfig
from digitpad.train.measure.measures import calibration_error
from digitpad.train.samples.corpus import load_corpus, to_ink
from digitpad.train.sources.unipen import Sample

FOLDS = 5
DRAWS = 2_000  # resamplings of writers for an interval
WRONG = 0.1  # share of wrong labels in the trial of them
GIVEN = (1, 3, 5)  # examples of each digit
HEADER = (
    f"{'':48} drawings mistakes  with style  fewer  95% interval  most more"
    "  ECE before, after  confidence"
)
STAGES = (0, 1, 2, 3, 5)  # corrections made so far, at least: the points of the curve


@dataclass(frozen=True, eq=False)
class Course:
    """How one writer's drawings were read, one after the other."""

    plain: Floats  # (n, 11) logits without a style
    personal: Floats  # (n, 11)
    labels: npt.NDArray[np.intp]  # (n,)
    made: npt.NDArray[np.intp]  # (n,): corrections made before each
    method: Shipped  # as it is in the end

    def mistakes(self, personal: bool) -> int:
        return int((~_right(self.personal if personal else self.plain, self.labels)).sum())


def play(
    writer: Writer,
    make: type[Shipped] = Shipped,
    overlooked: float = 0.0,
    wrong: float = 0.0,
    given: int | None = None,
    shuffled: bool = False,
) -> Course:
    """Let one writer draw all their digits; each mistake is corrected once it has happened.

    `overlooked` is the share of mistakes that are not, and left as if they were right; `wrong` is
    the share of corrections whose label is not the right one. With `given` examples of each digit,
    the first ones, nothing more is learned, and only what comes after counts. `shuffled` brings
    the drawings in random order.
    """
    rng = np.random.default_rng(0)
    method = make(writer)
    seen = np.zeros(len(DIGITS), int)
    numbers, personal, made, corrections = [], [], [], 0
    order = rng.permutation(len(writer.labels)) if shuffled else np.arange(len(writer.labels))
    for number in order.tolist():
        label = int(writer.labels[number])
        if given is not None and seen[label] < given:
            seen[label] += 1
            method.learn(number, label)
            continue
        logits = method.logits(number)
        numbers.append(number)
        personal.append(logits)
        made.append(corrections)
        if given is not None:
            continue
        digit = int(logits[:NONE].argmax())
        if digit != label and rng.random() >= overlooked:
            told = (label + int(rng.integers(1, NONE))) % NONE if rng.random() < wrong else label
            method.learn(number, told)
            corrections += 1
        elif isinstance(method, Pad):
            method.leave(number, digit, float(judge(logits[None])[1].max()))
    return Course(
        writer.logits[numbers], np.array(personal, np.float32).reshape(-1, len(LABELS)),
        writer.labels[numbers], np.array(made, np.intp), method,
    )  # fmt: skip


def summarise(courses: Sequence[Course]) -> dict[str, Any]:
    """Return the figures of some writers' courses."""
    before, after = (np.array([c.mistakes(p) for c in courses]) for p in (False, True))
    chosen = np.random.default_rng(0).integers(len(courses), size=(DRAWS, len(courses)))
    ratios = 1 - after[chosen].sum(axis=1) / np.maximum(before[chosen].sum(axis=1), 1)
    labels = np.concatenate([c.labels for c in courses])
    confidences, errors = [], []
    for logits in (
        np.concatenate([c.plain for c in courses]), np.concatenate([c.personal for c in courses])
    ):  # fmt: skip
        confidence = judge(logits)[1].max(axis=1)
        confidences.append(float(confidence.mean()))
        errors.append(calibration_error(confidence, _right(logits, labels)))
    return {
        "writers": len(courses),
        "drawings": len(labels),
        "mistakes": int(before.sum()),
        "with_style": int(after.sum()),
        "fewer": float(1 - after.sum() / max(1, before.sum())),
        "interval_95": np.quantile(ratios, (0.025, 0.975)).tolist(),
        "most_more": int((after - before).max()),
        "confidence": confidences[0],
        "confidence_with_style": confidences[1],
        "ece": errors[0],
        "ece_with_style": errors[1],
    }


def curve(courses: Sequence[Course]) -> list[dict[str, int]]:
    """Return drawings and mistakes by how many corrections their writer had made."""
    made = np.concatenate([c.made for c in courses])
    labels = np.concatenate([c.labels for c in courses])
    wrong = [
        ~_right(np.concatenate([getattr(c, kind) for c in courses]), labels)
        for kind in ("plain", "personal")
    ]
    rows = []
    for low, high in zip(STAGES, (*STAGES[1:], np.inf), strict=True):
        there = (made >= low) & (made < high)
        rows.append({
            "corrections": low, "drawings": int(there.sum()),
            "mistakes": int(wrong[0][there].sum()), "with_style": int(wrong[1][there].sum()),
        })  # fmt: skip
    return rows


def refusals(writers: Sequence[Writer], courses: Sequence[Course]) -> tuple[float, float]:
    """Return the share of the writers' letters and symbols that are unsure, without and with."""
    plain, personal = [], []
    for writer, course in zip(writers, courses, strict=True):
        if len(writer.strange):
            logits, features = writer.reader.recognize(writer.strange)
            threshold = writer.reader.manifest.threshold
            adjusted = course.method.style.adjust(writer.reader, writer.strange, logits, features)
            plain += (judge(logits)[1].max(axis=1) < threshold).tolist()
            personal += (judge(adjusted)[1].max(axis=1) < threshold).tolist()
    return float(np.mean(plain)), float(np.mean(personal))


def measure(writers: Sequence[Writer]) -> dict[str, Any]:
    """Play all writers in each way and print the table."""
    ways: dict[str, dict[str, Any]] = {
        "pad": {"make": Pad},
        "pad, random order": {"make": Pad, "shuffled": True},
        "pad, 10% of the labels wrong": {"make": Pad, "wrong": WRONG},
        "pad, half of the mistakes overlooked": {"make": Pad, "overlooked": 0.5},
        "pad, all mistakes overlooked": {"make": Pad, "overlooked": 1.0},
        "pad, random order, all overlooked": {"make": Pad, "shuffled": True, "overlooked": 1.0},
        "corrections alone": {},
        "corrections alone, random order": {"shuffled": True},
        "corrections alone, 10% of the labels wrong": {"wrong": WRONG},
        **{f"{k} of each digit given": {"given": k} for k in GIVEN},
    }
    print(HEADER)
    rows = {}
    for name, options in ways.items():
        courses = [course for w in writers if len((course := play(w, **options)).labels)]
        rows[name] = summarise(courses)
        print(_line(name, rows[name]), flush=True)
        if name == "pad":
            rows[name]["curve"] = curve(courses)
            rows[name]["refused"], rows[name]["refused_with_style"] = refusals(writers, courses)
            print(f"  letters and symbols refused: {rows[name]['refused']:.2%} before, "
                  f"{rows[name]['refused_with_style']:.2%} after")  # fmt: skip
    return rows


def milliseconds(reader: Reader) -> float:
    """Return what a style with MOST corrections costs a reading, in ms, in the fastest round."""
    rng = np.random.default_rng(0)
    inks = [Ink.from_strokes([rng.random((6, 2))]) for _ in range(MOST)]
    inputs = see_inks(inks[:1])
    drawings: list[Ink | Raster] = [*inks[1:], inputs[0, ..., 0]]  # a picture too, as on the page
    style = Style.of(reader, [(drawing, DIGITS[i % NONE]) for i, drawing in enumerate(drawings)])
    seen = reader.recognize(inputs)
    times = []
    for _ in range(20):
        started = time.perf_counter()
        for _ in range(100):
            style.adjust(reader, inputs, *seen)
        times.append((time.perf_counter() - started) / 100)
    return 1e3 * min(times)


def plot(rows: Sequence[dict[str, int]], out: Path) -> None:
    """Draw mistakes against corrections, from what `curve` returns."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - only when asked for

    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(rows))
    for side, kind, name, colour in (
        (-0.2, "mistakes", "without a style", "#9aa1ad"),
        (0.2, "with_style", "with the person's", "#c2410c"),
    ):
        shares = [100 * row[kind] / max(1, row["drawings"]) for row in rows]
        axes.bar(places + side, shares, 0.38, color=colour, label=name)
    names = [
        f"{low}+" if high is None else f"{low}" if high == low + 1 else f"{low} to {high - 1}"
        for low, high in zip(STAGES, (*STAGES[1:], None), strict=True)
    ]
    axes.set(xticks=places, xticklabels=names, xlabel="corrections made so far",
             ylabel="mistakes, % of drawings", ylim=(0, None))  # fmt: skip
    axes.legend(frameon=False)
    figure.savefig(out, dpi=110)


def fold_configs(drawings: Sequence[Sample]) -> list[TrainConfig]:
    """Return a run for each fold of the writers of these drawings: it learns from the others."""
    writers = sorted({d.writer for d in drawings})  # so each source is spread over the folds
    return [
        dataclasses.replace(
            PROFILE,
            mixture=dataclasses.replace(PROFILE.mixture, without=tuple(writers[fold::FOLDS])),
        )
        for fold in range(FOLDS)
    ]


def load_writers(
    reader: Reader,
    inks: Sequence[Sample],
    inputs: Floats,
    negatives: Sequence[Sample],
    names: Sequence[str],
) -> list[Writer]:
    """Return the writers of these names as a reader sees them."""
    logits, features = reader.recognize(inputs)
    labels = np.array([int(d.label) for d in inks])
    owners = np.array([d.writer for d in inks])
    writers = []
    for name in names:
        mine = owners == name
        strange = see_inks([to_ink(d) for d in negatives if d.writer == name])
        own = [to_ink(d) for d in inks if d.writer == name]
        writers.append(Writer(name, reader, own, inputs[mine], logits[mine],
                              features[mine], labels[mine], strange))  # fmt: skip
    return writers


def load_folds(run: Path) -> list[Writer]:
    """Train what is missing, and return each fold's writers as the network without them sees."""
    corpus = load_corpus(data_folder(), prepared_unipen())
    inks = corpus["train"].inks + corpus["validation"].inks
    negatives = corpus["train"].negatives + corpus["validation"].negatives
    inputs = see_inks([to_ink(d) for d in inks])
    writers = []
    for fold, config in enumerate(fold_configs(inks)):
        reader = trained_reader(run / f"fold-{fold}", config, corpus)
        writers += load_writers(reader, inks, inputs, negatives, config.mixture.without)
    return writers


def _right(logits: Floats, labels: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    return np.asarray(logits[:, :NONE].argmax(axis=1) == labels)


def _line(name: str, row: dict[str, Any]) -> str:
    low, high = row["interval_95"]
    return (
        f"{name:48} {row['drawings']:8} {row['mistakes']:8} {row['with_style']:11} "
        f"{row['fewer']:6.1%}  {low:.1%} to {high:.1%} {row['most_more']:9}  "
        f"{row['ece']:.4f}, {row['ece_with_style']:.4f}  "
        f"{row['confidence']:.2%}, {row['confidence_with_style']:.2%}"
    )


def main() -> None:
    """Train what is missing, play the writers, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("--split", choices=("validation", "test"), help="of one model instead")
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--record", type=Path, metavar="MODEL", help="write into its manifest")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw the curve")
    options = parser.parse_args()
    if (options.run is None) == (options.split is None):
        parser.error("expected the folder of the runs, or --split")
    if options.split:
        part = load_corpus(data_folder(), prepared_unipen())[options.split]
        names = sorted({d.writer for d in part.inks})
        reader = Reader(options.model)
        inputs = see_inks([to_ink(d) for d in part.inks])
        measure(load_writers(reader, part.inks, inputs, part.negatives, names))
        print(f"{milliseconds(reader):.3f} ms for {MOST} corrections, a reading")
        return
    writers = load_folds(options.run)
    rows = measure(writers)
    cost = milliseconds(writers[0].reader)
    print(f"{cost:.3f} ms for {MOST} corrections, a reading")
    if options.plot:
        plot(rows["pad"]["curve"], options.plot)
    if options.record:
        path = options.record / MANIFEST
        manifest = json.loads(path.read_text("utf-8"))
        manifest["metrics"]["style"] = {"ways": rows, "milliseconds": cost}
        path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
