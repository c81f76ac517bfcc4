"""People are split as the corpus is, and have what lines are made of."""

from pathlib import Path

import numpy as np
import pytest

from digitpad import DataError
from digitpad.labels import SIGNS
from digitpad.train.samples.people import load_people, normalise
from digitpad.train.samples.trace import REACH, find_lines
from digitpad.train.sources.unipen import Sample, save_drawings
from tests.train import small
from tests.train.people import people, sign_drawings


def prepared(folder: Path, drawings: list[Sample], patch: pytest.MonkeyPatch) -> Path:
    patch.setattr("digitpad.train.samples.people.load_mnist", small.load_mnist)
    patch.setattr("digitpad.train.samples.people.load_mnist_writers", small.load_mnist_writers)
    save_drawings(drawings, folder / "unipen.npz")
    return folder / "unipen.npz"


def test_nobody_is_in_two_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings = small.drawings() + sign_drawings()
    parts = load_people(tmp_path, prepared(tmp_path, drawings, monkeypatch))
    assert set(parts) == {"train", "validation", "test"}
    inks = [
        {strokes[0].tobytes() for own in part.inks for many in own.values() for strokes in many}
        for part in parts.values()
    ]
    assert all(inks)
    assert not inks[0] & inks[1]
    assert not inks[1] & inks[2]
    assert sum(len(part.scans) for part in parts.values()) == sum(small.IMAGES.values())
    for part in parts.values():
        assert set(part.signs) == set(SIGNS)
        assert part.others


def test_a_missing_sign_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings = [d for d in sign_drawings() if d.label != "%"]
    path = prepared(tmp_path, small.drawings() + drawings, monkeypatch)
    assert small.failure(load_people, tmp_path, path).endswith("found none of %")


def test_nobody_with_enough_digits_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = [d for d in small.drawings() if d.category != "1a" or d.label in "012"]
    path = prepared(tmp_path, drawings + sign_drawings(), monkeypatch)
    with pytest.raises(DataError, match="at least 8 different digits"):
        load_people(tmp_path, path)


def test_ink_is_brought_to_one_height() -> None:
    tall = normalise((np.array([[5.0, 5], [7, 15]]),))
    np.testing.assert_allclose(tall[0], np.array([[0, 0], [0.2, 1]]))
    flat = normalise((np.array([[0.0, 3], [10, 3]]),))
    assert np.ptp(flat[0], axis=0).tolist() == pytest.approx([1 / 0.6, 0])
    dot = normalise((np.array([[2.0, 2]]),))
    assert np.isfinite(dot[0]).all()


def test_a_scan_is_traced_once() -> None:
    found = people().trace(3)
    near = find_lines(people().scans[3:4].astype(np.float32) / np.float32(255))[0]
    np.testing.assert_allclose(found, near / REACH * 255, atol=0.51)
    assert people().trace(3) is found
