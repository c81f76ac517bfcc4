"""`digitpad paper` says what is wrong before it begins."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from digitpad.cli import main


@pytest.mark.parametrize(
    "command", [["train", "run", "--profile", "quick"], ["sheet", "s.png"], ["evaluate"]]
)
def test_without_ink_it_says_what_to_do(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("digitpad.cli.paper.prepared_unipen", lambda: tmp_path / "none.npz")
    result = CliRunner().invoke(main, ["paper", *command])
    assert result.exit_code == 1
    assert "digitpad data prepare unipen" in result.output
    assert not (tmp_path / "s.png").exists()


def test_exporting_what_is_no_run_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["paper", "export", str(tmp_path), str(tmp_path)])
    assert result.exit_code == 1
    assert "it is not finished" in result.output
