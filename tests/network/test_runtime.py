"""The model file and its manifest are verified; the network runs in batches and threads."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitpad import ModelError, Reader
from digitpad.network.inputs import Inputs, see_inks
from digitpad.network.manifest import FEATURES, MANIFEST, NETWORK, SHIPPED, Manifest
from digitpad.network.posteriors import scale
from digitpad.network.runtime import BATCH, Recognizer
from tests.drawings import DIGITS

MISSING = object()
WEIGHTS = dict.fromkeys(FEATURES, 0.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model, to damage."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in (MANIFEST, NETWORK):
        shutil.copy(SHIPPED / name, folder)
    return folder


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


def change(folder: Path, **fields: Any) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8")) | fields
    kept = {name: value for name, value in manifest.items() if value is not MISSING}
    (folder / MANIFEST).write_text(json.dumps(kept), "utf-8")


def failure(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        Recognizer(folder)
    text = str(caught.value)
    assert "\n" not in text
    assert str(folder) in text
    return text


def test_the_shipped_model_is_what_its_manifest_says() -> None:
    manifest = Manifest.load(SHIPPED)
    assert hashlib.sha256(manifest.verify(SHIPPED)).hexdigest() == manifest.sha256
    assert manifest.labels == (*"0123456789", "not a digit")
    assert (SHIPPED / NETWORK).stat().st_size < 2_000_000
    assert manifest.metrics["test"]["rows"]["MNIST"]["drawings"] == 10_000


def test_a_copy_loads(folder: Path) -> None:
    assert Recognizer(folder).manifest == Manifest.load(SHIPPED)


@pytest.mark.parametrize("kept", [0, 1000, -1])
def test_a_network_cut_short_is_refused(folder: Path, kept: int) -> None:
    path = folder / NETWORK
    path.write_bytes(path.read_bytes()[:kept])
    text = failure(folder)
    assert str(path) in text
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert Manifest.load(SHIPPED).sha256 in text


def test_a_network_with_one_other_bit_is_refused(folder: Path) -> None:
    content = bytearray((folder / NETWORK).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / NETWORK).write_bytes(content)
    assert "SHA-256" in failure(folder)


def test_missing_files_are_named(folder: Path, tmp_path: Path) -> None:
    assert f"expected {MANIFEST} and {NETWORK}" in failure(tmp_path / "nowhere")
    (folder / NETWORK).unlink()
    assert f"expected {NETWORK}" in failure(folder)
    (folder / MANIFEST).unlink()
    assert f"{MANIFEST} cannot be read: No such file" in failure(folder)
    assert "Not a directory" in failure(Path(__file__))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe\x00", b"[1, 2]", b"null", b'"text"', b"{}", b"[" * 100_000],
    ids=["empty", "cut", "binary", "list", "null", "text", "bare", "deep"],
)
def test_a_manifest_of_garbage_is_refused(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    assert f"{folder / MANIFEST}" in failure(folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", "x"),
        ("temperature", 0),
        ("temperature", -1.0),
        ("temperature", True),
        ("temperature", float("nan")),
        ("temperature", float("inf")),
        ("temperature", MISSING),
        ("rejection", "x"),
        ("rejection", None),
        ("rejection", False),
        ("rejection", 101),
        ("rejection", float("-inf")),
        ("rejection", float("nan")),
        ("rejection", MISSING),
        ("threshold", None),
        ("threshold", 1.5),
        ("segmentation", MISSING),
        ("segmentation", None),
        ("segmentation", []),
        ("segmentation", {}),
        ("segmentation", {"ink": 1, "picture": 2}),
        ("segmentation", {"ink": {}, "picture": {}}),
        ("segmentation", {"ink": WEIGHTS}),
        ("segmentation", {"ink": WEIGHTS, "picture": WEIGHTS, "sound": WEIGHTS}),
        ("segmentation", {"ink": WEIGHTS, "picture": WEIGHTS | {"beauty": 1}}),
        ("segmentation", {"ink": WEIGHTS, "picture": WEIGHTS | {"digits": "1"}}),
        ("segmentation", {"ink": WEIGHTS | {"gap": True}, "picture": WEIGHTS}),
        ("segmentation", {"ink": WEIGHTS | {"gap": None}, "picture": WEIGHTS}),
        ("segmentation", {"ink": WEIGHTS | {"doubt": float("nan")}, "picture": WEIGHTS}),
        ("segmentation", {"ink": WEIGHTS | {"doubt": -1e4}, "picture": WEIGHTS}),
        ("labels", None),
        ("labels", []),
        ("labels", "0123456789"),
        ("labels", list(range(10))),
        ("features", 8.5),
        ("features", -1),
        ("features", MISSING),
        ("sha256", None),
        ("version", 1),
        ("training", []),
        ("metrics", None),
        ("preprocessing", 1),
        ("preprocessing", "1"),
        ("preprocessing", True),
        ("preprocessing", MISSING),
    ],
)
def test_a_field_of_another_kind_is_named(folder: Path, name: str, value: object) -> None:
    change(folder, **{name: value})
    text = failure(folder)
    assert text.startswith(f"{folder / MANIFEST}: expected {name} to be ")
    assert text.endswith(f", found {'none' if value is MISSING else repr(value)[:40]}")


@pytest.mark.parametrize("kind", ["ink", "picture"])
def test_each_weight_is_needed(folder: Path, kind: str) -> None:
    for name in FEATURES:
        kept = {other: 0.5 for other in FEATURES if other != name}
        change(folder, segmentation={"ink": WEIGHTS, "picture": WEIGHTS} | {kind: kept})
        assert "expected segmentation to be an object with weights" in failure(folder)
    change(folder, segmentation={"ink": WEIGHTS, "picture": WEIGHTS})
    assert Recognizer(folder).manifest.segmentation["ink"] == WEIGHTS


def test_a_field_of_another_version_is_named(folder: Path) -> None:
    change(folder, flavour="vanilla")
    assert "'flavour'" in failure(folder)


def test_the_right_hash_of_what_is_no_network_is_refused(folder: Path) -> None:
    content = b"this is no ONNX file"
    (folder / NETWORK).write_bytes(content)
    change(folder, sha256=hashlib.sha256(content).hexdigest())
    assert f"{folder / NETWORK}: expected a network that ONNX Runtime loads" in failure(folder)


@pytest.mark.parametrize("fields", [{"features": 7}, {"labels": list("01234567")}])
def test_other_outputs_than_the_manifest_says_are_refused(
    folder: Path, fields: dict[str, Any]
) -> None:
    change(folder, **fields)
    assert "its manifest expects outputs" in failure(folder)


def test_temperature_divides_the_logits(folder: Path, recognizer: Recognizer) -> None:
    inputs = see_inks(DIGITS)
    change(folder, temperature=2 * recognizer.manifest.temperature, rejection=0)
    softer, features = Recognizer(folder)(inputs)
    change(folder, temperature=recognizer.manifest.temperature, rejection=0)
    logits, same = Recognizer(folder)(inputs)
    np.testing.assert_allclose(2 * softer, logits, rtol=1e-5)
    np.testing.assert_array_equal(features, same)


def test_rejection_is_added_to_the_last_logit_after_that(
    folder: Path, recognizer: Recognizer
) -> None:
    inputs = see_inks(DIGITS)
    change(folder, rejection=recognizer.manifest.rejection + 5)
    stricter, _ = Recognizer(folder)(inputs)
    logits, _ = recognizer(inputs)
    np.testing.assert_array_equal(stricter[:, :10], logits[:, :10])
    np.testing.assert_allclose(stricter[:, 10], logits[:, 10] + 5, atol=1e-5)


def test_scaling_changes_a_copy() -> None:
    logits = np.array([[4.0, 2.0, -2.0]], np.float32)
    found = scale(logits, 2.0, 3.0)
    np.testing.assert_array_equal(found, np.array([[2.0, 1.0, 2.0]], np.float32))
    np.testing.assert_array_equal(logits, np.array([[4.0, 2.0, -2.0]], np.float32))
    assert found.dtype == np.float32
    assert scale(np.empty((0, 11), np.float32), 2.0, 3.0).shape == (0, 11)


def test_a_high_rejection_makes_a_digit_unsure(folder: Path) -> None:
    change(folder, rejection=90)
    reading = Reader(folder).read(DIGITS[3])
    assert (reading.text, reading.status) == ("3", "unsure")
    assert reading.reason == "it does not look like a digit"


def varied(count: int) -> Inputs:
    rng = np.random.default_rng(0)
    turns = np.eye(2) + rng.uniform(-0.2, 0.2, (count, 2, 2))
    return see_inks([DIGITS[i % 10].transform(turns[i]) for i in range(count)])


def test_a_batch_equals_its_members_one_by_one(recognizer: Recognizer) -> None:
    inputs = varied(300)
    assert len(inputs) > 2 * BATCH
    logits, features = recognizer(inputs)
    assert logits.shape == (300, 11)
    assert features.shape == (300, recognizer.manifest.features)
    assert logits.dtype == features.dtype == np.float32
    alone = [recognizer(one[None]) for one in inputs]
    np.testing.assert_allclose(logits, np.concatenate([a[0] for a in alone]), atol=1e-4)
    np.testing.assert_allclose(features, np.concatenate([a[1] for a in alone]), atol=1e-4)


def test_an_empty_batch_is_empty(recognizer: Recognizer) -> None:
    logits, features = recognizer(see_inks([]))
    assert logits.shape == (0, 11)
    assert len(features) == 0


def test_two_threads_share_a_recognizer(recognizer: Recognizer) -> None:
    parts = np.split(varied(40), 2)
    wanted = [recognizer(part)[0] for part in parts]

    def work(which: int) -> bool:
        return all(np.array_equal(recognizer(parts[which])[0], wanted[which]) for _ in range(30))

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(work, range(2)))
