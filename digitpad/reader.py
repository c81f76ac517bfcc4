"""Ink or a picture in, a reading out."""

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from digitpad.beside import (
    DECIMAL,
    Parted,
    doubt,
    insert,
    part_ink,
    part_picture,
    see_ink,
    see_picture,
    take,
    unwanted,
)
from digitpad.errors import DigitpadError, InvalidInput
from digitpad.ink import Ink
from digitpad.labels import DIGITS, NONE
from digitpad.lattice.candidate import Candidate
from digitpad.lattice.decode import LONGEST, Hypothesis, Lattice, read_paths
from digitpad.lattice.pictures import found_in, look, picture_of_one_digit
from digitpad.lattice.strokes import MOST_STROKES, one_digit, segment_ink
from digitpad.network.inputs import Inputs, Rasters, see_inks, see_rasters
from digitpad.network.manifest import FEATURES, SHIPPED, STROKES_MANIFEST
from digitpad.network.posteriors import Logits, Probabilities, softmax
from digitpad.network.runtime import BATCH, Recognizer, StrokesNetwork
from digitpad.picture.decode import Source, load
from digitpad.picture.pieces import Pieces
from digitpad.reading import BLANK, Alternative, Digit, Reading
from digitpad.style import Style
from digitpad.timing import stage

Expect = Literal["digit", "number", "decimal"]
EXPECTED: tuple[Expect, ...] = get_args(Expect)
RUNNERS_UP = 3  # alternatives that a reading lists
MOST_POINTS = 4_000  # what twenty slow digits have; denser ink is thinned, each point costs time
NOTHING = Parted()  # beside the digits
CROWDED = "there is far more in it than a number has"


class _Segmented(NamedTuple):
    """The lattice of one source's digits, and what else there is."""

    lattice: Lattice
    rasters: Rasters | None = None  # (candidates, 28, 28) of a picture; ink is drawn in batches
    parted: Parted | None = None  # of ink in which more than digits may stand


_Found = _Segmented | DigitpadError | None  # of a source; None where nothing is drawn


