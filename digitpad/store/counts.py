"""How often was seen what `drift` counts, by the hour, of all processes together."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from digitpad.drift import Counts, Seen
from digitpad.store.database import Database
from digitpad.store.schema import CountRow, now

DAY = timedelta(days=1)


def add(database: Database, counts: Mapping[Seen, int]) -> None:
    """Add to the counts of this hour; those older than a day are erased. Raises StoreUnavailable.

    In the order of their names, or two processes could wait for each other.
    """
    hour = now().replace(minute=0, second=0, microsecond=0)
    rows = [
        {"hour": hour, "mix": mix, "kind": kind, "count": count}
        for (mix, kind), count in sorted(counts.items())
    ]
    insert = (sqlite if database.is_sqlite else postgresql).insert(CountRow)
    total = CountRow.count + insert.excluded.count
    key = (CountRow.hour, CountRow.mix, CountRow.kind)
    with database.writing() as session:
        session.execute(
            insert.on_conflict_do_update(index_elements=key, set_={"count": total}), rows
        )
        session.execute(delete(CountRow).where(CountRow.hour < hour - DAY))


def last_day(database: Database) -> Counts:
    """Return the counts of this hour and the 24 before. Raises StoreUnavailable."""
    query = (
        select(CountRow.mix, CountRow.kind, func.sum(CountRow.count))
        .where(CountRow.hour >= now() - DAY - timedelta(hours=1))
        .group_by(CountRow.mix, CountRow.kind)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with database.reading() as session:
        for mix, kind, count in session.execute(query):
            found[mix][kind] = int(count)
    return found
