"""The command line: tables, JSON lines, exit statuses, and one line for every error."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from digitpad import Reader, __version__
from digitpad.cli import main
from digitpad.config import prepared_unipen
from digitpad.network.manifest import MANIFEST, NETWORK, SHIPPED
from digitpad.train.sources.unipen import save_drawings
from tests.drawings import DIGITS, render
from tests.train import small

ROOT = Path(__file__).parents[2]
MAIN = "from digitpad.cli import main; main()"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a three, a seven, an empty picture, and a text called .png."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for digit in (3, 7):
        render(DIGITS[digit]).save(f"{digit}.png")
    render(DIGITS[0], colour="white").save("empty.png")
    Path("text.png").write_text("this is no picture")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def one_line(result: Result) -> str:
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


def process(
    *arguments: str, code: str = MAIN, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_read_prints_a_table(folder: Path) -> None:
    result = run("read", "3.png", "7.png")
    assert result.exit_code == 0
    three, seven = (line for line in result.stdout.splitlines() if ".png" in line)
    assert three.replace("│", " ").split()[:3] == ["3.png", "3", "read"]
    assert seven.replace("│", " ").split()[:3] == ["7.png", "7", "read"]
    assert "%" in seven


def test_read_prints_json_lines(folder: Path) -> None:
    result = run("read", "--json", "3.png", "7.png")
    assert result.exit_code == 0
    three, seven = map(json.loads, result.stdout.splitlines())
    reading = Reader().read("3.png")
    assert three == {
        "file": "3.png",
        "text": "3",
        "status": "read",
        "reason": None,
        "confidence": reading.confidence,
        "alternatives": [
            {"text": a.text, "confidence": a.confidence} for a in reading.alternatives
        ],
    }
    assert seven["text"] == "7"


def test_files_that_fail_have_their_row_and_the_others_are_read(folder: Path) -> None:
    names = ["text.png", "3.png", "missing.png", "empty.png", "7.png", "."]
    result = run("read", "--json", *names)
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["file"] for row in rows] == names
    assert [row.get("text") for row in rows] == [None, "3", None, "", "7", None]
    assert "expected a PNG, JPEG or WebP" in rows[0]["error"]
    assert "no such file: missing.png" in rows[2]["error"]
    assert rows[3]["status"] == "blank"
    table = run("read", *names)
    assert table.exit_code == 1
    assert all(name in table.stdout for name in names)
    assert table.stdout.count(" error ") == 3
    assert table.stderr == result.stderr == ""


@pytest.mark.parametrize("name", ["missing.png", "empty.png", "text.png"])
def test_the_exit_status_says_whether_all_were_read(folder: Path, name: str) -> None:
    assert run("read", name).exit_code == run("read", "3.png", name).exit_code == 1


def test_names_are_shown_as_they_are(folder: Path) -> None:
    long = "a" * 150 + ".png"
    shutil.copy("3.png", long)
    shutil.copy("3.png", "[bold]3.png")
    result = run("read", "[bold]3.png", "[/nowhere]", long)
    assert "[bold]3.png" in result.stdout
    assert "no such file: [/nowhere]" in result.stdout
    assert result.stdout.count("a") >= 150


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_names_that_are_not_unicode(folder: Path) -> None:
    name = os.fsdecode(b"\xff3.png")
    shutil.copy("3.png", name)
    assert "\N{REPLACEMENT CHARACTER}3.png" in run("read", name).stdout
    assert json.loads(run("read", "--json", name).stdout)["file"] == name


def test_a_damaged_model_is_one_line(folder: Path) -> None:
    model = folder / "model"
    model.mkdir()
    shutil.copy(SHIPPED / MANIFEST, model)
    (model / NETWORK).write_bytes((SHIPPED / NETWORK).read_bytes()[:1000])
    for options in ((), ("--json",)):
        line = one_line(run("read", "3.png", "--model", "model", *options))
        assert "SHA-256" in line
    assert "no model in nowhere" in one_line(run("read", "3.png", "--model", "nowhere"))


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield (*names, name)


@pytest.mark.parametrize("names", commands(main), ids=" ".join)
def test_help_has_an_example(names: tuple[str, ...]) -> None:
    result = run(*names, "--help")
    assert result.exit_code == 0
    example = result.stdout.partition("Example:\n")[2].strip()
    assert example.startswith(f"digitpad {' '.join(names)}")


def test_the_commands_are_these() -> None:
    assert set(commands(main)) >= {
        ("read",),
        ("serve",),
        ("data", "fetch"),
        ("data", "prepare"),
        ("train",),
        ("evaluate",),
        ("export",),
    }


def test_wrong_usage_has_exit_status_2(folder: Path) -> None:
    for arguments in (("read",), ("read", "--colour", "3.png"), ("train", "run", "--epochs", "0")):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "Usage:" in result.stderr


def test_the_version_needs_no_installation(tmp_path: Path) -> None:
    done = process("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"digitpad, version {__version__}\n")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("module", "extra", "arguments"),
    [
        ("keras", "train", ("train", "run")),
        ("keras", "train", ("export", "run", "out")),
        ("matplotlib", "train", ("evaluate",)),
        ("gunicorn", "server", ("serve",)),
        ("sqlalchemy", "server", ("models", "list")),
        ("sqlalchemy", "server,train", ("retrain", "run")),
    ],
)
def test_a_missing_extra_is_one_line(
    tmp_path: Path, module: str, extra: str, arguments: tuple[str, ...]
) -> None:
    done = process(*arguments, code=f"import sys; sys.modules[{module!r}] = None; {MAIN}",
                   cwd=tmp_path)  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: {module}")
    assert done.stderr.endswith(f" is not installed: in a checkout, pip install '.[{extra}]'\n")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_reading_imports_neither_keras_nor_flask(folder: Path) -> None:
    code = f"""
import sys
try:
    {MAIN}
finally:
    heavy = {{"keras", "tensorflow", "matplotlib", "flask", "gunicorn"}}
    print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
    done = process("read", "3.png", code=code, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "[]\n")


@pytest.mark.parametrize("options", [("--json",), ()])
def test_a_reader_that_went_away_is_no_stack_trace(folder: Path, options: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    child = subprocess.run(
        [sys.executable, "-c", MAIN, "read", *options, "3.png", "7.png"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stdout=write_end,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(write_end)
    assert (child.returncode, child.stderr) == (1, b"")


def test_training_after_a_run_learns_from_the_validation_writers_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.fit import training as fit

    seen: list[fit.TrainConfig] = []
    monkeypatch.setattr(fit, "train", lambda run, config, *_: seen.append(config))
    monkeypatch.setattr("digitpad.cli._ink", lambda: folder)
    for options in ((), ("--after", "runs/first")):
        assert run("train", "run", "--profile", "quick", *options).exit_code == 0
    plain, after = seen
    assert (plain.everything, plain.after) == (False, "")
    assert after == dataclasses.replace(plain, everything=True, after="runs/first")


def test_training_data_that_is_missing_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setenv("DIGITPAD_DATA", str(folder / "data"))
    notice, error = run("evaluate").stderr.splitlines()
    assert "digitpad data prepare unipen" in notice
    assert "digitpad data fetch mnist" in error
    save_drawings(small.drawings(), prepared_unipen())
    line = one_line(run("evaluate"))
    assert "is missing" in line
    assert "digitpad data fetch mnist" in line
    assert not (folder / "evaluation").exists()
