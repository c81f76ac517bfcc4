"""Tables of three kinds hold the same rows."""

import io
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from digitpad import InvalidInput
from digitpad.batch.places import Local
from digitpad.batch.table import COLUMNS, ENDINGS, Row, kind_of, rows, writing
from digitpad.batch.work import of_error

READ: Row = {
    "id": 'a, "b"\n.png',
    "text": "-3.5",
    "status": "unsure",
    "reason": "a minus stands before it",
    "confidence": 0.1 + 0.2,
    "alternatives": [{"text": "35", "confidence": 0.25}],
    "boxes": [[1.5, 2.0, 3.0, 4.0], [5.0, 2.0, 7.0, 4.0]],
    "signs": [{"sign": "-", "confidence": 0.5, "box": [0.0, 3.0, 1.0, 3.5]}],
    "marks": [{"kind": "underline", "box": [0.0, 5.0, 7.0, 5.5]}],
    "model": "0.1.0",
    "error": None,
}
BLANK = READ | {"text": "", "status": "blank", "reason": None, "confidence": 0.0}
ERROR = of_error("missing.png", "cannot read it:\n no such file")


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_read_again(tmp_path: Path, ending: str) -> None:
    table = tmp_path / f"table{ending}"
    with table.open("wb") as file, writing(ending, file) as write:
        for row in (READ, BLANK, ERROR):
            write(row)
    assert list(rows(Local(table))) == [READ, BLANK, ERROR]
    assert ERROR["error"] == "cannot read it: no such file"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_table_without_rows(tmp_path: Path, ending: str) -> None:
    table = tmp_path / f"table{ending}"
    with table.open("wb") as file, writing(ending, file):
        pass
    assert list(rows(Local(table))) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_names_that_are_not_unicode_are_written(ending: str) -> None:
    file = io.BytesIO()
    with writing(ending, file) as write:
        write(READ | {"id": "\udcff.png"})
    if ending == ".csv":
        assert b"\xff.png" in file.getvalue()
    if ending == ".parquet":
        assert pyarrow.parquet.read_table(file)["id"].to_pylist() == ["?.png"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("table.csv", b"id,text\na,1\n", "expected a column 'confidence', found none"),
        ("table.jsonl", b"{", "is no table of readings"),
        ("table.jsonl", b"{}\n", "expected a column 'id', found none"),
        ("table.jsonl", b"[]\n", "is no table of readings"),
        ("table.parquet", b"PAR1", "is no table of readings"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    table = tmp_path / name
    table.write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        list(rows(Local(table)))


def test_other_endings_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"called \.csv, \.jsonl, \.parquet; found a\.txt"):
        kind_of("a.txt")


def test_columns_are_those_of_a_row() -> None:
    assert set(READ) == set(COLUMNS) == set(ERROR)
