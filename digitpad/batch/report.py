"""What is in a table: counts, how sure it is, what it is likely worth, and how it differs."""

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from digitpad.batch.table import Row
from digitpad.drift import MIXES, Shift, aspect_of, compare
from digitpad.labels import DIGITS

LEVELS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999)  # of confidence, from which rows may be trusted
BARS = 20  # of confidences, each 5% wide
LEAST = 10  # rows that are the least sure


@dataclass(frozen=True)
class Level:
    """What is left when only rows of at least so much confidence are taken."""

    confidence: float
    coverage: float  # share of the rows that have a text
    accuracy: float  # of those, the share that is expected to be right: their mean confidence


@dataclass
class Report:
    """What is in a table."""

    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # why rows are unsure
    errors: Counter[str] = field(default_factory=Counter)  # without ids
    bars: list[int] = field(default_factory=lambda: [0] * BARS)  # rows with a text, by confidence
    levels: list[Level] = field(default_factory=list)
    least_sure: list[Row] = field(default_factory=list)
    mixes: dict[str, Counter[str]] = field(default_factory=dict)  # of those in `digitpad.drift`


def report(rows: Iterable[Row]) -> Report:
    """Count a table's rows, which are taken one by one."""
    found = Report(mixes={mix: Counter() for mix in ("answers", "signs", "digits", "aspect")})
    counts, sums = ([0.0] * len(LEVELS) for _ in range(2))  # of rows between two levels
    least: list[tuple[float, int, Row]] = []
    number = count()
    for row in rows:
        found.rows += 1
        found.statuses[row["status"]] += 1
        if row["error"] is not None:
            found.errors[row["error"].replace(row["id"], "it")] += 1
            continue
        if row["reason"] is not None:
            found.reasons[row["reason"]] += 1
        _mix(found.mixes, row)
        if not row["text"]:
            continue
        sure = row["confidence"]
        found.bars[min(int(sure * BARS), BARS - 1)] += 1
        level = bisect_right(LEVELS, sure) - 1
        counts[level] += 1
        sums[level] += sure
        keep = heapq.heappushpop if len(least) == LEAST else heapq.heappush
        keep(least, (-sure, -next(number), row))
    found.least_sure = [row for *_, row in sorted(least, key=lambda one: one[:2], reverse=True)]
    found.levels = _levels(counts, sums)
    return found


def drift(before: Report, now: Report) -> list[Shift]:
    """Return how much each mix of one table has moved from another's."""
    return [shift for shift in compare(before.mixes, now.mixes) if shift.mix in now.mixes]


def _mix(mixes: dict[str, Counter[str]], row: Row) -> None:
    """Count a row as `digitpad.drift` counts a reading."""
    mixes["answers"][row["status"]] += 1
    mixes["signs"].update([sign["sign"] for sign in row["signs"]] or ["none"])
    mixes["digits"].update(digit for digit in row["text"] if digit in DIGITS)
    mixes["aspect"].update(MIXES["aspect"][aspect_of(box)] for box in row["boxes"])


def _levels(counts: Sequence[float], sums: Sequence[float]) -> list[Level]:
    total = sum(counts)
    return [
        Level(level, sum(counts[n:]) / total, sum(sums[n:]) / sum(counts[n:]))
        for n, level in enumerate(LEVELS)
        if sum(counts[n:])
    ]
