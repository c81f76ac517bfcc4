"""The style of whoever calls, made of the caller's corrections."""

from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from digitpad.errors import StoreError, StoreUnavailable
from digitpad.store import Database, corrections, writers
from digitpad.style import MOST, Example, Style
from digitpad.web.identity import DATABASE, caller

STYLES = "digitpad.styles"  # their place in app.extensions
WRITERS = 200  # whose styles a process keeps; each has some 100 kB


@dataclass(frozen=True)
class _Known:
    revision: int
    examples: dict[UUID, Example]  # by the correction's id
    style: Style | None


class Styles:
    """Styles by writer, as of the revision of their corrections: another process may add some."""

    def __init__(self, database: Database) -> None:
        """Begin with none."""
        self._database = database
        self._known: OrderedDict[UUID, _Known] = OrderedDict()

    def of(self, writer: UUID) -> Style | None:
        """Return a writer's style, None without corrections. Raises StoreUnavailable."""
        revision = writers.revision(self._database, writer)
        if revision is None:
            self._known.pop(writer, None)
            return None
        known = self._known.pop(writer, None)  # and back in at the end: the last used stay
        if known is None or known.revision != revision:
            before = known.examples if known else {}
            kept = corrections.newest(self._database, writer, MOST)
            examples = {c.id: before.get(c.id) or Example(c.drawing, c.label) for c in kept}
            style = Style(examples.values()) if examples else None
            known = _Known(revision, examples, style)
        self._known[writer] = known
        if len(self._known) > WRITERS:
            self._known.popitem(last=False)
        return known.style


def own_style() -> Style | None:
    """Return the caller's style; None without one, and when the database does not answer.

    Raises Unauthorized for a token that is wrong.
    """
    database: Database | None = current_app.extensions[DATABASE]
    if database is None or database.is_down:
        return None
    styles: Styles = current_app.extensions[STYLES]
    try:
        writer = caller()
        return None if writer is None else styles.of(writer)
    except (StoreUnavailable, StoreError):
        return None
