"""A sheet of made scenes, to look at what the paper network learns from."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitpad.errors import DataError
from digitpad.train.samples.people import People
from digitpad.train.samples.scenes import Scene, make_scene

FRAME = (96, 192)  # px of a scene, at most
WIDTH = 1_300  # px of a sheet
TIMES = 2  # as large as the network sees it
GAP = 3  # px

Picture = npt.NDArray[np.uint8]  # (h, w, 3): blue, green, red


def draw_sheet(people: People, out: Path, count: int, seed: int) -> None:
    """Draw `count` made scenes, each above what of it is writing (red) and marks (blue), to a file.

    Raises DataError if it cannot be written.
    """
    rows: list[list[Picture]] = [[]]
    for index in range(count):
        tile = _tile(make_scene(people, seed, index, FRAME))
        if rows[-1] and sum(other.shape[1] for other in rows[-1]) + tile.shape[1] > WIDTH:
            rows.append([])
        rows[-1].append(tile)
    heights = [max(tile.shape[0] for tile in row) for row in rows]
    sheet = np.full((sum(heights), WIDTH, 3), 90, np.uint8)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for tile in row:
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
            left += tile.shape[1]
        top += height
    try:
        written = cv2.imwrite(str(out), sheet)
    except cv2.error:
        written = False
    if not written:
        raise DataError(f"{out} cannot be written: expected a picture's name in a folder there is")


def _tile(scene: Scene) -> Picture:
    grey = np.repeat(scene.picture[..., None], 3, axis=2)
    covered = np.maximum(scene.writing, scene.marks)
    ink = 255 - np.stack([scene.writing, covered, scene.marks], axis=2)
    both = np.concatenate([grey, ink])
    large = cv2.resize(both, None, fx=TIMES, fy=TIMES, interpolation=cv2.INTER_NEAREST)
    made = cv2.copyMakeBorder(large, GAP, GAP, GAP, GAP, cv2.BORDER_CONSTANT, value=(90, 90, 90))
    return np.asarray(made, np.uint8)
