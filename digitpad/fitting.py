"""Readings of what a form expects, of all ways to part a source in digits and signs."""

from collections.abc import Sequence
from typing import NamedTuple

from digitpad.beside import Parted
from digitpad.expect import Format, named
from digitpad.geometry import Box
from digitpad.lattice.decode import Floats, Hypothesis, Lattice, lowest
from digitpad.lattice.expected import Between, read_expected
from digitpad.network.posteriors import Probabilities

# What a field expects stands there so many times as often, compared with all else, as it would
# without a field. Chosen on validation writers' drawings that fit and that do not
# (`digitpad evaluate`): with less, what fits is often unsure; with more, what does not is read.
FITS = 8.0
DECIMAL = named("decimal")  # most numbers are: that one is asked for makes none of them likelier


class Way(NamedTuple):
    """One way to part a source, and what the digits' network says of its candidates."""

    lattice: Lattice
    posteriors: Probabilities  # (candidates, 11)
    parted: Parted
    share: float  # how likely it is, of all ways


class Fitted(NamedTuple):
    """A text that fits."""

    hypothesis: Hypothesis  # with its signs
    way: int  # in which it is likeliest
    shares: Floats  # (candidates,) of that way, in its paths


def fit(
    ways: Sequence[Way], weights: Sequence[float], expected: Format
) -> tuple[list[Fitted], float]:
    """Return the texts that fit, likeliest first, and how likely it is that any does.

    Confidences are of all that may stand there, fitting or not, given that a form asks for it.
    """
    found: dict[str, Fitted] = {}
    best: dict[str, float] = {}
    fitting = 0.0
    for number, (lattice, posteriors, parted, share) in enumerate(ways):
        signs = [
            Between(_place(lattice, sign.box), odds)
            for sign, odds in zip(parted.signs, parted.odds, strict=True)
        ]
        hypotheses, shares, whole = read_expected(
            lattice, posteriors, weights, signs, expected.automaton
        )
        fitting += share * whole
        for hypothesis in hypotheses:
            text, own = hypothesis.text, share * hypothesis.confidence
            there = found.get(text)
            total = own + (there.hypothesis.confidence if there else 0.0)
            if there is None or own > best[text]:
                best[text], there = own, Fitted(hypothesis, number, shares)
            found[text] = there._replace(hypothesis=there.hypothesis._replace(confidence=total))
    fits = 1.0 if expected is DECIMAL else FITS
    scale = fits / (fits * fitting + 1 - fitting)
    fitted = [
        one._replace(
            hypothesis=one.hypothesis._replace(confidence=one.hypothesis.confidence * scale)
        )
        for one in found.values()
    ]
    return sorted(fitted, key=lambda one: -one.hypothesis.confidence), fitting * scale


def _place(lattice: Lattice, sign: Box) -> int:
    """Return how many pieces have their middles to the left of a sign's."""
    smallest = {
        lowest(candidate.pieces): candidate.box
        for candidate in lattice.candidates
        if candidate.pieces.bit_count() == 1
    }
    middle = sign.left + sign.right
    return sum(box.left + box.right < middle for box in smallest.values())
