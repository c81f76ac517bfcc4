"""How well a source of ink is read that training never saw: each of five left out in turn.

    python -m bench.leave_one_out runs/left-out [--record digitpad/model]

Five runs of the quick profile, in RUN/<source>; one that was killed goes on. Each is measured on
the left-out source's digits, without those of the test writers. The reference, in the same table,
is the same profile trained with all sources, measured on the same digits of validation writers.
"""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from digitpad.config import data_folder, prepared_unipen
from digitpad.raster import see_inks
from digitpad.recognizer import MANIFEST
from digitpad.train.corpus import load_corpus, to_ink
from digitpad.train.fit import PROFILES, predict_logits, train
from digitpad.train.measures import wilson
from digitpad.train.unipen import Drawing

SOURCES = ("apb", "ced", "ibm", "tos", "uqb")
PROFILE = dataclasses.replace(PROFILES["quick"], numbers=20)  # how numbers are cut is not measured


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
    train(options.run / "none", PROFILE, data_folder(), prepared_unipen())
    rows: dict[str, Any] = {}
    for source in SOURCES:
        mixture = dataclasses.replace(PROFILE.mixture, without=(source,))
        config = dataclasses.replace(PROFILE, mixture=mixture)
        train(options.run / source, config, data_folder(), prepared_unipen())
        digits = [d for d in known if d.source == source]
        held_out = [d for d in corpus["validation"].inks if d.source == source]
        right = _right(options.run / source, digits)
        low, high = wilson(int(right.sum()), len(right))
        rows[source] = {
            "digits": len(digits),
            "accuracy": float(right.mean()),
            "interval_95": [low, high],
            "validation_digits": len(held_out),
            "left_out": float(_right(options.run / source, held_out).mean()),
            "learned_from": float(_right(options.run / "none", held_out).mean()),
        }
    total = sum(row["digits"] for row in rows.values())
    mean = sum(row["accuracy"] * row["digits"] for row in rows.values()) / total
    print("source  digits  right    95% interval        validation writers: left out, learned from")
    for source, row in rows.items():
        low, high = row["interval_95"]
        print(
            f"{source:7} {row['digits']:6} {row['accuracy']:7.2%}  {low:.2%} to {high:.2%}"
            f"  {row['left_out']:7.2%} {row['learned_from']:7.2%} of {row['validation_digits']}"
        )
    print(f"all     {total:6} {mean:7.2%}")
    if options.record:
        path = options.record / MANIFEST
        manifest = json.loads(path.read_text("utf-8"))
        manifest["metrics"]["left out"] = {"sources": rows, "digits": total, "accuracy": mean}
        path.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def _right(run: Path, drawings: list[Drawing]) -> npt.NDArray[np.bool_]:
    model = keras.saving.load_model(run / "model.keras")
    logits = predict_logits(model, see_inks([to_ink(d) for d in drawings]))
    return np.asarray(logits[:, :10].argmax(axis=1) == [int(d.label) for d in drawings])


if __name__ == "__main__":
    main()
