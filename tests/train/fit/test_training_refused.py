"""Runs that cannot be: each is named in one line, and nothing that is there is changed."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.train import small
from tests.train.fit.test_training import contents, failure

if TYPE_CHECKING:
    from digitpad.train.fit.config import TrainConfig

pytestmark = pytest.mark.usefixtures("small_scans")


def test_a_folder_of_something_else_is_not_touched(tmp_path: Path, config: "TrainConfig") -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert "holds no run" in failure(tmp_path, config)
    assert "cannot be the folder of a run" in failure(tmp_path / "letter.txt", config)
    assert "cannot be the folder of a run" in failure(tmp_path / "letter.txt" / "run", config)
    assert contents(tmp_path) == {tmp_path / "letter.txt": b"dear"}


@pytest.mark.parametrize("content", [b"", b'{"epochs": ', b"\xff\xfe", b"[1]", b"null"])
def test_a_damaged_configuration_is_named(
    tmp_path: Path, config: "TrainConfig", content: bytes
) -> None:
    (tmp_path / "config.json").write_bytes(content)
    assert f"{tmp_path / 'config.json'} is damaged" in failure(tmp_path, config)
    assert contents(tmp_path) == {tmp_path / "config.json": content}


def test_too_few_images_for_one_batch_are_named(
    tmp_path: Path, config: "TrainConfig", unipen: Path
) -> None:
    text = failure(tmp_path / "run", dataclasses.replace(config, batch=501), unipen)
    assert "too few images for batches of 501" in text


def test_a_source_that_is_not_there_cannot_be_left_out(
    tmp_path: Path, config: "TrainConfig", unipen: Path
) -> None:
    mixture = dataclasses.replace(config.mixture, without=("ced", "cde"))
    text = failure(tmp_path / "run", dataclasses.replace(config, mixture=mixture), unipen)
    assert text.endswith("no ink of cde to leave out")


def test_no_ink_is_named_when_an_epoch_wants_some(
    tmp_path: Path, config: "TrainConfig", unipen: Path
) -> None:
    assert "no ink to learn from" in failure(tmp_path / "run", config)
    mixture = dataclasses.replace(config.mixture, without=tuple(small.WRITERS))
    nothing = dataclasses.replace(config, mixture=mixture)
    assert "no ink to learn from" in failure(tmp_path / "other", nothing, unipen)
