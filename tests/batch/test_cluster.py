"""Reading on a Ray cluster of two nodes, one of which is killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, Any
from unittest.mock import MagicMock

import pytest
import ray

from digitpad.batch import cluster
from digitpad.batch.processes import Chunk
from digitpad.batch.run import run
from digitpad.batch.sources import Item
from digitpad.batch.work import Rows
from digitpad.errors import RunError
from tests.batch.nodes import ENVIRONMENT
from tests.batch.test_run import CODE, parts_of
from tests.cli.running import ROOT


@pytest.fixture(scope="module")
def nodes() -> Iterator[IO[bytes]]:
    """A cluster that the environment names; a line kills its second node."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ENVIRONMENT, "PYTHONPATH": str(ROOT)}.items():
            patch.setenv(name, value)
        patch.chdir(ROOT)
        command = [sys.executable, "-m", "tests.batch.nodes"]
        with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            address = process.stdout.readline().decode().strip()
            assert address, "the cluster has not started"
            patch.setenv("RAY_ADDRESS", address)
            yield process.stdin
            process.stdin.close()
            process.stdout.read()


class Fragile(cluster.Reading):
    """Dies of one item."""

    def read(self, chunk: Chunk) -> Rows:
        if any(item.id == "2.png" for item in chunk):
            os._exit(9)
        return super().read(chunk)


def test_what_ends_its_actor_is_a_row(
    nodes: IO[bytes], scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks = [[Item(f"{n}.png", path=f"{scans}/{n}.png") for n in range(4)], [Item("4", b"")]]
    monkeypatch.setattr(cluster, "Reading", Fragile)
    with cluster.Cluster(None, "digit") as actors:
        found = [
            json.loads(line) for _, told in actors.read(chunks) for line in told.lines.splitlines()
        ]
    assert [(row["id"], row["text"]) for row in found] == [
        ("0.png", "0"), ("1.png", "1"), ("2.png", None), ("3.png", "3"), ("4", None),
    ]  # fmt: skip
    assert found[2]["error"] == "the process that read it died"


def test_a_job_of_which_an_actor_died_is_its_actors_only_one() -> None:
    actors = cluster.Cluster(None, "digit")
    handles = [MagicMock(), MagicMock()]
    actors._actors = [cluster._Actor(handle, None, "5a") for handle in handles]
    item = Item("0.png", b"")
    jobs = [cluster._Job([item], deaths) for deaths in (0, 1, 0, 0, 1)]
    actors._waiting.extend(jobs)
    actors._hand_out()
    given = [[job for _, job in actor.jobs] for actor in actors._actors]
    assert given == [[jobs[0], jobs[2]], [jobs[1]]]
    assert list(actors._waiting) == jobs[3:]


def test_a_node_with_another_digitpad_is_refused() -> None:
    actors, actor = cluster.Cluster(None, "digit"), cluster._Actor(None, None)
    with pytest.raises(RunError, match=r"node 5a has another .*: expected {.*'0\.0'"):
        actors._begin(actor, "5a", {"digitpad": "0.0", "model": []})


def test_a_killed_driver_and_a_killed_node_leave_the_same_table(
    here: None, nodes: IO[bytes], scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out = tmp_path / "whole.csv", tmp_path / "table.csv"
    sources = [str(scans)] * 3
    run(sources, whole, "digit")
    begun = parts_of(out)
    command = [sys.executable, "-c", CODE, "read", *sources, "--expect", "digit", "--out", str(out)]
    with subprocess.Popen([*command, "--engine", "ray"], stderr=DEVNULL) as driver:
        while driver.poll() is None and not list(begun.glob("*.jsonl")):
            time.sleep(0.01)
        driver.send_signal(signal.SIGKILL)
    assert driver.returncode == -signal.SIGKILL
    done = len(list(begun.glob("*.jsonl")))
    assert 1 <= done < 9
    told: list[int] = []

    def progress(items: int) -> None:
        told.append(items)
        if len(told) == done + 2:  # one after those that were there
            nodes.write(b"kill\n")
            nodes.flush()

    run(sources, out, "digit", engine="ray", progress=progress)
    assert sum(told) == 33
    assert out.read_bytes() == whole.read_bytes()


def test_without_a_cluster_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", none)
    with pytest.raises(RunError, match="expected a Ray cluster, found none: ray start --head"):
        cluster.Cluster(None, "digit").__enter__()
