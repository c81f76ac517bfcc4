"""The model file -> logits and features, in batches. The only module that knows the runtime."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from digitpad.errors import ModelError
from digitpad.network.inputs import Inputs
from digitpad.network.manifest import (
    NETWORK,
    PAPER_NETWORK,
    SHIPPED,
    STROKES_NETWORK,
    Manifest,
    PaperManifest,
    StrokesManifest,
)
from digitpad.network.posteriors import Probabilities, scale, softmax
from digitpad.network.windows import Windows
from digitpad.timing import stage

BATCH = 128  # inputs in one run of the network; bounds its memory


class Recognizer:
    """The network, loaded and verified. Make one in each process: it does not survive a fork."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self.manifest = Manifest.load(folder)
        self._session = _open(folder / NETWORK, self.manifest.verify(folder))
        found = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        expected = {"logits": len(self.manifest.labels), "features": self.manifest.features}
        if any(found.get(name) != size for name, size in expected.items()):
            raise ModelError(
                f"{folder / NETWORK}: its manifest expects outputs {expected}, found {found}"
            )

    def __call__(self, inputs: Inputs) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return calibrated logits (n, labels) and features (n, features), both float32.

        `inputs` (n, 28, 28, CHANNELS) are from `see_inks` or `see_rasters`.
        """
        whole = np.ascontiguousarray(inputs, np.float32)
        with stage("network"):
            parts = [
                self._session.run(["logits", "features"], {"inputs": whole[start : start + BATCH]})
                for start in range(0, len(whole) or 1, BATCH)
            ]
        logits, features = (np.concatenate(part) for part in zip(*parts, strict=True))
        return scale(logits, self.manifest.temperature, self.manifest.rejection), features


class StrokesNetwork:
    """The strokes' network, loaded and verified. Make one in each process, as of a Recognizer."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self.manifest = StrokesManifest.load(folder)
        self._session = _open(folder / STROKES_NETWORK, self.manifest.verify(folder))
        found = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        if found != (expected := {"logits": len(self.manifest.kinds)}):
            raise ModelError(
                f"{folder / STROKES_NETWORK}: its manifest expects outputs {expected}, "
                f"found {found}"
            )

    def __call__(self, windows: Windows) -> Probabilities:
        """Return how likely each stroke is of each kind, calibrated, (n, STROKES) float32.

        `windows` (n, HIGH, WIDE, LAYERS) are from `see_strokes`.
        """
        with stage("network"):
            parts = [
                self._session.run(["logits"], {"windows": windows[start : start + BATCH]})[0]
                for start in range(0, len(windows), BATCH)
            ]
        logits = np.concatenate(parts, dtype=np.float32)
        return softmax(logits / np.float32(self.manifest.temperature))


class PaperNetwork:
    """The paper network, loaded and verified. Make one in each process, as of a Recognizer."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self.manifest = PaperManifest.load(folder)
        self._session = _open(folder / PAPER_NETWORK, self.manifest.verify(folder))
        found = {output.name: output.shape[1] for output in self._session.get_outputs()}
        if found != (expected := {"logits": 2}):
            raise ModelError(
                f"{folder / PAPER_NETWORK}: its manifest expects outputs {expected}, found {found}"
            )

    def __call__(self, picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return how far writing and marks cover each pixel: float32 (h, w, 2) in [0, 1].

        `picture` (h, w) is from `picture/paper.py`.
        """
        with stage("network"):
            logits = self._session.run(["logits"], {"picture": picture[None, None]})[0][0]
        return np.asarray(1 / (1 + np.exp(-logits.transpose(1, 2, 0))), np.float32)


def _open(path: Path, network: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # requests run side by side; one digit gains nothing
    options.enable_mem_pattern = False  # it keeps the memory of the largest batch, planned anew
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime raises a family of its own
        raise ModelError(
            f"{path}: expected a network that ONNX Runtime loads, "
            f"found {' '.join(str(error).split())}"
        ) from error
