"""Corrections: kept, listed, reviewed and erased."""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from digitpad.errors import Conflict, Full, InvalidInput
from digitpad.expect import Plain
from digitpad.ink import Ink
from digitpad.network.drawing import Drawing
from digitpad.store.database import Database
from digitpad.store.schema import CorrectionRow, Writer, now

State = Literal["pending", "accepted", "rejected"]
BATCH = 500  # corrections read at a time
MOST_OF_ONE = 2_000  # corrections of a writer, of 12 kB at most; a style learns of the newest 200
FRESH = timedelta(days=7)  # for so long a browser may ask again what became of a correction


@dataclass(frozen=True, eq=False)
class Correction:
    """A drawing, and what its writer says that it is."""

    id: UUID  # made by the client
    drawing: Drawing
    label: str | None  # "0" to "9", or None: not a digit
    predicted: str  # "0" to "9": what the model said
    model: str  # SHA-256 of the network that said so
    expect: Plain | None = field(default=None, kw_only=True)  # where it was read, if that is known


@dataclass(frozen=True, eq=False)
class Kept(Correction):
    """A correction as the database has it."""

    number: int  # in the order they came
    writer: UUID
    state: State  # of the review: whether everyone's model may learn from it
    created: datetime  # UTC


@dataclass(frozen=True)
class Page:
    """Some of a writer's corrections, newest first."""

    corrections: tuple[Kept, ...]
    total: int  # that the writer has
    next: int | None  # `before` of the next page, or None


def add(
    database: Database, writer: UUID | None, correction: Correction, most: int | None = None
) -> tuple[Kept, bool]:
    """Keep a correction; return it, durable, and whether it is new.

    A writer who is None or unknown becomes one. The same correction again changes nothing. If the
    answer to a browser's first one was lost, the browser has no cookie yet, or an erased writer's:
    then whoever sends that id with the same content, within FRESH, is taken for the same writer.
    Raises Conflict when the id is another writer's, or has another content, and Full when the
    writer has MOST_OF_ONE already, or the database has `most`.
    """
    row = _row(correction)
    try:
        with database.writing() as session:
            if (before := _find(session, correction.id)) is None:
                row.writer_id = _touch(session, writer)
                _refuse_too_many(session, row.writer_id, most)
                session.add(row)
                session.flush()
                return _kept(row), True
            is_known = _is_known(session, writer)
    except IntegrityError:  # it came twice at once, and the other was first
        with database.reading() as session:
            if (before := _find(session, correction.id)) is None:
                raise
            is_known = _is_known(session, writer)
    found, is_browser = before
    is_fresh = now() - found.created < FRESH
    if found.writer != writer and (is_known or not is_browser or not is_fresh):
        raise Conflict(f"the id {correction.id} is taken by another correction")
    if _content(row) != _content(_row(found)):
        raise Conflict(f"the id {correction.id} was sent before, with another content")
    return found, False


def page(database: Database, writer: UUID, size: int, before: int | None = None) -> Page:
    """Return a writer's newest corrections, of those with a number below `before`."""
    own = CorrectionRow.writer_id == writer
    query = _newest_first(own).limit(size + 1)
    if before is not None:
        query = query.where(CorrectionRow.number < before)
    with database.reading() as session:
        rows = session.scalars(query).all()
        total = session.scalar(select(func.count()).select_from(CorrectionRow).where(own)) or 0
        found = tuple(_kept(row) for row in rows[:size])
    return Page(found, total, found[-1].number if len(rows) > size else None)


def newest(
    database: Database, writer: UUID, most: int, known: Container[UUID] = ()
) -> dict[UUID, Kept | None]:
    """Return a writer's newest corrections by id, at most `most`, oldest first; None for the known.

    Who knows most of them already need not have their ink taken apart again.
    """
    own = _newest_first(CorrectionRow.writer_id == writer).limit(most)
    with database.reading() as session:
        ids = session.scalars(own.with_only_columns(CorrectionRow.id)).all()
        unknown = [id_ for id_ in ids if id_ not in known]
        rows = session.scalars(select(CorrectionRow).where(CorrectionRow.id.in_(unknown)))
        kept = {row.id: _kept(row) for row in rows}
    return {id_: kept.get(id_) for id_ in reversed(ids) if id_ in kept or id_ in known}


def remove(database: Database, writer: UUID, correction: UUID) -> bool:
    """Erase one of a writer's own corrections; return whether there was one."""
    with database.writing() as session:
        own = (CorrectionRow.id == correction, CorrectionRow.writer_id == writer)
        if session.scalar(select(CorrectionRow.number).where(*own)) is None:
            return False
        _touch(session, writer)
        session.execute(delete(CorrectionRow).where(*own))
        return True


