"""The Procfile's web line, run as Heroku would. Bounds are guards against hangs, not aims."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from digitpad.store import Database, corrections, versions
from tests.drawings import DIGITS
from tests.store.test_versions import MANIFEST, register

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "digitpad" / "model"
SECONDS = 60  # for anything that should take one or two
ROW = 100  # answers, more than one of two workers gives alone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="as on Heroku's machines")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(port: int, **more: str) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "DYNO": "web.1",
        "DIGITPAD_RATE": "1000000",
        **more,
    }


def line(name: str) -> list[str]:
    """What the Procfile says for a process."""
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    return ["sh", "-c", f"exec {lines[name]}"]


def post(port: int, body: Any, path: str = "read", **headers: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return json.load(answer)


def wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "the site ended at its start"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=SECONDS):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the site did not answer")


def whole_family(pid: int) -> list[psutil.Process]:
    """The master and its two workers, once both had time to load."""
    master = psutil.Process(pid)
    end = time.monotonic() + SECONDS
    while len(master.children()) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(1)
    family = [master, *master.children(recursive=True)]
    assert len(family) == 3
    return family


@contextmanager
def site(port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        line("web"),
        cwd=ROOT,
        env=environment(port, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            wait_until_ready(process, port)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def start_request(port: int, body: bytes) -> socket.socket:
    """Send a request but for its last byte."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    head = (
        "POST /api/v1/read HTTP/1.1\r\nHost: digitpad\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body[:-1])
    return connection


def finish_request(connection: socket.socket, body: bytes) -> str:
    with connection:
        connection.sendall(body[-1:])
        answer = b""
        while data := connection.recv(65536):
            answer += data
    return answer.decode()


def test_it_answers_within_its_memory_and_ends_when_told() -> None:
    port = free_port()
    with site(port) as process:
        for digit, ink in enumerate(DIGITS):
            answer = post(port, {"ink": {"strokes": ink.to_lists()}})
            assert answer["text"] == str(digit)
        family = whole_family(process.pid)
        pss = sum(member.memory_full_info().pss for member in family)
        assert pss < 300e6, f"{pss / 1e6:.0f} MB"

        body = json.dumps({"ink": {"strokes": DIGITS[4].to_lists()}}).encode()
        connections = [start_request(port, body) for _ in range(4)]
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        for connection in connections:
            answer = finish_request(connection, body)
            assert answer.startswith("HTTP/1.1 200"), answer
            assert '"text":"4"' in answer
        output, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert "Traceback" not in output
        assert "SIGKILL" not in output
        assert "SIGABRT" not in output


def cut_short(folder: Path) -> str:
    network = folder / "digits.onnx"
    network.write_bytes(network.read_bytes()[:-100])
    return "SHA-256"


def other_hash(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "sha256": "0" * 64}))
    return "0" * 64


def no_manifest(folder: Path) -> str:
    (folder / "manifest.json").unlink()
    return "manifest.json"


@pytest.mark.parametrize("damage", [cut_short, other_hash, no_manifest])
def test_a_damaged_model_is_one_line_and_no_start(damage: Any, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    word = damage(folder)
    refuses_to_start(environment(free_port(), DIGITPAD_MODEL=str(folder)), word)


@pytest.mark.parametrize("name", ["PORT", "DATABASE_URL", "DIGITPAD_ORIGINS"])
def test_a_wrong_setting_is_one_line_and_no_start(name: str) -> None:
    refuses_to_start(environment(free_port()) | {name: "many"}, name)


def refuses_to_start(env: dict[str, str], word: str) -> None:
    ran = subprocess.run(
        line("web"), cwd=ROOT, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ran.returncode != 0
    [said] = ran.stderr.splitlines()
    assert said.startswith("digitpad: ")
    assert word in said
    assert ran.stdout == ""


def test_no_acknowledged_correction_is_lost_when_workers_are_killed(url: str) -> None:
    """Two clients send corrections, and again what was not answered, while workers die."""
    given = url.replace("postgresql+psycopg", "postgres")
    env = environment(free_port(), DATABASE_URL=given)
    for _ in range(2):
        subprocess.run(line("release"), cwd=ROOT, env=env, check=True, timeout=SECONDS)
    port = int(env["PORT"])
    acknowledged: list[str] = []
    is_over = threading.Event()

    def send_until_over(sender: int) -> None:
        token = post(port, None, "writers")["token"]
        while not is_over.is_set():
            body = {
                "id": str(uuid.uuid4()),
                "ink": {"strokes": DIGITS[sender].to_lists()},
                "label": "1",
                "predicted": str(sender),
                "model": "a" * 64,
            }
            end = time.monotonic() + SECONDS
            while True:
                try:
                    kept = post(port, body, "corrections", Authorization=f"Bearer {token}")
                    break
                except (OSError, http.client.HTTPException):
                    assert time.monotonic() < end, "no answer any more"
                    time.sleep(0.02)  # it died before it answered: the same once more
            acknowledged.append(kept["id"])

    with ThreadPoolExecutor(3) as pool, site(port, DATABASE_URL=given) as process:
        assert process.stdout is not None
        pool.submit(process.stdout.read)  # or its log would fill the pipe, and halt it
        master = psutil.Process(process.pid)
        sending = [pool.submit(send_until_over, sender) for sender in (3, 5)]
        try:
            for _ in range(4):
                time.sleep(1)
                for worker in master.children():
                    worker.kill()
        finally:
            is_over.set()
        for future in sending:
            future.result(SECONDS)
    database = Database(url)
    found = list(corrections.everyone(database))
    database.close()
    assert len(acknowledged) > 10
    assert sorted(str(one.id) for one in found) == sorted(acknowledged)
    for one in found:
        assert one.drawing.ink is not None
        assert one.drawing.ink.to_lists() == DIGITS[int(one.predicted)].to_lists()


def test_both_workers_take_up_a_promotion_within_ten_seconds_and_no_request_fails(url: str) -> None:
    given = url.replace("postgresql+psycopg", "postgres")
    env = environment(free_port(), DATABASE_URL=given)
    subprocess.run(line("release"), cwd=ROOT, env=env, check=True, timeout=SECONDS)
    port = int(env["PORT"])
    database = Database(url)
    register(database, "a")
    body = {"ink": {"strokes": DIGITS[7].to_lists()}}
    shipped = MANIFEST["version"]
    served: list[tuple[float, str]] = []
    is_over = threading.Event()

    def ask_until_over() -> None:
        while not is_over.is_set():
            asked = time.monotonic()
            served.append((asked, post(port, body)["model"]["version"]))  # raises if it fails

    def since(version: str) -> float:
        """Wait until it alone is served, and return when that began at the latest."""
        late = time.monotonic() + SECONDS
        while len(row := served[-ROW:]) < ROW or {found for _, found in row} != {version}:
            assert time.monotonic() < late
            time.sleep(0.05)
        return row[0][0]

    with ThreadPoolExecutor(5) as pool, site(port, DATABASE_URL=given) as process:
        assert process.stdout is not None
        pool.submit(process.stdout.read)  # or its log would fill the pipe, and halt it
        whole_family(process.pid)
        asking = [pool.submit(ask_until_over) for _ in range(4)]
        try:
            since(shipped)
            promoted = time.monotonic()
            versions.promote(database, "a", None)
            assert since("a") < promoted + 10
            taken_back = time.monotonic()
            versions.rollback(database)
            assert since(shipped) < taken_back + 10
        finally:
            is_over.set()
        for future in asking:
            future.result(SECONDS)
    database.close()
