"""The command line as tests run it: in this process, or in one of its own."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from digitpad.cli import main

ROOT = Path(__file__).parents[2]
MAIN = "from digitpad.cli import main; main()"


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def one_line(result: Result) -> str:
    """The line that a command said instead of doing anything."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


def process(
    *arguments: str, code: str = MAIN, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def on_a_terminal(*arguments: str, columns: int = 80, cwd: Path = ROOT) -> list[str]:
    """The lines that a command prints on a terminal so wide."""
    import pty  # on Unix alone

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=cwd,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "COLUMNS": str(columns), "TERM": "dumb", "NO_COLOR": "1"},
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as child:
        os.close(theirs)
        printed = b""
        try:
            while data := os.read(ours, 65536):
                printed += data
        except OSError:  # Linux's end of file on a terminal
            pass
        finally:
            os.close(ours)
        assert child.stderr is not None
        assert child.stderr.read() == b""
    return printed.decode().splitlines()
