"""The database itself: migrations, and what happens when it is busy, full or gone."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from digitpad.errors import Conflict, StoreError, StoreUnavailable
from digitpad.store import Database, corrections, versions, writers
from digitpad.store import database as module
from digitpad.store.database import CACHE, MIGRATIONS, NEWEST
from digitpad.store.schema import Base
from tests import postgresql
from tests.store.examples import correction
from tests.store.test_versions import register


def migrate(database: Database, revision: str) -> None:
    """Bring a database to a schema of the past."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrations_are_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    found = [one.revision for one in script.walk_revisions()]
    assert found[0] == NEWEST
    assert found == [f"{number:04d}" for number in range(len(found), 0, -1)]


def test_the_oldest_schema_keeps_its_data(url: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database = Database(url)
    migrate(database, "0001")
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO writers (id, token_sha256, revision, created) "
                "VALUES ('00000000000040008000000000000001', NULL, 1, '2026-01-02 03:04:05+00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO corrections"
                " (number, id, writer_id, ink, label, predicted, model, state, created) VALUES"
                " (1, '00000000000040008000000000000002', '00000000000040008000000000000001',"
                " '[[[1.0, 2.0], [3.0, 4.0]]]', '7', '1', 'aa', 'pending',"
                " '2026-01-02 03:04:05+00:00')"
            )
        )
    database.upgrade()
    [kept] = corrections.everyone(database)
    assert (kept.label, kept.created.isoformat()) == ("7", "2026-01-02T03:04:05+00:00")
    assert kept.drawing.to_json() == {"ink": {"strokes": [[[1, 2], [3, 4]]]}}
    register(database, "a")
    assert len(versions.registered(database)) == 1
    database.close()


def test_many_upgrades_at_once(url: str) -> None:
    def upgrade(_: int) -> None:
        database = Database(url)
        database.upgrade()
        database.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, range(4)))
    database = Database(url)
    database.check()
    database.upgrade()
    database.close()


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    def write(database: Database) -> None:
        start.wait()
        with database._connect(writing=True) as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS one (number INTEGER)"))
        database.close()

    with ThreadPoolExecutor(8) as pool:
        for number in range(150):
            start = Barrier(8)
            databases = [Database(f"sqlite:///{tmp_path}/{number}.db") for _ in range(8)]
            list(pool.map(write, databases))


def test_a_newer_database_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="this version of Digitpad"):
        database.upgrade()


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/name", "postgresql+asyncpg://h/n", "sqlite://"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL"):
        Database(url)


def test_what_a_block_that_fails_did_is_undone(database: Database) -> None:
    kept, _ = corrections.add(database, None, correction())

    def fail() -> None:
        with database.writing() as session:
            session.execute(text("DELETE FROM corrections"))
            raise Conflict("no")

    with pytest.raises(Conflict):
        fail()
    assert corrections.find(database, kept.id)


def test_tables_that_are_missing(postgres: postgresql.Server) -> None:
    database = Database(postgres.empty())
    with pytest.raises(StoreUnavailable, match="digitpad db upgrade"):
        database.check()
    database.upgrade()
    database.check()
    database.close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="no database"):
        Database(f"sqlite:///{tmp_path}/file/digitpad.db").check()


def test_eight_write_at_once(database: Database, url: str) -> None:
    def write(_: int) -> None:
        own, writer = Database(url), None
        for _ in range(20):
            writer = corrections.add(own, writer, correction())[0].writer
        own.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(list(corrections.everyone(database))) == 160


def sqlite(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path}/digitpad.db")
    database.upgrade()
    return database


def test_a_file_that_stays_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT", 0.2)
    database = sqlite(tmp_path)
    kept, _ = corrections.add(database, None, correction())
    with database.writing():
        with pytest.raises(StoreUnavailable, match="busy"):
            corrections.add(database, None, correction())
        assert writers.revision(database, kept.writer) == 1  # reading goes on
    assert corrections.add(database, kept.writer, correction())[1]


def test_what_a_connection_keeps_does_not_grow_with_the_file(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'digitpad.db'}").reading() as session:
        assert session.scalar(text("PRAGMA cache_size")) == -CACHE


