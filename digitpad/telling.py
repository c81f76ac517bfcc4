"""What a reading says, given what the networks say of all that may be digits and signs."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad.beside import STRUCK_OUT, Parted, doubt, insert, is_struck, unwanted
from digitpad.expect import Format
from digitpad.fitting import DECIMAL, Way, fit
from digitpad.labels import DIGITS, NONE, SIGNS, STRUCK
from digitpad.lattice.candidate import Candidate
from digitpad.lattice.decode import LONGEST, Floats, Hypothesis, Lattice, read_paths
from digitpad.network.inputs import Rasters
from digitpad.network.posteriors import Logits, Probabilities, softmax
from digitpad.reading import Alternative, Digit, Reading, Sign
from digitpad.standing import misplaced

RUNNERS_UP = 3  # alternatives that a reading lists
CROWDED = "there is far more in it than a number has"


class Seen(NamedTuple):
    """One way to part a source in digits and what stands beside them, and what was seen of it."""

    lattice: Lattice
    parted: Parted
    share: float  # how likely it is, of all ways
    logits: Logits  # (candidates, LABELS), calibrated
    rasters: Rasters  # (candidates, 28, 28)

    @property
    def posteriors(self) -> Probabilities:
        """How likely each candidate is each of LABELS."""
        return softmax(self.logits)


class _Found(NamedTuple):
    """The texts that may stand there, likeliest first, with their signs."""

    hypotheses: Sequence[Hypothesis]
    digits: str  # of the first
    signs: tuple[Sign, ...]
    shares: Floats  # (candidates,): how likely each is in the path
    seen: Seen


def tell(
    ways: Sequence[Seen], weights: Sequence[float], threshold: float, expected: Format | None
) -> Reading:
    """Return the reading of a source that can be parted in these ways, the likeliest first.

    `weights` are those of the lattice's paths. Below `threshold` a reading is unsure; `expected` is
    None where any number is.
    """
    free = _read_free(ways[0], weights)
    found, misfit = free, None
    if expected is not None:
        found, misfit = _read_fitting(ways, weights, expected, free)
    best, *others = found.hypotheses
    digits = _digits(found)
    reason = _refuse(found, digits, expected) or misfit or _doubt(found, threshold)
    if found is not free and misfit:
        others.insert(0, free.hypotheses[0])
    return Reading(
        best.text,
        "read" if reason is None else "unsure",
        reason,
        best.confidence,
        digits,
        tuple(Alternative(other.text, other.confidence) for other in others[:RUNNERS_UP]),
        found.signs,
        found.seen.parted.marks,
    )


def _read_free(seen: Seen, weights: Sequence[float]) -> _Found:
    """Read the digits, whatever they are, and put the signs between them."""
    lattice, parted = seen.lattice, seen.parted
    paths, shares = read_paths(lattice, seen.posteriors, weights)
    hypotheses = paths
    if parted.sure:
        hypotheses = [_beside(path, lattice, parted) for path in paths]
    return _Found(hypotheses, paths[0].text, parted.signs, shares, seen)


def _read_fitting(
    ways: Sequence[Seen], weights: Sequence[float], expected: Format, free: _Found
) -> tuple[_Found, str | None]:
    """Read what fits what is expected; with why it is not sure that anything does, or None."""
    text = free.hypotheses[0].text
    fitted, fitting = fit(
        [Way(seen.lattice, seen.posteriors, seen.parted, seen.share) for seen in ways],
        weights,
        expected,
    )
    misfit = None
    fits = expected.accepts(text) and all(sign.sign in SIGNS for sign in free.signs)
    if fitting < 0.5 and not fits:
        misfit = _misfit(text, free.signs, expected)
    if not fitted:
        return free, misfit
    best, seen = fitted[0], ways[fitted[0].way]
    written = best.hypothesis.text
    signs = [symbol for symbol in written if symbol not in DIGITS]
    hypotheses: dict[str, Hypothesis] = {}
    for one in fitted:
        told = one.hypothesis.text.replace(",", ".") if expected is DECIMAL else one.hypothesis.text
        other = hypotheses.setdefault(told, one.hypothesis._replace(text=told, confidence=0.0))
        confidence = other.confidence + one.hypothesis.confidence
        hypotheses[told] = other._replace(confidence=confidence)
    return _Found(
        sorted(hypotheses.values(), key=lambda h: -h.confidence),
        "".join(symbol for symbol in written if symbol in DIGITS),
        tuple(replace(s, sign=said) for s, said in zip(seen.parted.signs, signs, strict=True)),
        best.shares,
        seen,
    ), misfit


def _misfit(text: str, signs: Sequence[Sign], expected: Format) -> str:
    """Say why what stands there is not what is expected."""
    named = [sign for sign in signs if sign.sign != STRUCK]
    strange = [sign for sign in named if sign.sign not in expected.automaton.symbols]
    if expected is DECIMAL and named:
        return f"it is no decimal number: {unwanted(strange or named)}"
    return unwanted(strange) or expected.misfit(text)


def _refuse(found: _Found, digits: Sequence[Digit], expected: Format | None) -> str | None:
    """Say why what stands there is nothing that can be asked for, however sure it is, or None."""
    parted = found.seen.parted
    if found.seen.lattice.crowded:
        return CROWDED
    if len(digits) > LONGEST:
        return f"it looks like more than {LONGEST} digits"
    if len(digits) == 1 and digits[0].ink is not None and digits[0].box.is_dot:
        return "it is only a dot"
    if is_struck(parted):
        return STRUCK_OUT
    if reason := misplaced(found.seen.lattice, found.hypotheses[0].path, parted.marks):
        return reason
    return None if expected else unwanted(found.signs)


def _doubt(found: _Found, threshold: float) -> str | None:
    """Say why a reading is unsure, or None."""
    best, parted = found.hypotheses[0], found.seen.parted
    if best.confidence >= threshold:
        return None
    if best.confidence >= threshold * parted.trust:
        return doubt(parted)  # the digits themselves are sure
    rest = 1 - sum(h.confidence for h in found.hypotheses)
    if len(found.hypotheses) == 1 or rest > best.confidence:
        what = "a digit" if len(best.path) == 1 else "a number"
        return f"it does not look like {what}"
    return f"it could also be {found.hypotheses[1].text}"


def _beside(hypothesis: Hypothesis, lattice: Lattice, parted: Parted) -> Hypothesis:
    """Return a hypothesis of the digits with what stands beside them."""
    boxes = [lattice.candidates[number].box for number in hypothesis.path]
    text = insert(hypothesis.text, boxes, parted.signs)
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


def _digits(found: _Found) -> tuple[Digit, ...]:
    """Describe each digit of the best text, by all candidates that hold its pieces."""
    lattice, seen, best = found.seen.lattice, found.seen, found.hypotheses[0]
    confidences = seen.posteriors[:, :NONE]
    if seen.parted.sure:
        confidences = confidences * _trust(lattice, seen.parted)
    said = np.concatenate([confidences, softmax(seen.logits[:, :NONE])], axis=1)
    digits = []
    for label, number in zip(found.digits, best.path, strict=True):
        candidate = lattice.candidates[number]
        same = [i for i, c in enumerate(lattice.candidates) if c.pieces == candidate.pieces]
        mixed = found.shares[same] @ said[same]
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
                seen.rasters[number].copy(),  # not all candidates' memory
            )
        )
    return tuple(digits)
