"""What a quantized model changes, beside the one that it was made of.

    digitpad quantize digitpad/model models/int8
    python -m bench.quantized digitpad/model models/int8

Both read the validation writers' drawings, and what is read differently is counted. Then both are
timed in turns, on one core with one thread: their ratio says more than either.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import numpy as np

from digitpad.config import data_folder, prepared_unipen
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.network.posteriors import judge
from digitpad.network.runtime import Recognizer
from digitpad.train.samples.corpus import load_corpus, to_ink

BATCHES = (1, 35, 128)  # inputs: a digit, a number's candidates, as many as run together
ROUNDS = 60  # of which the median counts


def compare(name: str, networks: tuple[Recognizer, Recognizer], inputs: Inputs) -> None:
    """Print how many drawings of one kind are read, or refused, differently."""
    before, after = (judge(network(inputs)[0])[1] for network in networks)
    digits = int((before.argmax(axis=1) != after.argmax(axis=1)).sum())
    threshold = networks[0].manifest.threshold
    sure = [confidence.max(axis=1) >= threshold for confidence in (before, after)]
    furthest = float(np.abs(before - after).max())
    print(
        f"{name:28} {len(inputs):6,} drawings, {digits:4} another digit, "
        f"{int((sure[0] != sure[1]).sum()):3} another status, confidences by at most {furthest:.3f}"
    )


def seconds(networks: tuple[Recognizer, Recognizer], inputs: Inputs) -> list[float]:
    """Return what one run costs either, measured in turns."""
    times: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for network, found in zip(networks, times, strict=True):
            started = time.perf_counter()
            network(inputs)
            found.append(time.perf_counter() - started)
    return [statistics.median(found) for found in times]


def main() -> None:
    """Print what changes, and the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("other", type=Path)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    networks = Recognizer(options.model), Recognizer(options.other)
    part = load_corpus(data_folder(), prepared_unipen())["validation"]
    inks = see_inks([to_ink(sample) for sample in part.inks])
    compare("MNIST's scans", networks, see_rasters(part.scans))
    compare("UNIPEN's digits", networks, inks)
    compare("not a digit", networks, see_inks([to_ink(sample) for sample in part.negatives]))
    for batch in BATCHES:
        plain, other = seconds(networks, inks[:batch])
        print(f"batch of {batch:3}: {1e3 * plain:.2f} and {1e3 * other:.2f} ms, "
              f"{plain / other:.2f} times as fast")  # fmt: skip


if __name__ == "__main__":
    main()