def test_a_full_disk(tmp_path: Path) -> None:
    database = sqlite(tmp_path)
    kept, _ = corrections.add(database, None, correction())
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    acknowledged = [kept.id]

    def fill() -> None:
        for _ in range(100):
            acknowledged.append(corrections.add(database, kept.writer, correction())[0].id)

    with pytest.raises(StoreUnavailable, match="full"):
        fill()
    assert [one.id for one in corrections.everyone(database)] == acknowledged
    with database.reading() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 100}")
    assert corrections.add(database, kept.writer, correction())[1]


def test_a_server_that_is_gone_and_comes_back(
    postgres: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REST", 0.5)
    database = Database(postgres.empty())
    database.upgrade()
    kept, _ = corrections.add(database, None, correction())
    postgres.stop()
    try:
        with pytest.raises(StoreUnavailable):
            corrections.add(database, kept.writer, correction())
        start = time.monotonic()
        for _ in range(100):  # for half a second it is not even asked
            with pytest.raises(StoreUnavailable):
                writers.revision(database, kept.writer)
        assert time.monotonic() - start < 0.5
        assert database.is_down
    finally:
        postgres.start()
    time.sleep(0.6)
    assert corrections.add(database, kept.writer, correction())[1]
    assert not database.is_down
    assert len(list(corrections.everyone(database))) == 2
    database.close()


@pytest.mark.parametrize("again", [True, False])
def test_a_file_that_is_taken_away(tmp_path: Path, again: bool) -> None:
    """What is kept from then on is in the file that is there."""
    path = tmp_path / "digitpad.db"
    database = Database(f"sqlite:///{path}")
    corrections.add(database, None, correction())
    database.check()
    for file in tmp_path.iterdir():
        file.unlink()
    if again:
        Database(f"sqlite:///{path}").upgrade()
    database.check()
    kept, is_new = corrections.add(database, None, correction())
    assert is_new
    other = Database(f"sqlite:///{path}")
    assert [one.id for one in corrections.everyone(other)] == [kept.id]


def test_what_was_written_to_a_file_that_went_meanwhile_is_not_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "digitpad.db"
    database = Database(f"sqlite:///{path}")
    database.check()
    with pytest.raises(StoreUnavailable), database.writing():
        path.unlink()
    corrections.add(database, None, correction())
    assert len(list(corrections.everyone(Database(f"sqlite:///{path}")))) == 1


def test_a_check_finds_a_database_that_keeps_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/digitpad.db")
    database.check()
    database.check()
    with database.engine.connect() as connection:  # the one that the pool will give again
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable):
        database.check()


def test_a_backup_while_others_write(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/digitpad.db")
    before = [corrections.add(database, None, correction())[0].id for _ in range(20)]
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(
            lambda: [corrections.add(database, None, correction())[0].id for _ in range(60)]
        )
        database.backup(tmp_path / "backup.db")
        after = writing.result()
    restored = Database(f"sqlite:///{tmp_path}/backup.db")
    kept = [one.id for one in corrections.everyone(restored)]
    assert kept[:20] == before
    assert kept == (before + after)[: len(kept)]
    assert corrections.add(restored, None, correction())[1]


def test_a_backup_is_put_in_the_place_of_a_running_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/digitpad.db")
    kept = corrections.add(database, None, correction())[0].id
    database.backup(tmp_path / "backup.db")
    corrections.add(database, None, correction())
    for ending in ("-wal", "-shm"):
        (tmp_path / f"digitpad.db{ending}").unlink(missing_ok=True)
    (tmp_path / "backup.db").rename(tmp_path / "digitpad.db")
    assert [one.id for one in corrections.everyone(database)] == [kept]


def test_backups_that_cannot_be(tmp_path: Path, postgres: postgresql.Server) -> None:
    database = Database(f"sqlite:///{tmp_path}/digitpad.db")
    for path, words in ((tmp_path / "digitpad.db", "already"), (tmp_path / "a/b", "could not")):
        database.check()
        with pytest.raises(StoreError, match=words):
            database.backup(path)
    server = Database(postgres.empty())
    with pytest.raises(StoreError, match="pg_dump"):
        server.backup(tmp_path / "c")
    server.close()
