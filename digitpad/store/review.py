"""Accepting corrections for everyone's model. What the model firmly contradicts is held."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from digitpad.network.posteriors import judge
from digitpad.reader import Reader
from digitpad.store import corrections
from digitpad.store.database import Database

SURE = 0.99  # confidence in another digit that asks for a second look


@dataclass(frozen=True)
class Held:
    """A correction that stays pending, and why."""

    correction: UUID
    reason: str


def accept(
    database: Database, reader: Reader, ids: Collection[UUID], confirmed: bool = False
) -> list[Held]:
    """Let everyone's model learn from corrections; return those that are held, now pending.

    Held is what the reader is SURE is another digit than the label, unless somebody has looked at
    the drawings and `confirmed`. Raises InvalidInput, and changes nothing, for an unknown id.
    """
    held = [] if confirmed else [h for i in set(ids) if (h := _doubt(database, reader, i))]
    doubtful = {h.correction for h in held}
    corrections.review(database, doubtful, "pending")
    corrections.review(database, set(ids) - doubtful, "accepted")
    return held


def _doubt(database: Database, reader: Reader, correction: UUID) -> Held | None:
    kept = corrections.find(database, correction)
    confidences = judge(reader.recognize(kept.drawing.inputs)[0])[1][0]
    digit = int(np.argmax(confidences))
    if confidences[digit] < SURE or str(digit) == kept.label:
        return None
    label = "not a digit" if kept.label is None else kept.label
    return Held(
        correction, f"the model is {confidences[digit]:.2%} sure of {digit}, its label is {label}"
    )
