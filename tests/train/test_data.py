import gzip
import hashlib
import os
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from digitpad.errors import DataError
from digitpad.train.data import LARGEST, MNIST_FILES, Part, load_mnist

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
PIXELS = np.random.default_rng(1).integers(0, 256, (3, 28, 28), np.uint8)
DIGITS = np.array([7, 0, 9], np.uint8)
CONTENTS = {
    IMAGES: struct.pack(">IIII", 0x803, 3, 28, 28) + PIXELS.tobytes(),
    LABELS: struct.pack(">II", 0x801, 3) + DIGITS.tobytes(),
}
FILES = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mnist").mkdir()
    for name, content in CONTENTS.items():
        (tmp_path / "mnist" / f"{name}.gz").write_bytes(gzip.compress(content))
    return tmp_path


def failure(folder: Path, files: Mapping[str, str] = FILES) -> str:
    with pytest.raises(DataError) as caught:
        load_mnist(folder, "train", files)
    text = str(caught.value)
    assert "\n" not in text
    assert "digitpad data fetch mnist" in text
    return text


def test_reads_images_and_labels(folder: Path) -> None:
    images, labels = load_mnist(folder, "train", FILES)
    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(images, PIXELS)
    np.testing.assert_array_equal(labels, DIGITS)


def test_reads_an_uncompressed_file_where_there_is_no_archive(folder: Path) -> None:
    (folder / "mnist" / f"{IMAGES}.gz").unlink()
    (folder / "mnist" / IMAGES).write_bytes(CONTENTS[IMAGES])
    np.testing.assert_array_equal(load_mnist(folder, "train", FILES)[0], PIXELS)


def test_a_missing_file_is_named(tmp_path: Path, folder: Path) -> None:
    (folder / "mnist" / f"{LABELS}.gz").unlink()
    assert f"{folder / 'mnist' / LABELS}.gz is missing" in failure(folder)
    assert f"{IMAGES}.gz is missing" in failure(tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [0, 5, 100, -1, -9])
def test_a_truncated_archive_is_named(folder: Path, kept: int) -> None:
    path = folder / "mnist" / f"{IMAGES}.gz"
    path.write_bytes(path.read_bytes()[:kept])
    text = failure(folder)
    assert str(path) in text
    assert "ends too early" in text or kept == 0  # an empty file is an empty archive


@pytest.mark.parametrize("at", [0, 3, 40, -6])
def test_a_corrupted_archive_is_named(folder: Path, at: int) -> None:
    path = folder / "mnist" / f"{IMAGES}.gz"
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)
    assert f"{path} is " in failure(folder)


def test_a_text_file_is_no_archive(folder: Path) -> None:
    path = folder / "mnist" / f"{IMAGES}.gz"
    path.write_text("<html>Sign in to the network</html>")
    assert f"{path} is damaged: not a sound gzip archive" in failure(folder)


def test_a_wrong_hash_says_expected_found_and_where(folder: Path) -> None:
    path = folder / "mnist" / f"{IMAGES}.gz"
    path.write_bytes(gzip.compress(b"something else"))
    text = failure(folder)
    found = hashlib.sha256(b"something else").hexdigest()
    assert all(part in text for part in (str(path), FILES[IMAGES], found))


def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked(folder: Path) -> None:
    path = folder / "mnist" / f"{IMAGES}.gz"
    path.write_bytes(gzip.compress(bytes(LARGEST + 2), 1))
    assert "is not the expected file" in failure(folder)


def test_a_path_that_cannot_be_read_is_named(folder: Path) -> None:
    path = folder / "mnist" / f"{IMAGES}.gz"
    path.unlink()
    path.mkdir()
    assert f"{path} cannot be read: Is a directory" in failure(folder)


@pytest.mark.skipif("DIGITPAD_DATA" not in os.environ, reason="DIGITPAD_DATA is not set")
@pytest.mark.parametrize(("part", "count"), [("train", 60_000), ("test", 10_000)])
def test_the_real_mnist(part: Part, count: int) -> None:
    images, labels = load_mnist(Path(os.environ["DIGITPAD_DATA"]), part)
    assert len(MNIST_FILES) == 4
    assert images.shape == (count, 28, 28)
    assert labels.shape == (count,)
    assert set(labels) == set(range(10))
