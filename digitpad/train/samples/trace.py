"""Scans drawn anew with a pen along their centre lines: more hands in the look of ink."""

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.ndimage import distance_transform_edt
from skimage.morphology import skeletonize

from digitpad.network.inputs import SIDE, Raster, Rasters

REACH = 3.0  # px around the line in which the distance to it is known: half of the widest pen
FINE = 4  # times as large as a scan is one whose line is found
INK = 0.45  # of full ink is ink there: a little less than half, or thin strokes break


def find_lines(scans: Rasters) -> Rasters:
    """Return how near each pixel is to the scan's centre line: float32 (n, 28, 28) in [0, REACH].

    `scans` is float32 (n, 28, 28) in [0, 1]. REACH px is on the line, 0 that far away or further.
    The line is the skeleton of the ink (Zhang and Suen, 1984). Unlike the line itself, this can be
    distorted as an image is.
    """
    return np.stack([_find_line(scan) for scan in scans]) if len(scans) else scans


def draw_lines(lines: Rasters, pens: npt.NDArray[np.floating]) -> Rasters:
    """Draw lines (n, 28, 28) from `find_lines`, with edges as soft as in `inputs.py`: [0, 1].

    `pens` (n,) are widths in px of the raster, at most 2 · REACH - 1.
    """
    radius = pens.astype(np.float32)[:, None, None] / 2
    return np.clip(lines - (np.float32(REACH - 0.5) - radius), 0, 1)


def _find_line(scan: Raster) -> Raster:
    side = FINE * SIDE
    large = np.asarray(Image.fromarray(scan).resize((side, side), Image.Resampling.BILINEAR))
    line = skeletonize(large >= min(INK, float(large.max())))
    away = np.asarray(distance_transform_edt(~line), np.float32) / FINE
    near: Raster = REACH - away.reshape(SIDE, FINE, SIDE, FINE)[:, 1:3, :, 1:3].mean(axis=(1, 3))
    return near.clip(0, REACH)
