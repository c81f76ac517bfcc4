"""What drift is told against: how often the digits of validation writers were read as what."""

import json
from collections import Counter
from pathlib import Path

from digitpad.drift import CORRECTED, MIXES, REFERENCE, seen
from digitpad.network.manifest import MANIFEST
from digitpad.reader import Reader
from digitpad.train.samples.corpus import to_ink
from digitpad.train.sources.split import split_writers, writers_by_source
from digitpad.train.sources.unipen import read_drawings


def record(model: Path, unipen: Path) -> int:
    """Write the counts into the manifest of the model in a folder; return of how many drawings.

    `unipen` is the prepared ink. What was misread counts as corrected. Raises ModelError or
    DataError.
    """
    drawings = read_drawings(unipen)
    writers = split_writers(writers_by_source(drawings))["validation"]
    digits = [one for one in drawings if one.category == "1a" and one.writer in writers]
    readings = Reader(model).read_many([to_ink(digit) for digit in digits], expect="number")
    found = Counter(one for reading in readings for one in seen(reading))
    found[CORRECTED] = sum(r.text != d.label for r, d in zip(readings, digits, strict=True))
    manifest = json.loads((model / MANIFEST).read_text("utf-8"))
    manifest["metrics"][REFERENCE] = {
        mix: {kind: found[mix, kind] for kind in kinds} for mix, kinds in MIXES.items()
    }
    (model / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return len(digits)
