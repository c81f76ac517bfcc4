"""A sheet of made lines, to look at what a network learns from."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitpad.errors import DataError
from digitpad.labels import OTHER, STRUCK
from digitpad.picture.line import HEIGHT
from digitpad.train.samples.lines import ANY, MadeLine, Recipe, make_line
from digitpad.train.samples.people import People

WIDTH = 1_300  # px of a sheet
TIMES = 2  # as large as the network sees it
CAPTION, GAP = 14, 3  # px
SHORT = {OTHER: "x", STRUCK: "S"}  # in a caption

Picture = npt.NDArray[np.uint8]  # (h, w, 3)


def draw_sheet(people: People, out: Path, count: int, seed: int, recipe: Recipe = ANY) -> None:
    """Draw `count` made lines as the network sees them, with their tokens and boxes, to a file.

    Raises DataError if it cannot be written.
    """
    rows: list[list[Picture]] = [[]]
    for index in range(count):
        tile = _tile(make_line(people, seed, index, recipe))
        if rows[-1] and sum(other.shape[1] for other in rows[-1]) + tile.shape[1] > WIDTH:
            rows.append([])
        rows[-1].append(tile[:, :WIDTH])
    sheet = np.full((sum(row[0].shape[0] for row in rows), WIDTH, 3), 90, np.uint8)
    top = 0
    for row in rows:
        left = 0
        for tile in row:
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
            left += tile.shape[1]
        top += row[0].shape[0]
    try:
        written = cv2.imwrite(str(out), sheet)
    except cv2.error:
        written = False
    if not written:
        raise DataError(f"{out} cannot be written: expected a picture's name in a folder there is")


def _tile(made: MadeLine) -> Picture:
    shown = np.clip(made.line * 45 + 128, 0, 255).astype(np.uint8)
    large = cv2.resize(shown, None, fx=TIMES, fy=TIMES, interpolation=cv2.INTER_NEAREST)
    picture = cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)
    width = picture.shape[1]
    for box in (made.boxes * (width, TIMES * HEIGHT, width, TIMES * HEIGHT)).astype(int).tolist():
        cv2.rectangle(picture, box[:2], box[2:], (0, 160, 0), 1)
    tile = cv2.copyMakeBorder(
        picture, CAPTION, GAP, GAP, GAP, cv2.BORDER_CONSTANT, value=(255, 230, 210)
    )
    text = "".join(SHORT.get(token, token) for token in made.tokens)
    cv2.putText(tile, text, (GAP, CAPTION - 3), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (160, 0, 0))
    return np.asarray(tile, np.uint8)
