"""`digitpad serve`: what keeps it from starting is one line."""

import socket
from pathlib import Path

import pytest

from tests.cli.running import process


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/digitpad.db")


def test_a_port_in_use_is_one_line_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = process("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: port {port} of 127.0.0.1 is in use")
    assert "PORT=" in line


def test_an_address_of_another_machine_is_one_line() -> None:  # one of RFC 5737's examples
    done = process("serve", "--host", "192.0.2.1", "--port", "8000")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: cannot listen on port 8000 of 192.0.2.1: ")
    assert done.stderr.count("\n") == 1
