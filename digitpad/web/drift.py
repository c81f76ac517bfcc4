"""How far what is read has moved from what the model was measured with: a page, and metrics."""

from collections.abc import Iterator, Sequence

from apiflask import APIBlueprint
from flask import current_app, render_template, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from werkzeug.exceptions import Unauthorized

from digitpad.drift import LARGE, LEAST, SMALL, Shift, compare, reference
from digitpad.errors import StoreError, StoreUnavailable
from digitpad.store import Database, counts
from digitpad.web.identity import DATABASE
from digitpad.web.limits import KEY, limits
from digitpad.web.serving import loaded_reader

LONGEST = 1_000  # bytes of a form with a key

drift = APIBlueprint("drift", __name__, enable_openapi=False)


@drift.route("/drift", methods=["GET", "POST"])
def show() -> str | tuple[str, int]:
    """The panel for whoever shows an API key, in a header or in the form that others get."""
    request.max_content_length = LONGEST
    key = request.headers.get(KEY) or request.form.get("key")
    if key is None:
        return render_template("drift.html", shifts=None, is_wrong=False)
    database: Database | None = current_app.extensions[DATABASE]
    try:
        limits().need_key(database, key)
    except Unauthorized:
        return render_template("drift.html", shifts=None, is_wrong=True), 401
    assert database is not None
    shifts = {shift.mix: shift for shift in _shifts(database)}
    return render_template("drift.html", shifts=shifts, least=LEAST, small=SMALL, large=LARGE)


def metrics(database: Database) -> bytes:
    """Return the same as Prometheus reads it; nothing while the database does not answer."""
    if database.is_down:
        return b""
    try:
        shifts = _shifts(database)
    except (StoreError, StoreUnavailable):
        return b""
    registry = CollectorRegistry()
    registry.register(_Shifts(shifts))
    return generate_latest(registry)


def _shifts(database: Database) -> list[Shift]:
    return compare(reference(loaded_reader().manifest), counts.last_day(database))


class _Shifts(Collector):
    """Gauges that no process keeps: the database has the counts of all."""

    def __init__(self, shifts: Sequence[Shift]) -> None:
        self._shifts = shifts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        counted = GaugeMetricFamily(
            "digitpad_drift_counted", "What was counted in the last day", labels=["mix"]
        )
        index = GaugeMetricFamily(
            "digitpad_drift_psi", "Population stability index against the model", labels=["mix"]
        )
        share = GaugeMetricFamily(
            "digitpad_drift_share", "Shares in the last day", labels=["mix", "kind"]
        )
        for shift in self._shifts:
            counted.add_metric([shift.mix], shift.counted)
            index.add_metric([shift.mix], shift.index)
            for kind, _, now in shift.shares:
                share.add_metric([shift.mix, kind], now)
        yield from (counted, index, share)
