"""Who corrects: a browser known by its cookie, or a program by its token. No names, no accounts."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from digitpad.store.database import Database
from digitpad.store.schema import CorrectionRow, Key, Writer, now

TOKEN_BYTES = 16  # 128 random bits
IDLE = timedelta(days=30)


def issue_token(database: Database) -> str:
    """Make a writer for a program and return its token, which is not kept itself.

    Tokens without a correction that are older than IDLE expire then.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    idle = (
        Writer.token_sha256.is_not(None),
        Writer.created < now() - IDLE,
        Writer.id.not_in(select(CorrectionRow.writer_id)),
    )
    with database.writing() as session:
        session.execute(delete(Writer).where(*idle))
        session.add(Writer(id=uuid4(), token_sha256=_digest(token)))
    return token


def find_by_token(database: Database, token: str) -> UUID | None:
    """Return the writer whose token this is, or None."""
    with database.reading() as session:
        return session.scalar(select(Writer.id).where(Writer.token_sha256 == _digest(token)))


def revision(database: Database, writer: UUID) -> int | None:
    """Return a number that is another one after the writer's corrections changed; None: unknown."""
    with database.reading() as session:
        return session.scalar(select(Writer.revision).where(Writer.id == writer))


def erase(database: Database, writer: UUID) -> int:
    """Erase a writer, the token and all corrections; return how many corrections there were."""
    with database.writing() as session:
        session.execute(select(Writer.id).where(Writer.id == writer).with_for_update())
        count = session.scalar(
            select(func.count()).select_from(CorrectionRow).where(CorrectionRow.writer_id == writer)
        )
        session.execute(delete(Writer).where(Writer.id == writer))
        return count or 0


def secret(database: Database) -> str:
    """Return the key that signs cookies; the first call makes it."""
    query = select(Key.value).where(Key.name == "cookie")
    with database.reading() as session:
        found = session.scalar(query)
    if found is None:
        with database.exclusive() as session:
            found = session.scalar(query)  # another may have made it by now
            if found is None:
                found = secrets.token_urlsafe(32)
                session.add(Key(name="cookie", value=found))
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
