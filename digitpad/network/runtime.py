"""The model file -> logits and features, in batches. The only module that knows the runtime."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from digitpad.errors import ModelError
from digitpad.network.inputs import Inputs
from digitpad.network.manifest import NETWORK, SHIPPED, Manifest
from digitpad.network.posteriors import scale

BATCH = 128  # inputs in one run of the network; bounds its memory


class Recognizer:
    """The network, loaded and verified. Make one in each process: it does not survive a fork."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        self.manifest = Manifest.load(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # requests run side by side; one digit gains nothing
        options.enable_mem_pattern = False  # it keeps the memory of the largest batch, planned anew
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                self.manifest.verify(folder), options, providers=["CPUExecutionProvider"]
            )
        except ModelError:
            raise
        except Exception as error:  # the runtime raises a family of its own
            raise ModelError(
                f"{folder / NETWORK}: expected a network that ONNX Runtime loads, "
                f"found {' '.join(str(error).split())}"
            ) from error
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
        logits = np.empty((len(inputs), len(self.manifest.labels)), np.float32)
        features = np.empty((len(inputs), self.manifest.features), np.float32)
        for start in range(0, len(inputs), BATCH):
            part = slice(start, start + BATCH)
            batch = np.ascontiguousarray(inputs[part], np.float32)
            logits[part], features[part] = self._session.run(
                ["logits", "features"], {"inputs": batch}
            )
        return scale(logits, self.manifest.temperature, self.manifest.rejection), features
