"""The commands of docs/bulk.md, in a folder that has what they name."""

import io
import tarfile
from pathlib import Path

import pytest

from digitpad.batch.pack import pack
from tests.cli.running import ROOT, run
from tests.test_docs import commands


def test_commands_run_as_written(here: None, scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = scans.parent
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/digitpad.db")
    monkeypatch.chdir(folder)
    (folder / "more").mkdir()
    (scans / "3.png").rename(folder / "more/3.png")
    picture = (scans / "4.png").read_bytes()
    with tarfile.open("archive.tar", "w") as archive:
        member = tarfile.TarInfo("4.png")
        member.size = len(picture)
        archive.addfile(member, io.BytesIO(picture))
    pack([str(scans / "5.png")], folder / "shards")
    (folder / "shards/00000000.parquet").rename(folder / "shard-0.parquet")
    for name, *words in commands(ROOT / "docs/bulk.md"):
        if name == "digitpad" and "--engine" not in words:  # test_cluster.py has a cluster
            if words[:2] == ["corrections", "import"]:
                (folder / words[2]).write_bytes(b"")  # a person saves it
            result = run(*words)
            assert result.exit_code == 0, result.stderr
    assert {path.name for path in folder.iterdir()} >= {"table.parquet", "table.csv", "report.html"}
