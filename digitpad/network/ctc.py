"""Decoding of connectionist temporal classification: posteriors of steps -> texts.

A text's probability is the sum over its alignments (Graves, Fernández, Gomez and Schmidhuber,
"Connectionist temporal classification", 2006), found by prefix beam search (Hannun, Maas, Jurafsky
and Ng, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent
DNNs", 2014). Label 0 is blank.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

WIDTH = 16  # prefixes kept at each step
LEAST = 1e-4  # a label less likely than this is passed over at a step

Posteriors = npt.NDArray[np.floating]  # (steps, labels), each row sums to 1
Tokens = tuple[int, ...]  # labels without blank


class Constraint(Protocol):
    """What may be said: an automaton that reads one token after another."""

    def start(self) -> Hashable:
        """Return the state before the first token."""

    def step(self, state: Hashable, token: int) -> Hashable | None:
        """Return the state after a token, None if it may not follow."""

    def accepts(self, state: Hashable) -> bool:
        """Whether the text may end here."""


@dataclass(frozen=True)
class Hypothesis:
    """A text, and the logarithm of its probability."""

    tokens: Tokens
    log_probability: float

    @property
    def probability(self) -> float:
        """The probability itself, in [0, 1]."""
        return min(1.0, math.exp(self.log_probability))


@dataclass(slots=True)
class _Prefix:
    """How likely a prefix is so far, by what its alignments end with, and where it may go."""

    blank: float
    token: float
    state: Hashable = None

    @property
    def total(self) -> float:
        return self.blank + self.token


def search(
    posteriors: Posteriors, width: int = WIDTH, constraint: Constraint | None = None
) -> list[Hypothesis]:
    """Return the likeliest texts, best first: none that a constraint forbids, maybe none at all.

    Their probabilities are lower bounds, since unlikely prefixes and labels are passed over; under
    a constraint they sum to how likely it is that the text is an allowed one.
    """
    start = constraint.start() if constraint else None
    beam: dict[Tokens, _Prefix] = {(): _Prefix(1.0, 0.0, start)}
    scale = 0.0  # logarithm of what the prefixes' probabilities were multiplied by
    for row in posteriors.tolist():
        likely = [label for label in range(1, len(row)) if row[label] > LEAST]
        following: dict[Tokens, _Prefix] = {}
        for tokens, prefix in beam.items():
            last = tokens[-1] if tokens else 0
            kept = following.get(tokens)
            if kept is None:
                kept = following[tokens] = _Prefix(0.0, 0.0, prefix.state)
            kept.blank += prefix.total * row[0]
            kept.token += prefix.token * row[last] if last else 0.0
            for label in likely:
                longer = (*tokens, label)
                found = following.get(longer)
                if found is None:
                    state = constraint.step(prefix.state, label) if constraint else None
                    if constraint and state is None:
                        continue
                    found = following[longer] = _Prefix(0.0, 0.0, state)
                before = prefix.blank if label == last else prefix.total
                found.token += before * row[label]
        kept_ones = sorted(following.items(), key=lambda item: -item[1].total)[:width]
        most = kept_ones[0][1].total
        if most <= 0.0:  # float64 holds no smaller one: the text is impossible
            return []
        scale += math.log(most)
        for _, prefix in kept_ones:
            prefix.blank /= most
            prefix.token /= most
        beam = dict(kept_ones)
    return [
        Hypothesis(tokens, scale + math.log(prefix.total))
        for tokens, prefix in beam.items()
        if prefix.total > 0 and (constraint is None or constraint.accepts(prefix.state))
    ]


def align(posteriors: Posteriors, tokens: Tokens) -> list[int]:
    """Return the step at which each token is likeliest, in the best alignment of the text.

    Raises ValueError if the text needs more steps than there are.
    """
    if not tokens:
        return []
    steps = len(posteriors)
    path = np.zeros(2 * len(tokens) + 1, np.intp)
    path[1::2] = tokens
    with np.errstate(divide="ignore"):
        scores = np.log(np.asarray(posteriors, np.float64)[:, path])
    skips = np.zeros(len(path), bool)  # over the blank between two different tokens
    skips[3::2] = path[3::2] != path[1:-2:2]
    best = np.full(len(path), -np.inf)
    best[:2] = scores[0, :2]
    came = np.zeros((steps, len(path)), np.int8)
    for step in range(1, steps):
        ways = np.full((3, len(path)), -np.inf)
        ways[0] = best
        ways[1, 1:] = best[:-1]
        ways[2, 2:] = np.where(skips[2:], best[:-2], -np.inf)
        came[step] = ways.argmax(axis=0)
        best = ways.max(axis=0) + scores[step]
    at = len(path) - 1 if best[-1] > best[-2] else len(path) - 2
    if not np.isfinite(best[at]):
        raise ValueError(f"{len(tokens)} tokens do not fit into {steps} steps")
    places = [(0, -np.inf)] * len(tokens)
    for step in range(steps - 1, -1, -1):
        if at % 2 and scores[step, at] >= places[at // 2][1]:
            places[at // 2] = (step, scores[step, at])
        at -= int(came[step, at])
    return [step for step, _ in places]
