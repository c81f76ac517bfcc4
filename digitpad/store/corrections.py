"""Corrections: kept, listed, reviewed and erased."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from digitpad.errors import Conflict
from digitpad.ink import Ink
from digitpad.raster import SIDE, Raster
from digitpad.store.database import Database
from digitpad.store.schema import CorrectionRow, Writer


@dataclass(frozen=True, eq=False)
class Correction:
    """A drawing, and what its writer says that it is."""

    id: UUID  # made by the client
    drawing: Ink | Raster  # the raster (28, 28) in [0, 1] where a picture was corrected
    label: str | None  # "0" to "9", or None: not a digit
    predicted: str  # "0" to "9": what the model said
    model: str  # SHA-256 of the network that said so


@dataclass(frozen=True, eq=False)
class Kept(Correction):
    """A correction as the database has it."""

    number: int  # in the order they came
    writer: UUID
    state: str  # one of STATES
    created: datetime  # UTC


@dataclass(frozen=True)
class Page:
    """Some of a writer's corrections, newest first."""

    corrections: tuple[Kept, ...]
    total: int  # that the writer has
    next: int | None  # `before` of the next page, or None


def add(database: Database, writer: UUID | None, correction: Correction) -> tuple[Kept, bool]:
    """Keep a correction; return it, durable, and whether it is new.

    A writer who is None or unknown becomes one. The same correction again changes nothing. If the
    answer to a browser's first one was lost, the browser has no cookie yet: then whoever sends
    that id with the same content is taken for the same writer. Raises Conflict when the id is
    another writer's, or has another content.
    """
    row = _row(correction)
    try:
        with database.writing() as session:
            if (before := _find(session, correction.id)) is None:
                row.writer_id = _touch(session, writer)
                session.add(row)
                session.flush()
                return _kept(row), True
    except IntegrityError:  # it came twice at once, and the other was first
        with database.reading() as session:
            if (before := _find(session, correction.id)) is None:
                raise
    found, is_browser = before
    if found.writer != writer and not (writer is None and is_browser):
        raise Conflict(f"the id {correction.id} is taken by another correction")
    if _content(row) != _content(_row(found)):
        raise Conflict(f"the id {correction.id} was sent before, with another content")
    return found, False


def page(database: Database, writer: UUID, size: int, before: int | None = None) -> Page:
    """Return a writer's newest corrections, of those with a number below `before`."""
    own = CorrectionRow.writer_id == writer
    query = select(CorrectionRow).where(own).order_by(CorrectionRow.number.desc()).limit(size + 1)
    if before is not None:
        query = query.where(CorrectionRow.number < before)
    with database.reading() as session:
        rows = session.scalars(query).all()
        total = session.scalar(select(func.count()).select_from(CorrectionRow).where(own)) or 0
        found = tuple(_kept(row) for row in rows[:size])
    return Page(found, total, found[-1].number if len(rows) > size else None)


def remove(database: Database, writer: UUID, correction: UUID) -> bool:
    """Erase one of a writer's own corrections; return whether there was one."""
    with database.writing() as session:
        own = (CorrectionRow.id == correction, CorrectionRow.writer_id == writer)
        if session.scalar(select(CorrectionRow.number).where(*own)) is None:
            return False
        _touch(session, writer)
        session.execute(delete(CorrectionRow).where(*own))
        return True


def _touch(session: Session, writer: UUID | None) -> UUID:
    """Raise a writer's revision, which keeps others from changing them; make one if unknown."""
    if writer is not None:
        changed = update(Writer).where(Writer.id == writer).values(revision=Writer.revision + 1)
        if session.execute(changed.returning(Writer.id)).scalar() is not None:
            return writer
    made = Writer(id=uuid4(), revision=1)
    session.add(made)
    session.flush()
    return made.id


def _find(session: Session, correction: UUID) -> tuple[Kept, bool] | None:
    """Return a correction, and whether its writer is a browser."""
    found = session.execute(
        select(CorrectionRow, Writer.token_sha256)
        .join(Writer, Writer.id == CorrectionRow.writer_id)
        .where(CorrectionRow.id == correction)
    ).one_or_none()
    return found and (_kept(found[0]), found[1] is None)


def _row(correction: Correction) -> CorrectionRow:
    drawing = correction.drawing
    row = CorrectionRow(
        id=correction.id,
        label=correction.label,
        predicted=correction.predicted,
        model=correction.model,
    )
    if isinstance(drawing, Ink):
        row.ink = drawing.to_lists()
    else:
        row.raster = np.rint(drawing * 255).astype(np.uint8).tobytes()
    return row


def _content(row: CorrectionRow) -> tuple[object, ...]:
    return row.ink, row.raster, row.label, row.predicted, row.model


def _kept(row: CorrectionRow) -> Kept:
    drawing: Ink | Raster
    if row.ink is not None:
        drawing = Ink.from_strokes(row.ink)
    else:
        pixels = np.frombuffer(row.raster or b"", np.uint8).reshape(SIDE, SIDE)
        drawing = (pixels / 255).astype(np.float32)
    return Kept(
        id=row.id,
        drawing=drawing,
        label=row.label,
        predicted=row.predicted,
        model=row.model,
        number=row.number,
        writer=row.writer_id,
        state=row.state,
        created=row.created,
    )
