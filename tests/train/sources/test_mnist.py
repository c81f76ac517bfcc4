import gzip
import hashlib
import os
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from digitpad.errors import DataError
from digitpad.train.sources.mnist import LARGEST, MNIST_FILES, Part, load_mnist, load_mnist_writers

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


@pytest.fixture
def writers(tmp_path: Path) -> Path:
    """QMNIST's labels of 70,000 images: eight numbers each, the third is the writer."""
    (tmp_path / "mnist-writers").mkdir()
    path = tmp_path / "mnist-writers" / "qmnist-train-labels-idx2-int.gz"
    rows = np.zeros((70_000, 8), ">i4")
    rows[:, 2] = np.arange(70_000) % 539
    path.write_bytes(gzip.compress(struct.pack(">III", 0xC02, 70_000, 8) + rows.tobytes(), 1))
    return path


def writers_failure(folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        load_mnist_writers(folder, "train")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_reads_who_wrote_mnists_own_images(tmp_path: Path, writers: Path) -> None:
    found = load_mnist_writers(tmp_path, "train")
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, np.arange(60_000) % 539)


def test_writers_that_are_missing_or_damaged_are_named(tmp_path: Path, writers: Path) -> None:
    whole = writers.read_bytes()
    labels = gzip.decompress(whole)
    for content in (b"", whole[:-9], whole[:40], b"<html>", gzip.compress(labels[:-5], 1),
                    gzip.compress(labels[:5], 1), gzip.compress(labels[: 12 + 32 * 59_999], 1),
                    whole[:200] + bytes([whole[200] ^ 255]) + whole[201:]):  # fmt: skip
        writers.write_bytes(content)
        assert writers_failure(tmp_path).startswith(f"{writers} is damaged: ")
    writers.unlink()
    assert "github.com/facebookresearch/qmnist" in writers_failure(tmp_path)


def test_without_their_folder_each_image_has_a_writer_of_its_own(tmp_path: Path) -> None:
    assert len(set(load_mnist_writers(tmp_path, "train").tolist())) == 60_000


@pytest.mark.skipif("DIGITPAD_DATA" not in os.environ, reason="DIGITPAD_DATA is not set")
@pytest.mark.parametrize(("part", "count"), [("train", 60_000), ("test", 10_000)])
def test_the_real_mnist(part: Part, count: int) -> None:
    images, labels = load_mnist(Path(os.environ["DIGITPAD_DATA"]), part)
    assert len(MNIST_FILES) == 4
    assert images.shape == (count, 28, 28)
    assert labels.shape == (count,)
    assert set(labels) == set(range(10))


@pytest.mark.skipif("DIGITPAD_DATA" not in os.environ, reason="DIGITPAD_DATA is not set")
def test_the_real_writers_of_mnist() -> None:
    folder = Path(os.environ["DIGITPAD_DATA"])
    train, test = (load_mnist_writers(folder, part) for part in ("train", "test"))
    assert (len(train), len(test)) == (60_000, 10_000)
    assert not set(train.tolist()) & set(test.tolist())
