"""What the paper network sees of a picture, and what it says: which pixels are ink, and whose.

In training and serving alike.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

UNIT = 20.0  # px, height of digits that the network knows best; it knows those from 9 to 38
MULTIPLE = 16  # its layers halve a picture four times
FLOOR = 0.03  # of full contrast, added to the deviation, so that paper's own grain stays small

Grey = npt.NDArray[np.float32]  # (h, w) in [0, 1]


def normalise(grey: Grey) -> Grey:
    """Return a picture of mean 0 and deviation 1, padded with 0 to sides of whole MULTIPLEs."""
    scaled = (grey - grey.mean()) / (grey.std() + np.float32(FLOOR))
    down, across = (-side % MULTIPLE for side in grey.shape)
    return np.asarray(np.pad(scaled, ((0, down), (0, across))), np.float32)


def resize(grey: Grey, size: tuple[int, int]) -> Grey:
    """Return a picture of other size, height and width in px."""
    made = Image.fromarray(grey).resize(size[::-1], Image.Resampling.BILINEAR)
    return np.asarray(made, np.float32)
