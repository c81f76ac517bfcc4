"""Counts add up over processes, by the hour, and those of more than a day are gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from digitpad.drift import Seen
from digitpad.store import Database, counts
from digitpad.store.schema import now

SEVENS: Seen = ("digits", "7")
BLANK: Seen = ("answers", "blank")


def test_processes_add_to_the_same_counts(database: Database, url: str) -> None:
    def add(_: int) -> None:
        own = Database(url)
        for _ in range(5):
            counts.add(own, {SEVENS: 2, BLANK: 1})
        own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    assert counts.last_day(database) == {"digits": {"7": 40}, "answers": {"blank": 20}}


def test_only_the_last_day_counts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    today = now()
    for hours in (50, 24, 0):
        monkeypatch.setattr(counts, "now", lambda hours=hours: today - timedelta(hours=hours))
        counts.add(database, {SEVENS: 1})
    assert counts.last_day(database) == {"digits": {"7": 2}}
    monkeypatch.setattr(counts, "now", lambda: today + timedelta(hours=12))
    assert counts.last_day(database) == {"digits": {"7": 1}}
