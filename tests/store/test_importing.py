"""Corrections from files."""

import json
from typing import Any
from uuid import uuid4

import pytest

from digitpad.errors import Conflict, InvalidInput
from digitpad.store import Database, corrections
from digitpad.store.importing import Imported, bring
from tests.store.examples import MODEL, correction, picture


def digit(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "label": "1", "predicted": "7", "model": MODEL,
        **picture().drawing.to_json(), **changes,
    }  # fmt: skip


def line(item: str, *digits: dict[str, Any]) -> bytes:
    return json.dumps({"item": item, "read": "7", "text": "1", "digits": digits}).encode() + b"\n"


def test_an_items_digits_are_of_one_writer_and_come_once(database: Database) -> None:
    ink = digit(label=None, **correction().drawing.to_json())
    del ink["raster"]
    lines = [line("a.png", digit(), ink), b"\n", line("b.png", digit()), line("c.png")]
    assert bring(database, lines) == Imported(3, 0, 1)
    assert bring(database, lines) == Imported(0, 3, 1)
    first, second, third = corrections.everyone(database)
    assert (first.label, second.label, second.drawing.ink is None) == ("1", None, False)
    assert first.writer == second.writer != third.writer
    assert {kept.state for kept in (first, second, third)} == {"pending"}
    more = digit()
    assert bring(database, [line("a.png", digit(id=str(first.id)), more)]) == Imported(1, 1, 0)
    assert corrections.find(database, list(corrections.everyone(database))[-1].id).writer == (
        first.writer
    )


def test_what_says_something_else_is_refused(database: Database) -> None:
    given = digit()
    bring(database, [line("a.png", given)])
    with pytest.raises(Conflict, match="was sent before, with another content"):
        bring(database, [line("a.png", given | {"label": "4"})])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"{", "line 2: expected a correction, found Expecting property name"),
        (b"[]", "line 2: expected a correction, found 'list' object has no attribute 'get'"),
        (line("b.png", digit(label="11")), "line 2: expected a digit as predicted, and as label"),
        (line("b.png", digit(model="a")), "line 2: expected the SHA-256 of a model, found 'a'"),
        (line("b.png", digit(raster="AA==")), "line 2: raster must be 784 bytes, found 1"),
        (line("b.png", {"id": "7"}), "line 2: expected 'label', found none"),
    ],
)
def test_a_line_that_is_none_is_named_and_nothing_is_kept(
    database: Database, wrong: bytes, said: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        bring(database, [line("a.png", digit()), wrong])
    assert str(error.value).startswith(said)
    assert list(corrections.everyone(database)) == []