def review(database: Database, ids: Collection[UUID], state: State) -> None:
    """Say of corrections that they are accepted or rejected, or pending again.

    It concerns what everyone's model learns, not the writer's own style. Raises InvalidInput, and
    changes nothing, when there is none with one of the ids.
    """
    with database.writing() as session:
        reviewed = session.scalars(
            update(CorrectionRow)
            .where(CorrectionRow.id.in_(ids))
            .values(state=state)
            .returning(CorrectionRow.id)
        ).all()
        if missing := set(ids) - set(reviewed):
            raise InvalidInput(f"there is no correction {min(missing)}")


def find(database: Database, correction: UUID) -> Kept:
    """Return a correction, whosever it is; raises InvalidInput when there is none."""
    with database.reading() as session:
        found = _find(session, correction)
    if found is None:
        raise InvalidInput(f"there is no correction {correction}")
    return found[0]


def everyone(database: Database, state: State | None = None) -> Iterator[Kept]:
    """Give all corrections in this state, or all, oldest first, BATCH in memory at a time."""
    last = 0
    while True:
        query = select(CorrectionRow).where(CorrectionRow.number > last)
        if state is not None:
            query = query.where(CorrectionRow.state == state)
        with database.reading() as session:
            rows = session.scalars(query.order_by(CorrectionRow.number).limit(BATCH)).all()
            found = [_kept(row) for row in rows]
        if not found:
            return
        yield from found
        last = found[-1].number


def expire(database: Database, days: int) -> int:
    """Erase the corrections older than `days`, and browsers left without one; return how many."""
    old = CorrectionRow.created < now() - timedelta(days=days)
    with database.writing() as session:
        whose = select(CorrectionRow.writer_id).where(old)
        session.execute(
            update(Writer).where(Writer.id.in_(whose)).values(revision=Writer.revision + 1)
        )
        erased = session.scalars(delete(CorrectionRow).where(old).returning(CorrectionRow.id))
        count = len(erased.all())
        kept = select(CorrectionRow.writer_id)
        idle = (Writer.token_sha256.is_(None), Writer.id.not_in(kept))
        # Locked first: whoever is correcting right now is waited for, and then asked about anew.
        locked = session.scalars(select(Writer.id).where(*idle).with_for_update()).all()
        session.execute(delete(Writer).where(Writer.id.in_(locked), *idle))
        return count


def _newest_first(own: ColumnElement[bool]) -> Select[CorrectionRow]:
    return select(CorrectionRow).where(own).order_by(CorrectionRow.number.desc())


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


def _refuse_too_many(session: Session, writer: UUID, most: int | None) -> None:
    count = select(func.count()).select_from(CorrectionRow)
    if (session.scalar(count.where(CorrectionRow.writer_id == writer)) or 0) >= MOST_OF_ONE:
        raise Full(f"you have {MOST_OF_ONE:,} corrections, the most that are kept: erase some")
    if most is not None and (session.scalar(count) or 0) >= most:
        raise Full(f"this site keeps {most:,} corrections at most, and has them")


def _is_known(session: Session, writer: UUID | None) -> bool:
    return writer is not None and session.get(Writer, writer) is not None


def _find(session: Session, correction: UUID) -> tuple[Kept, bool] | None:
    """Return a correction, and whether its writer is a browser."""
    found = session.execute(
        select(CorrectionRow, Writer.token_sha256)
        .join(Writer, Writer.id == CorrectionRow.writer_id)
        .where(CorrectionRow.id == correction)
    ).one_or_none()
    return found and (_kept(found[0]), found[1] is None)


def _row(correction: Correction) -> CorrectionRow:
    ink = correction.drawing.ink
    return CorrectionRow(
        id=correction.id,
        label=correction.label,
        predicted=correction.predicted,
        model=correction.model,
        expect=correction.expect,
        ink=None if ink is None else ink.to_lists(),
        raster=correction.drawing.pixels if ink is None else None,
    )


def _content(row: CorrectionRow) -> tuple[object, ...]:
    return row.ink, row.raster, row.label, row.predicted, row.model, row.expect


def _kept(row: CorrectionRow) -> Kept:
    drawing = Drawing(None, row.raster or b"")
    if row.ink is not None:
        # It was checked when it came, and checking takes half a millisecond a drawing.
        drawing = Drawing.of(Ink(tuple(np.array(stroke, np.float64) for stroke in row.ink)))
    return Kept(
        id=row.id,
        drawing=drawing,
        label=row.label,
        predicted=row.predicted,
        model=row.model,
        expect=row.expect,
        number=row.number,
        writer=row.writer_id,
        state=cast(State, row.state),
        created=row.created,
    )
