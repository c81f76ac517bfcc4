"""A line of writing at the height that the line network sees."""

import numpy as np
import numpy.typing as npt
from PIL import Image

HEIGHT = 32  # px; measured by the prototype to be enough, and half as dear as 48
STEP = 2  # px of width for each of the network's steps
COARSE = 4  # px of width for each column of cells
ROWS = 4  # of cells: each HEIGHT / ROWS = 8 px high
NARROWEST, WIDEST = 16, 1280  # px; a wider line is squeezed, which bounds time and memory
FLOOR = 8.0  # grey levels of 255 added to the deviation, so that paper's own grain stays small

Line = npt.NDArray[np.float32]  # (HEIGHT, w), w a multiple of COARSE


def normalise(grey: npt.NDArray[np.uint8]) -> Line:
    """Scale grey pixels (h, w) to HEIGHT and the same proportions, mean 0 and deviation 1.

    The one preparation of the line network's input, in training and serving.
    """
    height, width = grey.shape
    steps = round(width * HEIGHT / height / COARSE)
    wide = COARSE * min(max(steps, NARROWEST // COARSE), WIDEST // COARSE)
    resized = Image.fromarray(grey).resize((wide, HEIGHT), Image.Resampling.BILINEAR)
    line = np.asarray(resized, np.float32)
    return np.asarray((line - line.mean()) / (line.std() + np.float32(FLOOR)))
