"""How much a person's style helps: mistakes with and without it, on writers never seen.

python -m bench.style runs/style
"""

import argparse
import dataclasses
from pathlib import Path

from bench.leave_one_out import PROFILE
from digitpad.config import data_folder, prepared_unipen
from digitpad.train.corpus import load_corpus
from digitpad.train.export import export
from digitpad.train.fit import TrainConfig, train
from digitpad.train.unipen import Drawing

FOLDS = 5


def fold_configs(drawings: list[Drawing]) -> list[TrainConfig]:
    """Return a run for each fold of the writers of these drawings: it learns from the others."""
    writers = sorted({d.writer for d in drawings})  # sources are spread evenly over the folds
    return [
        dataclasses.replace(
            PROFILE,
            mixture=dataclasses.replace(PROFILE.mixture, without=tuple(writers[fold::FOLDS])),
        )
        for fold in range(FOLDS)
    ]


def main() -> None:
    """Train what is missing, measure, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("run", type=Path)
    options = parser.parse_args()
    corpus = load_corpus(data_folder(), prepared_unipen())
    drawings = corpus["train"].inks + corpus["validation"].inks
    for fold, config in enumerate(fold_configs(drawings)):
        run = options.run / f"fold-{fold}"
        train(run, config, data_folder(), prepared_unipen())
        if not (run / "exported").exists():
            export(run, run / "exported")


if __name__ == "__main__":
    main()
