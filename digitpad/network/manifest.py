"""What a model says of itself, checked when it is loaded."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitpad.errors import ModelError
from digitpad.labels import STROKES

SHIPPED = Path(__file__).parents[1] / "model"
NETWORK = "digits.onnx"
PAPER_NETWORK = "paper.onnx"
PAPER_MANIFEST = "paper.json"
STROKES_NETWORK = "strokes.onnx"
STROKES_MANIFEST = "strokes.json"
MANIFEST = "manifest.json"
FURTHER = (PAPER_NETWORK, PAPER_MANIFEST, STROKES_NETWORK, STROKES_MANIFEST)  # may be there, too
# What a path through a lattice is weighed by: `lattice/candidate.py` and `decode.py` measure them.
FEATURES = (
    "digits", "gap", "overlap", "depth", "low", "wide", "cuts", "interrupted", "long",
    "doubt", "trust", "vague", "one", "low one",
)  # fmt: skip
PREPROCESSING = 2  # raised when `inputs.py` changes what the network sees


@dataclass(frozen=True)
class Manifest:
    """What a model says of itself; written by `train/release/export.py`, verified on loading."""

    version: str
    sha256: str  # of the ONNX file
    labels: tuple[str, ...]  # one for each logit: the ten digits, then "not a digit"
    preprocessing: int
    temperature: float  # logits are divided by it: calibration
    rejection: float  # added to the last one after that: how likely ink is not a digit
    threshold: float  # confidence below which a reading is unsure
    segmentation: dict[str, dict[str, float]]  # "ink" and "picture": a weight for each feature
    features: int  # length of the feature vector
    training: dict[str, Any]  # data, configuration and commit
    metrics: dict[str, Any]  # measured, with the number of samples

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """Read and check `manifest.json`; raises ModelError."""
        fields = _read_json(folder, MANIFEST, NETWORK)
        _check(fields, _EXPECTED, f"{folder / MANIFEST}")
        return cls(**{**fields, "labels": tuple(fields["labels"])})

    def verify(self, folder: Path) -> bytes:
        """Return the network's bytes; raises ModelError unless they have the manifest's hash."""
        return _read_network(folder / NETWORK, self.sha256)


@dataclass(frozen=True)
class StrokesManifest:
    """What a strokes' network says of itself; from `train/release/export_strokes.py`."""

    sha256: str  # of the ONNX file
    kinds: tuple[str, ...]  # a logit for each
    temperature: float  # logits are divided by it: calibration
    training: dict[str, Any]  # data, configuration and commit

    @classmethod
    def load(cls, folder: Path) -> "StrokesManifest":
        """Read and check `strokes.json`; raises ModelError."""
        fields = _read_json(folder, STROKES_MANIFEST, STROKES_NETWORK)
        _check(fields, _EXPECTED_OF_STROKES, f"{folder / STROKES_MANIFEST}")
        return cls(**{**fields, "kinds": tuple(fields["kinds"])})

    def verify(self, folder: Path) -> bytes:
        """Return the network's bytes; raises ModelError unless they have the manifest's hash."""
        return _read_network(folder / STROKES_NETWORK, self.sha256)


@dataclass(frozen=True)
class PaperManifest:
    """What a paper network says of itself; written by `train/release/export_paper.py`."""

    sha256: str  # of the ONNX file
    training: dict[str, Any]  # data, configuration and commit

    @classmethod
    def load(cls, folder: Path) -> "PaperManifest":
        """Read and check `paper.json`; raises ModelError."""
        fields = _read_json(folder, PAPER_MANIFEST, PAPER_NETWORK)
        _check(fields, _EXPECTED_OF_PAPER, f"{folder / PAPER_MANIFEST}")
        return cls(**fields)

    def verify(self, folder: Path) -> bytes:
        """Return the network's bytes; raises ModelError unless they have the manifest's hash."""
        return _read_network(folder / PAPER_NETWORK, self.sha256)


def _read_json(folder: Path, manifest: str, network: str) -> dict[str, Any]:
    path = folder / manifest
    try:
        fields = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ModelError(
            f"no model in {folder}: expected {manifest} and {network}, "
            f"{manifest} cannot be read: {error.strerror}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged: expected JSON, found {error}") from error
    if not isinstance(fields, dict):
        raise ModelError(f"{path}: expected a JSON object, found {fields!r:.40}")
    return fields


def _read_network(path: Path, sha256: str) -> bytes:
    try:
        network = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"no model in {path.parent}: expected {path.name}, cannot be read: {error.strerror}"
        ) from error
    found = hashlib.sha256(network).hexdigest()
    if found != sha256:
        raise ModelError(f"{path} has SHA-256 {found}, its manifest expects {sha256}")
    return network


def _check(
    fields: dict[str, Any], wanted: dict[str, tuple[str, Callable[[Any], bool]]], place: str
) -> None:
    for name, (expected, holds) in wanted.items():
        if name not in fields or not holds(fields[name]):
            found = repr(fields[name])[:40] if name in fields else "none"
            raise ModelError(f"{place}: expected {name} to be {expected}, found {found}")
    if unknown := sorted(fields.keys() - wanted.keys()):
        raise ModelError(f"{place}: expected no field {unknown[0]!r}: of another version?")


def _is_number(value: Any, low: float, high: float) -> bool:
    return type(value) in (int, float) and low <= value <= high


def _all_weights(given: Iterable[Any]) -> bool:
    return all(
        isinstance(weights, dict)
        and weights.keys() == set(FEATURES)
        and all(_is_number(weight, -1e3, 1e3) for weight in weights.values())
        for weights in given
    )


_EXPECTED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "preprocessing": (f"{PREPROCESSING}", lambda v: type(v) is int and v == PREPROCESSING),
    "version": ("a text", lambda v: isinstance(v, str)),
    "sha256": ("a text", lambda v: isinstance(v, str)),
    "labels": (
        "a list of texts",
        lambda v: isinstance(v, list) and v != [] and all(isinstance(text, str) for text in v),
    ),
    "temperature": ("a number from 0.001 to 1000", lambda v: _is_number(v, 1e-3, 1e3)),
    "rejection": ("a number from -100 to 100", lambda v: _is_number(v, -100, 100)),
    "threshold": ("a number from 0 to 1", lambda v: _is_number(v, 0, 1)),
    "segmentation": (
        "an object with weights for ink and for picture",
        lambda v: isinstance(v, dict) and set(v) == {"ink", "picture"} and _all_weights(v.values()),
    ),
    "features": ("a whole number above 0", lambda v: type(v) is int and v > 0),
    "training": ("an object", lambda v: isinstance(v, dict)),
    "metrics": ("an object", lambda v: isinstance(v, dict)),
}
_EXPECTED_OF_STROKES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "sha256": ("a text", lambda v: isinstance(v, str)),
    "kinds": (f"{len(STROKES)} texts, as in labels.py", lambda v: v == list(STROKES)),
    "temperature": ("a number from 0.001 to 1000", lambda v: _is_number(v, 1e-3, 1e3)),
    "training": ("an object", lambda v: isinstance(v, dict)),
}
_EXPECTED_OF_PAPER: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "sha256": ("a text", lambda v: isinstance(v, str)),
    "training": ("an object", lambda v: isinstance(v, dict)),
}
