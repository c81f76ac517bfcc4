"""What the about page shows: the model's figures, and one drawing on its way to an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from digitpad.ink import Ink
from digitpad.network.inputs import see_inks
from digitpad.reader import Reader
from digitpad.style import Style
from digitpad.web.rasters import data_url

# Ones with a long flat flag, as some Europeans write them. The network takes them for sevens.
DRAWN = (
    *((4, 24), (9, 23), (15, 21), (26, 18), (40, 14)),
    *((54, 10), (53, 20), (50, 40), (46, 66), (42, 94)),
)
NEXT = (
    *((5, 22), (11, 20), (18, 19), (29, 17), (43, 13)),
    *((56, 9), (54, 21), (51, 41), (48, 65), (45, 93)),
)
LABEL = "1"
LOW = 0.98  # where the axis of the chart of accuracies begins


@dataclass(frozen=True)
class Answer:
    """What was read of one drawing."""

    text: str
    confidence: float
    shares: tuple[float, ...]  # of the ten digits


@dataclass(frozen=True)
class Story:
    """One drawing's way: each step is a picture of the page."""

    points: tuple[tuple[float, float], ...]
    next_points: tuple[tuple[float, float], ...]
    raster: str  # a data URL
    widths: list[int]  # channels of the network's layers
    features: list[float]  # in [0, 1], what the last of them says
    answer: Answer
    label: str
    before: Answer  # of the next drawing
    after: Answer  # of the same, once the first one was corrected


@lru_cache(maxsize=1)  # the served model may be replaced by another
def story(reader: Reader) -> Story:
    """Read the drawings, and read them again after a correction."""
    drawn, following = Ink.from_strokes([DRAWN]), Ink.from_strokes([NEXT])
    inputs = see_inks([drawn])
    _, features = reader.recognize(inputs)
    style = Style().learn(reader, drawn, LABEL)
    return Story(
        points=DRAWN,
        next_points=NEXT,
        raster=data_url(inputs[0, ..., 0]),
        widths=list(reader.manifest.training.get("config", {}).get("widths", ())),
        features=np.maximum(features[0] / features[0].max(), 0).tolist(),
        answer=_answer(reader, drawn),
        label=LABEL,
        before=_answer(reader, following),
        after=_answer(reader, following, style),
    )


def _answer(reader: Reader, ink: Ink, style: Style | None = None) -> Answer:
    reading = reader.read(ink, "digit", style=style)
    shares = tuple(float(share) for share in reading.digits[0].probabilities)
    return Answer(reading.text, reading.confidence, shares)


def place(share: float) -> float:
    """Return where an accuracy lies on the chart's axis, in [0, 1]."""
    return max(0.0, (share - LOW) / (1 - LOW))


def numbers(metrics: Mapping[str, Any]) -> dict[str, list[tuple[int, float]]]:
    """Return, by spacing, the lengths of numbers drawn and the share of such read right."""
    rows = metrics.get("test", {}).get("numbers", {}).get("rows", ())
    spacings = dict.fromkeys(row["spacing"] for row in rows if row["kind"] == "ink")
    return {
        spacing: sorted(
            (row["length"], row["right"])
            for row in rows
            if (row["kind"], row["spacing"]) == ("ink", spacing)
        )
        for spacing in spacings
    }
