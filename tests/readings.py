"""Readings of made drawings and pictures, as text: `python -m tests.readings` writes them anew."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from digitpad import Ink, Reader
from digitpad.reading import Reading
from digitpad.train.samples.render import Look, encode
from digitpad.train.samples.render import render as photograph
from tests.drawings import in_one_stroke, placed, render, together, zigzag

STORED = Path(__file__).parent / "readings.txt"
INKS = 240  # of numbers; a quarter as many of other kinds
PICTURES = 70
COLOURS = (("black", "white"), ("#226", "#eed"), ("white", "#123"), ("#a22", "#2a6"))


def inks() -> Iterator[tuple[str, Ink]]:
    """Yield a name and a drawing: numbers in many hands, and what is none."""
    for number in range(INKS):
        rng = np.random.default_rng([1, number])
        text = "".join(map(str, rng.integers(10, size=number % 6 + 1)))
        digits = [
            _vary(ink, rng) for ink in placed(text, rng.uniform(-0.1, 0.4), rng.uniform(-0.2, 0.2))
        ]
        yield f"ink-{number}-{text}", together(digits)
    for number in range(INKS // 8):
        rng = np.random.default_rng([2, number])
        one, two = (
            _vary(ink, rng) for ink in placed("".join(map(str, rng.integers(10, size=2))), 0.2)
        )
        yield f"joined-{number}", in_one_stroke(one, two)[0]
        points = rng.uniform(0, 100, (number % 7 + 1, 2)).cumsum(axis=0) * rng.choice([-1, 1], 2)
        yield f"scribble-{number}", Ink.from_strokes([points, points[::2] + rng.uniform(0, 90, 2)])
        yield f"zigzag-{number}", Ink.from_strokes([zigzag(number + 2, rng.uniform(5, 60))])
    yield "dot", Ink.from_strokes([[(3, 4)]])
    yield "empty", Ink(())


def pictures() -> Iterator[tuple[str, bytes | Image.Image]]:
    """Yield a name and a picture: numbers in many colours, sizes, pens and lights."""
    for number in range(PICTURES):
        rng = np.random.default_rng([3, number])
        text = "".join(map(str, rng.integers(10, size=(1, 1, 2, 3, 5)[number % 5])))
        ink = together(_vary(one, rng) for one in placed(text, rng.uniform(-0.12, 0.4)))
        assert ink.box is not None
        wide, high = ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]
        length = float(rng.choice([40, 90, 160])) * max(1.0, wide / high)
        size = round(length * min(1, wide / high)) + 70, round(length * min(1, high / wide)) + 70
        if number % 2:
            colour, paper = COLOURS[number // 2 % len(COLOURS)]
            pen = rng.uniform(2, 8)
            yield (
                f"picture-{number}-{text}",
                render(
                    ink, size=size, length=length, at=(35, 35), pen=pen, colour=colour, paper=paper
                ),
            )
        else:
            look = Look(
                length=length,
                pen=rng.uniform(3, 9),
                margin=(30.0, 30.0),
                size=size,
                noise=rng.uniform(0, 0.08),
                blur=rng.uniform(0, 1.5),
                shade=rng.uniform(0, 0.5),
                tilt=rng.uniform(0, 10),
            )
            yield f"photo-{number}-{text}", encode(photograph(ink, look, rng), "JPEG")
    yield "paper", Image.new("L", (80, 60), 220)


def lines() -> Iterator[str]:
    """Read all of them: a line each, of name, status, text, and the confidence in thousandths."""
    reader = Reader()
    for name, ink in inks():
        yield _line(name, reader.read(ink))
        yield _line(name, reader.read(ink, expect="digit"))
    for name, picture in pictures():
        yield _line(name, reader.read(picture))


def _line(name: str, reading: Reading) -> str:
    return f"{name} {reading.status} {reading.text or '-'} {reading.confidence:.3f}"


def _vary(ink: Ink, rng: np.random.Generator) -> Ink:
    """Turn, slant and stretch a digit about its middle, and let the hand shake."""
    assert ink.box is not None
    middle = (np.array(ink.box[:2]) + ink.box[2:]) / 2
    matrix = np.eye(2) + rng.normal(0, 0.08, (2, 2)) + [[0, -0.2 * rng.random()], [0, 0]]
    moved = ink.transform(matrix, middle - matrix @ middle)
    return Ink(tuple(stroke + rng.normal(0, 0.8, stroke.shape) for stroke in moved.strokes))


if __name__ == "__main__":
    STORED.write_text("\n".join(lines()) + "\n", "utf-8")
