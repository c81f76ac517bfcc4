"""Parquet files of many small ones: whole, or not there."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pyarrow.parquet
import pytest

from digitpad import DigitpadError
from digitpad.batch import pack as packing
from digitpad.batch.pack import pack
from digitpad.batch.places import Local
from digitpad.batch.run import run
from digitpad.batch.sources import items
from digitpad.batch.table import rows
from digitpad.errors import Conflict
from tests.batch.conftest import Killed
from tests.drawings import DIGITS


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of about three pictures, in groups of two."""
    monkeypatch.setattr(packing, "SHARD", 1500)
    monkeypatch.setattr(packing, "GROUP", 1000)


def test_packed_items_read_as_the_files_do(
    here: None, small: None, scans: Path, tmp_path: Path
) -> None:
    (scans / "ink.json").write_text(json.dumps({"ink": {"strokes": DIGITS[5].to_lists()}}))
    sources, packed = [str(scans), "missing.png"], tmp_path / "packed"
    told: list[int] = []
    assert pack(sources, packed, told.append) == len(list(packed.glob("*.parquet"))) > 2
    assert sum(told) == 13
    table = pyarrow.parquet.read_table(packed)
    assert table.column_names == ["id", "image", "ink", "error"]
    assert len(table.filter(table["ink"].is_valid())) == 1
    run(sources, tmp_path / "files.jsonl", "digit")
    run([str(packed)], tmp_path / "packed.jsonl", "digit")
    assert list(rows(Local(tmp_path / "files.jsonl"))) == list(
        rows(Local(tmp_path / "packed.jsonl"))
    )


def test_a_run_that_ends_at_any_write_goes_on_to_the_same_files(
    small: None, scans: Path, tmp_path: Path, end_after: Callable[[int], None]
) -> None:
    whole, packed = tmp_path / "whole", tmp_path / "packed"
    pack([str(scans)], whole)
    for writes in count():
        end_after(2 + writes % 2)
        try:
            pack([str(scans)], packed)
            break
        except Killed:
            pass
    assert writes > 1
    names = [path.name for path in sorted(whole.iterdir())]
    assert names == [path.name for path in sorted(packed.iterdir())]
    for name in names:
        assert (packed / name).read_bytes() == (whole / name).read_bytes()


def test_other_sources_are_refused(small: None, scans: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    pack([str(scans)], packed)
    with pytest.raises(Conflict, match="was begun with other sources"):
        pack([str(scans), "more"], packed)
    (scans / "0.png").rename(scans / "1a.png")
    with pytest.raises(Conflict, match="the sources have changed"):
        pack([str(scans)], packed)
    packed.joinpath("file").write_text("")
    with pytest.raises(DigitpadError, match="cannot write to"):
        pack([str(scans)], packed / "file")
    with pytest.raises(DigitpadError, match="expected a folder outside of"):
        pack([str(scans)], scans / "packed")


def test_an_item_may_be_any_file(small: None, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(b'{"ink": {"strokes": "\xff"}}')
    pack([str(broken)], tmp_path / "packed")
    (item,) = items([str(tmp_path / "packed")])
    assert (item.id, item.load()) == (str(broken), broken.read_bytes())
