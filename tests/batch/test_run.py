"""A run: nothing is lost, whenever it is killed, and the table is the same byte for byte."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet
import pytest

from digitpad import DataError, DigitpadError, Reader
from digitpad.batch import parts, processes
from digitpad.batch.places import Local
from digitpad.batch.processes import Processes
from digitpad.batch.run import Summary, run
from digitpad.batch.sources import Item
from digitpad.batch.table import ENDINGS, rows
from digitpad.batch.work import Rows
from digitpad.cli import main
from digitpad.errors import Conflict
from tests.batch.conftest import Killed
from tests.cli.running import MAIN, ROOT
from tests.drawings import DIGITS, placed, together
from tests.formats.files import stroke, xopp

CODE = f"from digitpad.batch import run; run.PART = 4; run.CHUNK = 3; {MAIN}"


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_item_is_a_row_in_its_order(
    here: None, scans: Path, tmp_path: Path, ending: str
) -> None:
    (scans / "ink.json").write_text(json.dumps({"ink": {"strokes": DIGITS[5].to_lists()}}))
    out = tmp_path / f"table{ending}"
    told: list[int] = []
    summary = run([str(scans), "missing.png"], out, "digit", progress=told.append)
    assert summary == Summary({"read": 11, "error": 2})  # type: ignore[arg-type]
    assert sum(told) == 13
    found = list(rows(Local(out)))
    names = [f"{n}.png" for n in range(10)] + ["ink.json", "more/text.png"]
    assert [row["id"] for row in found] == [*(f"{scans}/{name}" for name in names), "missing.png"]
    assert [row["text"] for row in found] == [*"0123456789", "5", None, None]
    reader = Reader()
    seven = reader.read(scans / "7.png", "digit")
    assert found[7] == {
        "id": f"{scans}/7.png",
        "text": "7",
        "status": "read",
        "reason": None,
        "confidence": pytest.approx(seven.confidence),
        "alternatives": [
            {"text": other.text, "confidence": pytest.approx(other.confidence)}
            for other in seven.alternatives
        ],
        "boxes": [list(seven.digits[0].box)],
        "signs": [],
        "marks": [],
        "model": reader.manifest.version,
        "error": None,
    }
    assert found[12]["error"] == "cannot read missing.png: No such file or directory"
    assert sorted(os.listdir(tmp_path)) == ["scans", out.name]


def test_columns_of_parquet_have_types_whatever_is_in_them(here: None, tmp_path: Path) -> None:
    out = tmp_path / "table.parquet"
    run(["missing.png"], out)
    schema = pyarrow.parquet.read_schema(out)
    assert str(schema.field("text").type) == "string"
    assert str(schema.field("confidence").type) == "double"
    assert str(schema.field("signs").type).startswith("list<element: struct<sign: string")


def test_a_page_has_a_row_for_each_number(here: None, tmp_path: Path) -> None:
    (tmp_path / "empty.xopp").write_bytes(xopp(""))
    ink = together(placed("40"))
    lines = (stroke(" ".join(f"{x:.2f} {y:.2f}" for x, y in one)) for one in ink.strokes)
    (tmp_path / "notes.xopp").write_bytes(xopp("".join(lines)))
    out = tmp_path / "table.jsonl"
    run([str(tmp_path / "empty.xopp"), str(tmp_path / "notes.xopp")], out)
    blank, forty = rows(Local(out))
    assert (blank["id"], blank["status"]) == (f"{tmp_path}/empty.xopp", "blank")
    assert (forty["id"], forty["text"]) == (f"{tmp_path}/notes.xopp#1", "40")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_ends_at_any_write_goes_on_to_the_same_table(
    here: None, scans: Path, tmp_path: Path, end_after: Callable[[int], None], ending: str
) -> None:
    """Each time it ends one write later, before or after what was written has its name."""
    whole, out = tmp_path / f"whole{ending}", tmp_path / f"table{ending}"
    run([str(scans)], whole, "digit")
    for ends, writes in enumerate(cycle((2, 1, 0))):
        end_after(writes)
        try:
            run([str(scans)], out, "digit")
            break
        except Killed:
            assert not out.exists() or ends > 5
    assert out.read_bytes() == whole.read_bytes()
    assert not parts_of(out).exists()


def test_a_run_that_is_killed_leaves_no_process_and_goes_on(
    scans: Path, tmp_path: Path, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out = tmp_path / "whole.csv", tmp_path / "table.csv"
    sources = [str(scans)] * 3
    run(sources, whole, "digit")
    begun = parts_of(out)
    with subprocess.Popen(
        [sys.executable, "-c", CODE, "read", *sources, "--expect", "digit", "--out", str(out)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as child:
        family = []
        while child.poll() is None and not list(begun.glob("*.jsonl")):
            time.sleep(0.01)
        family = psutil.Process(child.pid).children(recursive=True)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert family
    assert not psutil.wait_procs(family, timeout=60)[1]
    assert 1 <= len(list(begun.glob("*.jsonl"))) < 9
    assert not out.exists()
    monkeypatch.setattr("digitpad.batch.run.Processes", Processes)
    run(sources, out, "digit")
    assert out.read_bytes() == whole.read_bytes()


def parts_of(out: Path) -> Path:
    return out.with_name(f".{out.name}.parts")


def test_a_table_may_be_in_a_folder_that_is_read(here: None, scans: Path) -> None:
    assert run([str(scans)], scans / "table.csv", "digit").statuses.total() == 11


def test_strict_ends_at_the_first_error_and_what_is_done_stays(
    here: None, scans: Path, tmp_path: Path
) -> None:
    out = tmp_path / "table.csv"
    with pytest.raises(DataError, match=r"more/text\.png: expected a PNG, JPEG or WebP"):
        run([str(scans), "missing.png"], out, "digit", strict=True)
    assert len(list(parts_of(out).glob("*.jsonl"))) == 2
    assert not out.exists()


def test_ids_that_are_there_more_than_once_are_told(
    here: None, scans: Path, tmp_path: Path
) -> None:
    summary = run([str(scans / "1.png"), f"{scans}/[01].png"], tmp_path / "table.csv", "digit")
    assert (summary.repeated, summary.examples) == (1, [f"{scans}/1.png"])


def test_another_plan_is_refused(
    here: None, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "table.csv"
    sources = [str(scans)]
    with pytest.raises(DataError):
        run(sources, out, "digit", strict=True)
    for given, expect, said in (
        (sources, "number", "other expect: expected \"'digit'\", found \"'number'\"; remove that"),
        ([*sources, "more"], "digit", "was begun with other sources: expected"),
    ):
        with pytest.raises(Conflict, match=said):
            run(given, out, expect)  # type: ignore[arg-type]
    (scans / "0a.png").write_bytes(b"")
    with pytest.raises(Conflict, match="the sources have changed since"):
        run(sources, out, "digit")
    (scans / "0a.png").unlink()
    with (
        parts.kept(Local(parts_of(out)), {}),
        pytest.raises(Conflict, match="another run writes to"),
    ):
        run(sources, out, "digit")
    monkeypatch.setattr("digitpad.batch.work.__version__", "0.0")
    with pytest.raises(Conflict, match=r'other digitpad: expected ".*", found "0\.0"'):
        run(sources, out, "digit")
    monkeypatch.undo()
    out.write_text("")
    parts_of(out).rename(tmp_path / "gone")
    with pytest.raises(Conflict, match=r"table\.csv is there already"):
        run(sources, out, "digit")


def test_fewer_sources_than_are_done_are_refused(here: None, scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    with pytest.raises(DataError):
        run([str(scans)], out, "digit", strict=True)
    for path in scans.glob("[3-9].png"):
        path.unlink()
    with pytest.raises(Conflict, match="the sources have changed since"):
        run([str(scans)], out, "digit")


@pytest.mark.parametrize("name", ["table.txt", "nowhere\0.csv"])
def test_a_table_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises((DigitpadError, ValueError)):
        run(["-"], tmp_path / name)


def test_what_ends_its_process_is_a_row(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = [[Item(f"{n}.png", path=f"{scans}/{n}.png") for n in range(4)], [Item("4", b"")]]
    monkeypatch.setattr(processes, "_begin", _begin_fragile)
    with Processes(1, None, "digit") as pool:
        found = [
            json.loads(line) for _, told in pool.read(chunks) for line in told.lines.splitlines()
        ]
    assert [row["id"] for row in found] == ["0.png", "1.png", "2.png", "3.png", "4"]
    assert [row["text"] for row in found] == ["0", "1", None, "3", None]
    assert found[2]["error"] == "the process that read it died"
    assert "found nothing" in found[4]["error"]


def _begin_fragile(*_: object) -> None:
    """Begin to read, and die of one item."""
    from digitpad.batch.work import Work

    class Fragile(Work):
        def __call__(self, items: Any) -> Rows:
            if any(item.id == "2.png" for item in items):
                os._exit(9)
            return super().__call__(items)

    processes._work = Fragile(None, "digit")


def test_an_error_that_none_expects_is_the_row_of_its_item(
    here: None, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Item.load

    def fail(item: Item) -> bytes:
        if item.id.endswith("1.png"):
            raise RuntimeError("no\nreason")
        return load(item)

    monkeypatch.setattr(Item, "load", fail)
    out = tmp_path / "table.jsonl"
    run([f"{scans}/[0-2].png"], out, "digit")
    assert [(row["text"], row["error"]) for row in rows(Local(out))] == [
        ("0", None), (None, "RuntimeError: no reason"), ("2", None),
    ]  # fmt: skip


def test_the_command_is_known() -> None:
    assert {"read", "pack", "report"} <= set(main.commands)
