"""What was read, counted for `drift`: in memory, and now and then into the database.

A pad asks again and again while somebody draws. What is drawn on begins where it began and has more
points, so of readings in a row that fit, the last one counts.
"""

import logging
import threading
import time
import weakref
from collections import Counter, OrderedDict
from dataclasses import dataclass

from flask import current_app

from digitpad.drift import CORRECTED, Seen, seen
from digitpad.errors import StoreError, StoreUnavailable
from digitpad.ink import Ink
from digitpad.reading import Reading
from digitpad.store import Database, counts
from digitpad.web.observe import READINGS

COUNTING = "digitpad.counting"  # its place in app.extensions; None without a database
INTERVAL = 30.0  # s from one writing to the next: so much is lost where a process is killed
STILL = 10.0  # s after which nobody goes on with a drawing
MOST = 1_000  # drawings that somebody may go on with; a few hundred bytes each

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Growing:
    """A drawing that somebody may go on with: what it counts as so far."""

    points: int
    at: float  # s, when it was read
    seen: tuple[Seen, ...]


class Counting:
    """The counts of one process. Nothing here waits for a database but the thread of `watch`."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing."""
        self._database = database
        self._lock = threading.Lock()  # held for microseconds
        self._counts = Counter[Seen]()
        self._growing: OrderedDict[tuple[float, float], _Growing] = OrderedDict()  # by its start

    def read(self, reading: Reading, ink: Ink | None = None) -> None:
        """Count a reading, of a picture if there is no ink."""
        found, now = tuple(seen(reading)), time.monotonic()
        with self._lock:
            if ink is None or not ink.strokes:
                self._counts.update(found)
                return
            x, y = ink.strokes[0][0].tolist()
            points = sum(map(len, ink.strokes))
            before = self._growing.pop((x, y), None)
            if before is not None and (points <= before.points or now > before.at + STILL):
                self._counts.update(before.seen)
            self._growing[x, y] = _Growing(points, now, found)
            if len(self._growing) > MOST:
                self._counts.update(self._growing.popitem(last=False)[1].seen)

    def corrected(self) -> None:
        """Count a digit that was corrected."""
        with self._lock:
            self._counts[CORRECTED] += 1

    def flush(self, still: float = 0) -> None:
        """Write what was counted, without drawings of the last `still` seconds. Raises StoreError,
        or StoreUnavailable; then the next time has it all.
        """
        before = time.monotonic() - still
        with self._lock:
            while self._growing and next(iter(self._growing.values())).at <= before:
                self._counts.update(self._growing.popitem(last=False)[1].seen)
            found, self._counts = self._counts, Counter()
        if found:
            try:
                counts.add(self._database, found)
            except BaseException:
                with self._lock:
                    self._counts.update(found)
                raise

    def watch(self) -> None:
        """Write now and then until nobody counts here any more, in a thread of its own."""
        own = weakref.ref(self)
        threading.Thread(target=_watch, args=(own,), name="counts", daemon=True).start()


def counting() -> Counting | None:
    """Return this process's counts; None where the site has no database."""
    found: Counting | None = current_app.extensions[COUNTING]
    return found


def note(reading: Reading, ink: Ink | None = None) -> None:
    """Count a reading in the metrics, and where the site has a database for `drift`."""
    READINGS.labels(reading.status).inc()
    if (counts := counting()) is not None:
        counts.read(reading, ink)


def _watch(own: "weakref.ref[Counting]") -> None:
    while (found := own()) is not None:
        try:
            found.flush(STILL)
        except (StoreError, StoreUnavailable):
            pass  # logged where it was found
        except Exception:
            log.exception("what was read could not be counted")
        del found
        time.sleep(INTERVAL)
