"""MNIST as it lies in the data folder: found, verified by SHA-256, read."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from digitpad.errors import DataError

# SHA-256 of each file's uncompressed content: archives differ from mirror to mirror, it does not.
MNIST_FILES: Mapping[str, str] = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
WRITERS = "mnist-writers"  # folder of QMNIST's labels, in the data folder
IMAGES_HEADER = 16  # bytes of IDX before the pixels: magic, count, rows, columns as uint32
LABELS_HEADER = 8  # bytes of IDX before the labels: magic, count
LARGEST = IMAGES_HEADER + 60_000 * 28 * 28  # bytes of the largest file, uncompressed

Part = Literal["train", "test"]
Bytes = npt.NDArray[np.uint8]


def load_mnist(
    folder: Path, part: Part, files: Mapping[str, str] = MNIST_FILES
) -> tuple[Bytes, Bytes]:
    """Return images uint8 (n, 28, 28) in 0..255, ink bright, and labels uint8 (n,) in 0..9.

    n is 60,000 for "train" and 10,000 for "test"; the arrays are read-only. Reads
    `folder/mnist/*.gz`, or the uncompressed file where no archive lies beside it. Raises DataError
    that names the file when one is missing, damaged or not MNIST's.
    """
    prefix = "train" if part == "train" else "t10k"
    images, labels = f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"
    try:
        pixels = read_file(folder, images, files[images])
        digits = read_file(folder, labels, files[labels])
    except DataError as error:
        raise DataError(f"{error} (`digitpad data fetch mnist` fetches it)") from None
    return (
        np.frombuffer(pixels, np.uint8, offset=IMAGES_HEADER).reshape(-1, 28, 28),
        np.frombuffer(digits, np.uint8, offset=LABELS_HEADER),
    )


def load_mnist_writers(folder: Path, part: Part) -> npt.NDArray[np.int32]:
    """Return who wrote each of MNIST's images: int32 (60,000,) or (10,000,), in their order.

    Reads QMNIST's extended labels (Yadav and Bottou, 2019) from `folder/mnist-writers/`. Where that
    folder is not, each image counts as its writer's only one. Raises DataError when a file in it is
    missing or damaged.
    """
    path = folder / WRITERS / f"qmnist-{part}-labels-idx2-int.gz"
    count = 60_000 if part == "train" else 10_000
    if not path.parent.exists():
        return np.arange(count, dtype=np.int32)
    try:
        content = gzip.decompress(path.read_bytes())
        rows = np.frombuffer(content, ">i4", offset=12).reshape(-1, 8)[:count]
        if len(rows) < count:
            raise ValueError(f"expected {count:,} rows, found {len(rows):,}")
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing: it is QMNIST's, at github.com/facebookresearch/qmnist"
        ) from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"{path} is damaged: {error}") from None
    return rows[:, 2].astype(np.int32)


def archive(folder: Path, name: str) -> Path:
    """Return where the data folder keeps the archive of one of MNIST's files."""
    return folder / "mnist" / f"{name}.gz"


def read_file(folder: Path, name: str, sha256: str) -> bytes:
    """Return the verified uncompressed content of one of MNIST's files.

    Raises DataError when it is missing, unreadable, damaged or has another hash.
    """
    path = archive(folder, name)
    try:
        if not path.exists() and path.with_suffix("").exists():
            path = path.with_suffix("")
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if path.suffix == ".gz":
        return unpack(content, sha256, str(path))
    return verify(content, sha256, str(path))


def unpack(packed: bytes, sha256: str, where: str) -> bytes:
    """Return the verified content of a gzip archive; DataError says what is wrong, and where."""
    try:
        content = gzip.GzipFile(fileobj=io.BytesIO(packed)).read(LARGEST + 1)  # no gzip bomb
    except EOFError:
        raise DataError(f"{where} is damaged: the gzip archive ends too early") from None
    except (gzip.BadGzipFile, zlib.error):
        raise DataError(f"{where} is damaged: not a sound gzip archive") from None
    return verify(content, sha256, where)


def verify(content: bytes, sha256: str, where: str) -> bytes:
    """Return the content itself where its SHA-256 is the expected one, or raise DataError."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(
            f"{where} is not the expected file: expected SHA-256 {sha256} of the uncompressed "
            f"content, found {found}"
        )
    return content
