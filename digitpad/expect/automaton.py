"""Machines that read a text sign by sign, and the table that several of them are compiled to.

The table is the product of the machines (Hopcroft, Motwani, Ullman, "Introduction to Automata
Theory", 4.2.1) without the states from which nothing that is allowed can be reached.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from digitpad.errors import InvalidInput
from digitpad.labels import DIGITS, SIGNS

SYMBOLS = (*DIGITS, *SIGNS)  # what a text is made of
MOST_STATES = 2_500  # 20 digits with a check digit have 2,000; so many take half a second
DEAD = -1


class Machine(Protocol):
    """What may be said, as states: `start`, the state after a symbol, and where a text may end."""

    @property
    def start(self) -> Hashable:
        """The state before anything is read."""

    def step(self, state: Any, symbol: str) -> Hashable | None:
        """Return the state after one of SYMBOLS; None where nothing allowed goes on so."""

    def accepts(self, state: Any) -> bool:
        """Whether a text may end here."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """All texts that are allowed, as a table; it begins in state 0."""

    after: npt.NDArray[np.int16]  # (states, SYMBOLS): the next state, or DEAD
    ends: npt.NDArray[np.bool_]  # (states,): whether a text may end there

    def walk(self, text: str) -> int:
        """Return the state after a text, of SYMBOLS, or DEAD."""
        state = 0
        for symbol in text:
            if state != DEAD:
                state = int(self.after[state, SYMBOLS.index(symbol)])
        return state

    def accepts(self, text: str) -> bool:
        """Whether a text, of SYMBOLS, is allowed."""
        state = self.walk(text)
        return state != DEAD and bool(self.ends[state])

    @property
    def symbols(self) -> frozenset[str]:
        """Those of SYMBOLS that some allowed text has."""
        used = (self.after != DEAD).any(axis=0)
        return frozenset(symbol for symbol, is_used in zip(SYMBOLS, used, strict=True) if is_used)

    @property
    def lengths(self) -> tuple[int, int | None]:
        """How long the shortest allowed text is, and the longest; None where there is none."""
        at, ending = np.zeros(len(self.ends), np.bool_), []
        at[0] = True
        for size in range(len(self.ends) + 1):  # a longer text comes to some state twice
            if (at & self.ends).any():
                ending.append(size)
            to = self.after[at]
            at = np.isin(np.arange(len(at)), to[to != DEAD])
        return ending[0], None if at.any() else ending[-1]


def compile_all(machines: Sequence[Machine]) -> Automaton:
    """Return the table of all texts that every machine accepts.

    Raises InvalidInput when it has more than MOST_STATES states, or no text.
    """
    start = tuple(machine.start for machine in machines)
    numbers = {start: 0}
    rows: list[list[int]] = []
    states = [start]
    for state in states:  # grows
        row = [DEAD] * len(SYMBOLS)
        for place, symbol in enumerate(SYMBOLS):
            after = _step(machines, state, symbol)
            if after is None:
                continue
            row[place] = numbers.setdefault(after, len(numbers))
            if row[place] == len(states):
                states.append(after)
        if len(states) > MOST_STATES:
            raise InvalidInput(
                f"expected a format with at most {MOST_STATES:,} states, found more: "
                "allow fewer or shorter texts"
            )
        rows.append(row)
    ends = np.array(
        [all(m.accepts(own) for m, own in zip(machines, state, strict=True)) for state in states]
    )
    return _without_dead_ends(np.array(rows), ends)


def _step(
    machines: Sequence[Machine], state: tuple[Any, ...], symbol: str
) -> tuple[Any, ...] | None:
    found = []
    for machine, own in zip(machines, state, strict=True):
        after = machine.step(own, symbol)
        if after is None:
            return None
        found.append(after)
    return tuple(found)


def _without_dead_ends(after: npt.NDArray[np.intp], ends: npt.NDArray[np.bool_]) -> Automaton:
    """Return the table with those states only from which a text can end."""
    alive = ends.copy()
    while True:
        grown = alive | (alive[after] & (after != DEAD)).any(axis=1)
        if (grown == alive).all():
            break
        alive = grown
    if not alive[0]:
        raise InvalidInput("expected a format that some number fits, found one that none fits")
    renumbered = np.where(alive, alive.cumsum() - 1, DEAD)
    kept = after[alive]
    return Automaton(np.where(kept == DEAD, DEAD, renumbered[kept]).astype(np.int16), ends[alive])
