"""Paths through a lattice whose texts a form expects.

The automaton of what is expected is followed with the paths, as language models' constraints are
in recognisers of words (Mohri, Pereira, Riley, "Weighted Finite-State Transducers in Speech
Recognition", 2002): from the end, how much of the paths' share completes a text that is allowed;
then, from the start, the texts that are likeliest with it. So nothing is followed that cannot be
completed, and every share is of all that the ink may be, not of what is allowed only.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad.expect.automaton import DEAD, SYMBOLS, Automaton
from digitpad.labels import DIGITS, NONE
from digitpad.lattice.decode import (
    BEAM,
    NEGLIGIBLE,
    Floats,
    Hypothesis,
    Lattice,
    Prefix,
    add,
    lowest,
    weigh,
)

RARE = 1e-7  # a text with a smaller share of all that the ink may be is not followed


class Between(NamedTuple):
    """A sign that stands between digits."""

    place: int  # how many pieces of the lattice are to the left of it
    likely: Mapping[str, float]  # what it may be, of SYMBOLS, and how likely that is


def read_expected(
    lattice: Lattice,
    probabilities: npt.NDArray[np.float32],
    weights: Sequence[float],
    signs: Sequence[Between],
    wanted: Automaton,
) -> tuple[list[Hypothesis], Floats, float]:
    """Return texts that are wanted, likeliest first, the candidates' shares, and that of all texts.

    `probabilities` and `weights` are as for `read_paths`, and so are confidences and shares;
    `signs` are from left to right. The last is how likely some wanted text stands there.
    """
    weighed = weigh(lattice, probabilities, weights)
    followed = _Followed(wanted, signs, probabilities[:, :NONE].astype(np.float64))
    completed = {lattice.whole: _pad(wanted.ends)}
    steps = []
    for before, number, after in reversed(lattice.steps):
        onward = weighed.onward(before, number, after)
        if onward >= NEGLIGIBLE and after in completed:
            step = _Step(before, number, after, math.exp(onward))
            steps.append(step)
            share = followed.complete(step, completed[after])
            completed[before] = completed[before] + share if before in completed else share
    whole = followed.before(completed[0], followed.leading)[0]
    if whole < RARE:
        return [], weighed.shares, float(whole)
    beams: dict[int, dict[str, Prefix]] = {0: {}}
    followed.say(beams[0], "", Prefix(1.0, 1.0, ()), followed.leading)
    for step in reversed(steps):
        beam = beams.get(step.before, {})
        if len(beam) > BEAM:
            rest = completed[step.before]
            best = sorted(beam.items(), key=lambda item: -item[1].share * rest[item[1].state])
            beam = beams[step.before] = dict(best[:BEAM])
        followed.follow(step, beam, beams.setdefault(step.after, {}), completed[step.after])
    hypotheses = [
        Hypothesis(text, prefix.share, prefix.path)
        for text, prefix in beams[lattice.whole].items()
        if wanted.ends[prefix.state]
    ]
    return sorted(hypotheses, key=lambda h: -h.confidence), weighed.shares, float(whole)


class _Step(NamedTuple):
    before: int
    number: int
    after: int
    share: float  # of the paths from `before`


@dataclass(frozen=True, eq=False)
class _Followed:
    """An automaton that is followed over candidates' digits and the signs between them."""

    wanted: Automaton
    signs: Sequence[Between]
    digits: Floats  # (candidates, 10): how likely each is

    @property
    def leading(self) -> Sequence[Between]:
        """The signs before all digits."""
        return [sign for sign in self.signs if sign.place == 0]

    def after(self, step: _Step) -> Sequence[Between]:
        """Return the signs that come after a candidate, before the next one."""
        first, following = lowest(~step.before), lowest(~step.after)
        return [sign for sign in self.signs if first < sign.place <= following]

    def before(self, completed: Floats, signs: Sequence[Between]) -> Floats:
        """Return how much is completed by signs and what follows, of each state and DEAD."""
        for sign in reversed(signs):
            ways = [likely * completed[self._column(s)] for s, likely in sign.likely.items()]
            completed = _pad(sum(ways, np.zeros(len(self.wanted.ends))))
        return completed

    def complete(self, step: _Step, completed: Floats) -> Floats:
        """Return how much is completed by a step and what follows, of each state and DEAD."""
        then = self.before(completed, self.after(step))
        return _pad(step.share * (then[self.wanted.after[:, :NONE]] @ self.digits[step.number]))

    def follow(
        self,
        step: _Step,
        beam: Mapping[str, Prefix],
        found: dict[str, Prefix],
        completed: Floats,
    ) -> None:
        """Take a step from all texts of a beam, with each digit that can be completed."""
        signs = self.after(step)
        then = self.before(completed, signs)
        for text, prefix in beam.items():
            for digit, likely in zip(DIGITS, self.digits[step.number].tolist(), strict=True):
                state = int(self.wanted.after[prefix.state, int(digit)])
                share = step.share * likely
                if prefix.share * share * then[state] >= RARE:
                    longer = prefix.extend(share, step.number, state)
                    self.say(found, text + digit, longer, signs)

    def say(
        self, found: dict[str, Prefix], text: str, prefix: Prefix, signs: Sequence[Between]
    ) -> None:
        """Add a text to those that are found, with each way to read the signs after it."""
        if not signs:
            add(found, text, prefix)
            return
        for sign, likely in signs[0].likely.items():
            state = int(self._column(sign)[prefix.state])
            if state != DEAD:
                self.say(found, text + sign, prefix.extend(likely, None, state), signs[1:])

    def _column(self, symbol: str) -> npt.NDArray[np.int16]:
        return self.wanted.after[:, SYMBOLS.index(symbol)]


def _pad(values: npt.ArrayLike) -> Floats:
    """Return values of each state with that of DEAD, the last, which completes nothing."""
    return np.append(np.asarray(values, np.float64), 0.0)
