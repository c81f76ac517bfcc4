"""The gate: what a candidate must be, beside the model that is served, before it may be promoted.

Both are measured on the validation writers' ink and scans and on held-out corrections, never on a
test set.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from digitpad.errors import Conflict, InvalidInput
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.network.posteriors import judge
from digitpad.reader import Reader
from digitpad.store import Database, versions
from digitpad.style import Example
from digitpad.train.measure.measures import calibration_error
from digitpad.train.samples.corpus import Part, to_ink

MOST_WORSE = 0.001  # share of the drawings, and of calibration error
MOST_MORE = 2  # mistakes, of one writer


@dataclass(frozen=True)
class Figures:
    """What the gate looks at, of one model."""

    drawings: int  # in the gate set
    right: int  # of them
    ece: float  # expected calibration error on them
    mistakes: Mapping[str, int]  # of each writer of ink
    corrections: int  # held out
    corrected: int  # of them: read as their label, or not read where they are no digit


@dataclass(frozen=True)
class Comparison:
    """A candidate beside the model that was served when it was measured."""

    instead_of: str | None  # version of the served model; None: the shipped one
    served: Figures
    candidate: Figures

    def failures(self) -> list[str]:
        """Say why the candidate may not be promoted; nothing when it may."""
        served, candidate = self.served, self.candidate
        found = []
        fewer = (served.right - candidate.right) / served.drawings
        if fewer > MOST_WORSE:
            found.append(f"it reads {fewer:.2%} fewer drawings right, expected {MOST_WORSE:.1%}")
        more = {name: candidate.mistakes[name] - before for name, before in served.mistakes.items()}
        for name, count in more.items():
            if count > MOST_MORE:
                found.append(f"it misreads {count} more of {name}, expected {MOST_MORE}")
        worse = candidate.ece - served.ece
        if worse > MOST_WORSE:
            found.append(f"its calibration error is {worse:.2%} more, expected {MOST_WORSE:.1%}")
        if candidate.corrected <= served.corrected:
            found.append(
                f"it reads {candidate.corrected} of {candidate.corrections} held-out corrections "
                f"right, expected more than {served.corrected}"
            )
        return found

    def rows(self) -> list[tuple[str, str, str]]:
        """Return what was measured, of the served model and of the candidate, for a table."""
        both = (self.served, self.candidate)
        more = {n: self.candidate.mistakes[n] - k for n, k in self.served.mistakes.items()}
        loser = max(more, key=lambda name: more[name])
        measured = {
            f"{self.served.drawings:,} drawings of the gate set, read right": [
                f"{figures.right / figures.drawings:.2%}" for figures in both
            ],
            "calibration error (ECE)": [f"{figures.ece:.2%}" for figures in both],
            f"mistakes of the writer who loses most, {loser}": [
                str(figures.mistakes[loser]) for figures in both
            ],
            f"{self.served.corrections:,} held-out corrections, right": [
                str(figures.corrected) for figures in both
            ],
        }
        return [(name, *values) for name, values in measured.items()]  # type: ignore[misc]


def measure(reader: Reader, part: Part, held_out: Sequence[Example]) -> Figures:
    """Measure a model on a part of the corpus, which has ink, and on corrections."""
    inputs = np.concatenate([see_rasters(part.scans), see_inks([to_ink(d) for d in part.inks])])
    labels = np.concatenate([part.scan_labels, part.ink_labels])
    confidence, read = _read(reader, inputs)
    right = read == labels
    wrong = Counter(
        d.writer for d, ok in zip(part.inks, right[len(part.scans) :], strict=True) if not ok
    )
    corrected = 0
    if held_out:
        sure, said = _read(reader, np.concatenate([example.drawing.inputs for example in held_out]))
        corrected = sum(
            bool(c < reader.manifest.threshold) if e.label is None else int(digit) == int(e.label)
            for e, c, digit in zip(held_out, sure, said, strict=True)
        )
    return Figures(
        drawings=len(labels),
        right=int(right.sum()),
        ece=calibration_error(confidence, right),
        mistakes={name: wrong[name] for name in sorted({d.writer for d in part.inks})},
        corrections=len(held_out),
        corrected=corrected,
    )


def record(database: Database, version: str, comparison: Comparison) -> None:
    """Keep a comparison with the candidate's version."""
    versions.record(database, version, "gate", dataclasses.asdict(comparison))


def recorded(version: versions.Version) -> Comparison:
    """Return the comparison kept with a version. Raises InvalidInput when there is none."""
    found: dict[str, Any] | None = version.manifest["training"].get("gate")
    if found is None:
        raise InvalidInput(f"{version.version} was never measured: digitpad retrain does that")
    return Comparison(
        found["instead_of"], Figures(**found["served"]), Figures(**found["candidate"])
    )


def promote(database: Database, version: versions.Version) -> None:
    """Serve a version from now on.

    Raises InvalidInput when it was never measured, and Conflict unless it passed the gate beside
    the very model that is served now.
    """
    comparison = recorded(version)
    if failures := comparison.failures():
        raise Conflict(f"{version.version} is not promoted: {'; '.join(failures)}")
    versions.promote(database, version.version, comparison.instead_of)


def _read(reader: Reader, inputs: Inputs) -> tuple[Any, Any]:
    """Return the confidence and the digit of each drawing, both (n,)."""
    confidences = judge(reader.recognize(inputs)[0])[1]
    return confidences.max(axis=1), confidences.argmax(axis=1)
