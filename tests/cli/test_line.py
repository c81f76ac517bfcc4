"""`digitpad line` says what is wrong before it begins."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from digitpad.cli import main


@pytest.mark.parametrize(
    ("option", "value", "known"),
    [("--mark", "star", "circle"), ("--sign", "!", "%"), ("--paper", "silk", "squares")],
)
def test_a_sheet_of_something_unknown_names_what_there_is(
    option: str, value: str, known: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(main, ["line", "sheet", str(tmp_path / "s.png"), option, value])
    assert result.exit_code == 2
    assert f"found {value}" in result.output
    assert known in result.output
    assert not (tmp_path / "s.png").exists()


def test_training_without_ink_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitpad.cli.line.prepared_unipen", lambda: tmp_path / "none.npz")
    result = CliRunner().invoke(
        main, ["line", "train", str(tmp_path / "run"), "--profile", "quick"]
    )
    assert result.exit_code == 1
    assert "digitpad data prepare unipen" in result.output
