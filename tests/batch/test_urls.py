"""Sources and tables at URLs, tried with a server that speaks S3."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from moto.server import ThreadedMotoServer
from s3fs.core import S3File

from digitpad.batch.places import place
from digitpad.batch.run import run
from digitpad.batch.table import rows
from digitpad.errors import Conflict, InvalidInput
from tests.cli.running import run as command


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server: str, scans: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket with the scans, one of them hidden."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    if system.exists("bucket"):
        system.rm("bucket", recursive=True)
    system.mkdir("bucket")
    system.put(str(scans) + "/", "bucket/scans/", recursive=True)
    return system


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_run_that_ends_at_any_write_goes_on_to_the_same_table(
    here: None,
    scans: Path,
    bucket: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ending: str,
) -> None:
    """Each write fails once, when all has been sent, and is not there then."""
    run([str(scans)], tmp_path / f"local{ending}", "digit")
    out, closing, done = f"s3://bucket/scans/table{ending}", S3File.close, set[str]()

    def close(file: Any) -> None:
        closing(file)
        if "w" in file.mode and file.path not in done:
            done.add(file.path)
            raise OSError("the network is gone")

    monkeypatch.setattr("s3fs.core.S3File.close", close)
    for _ in range(5):  # the plan, three parts and the table
        with pytest.raises(InvalidInput, match=r"cannot write to s3://.*: the network is gone"):
            run(["s3://bucket/scans"], out, "digit")
        assert f"bucket/scans/table{ending}" not in bucket.find("bucket", refresh=True)
    summary = run(["s3://bucket/scans"], out, "digit")
    assert summary.statuses == {"read": 10, "error": 1}
    names = [name.rpartition("/")[2] for name in bucket.find("bucket", refresh=True)]
    assert sorted(names) == sorted([*(path.name for path in scans.rglob("*.*")), f"table{ending}"])
    local = [row["text"] for row in rows(place(tmp_path / f"local{ending}"))]
    found = list(rows(place(out)))
    assert [row["text"] for row in found] == local
    assert found[7]["id"] == "s3://bucket/scans/7.png"
    with pytest.raises(Conflict, match="is there already"):
        run(["s3://bucket/scans"], out, "digit")


def test_the_commands_take_urls(here: None, bucket: Any) -> None:
    table = "s3://bucket/7.csv"
    result = command("read", "s3://bucket/scans/[7-9].png", "--expect", "digit", "--out", table)
    assert (result.exit_code, result.stderr) == (0, f"{table}: 3 read\n")
    assert "100.00%\tread" in command("report", table).stdout


def test_what_cannot_be_reached_is_said(here: None, bucket: Any) -> None:
    with pytest.raises(InvalidInput, match=r"cannot write to s3://nowhere/\.table\.csv\.parts"):
        run(["s3://bucket/scans/7.png"], "s3://nowhere/table.csv", "digit")
    with pytest.raises(InvalidInput, match=r"cannot write to nothing://here/\.table\.csv\.parts"):
        run(["s3://bucket/scans/7.png"], "nothing://here/table.csv", "digit")
