"""API keys are shown once, found by their digest, and refused once they are revoked."""

import pytest
from sqlalchemy import text

from digitpad.errors import Conflict, InvalidInput
from digitpad.store import Database, keys


def test_a_key_is_found_until_it_is_revoked(database: Database) -> None:
    key = keys.create(database, "scanner")
    other = keys.create(database, "import of 2026")
    assert key.startswith("dp_")
    assert keys.find(database, key) == "scanner"
    assert keys.find(database, other) == "import of 2026"
    assert keys.find(database, key + "a") is None
    keys.revoke(database, "scanner")
    assert keys.find(database, key) is None
    assert keys.find(database, other) == "import of 2026"
    (first, made, revoked), (second, _, none) = keys.everyone(database)
    assert (first, second) == ("scanner", "import of 2026")
    assert revoked is not None
    assert revoked >= made
    assert none is None


def test_the_key_itself_is_not_kept(database: Database) -> None:
    key = keys.create(database, "scanner")
    with database.reading() as session:
        rows = session.execute(text("SELECT * FROM api_keys")).all()
    assert key not in str(rows)


@pytest.mark.parametrize("name", ["", "a" * 61, "a\nb"])
def test_wrong_names(database: Database, name: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        keys.create(database, name)


def test_names_are_unique_and_known(database: Database) -> None:
    keys.create(database, "scanner")
    with pytest.raises(Conflict, match="scanner"):
        keys.create(database, "scanner")
    with pytest.raises(InvalidInput, match="printer"):
        keys.revoke(database, "printer")
    keys.revoke(database, "scanner")
    with pytest.raises(InvalidInput, match="scanner"):
        keys.revoke(database, "scanner")
