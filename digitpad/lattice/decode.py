"""Candidate digits of a number, the paths through them, and what each path is worth.

A number is cut in pieces, from left to right. A candidate is some of them that may be one digit; a
path is a choice of candidates that uses every piece once. How likely a path is follows from a
log-linear model over whole paths (a semi-Markov conditional random field: Sarawagi and Cohen,
"Semi-Markov Conditional Random Fields for Information Extraction", NIPS 2004): each candidate's
features, geometry and what the network says of it, are weighed and summed. The weights are learned
by `train/fit/paths.py` and come with the model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad.ink import Ink
from digitpad.labels import DIGITS, NONE
from digitpad.lattice.candidate import Candidate, Geometry

LONGEST = 20  # digits in a number
BEAM = 12  # texts kept for each set of pieces while paths are followed
LABELS = 4  # readings followed for each candidate
NEGLIGIBLE = math.log(1e-6)  # steps with a smaller share of the paths from somewhere are not taken
FLOOR = 1e-4  # probabilities below this are as good as 0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lattice:
    """All candidates of one number."""

    candidates: tuple[Candidate, ...]
    pieces: int  # how many there are
    ink: Ink | None = None  # what their spans are of; None in a picture
    crowded: bool = False  # there is far more than a number has, and it was not looked at

    @property
    def inks(self) -> list[Ink]:
        """The candidates' ink, of a lattice of ink."""
        assert self.ink is not None, "a picture has no ink"
        return [candidate.ink(self.ink) for candidate in self.candidates]

    @cached_property
    def steps(self) -> list[tuple[int, int, int]]:
        """Every step of every path: pieces used before, candidate, pieces used after it.

        The next candidate always holds the leftmost piece not used yet; in this order, each step
        comes after all those that lead to it.
        """
        starting: list[list[int]] = [[] for _ in range(self.pieces)]
        for number, candidate in enumerate(self.candidates):
            starting[lowest(candidate.pieces)].append(number)
        levels: list[dict[int, None]] = [{} for _ in range(self.pieces + 1)]
        levels[0][0] = None
        steps = []
        for low in range(self.pieces):
            for before in levels[low]:
                for number in starting[low]:
                    if not before & self.candidates[number].pieces:
                        after = before | self.candidates[number].pieces
                        levels[lowest(~after)][after] = None
                        steps.append((before, number, after))
        return steps

    @property
    def whole(self) -> int:
        """The set of all pieces."""
        return (1 << self.pieces) - 1


class Hypothesis(NamedTuple):
    """One text and the likeliest path that reads it."""

    text: str
    confidence: float  # probability that the drawing is a number and this is its text
    path: tuple[int, ...]  # candidates, from left to right


def features(lattice: Lattice, probabilities: npt.NDArray[np.float32]) -> Floats:
    """Return what a path's worth is made of, (candidates, len(manifest.FEATURES)).

    `probabilities` (candidates, 11) are the network's, the last that it is no digit. A one is any
    upright line, such as the serif of a seven, so it counts whether it is as tall as the others.
    """
    known = np.maximum(probabilities.astype(np.float64), FLOOR)
    geometry = np.array([candidate.geometry for candidate in lattice.candidates])
    none, one = known[:, -1], known[:, 1]
    evidence = [-np.log(np.maximum(1 - none, FLOOR)), -np.log(none), -np.log(_best_of_ten(known))]
    return np.column_stack(
        [geometry, *evidence, one, one * geometry[:, Geometry._fields.index("low")]]
    )


def read_paths(
    lattice: Lattice, probabilities: npt.NDArray[np.float32], weights: Sequence[float]
) -> tuple[list[Hypothesis], Floats]:
    """Follow all paths: hypotheses, likeliest first, and how likely each candidate is in the path.

    `probabilities` (candidates, 11) are calibrated. The confidence of a text is the sum, over the
    paths that read it, of how likely the path is times what its digits are.
    """
    order = np.argsort(-probabilities[:, :NONE], axis=1, kind="stable")[:, :LABELS].tolist()
    if len(lattice.candidates) == 1:  # one path, whatever it is worth
        likely = probabilities[0].tolist()
        return [Hypothesis(DIGITS[k], likely[k], (0,)) for k in order[0]], np.ones(1)
    weighed = weigh(lattice, probabilities, weights)
    labels = [
        [(DIGITS[k], max(float(probabilities[i, k]), FLOOR**2)) for k in row]
        for i, row in enumerate(order)
    ]
    beams: dict[int, dict[str, Prefix]] = {0: {"": Prefix(1.0, 1.0, ())}}
    for before, number, after in lattice.steps:
        beam = beams.get(before)
        onward = weighed.onward(before, number, after)
        if beam is None or onward < NEGLIGIBLE:
            continue
        if len(beam) > BEAM:
            best = sorted(beam.items(), key=lambda item: -item[1].share)[:BEAM]
            beam = beams[before] = dict(best)
        taken = math.exp(onward)
        followed = [(digit, taken * likely) for digit, likely in labels[number]]
        found = beams.setdefault(after, {})
        for text, prefix in beam.items():
            for digit, step in followed:
                add(found, text + digit, prefix.extend(step, number))
    hypotheses = [
        Hypothesis(text, whole.share, whole.path) for text, whole in beams[lattice.whole].items()
    ]
    return sorted(hypotheses, key=lambda h: -h.confidence), weighed.shares


