"""Ten digits drawn by hand of this project: golden inputs for exports, drawings for tests."""

import numpy as np

from digitpad.ink import Ink
from digitpad.labels import DIGITS
from digitpad.network.inputs import PEN, SIDE, Inputs, see_inks, see_rasters

# Corner points of each stroke, x then y, on a pad of 100 x 140 with y pointing down.
_CORNERS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "0": (((62, 8), (30, 18), (14, 60), (22, 112), (52, 132), (80, 108), (88, 56), (76, 18), (58, 8)),),
    "1": (((38, 30), (58, 8), (57, 70), (54, 132)),),
    "2": (((16, 36), (30, 12), (60, 8), (80, 30), (70, 62), (40, 98), (12, 128), (48, 126), (90, 130)),),
    "3": (((18, 20), (48, 8), (76, 26), (68, 52), (40, 64), (74, 76), (84, 104), (58, 130), (14, 120)),),
    "4": (((52, 10), (30, 54), (12, 88), (50, 86), (92, 84)), ((68, 52), (66, 92), (62, 134))),
    "5": (((28, 10), (24, 60), (52, 52), (80, 74), (78, 110), (50, 130), (14, 122)), ((28, 11), (84, 8))),
    "6": (((70, 8), (36, 40), (16, 88), (28, 126), (60, 130), (78, 104), (58, 78), (24, 92)),),
    "7": (((12, 12), (50, 11), (86, 10), (64, 60), (44, 132)),),
    "8": (
        ((72, 26), (46, 8), (26, 28), (44, 58), (74, 90), (68, 124), (40, 132), (20, 106),
         (42, 70), (70, 44), (72, 24)),
    ),
    "9": (((76, 30), (46, 10), (22, 36), (40, 64), (70, 52), (78, 28), (74, 80), (62, 132)),),
}  # fmt: skip


def golden_inks() -> list[Ink]:
    """Return the digits 0 to 9 in order, their corners rounded as a hand does."""
    return [Ink(tuple(_round(np.array(s, float)) for s in _CORNERS[digit])) for digit in DIGITS]


def golden_inputs() -> Inputs:
    """Return the inputs every exported file must agree on: drawn digits, noise, black and white."""
    noise = np.random.default_rng(0).random((32, SIDE, SIDE), np.float32)
    flat = np.stack([np.full((SIDE, SIDE), v, np.float32) for v in (0, 1)])
    inks = golden_inks()
    drawn = [see_inks(inks, pen) for pen in (PEN, 0.7 * PEN, 1.4 * PEN)]
    return np.concatenate([*drawn, see_rasters(noise), see_rasters(flat)])


def _round(corners: np.ndarray) -> np.ndarray:
    """Cut the corners three times (Chaikin, 1974); the ends stay."""
    for _ in range(3):
        inner = np.stack([0.75 * corners[:-1] + 0.25 * corners[1:],
                          0.25 * corners[:-1] + 0.75 * corners[1:]], 1).reshape(-1, 2)  # fmt: skip
        corners = np.concatenate([corners[:1], inner, corners[-1:]])
    return corners
