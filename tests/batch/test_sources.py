"""Items of all kinds of sources, in an order that depends on them alone."""

import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from digitpad import DigitpadError, InvalidInput
from digitpad.batch import sources
from digitpad.batch.sources import Item, count, items
from tests.drawings import DIGITS

INK = json.dumps({"ink": {"strokes": DIGITS[7].to_lists()}})
MEMBERS = ("b/2.png", "a/1.png", "b/.hidden", "__MACOSX/b/2.png", "a/3.png")
SEEN = ("b/2.png", "a/1.png", "a/3.png")


def zipped(path: Path) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("b")
        for name in MEMBERS:
            archive.writestr(name, name)
    return str(path)


def tarred(path: Path) -> str:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        folder = tarfile.TarInfo("b")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name in MEMBERS:
            member = tarfile.TarInfo(name)
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
    return str(path)


def loaded(item: Item) -> bytes | str:
    """The bytes of an item, or why there are none."""
    try:
        return item.load()
    except DigitpadError as error:
        return str(error)


def test_folders_and_globs_are_walked_by_name(scans: Path) -> None:
    found = [item.id for item in items([str(scans)])]
    assert found == [*(f"{scans}/{n}.png" for n in range(10)), f"{scans}/more/text.png"]
    assert [item.id for item in items([f"{scans}/**/[2-4t]*.png"])] == [
        f"{scans}/2.png", f"{scans}/3.png", f"{scans}/4.png", f"{scans}/more/text.png",
    ]  # fmt: skip
    odd = scans / "[1].png"
    odd.write_bytes(b"1")
    assert [loaded(item) for item in items([str(odd)])] == [b"1"]
    nothing = f"{scans}/*.jpg"
    (missing,) = items([nothing])
    assert loaded(missing) == f"cannot read {nothing}: No such file or directory"


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_archives_are_read_member_by_member(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    archive = (zipped if name.endswith(".zip") else tarred)(path)
    found = list(items([archive]))
    assert [item.id for item in found] == [f"{archive}/{member}" for member in SEEN]
    assert [item.load().decode() for item in found] == list(SEEN)
    assert [item.content for item in items([archive], skipped=2)] == [None, None, b"a/3.png"]
    assert count([archive]) == (3 if name.endswith(".zip") else None)
    assert [item.id for item in items([str(tmp_path)])] == [item.id for item in found]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_a_damaged_archive_is_an_item_with_an_error(tmp_path: Path, scans: Path, name: str) -> None:
    path = tmp_path / name
    archive = (zipped if name.endswith(".zip") else tarred)(path)
    path.write_bytes(path.read_bytes()[: {"a.tar": 3500}.get(name, 150)])
    *_, damaged, after = items([archive, str(scans / "7.png")])
    assert damaged.error is not None
    assert archive in damaged.error
    assert after.id == f"{scans}/7.png"
    assert count([str(scans / "7.png")]) == 1


def test_one_damaged_member_is_one_error(tmp_path: Path) -> None:
    archive = Path(zipped(tmp_path / "a.zip"))
    data = archive.read_bytes()
    content = data.index(b"a/1.png") + len("a/1.png")
    archive.write_bytes(data[:content] + b"A" + data[content + 1 :])
    first, wrong, last = map(loaded, items([str(archive)]))
    assert (first, last) == (b"b/2.png", b"a/3.png")
    assert isinstance(wrong, str)
    assert "Bad CRC-32" in wrong


def test_rows_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows: list[dict[str, Any]] = [
        {"id": "one", "image": b"1"},
        {"id": None, "ink": INK},
        {"id": "none"},
        {"id": "gone", "error": "cannot read gone"},
    ]
    table = pyarrow.table({name: [row.get(name) for row in rows] for name in sources.COLUMNS})
    pyarrow.parquet.write_table(table, path)
    found = list(items([str(path)]))
    assert [item.id for item in found] == ["one", f"{path}/1", "none", "gone"]
    assert [loaded(item) for item in found] == [
        b"1",
        INK.encode(),
        "expected image as bytes or ink as text, found ['NoneType', 'NoneType']",
        "cannot read gone",
    ]  # fmt: skip
    assert count([str(path)]) == 4
    pyarrow.parquet.write_table(pyarrow.table({"label": [1]}), path)
    assert [loaded(item) for item in items([str(path)])] == [
        "expected a column image or ink, found ['label']"
    ]
    path.write_bytes(b"PAR1")
    (damaged,) = items([str(path)])
    assert damaged.error is not None
    assert damaged.error.startswith(f"expected a Parquet file in {path}")


def test_urls_are_opened_by_fsspec(tmp_path: Path, scans: Path) -> None:
    archive = zipped(tmp_path / "a.zip")
    url = scans.as_uri()
    found = list(items([url, f"{url}/[12].png", Path(archive).as_uri()]))
    assert [item.id for item in found] == [
        *(f"{url}/{n}.png" for n in range(10)),
        f"{url}/more/text.png",
        f"{url}/1.png",
        f"{url}/2.png",
        *(f"file://{archive}/{member}" for member in SEEN),
    ]
    assert found[3].load() == (scans / "3.png").read_bytes()
    (missing,) = items([f"{url}/none.png"])
    assert loaded(missing) == f"cannot read {url}/none.png: No such file or directory"
    with pytest.raises(InvalidInput, match="cannot read nowhere://a: Protocol not known: nowhere"):
        next(items(["nowhere://a"]))


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 7)
    archive = tarred(tmp_path / "a.tar")
    large = tmp_path / "large.png"
    large.write_bytes(b"12345678")
    assert [loaded(item) for item in items([archive])] == [name.encode() for name in SEEN]
    monkeypatch.setattr(sources, "MAX_BYTES", 6)
    said = [loaded(item) for item in items([archive, zipped(tmp_path / "a.zip"), str(large)])]
    assert len(said) == 7
    assert all("an item may have at most 0 MB" in str(one) for one in said)


@pytest.mark.skipif(os.name == "nt", reason="names are bytes on Unix alone")
def test_names_that_are_not_unicode(scans: Path) -> None:
    name = os.fsdecode(b"\xff.png")
    (scans / name).write_bytes(b"1")
    assert [loaded(item) for item in items([str(scans / name)])] == [b"1"]