class Reader:
    """Reads digits with one model. Safe to share between threads, not across a fork."""

    def __init__(self, model: str | Path = SHIPPED) -> None:
        """Load the model in folder `model`; raises ModelError when it is damaged or missing.

        One without a strokes' network, as retraining makes them, goes with the shipped one.
        """
        self._recognizer = Recognizer(Path(model))
        self.manifest = self._recognizer.manifest
        own = (Path(model) / STROKES_MANIFEST).exists()
        self._strokes = StrokesNetwork(Path(model) if own else SHIPPED)
        self._weights = {
            kind: [weights[name] for name in FEATURES]
            for kind, weights in self.manifest.segmentation.items()
        }

    def read(
        self, source: Ink | Source, expect: Expect = "number", style: Style | None = None
    ) -> Reading:
        """Read ink, or a picture given as path, bytes, PIL image or array.

        `expect` is "number" for one digit or up to 20 side by side, "digit" for exactly one, and
        "decimal" for a number that may have a minus before it and one point or comma, told as ".";
        `style` is how the person writes, if that is known. Raises InvalidInput, TooLarge or
        UnsupportedPicture. A reading is `unsure` when its confidence is below the model's
        threshold, when something was written or struck out that was not asked for, and always for
        a dot.
        """
        return self.read_many([source], expect, style)[0]

    def read_many(
        self,
        sources: Iterable[Ink | Source],
        expect: Expect = "number",
        style: Style | None = None,
    ) -> list[Reading]:
        """Read each source as `read` does, all in batches through the network."""
        readings = []
        for found in self.read_each(sources, expect, style):
            if isinstance(found, DigitpadError):
                raise found
            readings.append(found)
        return readings

    def read_each(
        self,
        sources: Iterable[Ink | Source],
        expect: Expect = "number",
        style: Style | None = None,
    ) -> Iterator[Reading | DigitpadError]:
        """Yield what `read` returns of each source, or the error that it raises, in their order.

        Sources are taken as they are needed: the next ones after a batch of BATCH candidates, which
        go through the network together. Larger batches gain nothing (`python -m bench.batch`).
        """
        if expect not in EXPECTED:
            wanted = ", ".join(f'"{known}"' for known in EXPECTED)
            raise InvalidInput(f"expect must be one of {wanted}, found {expect!r}")
        for batch in _batches(self._find(source, expect) for source in sources):
            yield from self._read_batch(batch, expect, style)

    def recognize(self, inputs: Inputs) -> tuple[Logits, npt.NDArray[np.float32]]:
        """Return the network's calibrated logits (n, 11) and features (n, d), as a Style needs.

        `inputs` (n, 28, 28, CHANNELS) are from `see_inks` or `see_rasters`.
        """
        return self._recognizer(inputs)

    def _find(self, source: Ink | Source, expect: Expect) -> _Found:
        try:
            return self._segment(source, expect)
        except DigitpadError as error:
            return error

    def _segment(self, source: Ink | Source, expect: Expect) -> _Segmented | None:
        """Find what may be digits, or the one digit; None where nothing is drawn."""
        if isinstance(source, Ink):
            if not source.strokes:
                return None
            ink = source.thinned(MOST_POINTS)
            return _Segmented(one_digit(ink)) if expect == "digit" else self._part_ink(ink)
        with stage("picture"):
            grey = load(source)
            found = picture_of_one_digit(grey) if expect == "digit" else look(grey)
        if isinstance(found, Pieces):
            parted = part_picture(found, self._strokes(see_picture(found)))
            components = [found.components[number] for number in parted.digits]
            with stage("lattice"):
                return _Segmented(*found_in(components), parted)
        return None if found is None else _Segmented(*found)

    def _part_ink(self, ink: Ink) -> _Segmented:
        """Part ink, and find the candidates of its digits.

        Nothing stands beside a stroke that is alone, so one that can only be one digit is left to
        the digits' network; and so is what has too many strokes to be a number.
        """
        if len(ink.strokes) > MOST_STROKES:
            return _Segmented(one_digit(ink))
        if len(ink.strokes) == 1:
            lattice = segment_ink(ink)
            if len(lattice.candidates) == 1:
                return _Segmented(lattice)
        parted = part_ink(ink, self._strokes(see_ink(ink)))
        digits = take(ink, parted.digits)
        assert digits is not None
        return _Segmented(segment_ink(digits), parted=parted)

    def _read_batch(
        self, batch: Sequence[_Found], expect: Expect, style: Style | None
    ) -> Iterator[Reading | DigitpadError]:
        found = [segmented for segmented in batch if isinstance(segmented, _Segmented)]
        if found:
            inputs = _see(found)
            logits, features = self.recognize(inputs)
            if style is not None:
                logits = style.adjust(self, inputs, logits, features)
        start = 0
        for segmented in batch:
            if not isinstance(segmented, _Segmented):
                yield segmented or BLANK
                continue
            own = slice(start, start + len(segmented.lattice.candidates))
            with stage("lattice"):
                reading = self._read_lattice(segmented, logits[own], inputs[own, ..., 0], expect)
            yield reading
            start = own.stop

    def _read_lattice(
        self, segmented: _Segmented, logits: Logits, rasters: Rasters, expect: Expect
    ) -> Reading:
        lattice, pixels, parted = segmented
        parted = parted or NOTHING
        posteriors = softmax(logits)
        weights = self._weights["ink" if pixels is None else "picture"]
        found, shares = read_paths(lattice, posteriors, weights)
        confidences, confidence = posteriors[:, :NONE], found[0].confidence * parted.trust
        if parted.sure:
            confidences = confidences * _trust(lattice, parted)
        digits = _digits(lattice, found[0], confidence, shares, logits, confidences, rasters)
        hypotheses = [_beside(h, lattice, parted, expect) for h in found] if parted.sure else found
        best, *others = hypotheses
        reason = CROWDED if lattice.crowded else self._doubt(hypotheses, digits, parted, expect)
        return Reading(
            best.text,
            "read" if reason is None else "unsure",
            reason,
            best.confidence,
            digits,
            tuple(Alternative(h.text, h.confidence) for h in others[:RUNNERS_UP]),
            parted.signs,
            parted.marks,
        )

    def _doubt(
        self,
        hypotheses: Sequence[Hypothesis],
        digits: Sequence[Digit],
        parted: Parted,
        expect: Expect,
    ) -> str | None:
        """Say why a reading is unsure, or None."""
        best = hypotheses[0]
        if reason := _refuse(best.text, digits, parted, expect):
            return reason
        if best.confidence >= self.manifest.threshold:
            return None
        if best.confidence >= self.manifest.threshold * parted.trust:
            return doubt(parted)  # the digits themselves are sure
        if 1 - sum(h.confidence for h in hypotheses) > best.confidence:
            what = "a digit" if len(digits) == 1 else "a number"
            return f"it does not look like {what}"
        return f"it could also be {hypotheses[1].text}"


