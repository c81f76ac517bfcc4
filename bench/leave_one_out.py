"""How well a source of ink is read that training never saw: each of five left out in turn.

    python -m bench.leave_one_out runs/left-out [--record digitpad/model]

Five runs of the quick profile, in RUN/<source>; one that was killed goes on. Each is measured on
the left-out source's digits, without those of the test writers, and on the numbers among them: the
digits that somebody wrote side by side. The reference, in the same table, is the same profile
trained with all sources, measured on the same digits of validation writers.
"""

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitpad import Reader
from digitpad.config import data_folder, prepared_unipen
from digitpad.labels import NONE
from digitpad.network.inputs import see_inks
from digitpad.network.manifest import MANIFEST
from digitpad.train.fit.config import PROFILES, TrainConfig
from digitpad.train.fit.training import train
from digitpad.train.measure.measures import wilson
from digitpad.train.release.export import export
from digitpad.train.samples.corpus import Corpus, load_corpus, to_ink
from digitpad.train.samples.numbers import real_numbers
from digitpad.train.sources.unipen import Sample

SOURCES = ("apb", "ced", "ibm", "tos", "uqb")
PROFILE = PROFILES["quick"]

Flags = npt.NDArray[np.bool_]


def main() -> None:
    """Train what is missing, measure, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--record", type=Path, metavar="MODEL", help="write into its manifest")
    options = parser.parse_args()
    corpus = load_corpus(data_folder(), prepared_unipen())
    known = corpus["train"].inks + corpus["validation"].inks
    learned = trained_reader(options.run / "none", PROFILE, corpus)
    rows: dict[str, Any] = {}
    digits_right, numbers_right = [], []
    for source in SOURCES:
        mixture = dataclasses.replace(PROFILE.mixture, without=(source,))
        config = dataclasses.replace(PROFILE, mixture=mixture)
        reader = trained_reader(options.run / source, config, corpus)
        digits = [d for d in known if d.source == source]
        held_out = [d for d in corpus["validation"].inks if d.source == source]
        digits_right.append(_read_digits(reader, digits))
        numbers_right.append(_read_numbers(reader, digits))
        rows[source] = {
            "digits": _share(digits_right[-1]),
            "numbers": _share(numbers_right[-1]),
            "validation_digits": len(held_out),
            "left_out": float(_read_digits(reader, held_out).mean()),
            "learned_from": float(_read_digits(learned, held_out).mean()),
        }
    found = {
        "sources": rows,
        "digits": _share(np.concatenate(digits_right)),
        "numbers": _share(np.concatenate(numbers_right)),
    }
    print("source  digits  right (95% interval)        numbers  right (95% interval)"
          "        validation writers: left out, learned from")  # fmt: skip
    for source, row in [*rows.items(), ("all", found)]:
        line = f"{source:7} {_text(row['digits'])}  {_text(row['numbers'])}"
        if source in rows:
            both = f"{row['left_out']:.2%} {row['learned_from']:.2%}"
            line += f"  {both} of {row['validation_digits']}"
        print(line)
    if options.record:
        path = options.record / MANIFEST
        manifest = json.loads(path.read_text("utf-8"))
        manifest["metrics"]["left out"] = found
        path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def trained_reader(run: Path, config: TrainConfig, corpus: Corpus) -> Reader:
    """Return a reader of the run's network; train and export it if it is missing."""
    train(run, config, corpus)
    if not (run / "exported").exists():
        export(run, run / "exported")
    return Reader(run / "exported")


def _read_digits(reader: Reader, drawings: Sequence[Sample]) -> Flags:
    """Return which are read right, (n,)."""
    logits, _ = reader.recognize(see_inks([to_ink(d) for d in drawings]))
    return np.asarray(logits[:, :NONE].argmax(axis=1) == [int(d.label) for d in drawings])


def _read_numbers(reader: Reader, drawings: Sequence[Sample]) -> Flags:
    """Return which of the numbers among the drawings are read right, (n,)."""
    numbers = real_numbers(drawings)
    readings = reader.read_many([number.ink for number in numbers], expect="number")
    return np.array([r.text == n.text for r, n in zip(readings, numbers, strict=True)], bool)


def _share(right: Flags) -> dict[str, Any]:
    interval = wilson(int(right.sum()), len(right))
    return {"count": len(right), "right": float(right.mean()), "interval_95": interval}


def _text(share: dict[str, Any]) -> str:
    low, high = share["interval_95"]
    return f"{share['count']:6} {share['right']:7.2%} ({low:7.2%} to {high:7.2%})"


if __name__ == "__main__":
    main()