class Prefix(NamedTuple):
    """What was read up to some pieces: of all paths, the share that read it, rightly."""

    share: float
    best: float  # the likeliest path's part in it
    path: tuple[int, ...]  # that path
    state: int = 0  # after its text, of what is expected

    def extend(self, share: float, candidate: int | None, state: int = 0) -> "Prefix":
        """Return it with one more symbol, that of a candidate or of a sign."""
        path = self.path if candidate is None else (*self.path, candidate)
        return Prefix(self.share * share, self.best * share, path, state)


def add(found: dict[str, Prefix], text: str, prefix: Prefix) -> None:
    """Add a way to read a text to those that were found, which come to the same state."""
    there = found.get(text)
    if there is not None:
        longer = prefix if prefix.best > there.best else there
        prefix = longer._replace(share=there.share + prefix.share)
    found[text] = prefix


@dataclass(frozen=True, eq=False)
class Weighed:
    """A lattice's paths, by what they are worth."""

    worth: list[float]  # of each candidate
    backward: dict[int, float]  # log of the summed worth of all ways from a set of pieces on
    shares: Floats  # (candidates,): how likely each is in the path

    def onward(self, before: int, number: int, after: int) -> float:
        """Return the log of a step's share of all paths from its beginning on."""
        return self.worth[number] + self.backward[after] - self.backward[before]


def weigh(
    lattice: Lattice, probabilities: npt.NDArray[np.float32], weights: Sequence[float]
) -> Weighed:
    """Weigh all paths, given what the network says of the candidates, (candidates, 11)."""
    worth = (features(lattice, probabilities) @ np.asarray(weights)).tolist()
    forward, backward = _sums(lattice, worth)
    total = forward[lattice.whole]
    share = [0.0] * len(lattice.candidates)
    for before, number, after in lattice.steps:
        share[number] += math.exp(forward[before] + worth[number] + backward[after] - total)
    return Weighed(worth, backward, np.array(share))


def _sums(lattice: Lattice, worth: Sequence[float]) -> tuple[dict[int, float], dict[int, float]]:
    """Return the log of the summed worth of all ways to each set of pieces, and from it on."""
    forward, backward = {0: 0.0}, {lattice.whole: 0.0}
    for before, number, after in lattice.steps:
        log = forward[before] + worth[number]
        forward[after] = _log_add(forward[after], log) if after in forward else log
    for before, number, after in reversed(lattice.steps):
        log = backward[after] + worth[number]
        backward[before] = _log_add(backward[before], log) if before in backward else log
    return forward, backward


def moments(lattice: Lattice, features: Floats, weights: Floats) -> tuple[float, Floats, Floats]:
    """Return the log of the sum over paths, and the mean and covariance of a path's features.

    One forward pass carries all three (an expectation semiring: Eisner, ACL 2002).
    """
    size = len(weights)
    worth = features @ weights
    start: tuple[float, Floats, Floats] = (0.0, np.zeros(size), np.zeros((size, size)))
    states = {0: start}
    for before, number, after in lattice.steps:
        log, mean, square = states[before]
        f = features[number]
        log = log + float(worth[number])
        square = square + np.outer(mean, f) + np.outer(f, mean) + np.outer(f, f)
        mean = mean + f
        if after in states:
            other_log, other_mean, other_square = states[after]
            both = _log_add(log, other_log)
            share, other = math.exp(log - both), math.exp(other_log - both)
            log = both
            mean = share * mean + other * other_mean
            square = share * square + other * other_square
        states[after] = log, mean, square
    log, mean, square = states[lattice.whole]
    return log, mean, square - np.outer(mean, mean)


def _best_of_ten(probabilities: Floats) -> Floats:
    """Return how sure the digit is if it is one, (n,)."""
    ten = probabilities[:, :NONE]
    return np.asarray(ten.max(axis=1) / ten.sum(axis=1))


def _log_add(a: float, b: float) -> float:
    high, low = (a, b) if a > b else (b, a)
    return high + math.log1p(math.exp(low - high))


def lowest(bits: int) -> int:
    """Return the place of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1