def _refuse(text: str, digits: Sequence[Digit], parted: Parted, expect: Expect) -> str | None:
    """Say why what stands there is not what was asked for, however sure it is, or None."""
    if len(digits) > LONGEST:
        return f"it looks like more than {LONGEST} digits"
    if len(digits) == 1 and digits[0].ink is not None and digits[0].box.is_dot:
        return "it is only a dot"
    return unwanted(text, parted, expect == "decimal")


def _beside(hypothesis: Hypothesis, lattice: Lattice, parted: Parted, expect: Expect) -> Hypothesis:
    """Return a hypothesis of the digits with what stands beside them."""
    boxes = [lattice.candidates[number].box for number in hypothesis.path]
    text = insert(hypothesis.text, boxes, parted.signs)
    if expect == "decimal" and DECIMAL.fullmatch(text):
        text = text.replace(",", ".")
    return hypothesis._replace(text=text, confidence=hypothesis.confidence * parted.trust)


def _trust(lattice: Lattice, parted: Parted) -> npt.NDArray[np.float32]:
    """Return how likely all strokes, or components, of each candidate are digits', (n, 1)."""
    sure = [
        math.prod(parted.sure[piece] for piece in _pieces(candidate))
        for candidate in lattice.candidates
    ]
    return np.array(sure, np.float32)[:, None]


def _pieces(candidate: Candidate) -> set[int]:
    """Return the strokes that a candidate is of, or the components of a picture."""
    if candidate.spans:
        return {stroke for stroke, _, _ in candidate.spans}
    return {n for n in range(candidate.pieces.bit_length()) if candidate.pieces >> n & 1}


def _batches(sources: Iterable[_Found]) -> Iterator[list[_Found]]:
    """Yield them in batches of about BATCH candidates, since drawing one takes 150 kB."""
    batch: list[_Found] = []
    candidates = 0
    for found in sources:
        batch.append(found)
        candidates += len(found.lattice.candidates) if isinstance(found, _Segmented) else 0
        if candidates >= BATCH:
            yield batch
            batch, candidates = [], 0
    yield batch


def _see(found: Sequence[_Segmented]) -> Inputs:
    """Return what the network sees of all candidates, in order; ink is drawn together."""
    drawn = see_inks([ink for one in found if one.rasters is None for ink in one.lattice.inks])
    if all(one.rasters is None for one in found):
        return drawn
    parts, start = [], 0
    for lattice, rasters, _ in found:
        if rasters is None:
            parts.append(drawn[start : start + len(lattice.candidates)])
            start += len(lattice.candidates)
        else:
            parts.append(see_rasters(rasters))
    return np.concatenate(parts)


def _digits(
    lattice: Lattice,
    best: Hypothesis,
    confidence_of_all: float,
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
                max(confidence[label], confidence_of_all),  # it is right if all are
                candidate.box,
                tuple(Alternative(other, confidence[other]) for other in others),
                lattice.ink and candidate.ink(lattice.ink),
                rasters[number].copy(),  # not all candidates' memory
            )
        )
    return tuple(digits)
