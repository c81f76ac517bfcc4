"""Ink or a picture in, a reading out."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad.errors import InvalidInput
from digitpad.ink import Ink
from digitpad.labels import DIGITS, NONE
from digitpad.lattice.decode import LONGEST, Hypothesis, Lattice, read_paths
from digitpad.lattice.pictures import picture_of_one_digit, segment_picture
from digitpad.lattice.strokes import one_digit, segment_ink
from digitpad.network.inputs import Inputs, Rasters, see_inks, see_rasters
from digitpad.network.manifest import FEATURES, SHIPPED
from digitpad.network.posteriors import Logits, Probabilities, softmax
from digitpad.network.runtime import BATCH, Recognizer
from digitpad.picture.decode import Source, load
from digitpad.reading import BLANK, Alternative, Digit, Reading
from digitpad.style import Style

Expect = Literal["digit", "number"]
RUNNERS_UP = 3  # alternatives that a reading lists
MOST_POINTS = 4_000  # what twenty slow digits have; denser ink is thinned, each point costs time
CROWDED = "there is far more in it than a number has"


class _Segmented(NamedTuple):
    """The lattice of one source, and what the network sees of its candidates if they are pixels."""

    lattice: Lattice
    rasters: Rasters | None  # (candidates, 28, 28); None of ink, which is drawn in batches


class Reader:
    """Reads digits with one model. Safe to share between threads, not across a fork."""

    def __init__(self, model: str | Path = SHIPPED) -> None:
        """Load the model in folder `model`; raises ModelError when it is damaged or missing."""
        self._recognizer = Recognizer(Path(model))
        self.manifest = self._recognizer.manifest
        self._weights = {
            kind: [weights[name] for name in FEATURES]
            for kind, weights in self.manifest.segmentation.items()
        }

    def read(
        self, source: Ink | Source, expect: Expect = "number", style: Style | None = None
    ) -> Reading:
        """Read ink, or a picture given as path, bytes, PIL image or array.

        `expect` is "number" for one digit or up to 20 side by side, "digit" for exactly one;
        `style` is how the person writes, if that is known. Raises InvalidInput, TooLarge or
        UnsupportedPicture. A reading is `unsure` when its confidence is below the model's
        threshold, and always for a dot.
        """
        return self.read_many([source], expect, style)[0]

    def read_many(
        self,
        sources: Iterable[Ink | Source],
        expect: Expect = "number",
        style: Style | None = None,
    ) -> list[Reading]:
        """Read each source as `read` does, all in batches through the network."""
        if expect not in ("digit", "number"):
            raise InvalidInput(f'expect must be "digit" or "number", found {expect!r}')
        return [
            reading
            for batch in _batches(_segment(source, expect) for source in sources)
            for reading in self._read_batch(batch, style)
        ]

    def recognize(self, inputs: Inputs) -> tuple[Logits, npt.NDArray[np.float32]]:
        """Return the network's calibrated logits (n, 11) and features (n, d), as a Style needs.

        `inputs` (n, 28, 28, CHANNELS) are from `see_inks` or `see_rasters`.
        """
        return self._recognizer(inputs)

    def _read_batch(
        self, batch: Sequence[_Segmented | None], style: Style | None
    ) -> Iterator[Reading]:
        found = [segmented for segmented in batch if segmented is not None]
        if found:
            inputs = _see(found)
            logits, features = self.recognize(inputs)
            if style is not None:
                logits = style.adjust(self, inputs, logits, features)
        start = 0
        for segmented in batch:
            if segmented is None:
                yield BLANK
                continue
            part = slice(start, start + len(segmented.lattice.candidates))
            weights = self._weights["ink" if segmented.rasters is None else "picture"]
            yield self._read_lattice(segmented.lattice, logits[part], inputs[part, ..., 0], weights)
            start = part.stop

    def _read_lattice(
        self, lattice: Lattice, logits: Logits, rasters: Rasters, weights: Sequence[float]
    ) -> Reading:
        posteriors = softmax(logits)
        hypotheses, shares = read_paths(lattice, posteriors, weights)
        best, *others = hypotheses
        digits = _digits(lattice, best, shares, logits, posteriors[:, :NONE], rasters)
        runners_up = tuple(Alternative(h.text, h.confidence) for h in others[:RUNNERS_UP])
        reason = CROWDED if lattice.crowded else self._doubt(hypotheses, digits)
        status: Literal["read", "unsure"] = "read" if reason is None else "unsure"
        return Reading(best.text, status, reason, best.confidence, digits, runners_up)

    def _doubt(self, hypotheses: Sequence[Hypothesis], digits: Sequence[Digit]) -> str | None:
        """Say why a reading is unsure, or None."""
        best = hypotheses[0]
        if len(digits) > LONGEST:
            return f"it looks like more than {LONGEST} digits"
        if len(digits) == 1 and digits[0].ink is not None and digits[0].box.is_dot:
            return "it is only a dot"
        if best.confidence >= self.manifest.threshold:
            return None
        if 1 - sum(h.confidence for h in hypotheses) > best.confidence:
            what = "a digit" if len(digits) == 1 else "a number"
            return f"it does not look like {what}"
        return f"it could also be {hypotheses[1].text}"


def _segment(source: Ink | Source, expect: Expect) -> _Segmented | None:
    """Find what may be digits, in "number" mode, or the one digit; None where nothing is drawn."""
    if isinstance(source, Ink):
        if not source.strokes:
            return None
        ink = source.thinned(MOST_POINTS)
        return _Segmented(segment_ink(ink) if expect == "number" else one_digit(ink), None)
    segment = segment_picture if expect == "number" else picture_of_one_digit
    found = segment(load(source))
    return None if found is None else _Segmented(*found)


def _batches(sources: Iterable[_Segmented | None]) -> Iterator[list[_Segmented | None]]:
    """Yield them in batches of about BATCH candidates, since drawing one takes 150 kB."""
    batch: list[_Segmented | None] = []
    candidates = 0
    for segmented in sources:
        batch.append(segmented)
        candidates += 0 if segmented is None else len(segmented.lattice.candidates)
        if candidates >= BATCH:
            yield batch
            batch, candidates = [], 0
    yield batch


def _see(found: Sequence[_Segmented]) -> Inputs:
    """Return what the network sees of all candidates, in order; ink is drawn together."""
    drawn = see_inks([ink for lattice, rasters in found if rasters is None for ink in lattice.inks])
    if all(rasters is None for _, rasters in found):
        return drawn
    parts, start = [], 0
    for lattice, rasters in found:
        if rasters is None:
            parts.append(drawn[start : start + len(lattice.candidates)])
            start += len(lattice.candidates)
        else:
            parts.append(see_rasters(rasters))
    return np.concatenate(parts)


def _digits(
    lattice: Lattice,
    best: Hypothesis,
    shares: npt.NDArray[np.float64],
    logits: Logits,
    confidences: Probabilities,
    rasters: Rasters,
) -> tuple[Digit, ...]:
    """Describe each digit of the best text, by all candidates that hold its pieces."""
    said = np.concatenate([confidences, softmax(logits[:, :NONE])], axis=1)
    digits = []
    for label, number in zip(best.text, best.path, strict=True):
        candidate = lattice.candidates[number]
        same = [i for i, c in enumerate(lattice.candidates) if c.pieces == candidate.pieces]
        mixed = shares[same] @ said[same]
        confidence = dict(zip(DIGITS, mixed[:NONE].tolist(), strict=True))
        probabilities = mixed[NONE:] / np.add.reduce(mixed[NONE:])  # of the ten, if it is one
        likeliest = sorted(DIGITS, key=lambda digit: -confidence[digit])[: RUNNERS_UP + 1]
        others = [other for other in likeliest if other != label][:RUNNERS_UP]
        digits.append(
            Digit(
                label,
                probabilities.astype(np.float32),
                max(confidence[label], best.confidence),  # it is right if all are
                candidate.box,
                tuple(Alternative(other, confidence[other]) for other in others),
                lattice.ink and candidate.ink(lattice.ink),
                rasters[number].copy(),  # not all candidates' memory
            )
        )
    return tuple(digits)
