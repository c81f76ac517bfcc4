"""The model file -> logits and features, in batches. The only module that knows the runtime."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from digitpad.errors import ModelError
from digitpad.raster import SIDE, Rasters

SHIPPED = Path(__file__).parent / "model"
NETWORK = "digits.onnx"
MANIFEST = "manifest.json"
PREPROCESSING = 1  # raised when `raster.py` changes what the network sees
BATCH = 128  # rasters in one run of the network; bounds its memory


@dataclass(frozen=True)
class Manifest:
    """What a model says of itself; written by `train/export.py`, verified on loading."""

    version: str
    sha256: str  # of the ONNX file
    labels: tuple[str, ...]  # one for each logit
    preprocessing: int
    temperature: float  # logits are divided by it: calibration
    threshold: float  # confidence below which a reading is unsure
    features: int  # length of the feature vector
    training: dict[str, Any]  # data, configuration and commit
    metrics: dict[str, Any]  # measured, with the number of samples

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """Read and check `manifest.json`; raises ModelError."""
        path = folder / MANIFEST
        try:
            fields = json.loads(path.read_text("utf-8"))
            manifest = cls(**{**fields, "labels": tuple(fields["labels"])})
        except OSError as error:
            raise ModelError(f"no model in {folder}: expected {MANIFEST} and {NETWORK}") from error
        except (ValueError, TypeError, KeyError) as error:
            raise ModelError(f"{path} is not a manifest this version can read: {error}") from error
        if manifest.preprocessing != PREPROCESSING:
            raise ModelError(
                f"{path} expects preprocessing {manifest.preprocessing}, this is {PREPROCESSING}"
            )
        return manifest

    def verify(self, folder: Path) -> bytes:
        """Return the network's bytes; raises ModelError unless they have the manifest's hash."""
        path = folder / NETWORK
        try:
            network = path.read_bytes()
        except OSError as error:
            raise ModelError(f"no model in {folder}: expected {NETWORK}") from error
        found = hashlib.sha256(network).hexdigest()
        if found != self.sha256:
            raise ModelError(f"{path} has SHA-256 {found}, its manifest expects {self.sha256}")
        return network


class Recognizer:
    """The network, loaded and verified. Make one in each process: it does not survive a fork."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self.manifest = Manifest.load(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # requests run side by side; one digit gains nothing
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                self.manifest.verify(folder), options, providers=["CPUExecutionProvider"]
            )
        except ModelError:
            raise
        except Exception as error:  # the runtime raises a family of its own
            raise ModelError(f"{folder / NETWORK} is not a network ONNX Runtime loads") from error

    def __call__(self, rasters: Rasters) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return calibrated logits (n, labels) and features (n, features), both float32."""
        logits = np.empty((len(rasters), len(self.manifest.labels)), np.float32)
        features = np.empty((len(rasters), self.manifest.features), np.float32)
        for start in range(0, len(rasters), BATCH):
            part = slice(start, start + BATCH)
            batch = np.ascontiguousarray(rasters[part], np.float32).reshape(-1, SIDE, SIDE, 1)
            logits[part], features[part] = self._session.run(
                ["logits", "features"], {"rasters": batch}
            )
        return logits / np.float32(self.manifest.temperature), features
