"""A photograph of a page -> how dark what is on it is, whatever the light."""

import numpy as np
import numpy.typing as npt

from digitpad.network.inputs import Grey

# Share of the picture's longer side: what is narrower is print or ink, what is wider is paper,
# shadow or table. A corner mark is up to 1/40 of a page's height; a larger window takes more of a
# narrow shadow for ink.
WIDEST = 1 / 32
BLEED = 2  # px


def widest(grey: Grey) -> int:
    """Return how many px of a picture (h, w) what is print or ink may be wide."""
    return int(max(3, round(WIDEST * max(grey.shape))))


def find_dark(grey: Grey, wide: int) -> Grey:
    """Return how much darker each pixel is than the paper around it: float32 (h, w), 0 to 1.

    The paper is the grey closing of the picture (a maximum, then a minimum over a square of `wide`
    px): it fills what is dark and narrow, and keeps the edge of a shadow where it is, which a mean
    would smear (the "black top-hat" of mathematical morphology). The minimum reaches BLEED px
    further, over the light that softening and the lens spread beyond that edge.
    """
    soft = _soften(grey)  # a maximum takes noise for light
    paper = -_most(-_most(soft, wide), wide + 2 * BLEED)
    return np.asarray(np.clip(1 - grey / np.maximum(paper, 0.05), 0, 1), np.float32)


def find_print(dark: Grey) -> npt.NDArray[np.bool_]:
    """Return which pixels are darker than paper's noise."""
    soft = _soften(dark)
    sample = soft.ravel()[:: max(1, soft.size // 500_000)]
    middle = float(np.median(sample))
    noise = 1.4826 * float(np.median(np.abs(sample - middle)))
    return np.asarray(soft > max(FAINTEST, middle + 5 * noise))


FAINTEST = 0.1  # darker than paper by this share is print: a thin grey rule, blurred, has 0.15


def _soften(grey: Grey) -> Grey:
    """Convolve with the 3 x 3 binomial kernel."""
    padded = np.pad(grey, 1, mode="edge")
    down = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return np.asarray((down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) / 4)


def _most(grey: Grey, size: int) -> Grey:
    """Return the maximum over a square around each pixel; windows are doubled until they do."""
    for axis in (0, 1):
        room = [(0, 0), (0, 0)]
        room[axis] = (size // 2, size - 1 - size // 2)
        rows = np.moveaxis(np.pad(grey, room, mode="edge"), axis, 0)
        window = 1
        while window < size:
            step = min(window, size - window)
            rows = np.maximum(rows[:-step], rows[step:])
            window += step
        grey = np.moveaxis(rows, 0, axis)
    return grey
