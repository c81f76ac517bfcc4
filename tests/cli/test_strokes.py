"""`digitpad strokes` says what is wrong before it begins."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from digitpad.cli import main


@pytest.mark.parametrize("command", [["train", "run", "--profile", "quick"], ["evaluate"]])
def test_without_ink_it_says_what_to_do(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("digitpad.cli.strokes.prepared_unipen", lambda: tmp_path / "none.npz")
    result = CliRunner().invoke(main, ["strokes", *command])
    assert result.exit_code == 1
    assert "digitpad data prepare unipen" in result.output


def test_exporting_what_is_no_run_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["strokes", "export", str(tmp_path), str(tmp_path)])
    assert result.exit_code == 1
    assert "it is not finished" in result.output
