"""A line of writing: pixels or ink -> what stands there, where, and what its ink is.

Network and decoding find tokens; here a line is brought to the height that the network sees, and
what it says is brought back to the picture.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from digitpad.geometry import Box
from digitpad.ink import Ink
from digitpad.labels import TOKENS
from digitpad.network.ctc import Constraint, align, search
from digitpad.network.runtime import LineNetwork

HEIGHT = 32  # px
STEP = 2  # px of width for each of the network's steps
COARSE = 4  # px of width for each column of cells
ROWS = 4  # of cells: each HEIGHT / ROWS = 8 px high
NARROWEST, WIDEST = 16, 1280  # px; a wider line is squeezed, which bounds time and memory
FLOOR = 8.0  # grey levels of 255 added to the deviation, so that paper's own grain stays small

# Of ink drawn as a line.
PEN = 0.065  # width, share of the ink's height
ROOM = 0.05  # paper around the ink beside half of a pen, share of its height
FLATTEST = 1 / 16  # ink flatter than this share of its width is a bar in the middle of the line
FINE = 4  # drawn so many times larger, then averaged down

Grey = npt.NDArray[np.uint8]  # (h, w)
Line = npt.NDArray[np.float32]  # (HEIGHT, w), w a multiple of COARSE


@dataclass(frozen=True, eq=False)
class LineToken:
    """One thing that is said: a digit, a sign, letters, or something struck out."""

    token: str  # of TOKENS
    box: Box  # in px of the picture, or in the unit of the ink
    probabilities: npt.NDArray[np.float32]  # (TOKENS,), sum 1: at its place, if it is not blank


@dataclass(frozen=True)
class LineText:
    """A way to read the line, and the calibrated probability that it is right."""

    tokens: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, eq=False)
class LineReading:
    """What stands on a line. Of the likeliest text there are boxes; `tokens` is empty if blank."""

    tokens: tuple[LineToken, ...]
    hypotheses: tuple[LineText, ...]  # best first; none if a constraint forbids all
    kinds: npt.NDArray[np.float32]  # (ROWS, columns, INK_KINDS): how likely a kind is in a cell
    frame: Box  # what the cells cover, in the unit of the boxes

    def kinds_along(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """Return how likely ink through points (n, 2) is of each kind: (INK_KINDS,), the mean."""
        low, size = np.array(self.frame[:2]), np.array(self.frame[2:]) - np.array(self.frame[:2])
        rows, columns = self.kinds.shape[:2]
        at = ((points - low) / size * (columns, rows)).astype(int)
        at = np.clip(at, 0, (columns - 1, rows - 1))
        return np.asarray(self.kinds[at[:, 1], at[:, 0]].mean(axis=0))


class LineReader:
    """Reads lines with a line network."""

    def __init__(self, network: LineNetwork | None = None) -> None:
        self.network = network or LineNetwork()

    def read(self, grey: Grey, constraint: Constraint | None = None) -> LineReading:
        """Read one upright line, uint8 (h, w), dark on light or light on dark."""
        height, width = grey.shape
        return self._read(grey, Box(0.0, 0.0, float(width), float(height)), constraint)

    def read_ink(self, ink: Ink, constraint: Constraint | None = None) -> LineReading:
        """Read ink, which has points, as one line; boxes and cells are in its unit."""
        grey, frame = draw_ink(ink)
        return self._read(grey, frame, constraint)

    def _read(self, grey: Grey, frame: Box, constraint: Constraint | None) -> LineReading:
        posteriors, boxes, kinds = self.network(normalise(grey))
        found = search(posteriors, constraint=constraint)
        texts = tuple(
            LineText(
                tuple(TOKENS[label - 1] for label in h.tokens), float(np.exp(h.log_probability))
            )
            for h in found
        )
        tokens: list[LineToken] = []
        if found:
            steps = align(posteriors, found[0].tokens)
            across = frame.width / (len(posteriors) * STEP)  # of the frame to a px of the line
            down = frame.height / HEIGHT
            for label, step in zip(found[0].tokens, steps, strict=True):
                to_left, to_right, top, bottom = (boxes[step] * HEIGHT).tolist()
                x = (step + 0.5) * STEP
                box = Box(
                    frame.left + max(0.0, x - to_left) * across,
                    frame.top + max(0.0, top) * down,
                    min(frame.right, frame.left + (x + to_right) * across),
                    min(frame.bottom, frame.top + bottom * down),
                )
                said = posteriors[step, 1:] / posteriors[step, 1:].sum()
                tokens.append(LineToken(TOKENS[label - 1], box, said))
        return LineReading(tuple(tokens), texts, kinds, frame)


def normalise(grey: Grey) -> Line:
    """Scale grey pixels (h, w) to HEIGHT and the same proportions, mean 0 and deviation 1.

    The one preparation of the line network's input, in training and serving.
    """
    height, width = grey.shape
    steps = round(width * HEIGHT / height / COARSE)
    wide = COARSE * min(max(steps, NARROWEST // COARSE), WIDEST // COARSE)
    resized = Image.fromarray(grey).resize((wide, HEIGHT), Image.Resampling.BILINEAR)
    line = np.asarray(resized, np.float32)
    return np.asarray((line - line.mean()) / (line.std() + np.float32(FLOOR)))


def ink_window(box: Box) -> tuple[Box, float]:
    """Return the part of the paper that ink in a box is seen on, and the pen's width there."""
    height = max(box.height, box.width * FLATTEST) or 1.0
    room = height * (ROOM + PEN / 2)
    middle = (box.top + box.bottom) / 2
    top, bottom = middle - height / 2 - room, middle + height / 2 + room
    return Box(box.left - room, top, box.right + room, bottom), height * PEN


def draw_ink(ink: Ink) -> tuple[Grey, Box]:
    """Draw ink, which has points, as a line black on white: uint8 (HEIGHT, w), and its window."""
    box = ink.box
    assert box is not None, "ink without points is no line"
    window, pen = ink_window(box)
    scale = HEIGHT / window.height
    width = min(max(round(window.width * scale), NARROWEST), WIDEST)
    across = FINE * width / window.width
    large = Image.new("L", (FINE * width, FINE * HEIGHT), 255)
    draw = ImageDraw.Draw(large)
    thick = FINE * scale * pen
    for stroke in ink.strokes:
        points = (stroke - (window.left, window.top)) * (across, FINE * scale)
        line = [(x, y) for x, y in points.tolist()]
        draw.line(line, fill=0, width=round(thick), joint="curve")
        for end in (line[0], line[-1]):
            draw.circle(end, thick / 2, fill=0)
    return np.asarray(large.reduce(FINE)), window
