"""What the tests of several commands start from."""

from pathlib import Path

import pytest

from tests.drawings import DIGITS, render


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a three, a seven, an empty picture, and a text called .png."""
    monkeypatch.chdir(tmp_path)
    for digit in (3, 7):
        render(DIGITS[digit]).save(f"{digit}.png")
    render(DIGITS[0], colour="white").save("empty.png")
    Path("text.png").write_text("this is no picture")
    return tmp_path
