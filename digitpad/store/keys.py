"""API keys: programs that may send more than a stranger. Only their SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from digitpad.errors import Conflict, InvalidInput
from digitpad.store.database import Database
from digitpad.store.schema import ApiKey, now

KEY_BYTES = 24  # 192 random bits
PREFIX = "dp_"  # so that a key that leaked is found
LONGEST = 60  # characters of a name


def create(database: Database, name: str) -> str:
    """Make a key and return it; it is not kept itself.

    Raises InvalidInput for a name that is empty or too long, and Conflict when it is taken.
    """
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise InvalidInput(f"a key's name must have 1 to {LONGEST} characters, found {name!r:.80}")
    key = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    try:
        with database.writing() as session:
            session.add(ApiKey(name=name, sha256=_digest(key)))
    except IntegrityError:
        raise Conflict(f"there is a key with the name {name!r} already") from None
    return key


def find(database: Database, key: str) -> str | None:
    """Return the name of a key that is not revoked, or None."""
    query = select(ApiKey.name).where(ApiKey.sha256 == _digest(key), ApiKey.revoked.is_(None))
    with database.reading() as session:
        return session.scalar(query)


def everyone(database: Database) -> list[tuple[str, datetime, datetime | None]]:
    """Return each key's name, when it was made, and when it was revoked; oldest first."""
    query = select(ApiKey.name, ApiKey.created, ApiKey.revoked).order_by(ApiKey.created)
    with database.reading() as session:
        return [(name, created, revoked) for name, created, revoked in session.execute(query)]


def revoke(database: Database, name: str) -> None:
    """Refuse a key from now on. Raises InvalidInput when there is none with this name."""
    own = (ApiKey.name == name, ApiKey.revoked.is_(None))
    with database.writing() as session:
        changed = update(ApiKey).where(*own).values(revoked=now()).returning(ApiKey.name)
        if session.scalar(changed) is None:
            raise InvalidInput(f"there is no key with the name {name!r} that is not revoked")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
