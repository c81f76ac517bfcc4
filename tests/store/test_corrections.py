"""Corrections are kept once, whole, and by whom they are; on SQLite and on PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from digitpad.errors import Conflict, InvalidInput
from digitpad.store import Database, corrections, writers
from digitpad.store.schema import CorrectionRow, now
from tests.store.examples import correction, picture


def keep(database: Database, count: int, writer: UUID | None = None) -> list[corrections.Kept]:
    kept = []
    for _ in range(count):
        kept.append(corrections.add(database, writer, correction())[0])
        writer = kept[-1].writer
    return kept


def test_ink_comes_back_as_it_was(database: Database) -> None:
    given = correction(5, None)
    kept, is_new = corrections.add(database, None, given)
    found = corrections.find(database, given.id)
    assert is_new
    for one in (kept, found):
        assert one.drawing.ink is not None
        assert one.drawing.to_json() == given.drawing.to_json()
        assert (one.id, one.label, one.predicted) == (given.id, None, "5")
        assert (one.model, one.state, one.writer) == (given.model, "pending", kept.writer)
        assert abs(one.created - now()) < timedelta(minutes=1)
    assert kept.created == found.created


def test_a_raster_comes_back_as_it_was(database: Database) -> None:
    given = picture()
    corrections.add(database, None, given)
    found = corrections.find(database, given.id).drawing
    assert found.ink is None
    assert found.to_json() == given.drawing.to_json()


@pytest.mark.parametrize("expect", [None, "date", {"pattern": r"\d{5}", "max": 9.5}])
def test_what_was_expected_comes_back(database: Database, expect: Any) -> None:
    given = correction(expect=expect)
    kept, _ = corrections.add(database, None, given)
    assert kept.expect == corrections.find(database, given.id).expect == expect
    with pytest.raises(Conflict, match="with another content"):
        corrections.add(database, kept.writer, correction(id=given.id, expect="time"))


def test_the_same_correction_again_is_the_same(database: Database) -> None:
    for given in (correction(), picture()):
        kept, _ = corrections.add(database, None, given)
        again, is_new = corrections.add(database, kept.writer, given)
        assert not is_new
        assert (again.number, again.created) == (kept.number, kept.created)
        assert corrections.page(database, kept.writer, 10).total == 1


def test_a_browser_whose_first_answer_was_lost_is_known_again(database: Database) -> None:
    given = correction()
    kept, _ = corrections.add(database, None, given)
    again, is_new = corrections.add(database, None, given)
    assert not is_new
    assert again.writer == kept.writer


def test_an_id_that_got_out_lets_nobody_in_a_week_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "now", lambda: now() + timedelta(days=8))
    one = correction()
    corrections.add(database, None, one)
    with pytest.raises(Conflict):
        corrections.add(database, None, one)


def test_an_erased_browser_whose_answer_was_lost_is_known_again(database: Database) -> None:
    (kept,) = keep(database, 1)
    writers.erase(database, kept.writer)
    given = correction()
    first, is_new = corrections.add(database, kept.writer, given)
    assert is_new
    assert first.writer != kept.writer
    again, is_new = corrections.add(database, kept.writer, given)
    assert not is_new
    assert again.writer == first.writer


def test_an_id_is_one_correction(database: Database) -> None:
    given = correction(7, "1")
    kept, _ = corrections.add(database, None, given)
    other = correction(7, "2", id=given.id)
    for writer in (kept.writer, None):
        with pytest.raises(Conflict, match="another content"):
            corrections.add(database, writer, other)
    token = writers.find_by_token(database, writers.issue_token(database))
    with pytest.raises(Conflict, match="another correction"):
        corrections.add(database, token, given)
    assert corrections.find(database, given.id).label == "1"


def test_nobody_is_taken_for_a_program(database: Database) -> None:
    given = correction()
    writer = writers.find_by_token(database, writers.issue_token(database))
    corrections.add(database, writer, given)
    with pytest.raises(Conflict, match="another correction"):
        corrections.add(database, None, given)


def test_the_same_correction_many_times_at_once_is_one(database: Database) -> None:
    writer = keep(database, 1)[0].writer
    given = correction()
    barrier = threading.Barrier(4)

    def add(_: int) -> tuple[corrections.Kept, bool]:
        barrier.wait()
        return corrections.add(database, writer, given)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(add, range(4)))
    assert sum(is_new for _, is_new in answers) == 1
    assert len({kept.number for kept, _ in answers}) == 1
    assert corrections.page(database, writer, 10).total == 2


def test_pages_are_the_writers_own_newest_first(database: Database) -> None:
    own = keep(database, 5)
    keep(database, 3)
    writer = own[0].writer
    found, before = [], None
    for size in (2, 2, 1):
        page = corrections.page(database, writer, 2, before)
        assert page.total == 5
        assert len(page.corrections) == size
        found += [one.id for one in page.corrections]
        before = page.next
    assert before is None
    assert found == [one.id for one in reversed(own)]
    newest = corrections.newest(database, writer, 2)
    assert list(newest) == [one.id for one in own[-2:]]
    assert [one and one.id for one in newest.values()] == list(newest)
    newest = corrections.newest(database, writer, 2, {own[-1].id, own[0].id})
    assert list(newest) == [one.id for one in own[-2:]]
    assert [one is None for one in newest.values()] == [False, True]


def test_only_ones_own_is_removed(database: Database) -> None:
    (mine,), (other,) = keep(database, 1), keep(database, 1)
    assert not corrections.remove(database, mine.writer, other.id)
    assert not corrections.remove(database, mine.writer, uuid4())
    assert corrections.remove(database, mine.writer, mine.id)
    assert not corrections.remove(database, mine.writer, mine.id)
    assert [one.id for one in corrections.everyone(database)] == [other.id]


@pytest.mark.parametrize("change", ["add", "remove", "expire"])
def test_every_change_is_another_revision(database: Database, change: str) -> None:
    first, second = keep(database, 2)
    other = keep(database, 1)[0].writer
    before = writers.revision(database, first.writer), writers.revision(database, other)
    changes: dict[str, Callable[[], object]] = {
        "add": lambda: corrections.add(database, first.writer, correction()),
        "remove": lambda: corrections.remove(database, first.writer, second.id),
        "expire": lambda: corrections.expire(database, 9),
    }
    age(database, first.id, 10)
    changes[change]()
    assert writers.revision(database, first.writer) not in (None, before[0])
    assert writers.revision(database, other) == before[1]


def age(database: Database, correction: UUID, days: int) -> None:
    with database.writing() as session:
        then = now() - timedelta(days=days)
        session.execute(
            update(CorrectionRow).where(CorrectionRow.id == correction).values(created=then)
        )


def test_what_is_too_old_is_erased(database: Database) -> None:
    old, new = keep(database, 2)
    (gone,) = keep(database, 1)
    token = writers.issue_token(database)
    for one in (old, gone):
        age(database, one.id, 31)
    assert corrections.expire(database, 30) == 2
    assert corrections.expire(database, 30) == 0
    assert [one.id for one in corrections.everyone(database)] == [new.id]
    assert writers.revision(database, gone.writer) is None
    assert writers.find_by_token(database, token)


def test_review(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "BATCH", 2)
    first, second, third = keep(database, 3)
    corrections.review(database, [first.id, third.id], "accepted")
    corrections.review(database, [second.id], "rejected")
    accepted = corrections.everyone(database, "accepted")
    assert [one.id for one in accepted] == [first.id, third.id]
    assert len(list(corrections.everyone(database))) == 3
    with pytest.raises(InvalidInput, match="no correction"):
        corrections.review(database, [first.id, uuid4()], "rejected")
    assert corrections.find(database, first.id).state == "accepted"


def test_everything_is_erased(database: Database) -> None:
    own = keep(database, 3)
    (other,) = keep(database, 1)
    assert writers.erase(database, own[0].writer) == 3
    assert writers.erase(database, own[0].writer) == 0
    assert writers.revision(database, own[0].writer) is None
    assert [one.id for one in corrections.everyone(database)] == [other.id]
    with pytest.raises(InvalidInput, match="no correction"):
        corrections.find(database, own[0].id)


def test_a_token_is_not_kept_itself(database: Database) -> None:
    token = writers.issue_token(database)
    writer = writers.find_by_token(database, token)
    assert writer is not None
    assert writers.find_by_token(database, token + "x") is None
    with database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM writers").all()
    assert token not in repr(rows)
    writers.erase(database, writer)
    assert writers.find_by_token(database, token) is None


def test_the_secret_is_made_once(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: writers.secret(database), range(8)))
    assert len(found) == 1
    assert len(found.pop()) >= 40
