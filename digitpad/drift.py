"""Whether people write otherwise than those whose drawings a model was measured with.

A reading is counted in a few mixes, none of which tells a drawing. Two counts of a mix, as of the
last day and of the model's reference, are compared by the population stability index (Siddiqi,
Credit Risk Scorecards, 2006): the sum over its kinds of (now - before) · ln(now / before).
"""

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log

from digitpad.labels import DIGITS, OTHER, SIGNS, STRUCK
from digitpad.network.manifest import SHIPPED, Manifest
from digitpad.reading import Digit, Reading

REFERENCE = "drift"  # its place in a manifest's metrics

Seen = tuple[str, str]  # a mix, and one of its kinds
Counts = Mapping[str, Mapping[str, int]]  # by mix and kind

# Edges that part the validation writers' digits about evenly: `digitpad drift record`.
POINTS = (20, 30, 40, 55, 75)
ASPECTS = (0.4, 0.55, 0.7, 0.85, 1.0)
MOST_STROKES = 3  # more are counted as so many: one digit in 300 has three


def _ranges(edges: tuple[float, ...]) -> tuple[str, ...]:
    """Name what lies between edges."""
    between = (f"{a:g} to {b:g}" for a, b in pairwise(edges))
    return (f"below {edges[0]:g}", *between, f"{edges[-1]:g} and more")


MIXES: dict[str, tuple[str, ...]] = {  # of each the kinds
    "answers": ("read", "unsure", "blank"),  # of readings
    "signs": ("none", *SIGNS, OTHER, STRUCK),  # of readings
    "digits": DIGITS,  # of digits, as these are
    "corrections": ("let be", "corrected"),
    "strokes": ("1", "2", f"{MOST_STROKES} and more"),  # of digits that were drawn, as these are
    "points": _ranges(POINTS),
    "aspect": _ranges(ASPECTS),  # width over height
}
CORRECTED: Seen = ("corrections", "corrected")

SMALL, LARGE = 0.1, 0.25  # as Siddiqi has it: below, nothing has changed; from there, much has
# With so few, ten kinds differ by 0.085 or more one time in twenty where nothing has changed: then
# the index times their number is distributed as chi-squared (Yurdakul and Naranjo, 2020).
LEAST = 200


@dataclass(frozen=True)
class Shift:
    """How much a mix has moved from the reference."""

    mix: str
    counted: int  # of the last day
    index: float  # the population stability index, from 0
    shares: tuple[tuple[str, float, float], ...]  # each kind's name, share before, share now

    @property
    def verdict(self) -> str:
        """Say in a word or two what the index means."""
        if self.counted < LEAST:
            return "too few"
        return "as before" if self.index < SMALL else "a little" if self.index < LARGE else "much"

    @property
    def most(self) -> tuple[str, float, float]:
        """The kind whose share moved most."""
        return max(self.shares, key=lambda share: abs(share[2] - share[1]))


def seen(reading: Reading) -> Iterator[Seen]:
    """Tell what a reading counts as."""
    yield "answers", reading.status
    written = [sign.sign for sign in reading.signs if not sign.is_printed]
    for sign in written:
        yield "signs", sign
    if not written:
        yield "signs", "none"
    for digit in reading.digits:
        yield from _seen_of(digit)


def _seen_of(digit: Digit) -> Iterator[Seen]:
    yield "digits", digit.digit
    yield "corrections", "let be"  # a correction, if one comes, is counted beside it
    if digit.ink is not None:
        strokes = len(digit.ink.strokes)
        yield "strokes", MIXES["strokes"][min(strokes, MOST_STROKES) - 1]
        yield "points", MIXES["points"][bisect(POINTS, sum(map(len, digit.ink.strokes)))]
        yield "aspect", MIXES["aspect"][aspect_of(digit.box)]


def aspect_of(box: Sequence[float]) -> int:
    """Return which of the kinds of "aspect" a digit's box (left, top, right, bottom) is."""
    left, top, right, bottom = box
    return bisect(ASPECTS, (right - left) / (bottom - top) if bottom > top else inf)


def reference(manifest: Manifest) -> Counts:
    """Return the counts that a model was measured with; the shipped one's for one without."""
    found: Counts | None = manifest.metrics.get(REFERENCE)
    return Manifest.load(SHIPPED).metrics[REFERENCE] if found is None else found


def compare(before: Counts, now: Counts) -> list[Shift]:
    """Return how much each mix has moved."""
    return [_compare(mix, before.get(mix, {}), now.get(mix, {})) for mix in MIXES]


def _compare(mix: str, before: Mapping[str, int], now: Mapping[str, int]) -> Shift:
    kinds = MIXES[mix]
    first, after = ([counts.get(kind, 0) for kind in kinds] for counts in (before, now))
    shares = tuple(zip(kinds, _shares(first), _shares(after), strict=True))
    # Half a one more of each kind, Jeffreys' prior: else what was never seen has no bound.
    smooth = zip(_shares([n + 0.5 for n in first]), _shares([n + 0.5 for n in after]), strict=True)
    return Shift(mix, sum(after), sum((b - a) * log(b / a) for a, b in smooth), shares)


def _shares(counts: Sequence[float]) -> list[float]:
    return [count / (sum(counts) or 1) for count in counts]
