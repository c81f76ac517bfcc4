"""A sheet shows made lines, or says why it cannot be written."""

from pathlib import Path

import pytest
from PIL import Image

from digitpad import DataError
from digitpad.train.samples.sheet import WIDTH, draw_sheet
from tests.train.people import people


def test_a_sheet_is_a_picture(tmp_path: Path) -> None:
    draw_sheet(people(), tmp_path / "sheet.png", 30, 1)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width == WIDTH
        assert sheet.height > 2 * 80


@pytest.mark.parametrize("name", ["none/sheet.png", "sheet.unknown"])
def test_where_nothing_can_be_written_it_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        draw_sheet(people(), tmp_path / name, 2, 1)
