"""The command line as a whole: its commands, their help, and one line for every error."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from digitpad import __version__
from digitpad.cli import main, train
from digitpad.config import prepared_unipen
from digitpad.train.sources.unipen import save_drawings
from tests.cli.running import MAIN, one_line, process, run
from tests.train import small


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield (*names, name)


@pytest.mark.parametrize("names", commands(main), ids=" ".join)
def test_help_has_an_example(names: tuple[str, ...]) -> None:
    result = run(*names, "-h")
    assert result.exit_code == 0
    assert result.stdout == run(*names, "--help").stdout
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
        ("quantize",),
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


def test_help_imports_neither_numpy_nor_rich(tmp_path: Path) -> None:
    code = f"""
import sys
try:
    {MAIN}
finally:
    print(sorted({{"numpy", "onnxruntime", "PIL", "rich"}} & set(sys.modules)), file=sys.stderr)
"""
    done = process("-h", code=code, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_training_after_a_run_learns_from_the_validation_writers_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digitpad.train.fit import training
    from digitpad.train.fit.config import TrainConfig
    from digitpad.train.samples import corpus

    seen: list[TrainConfig] = []
    monkeypatch.setattr(corpus, "load_corpus", lambda *_: {})
    monkeypatch.setattr(training, "train", lambda run, config, *_: seen.append(config))
    monkeypatch.setattr(train, "_ink", lambda: folder)
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
