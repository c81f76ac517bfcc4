"""Evaluation of numbers on made paper of every kind, as a camera or scanner delivers them."""

from collections.abc import Iterator
from typing import Any

from digitpad.reader import Reader
from digitpad.train.samples.lines import Recipe, make_line
from digitpad.train.samples.marks import MARKS
from digitpad.train.samples.paper import PAPERS
from digitpad.train.samples.people import People

COUNT = 200  # pictures in a row
SEED = 4_000_000  # of the first row, the others count on: none of training or calibration


def kinds() -> Iterator[tuple[str, Recipe]]:
    """Yield every kind of picture with its name: papers without marks, marks on bare paper."""
    for paper in ("", *PAPERS):
        yield paper or "bare", Recipe(look="paper", plain=True, mark="", paper=paper)
    for mark in MARKS:
        if mark != "strike":  # what is struck out is not read
            yield f"{mark}, bare", Recipe(look="paper", plain=True, mark=mark, paper="")


def evaluate_papers(reader: Reader, people: People, count: int = COUNT) -> Iterator[dict[str, Any]]:
    """Read `count` pictures of each kind, of numbers of 1 to 5 digits by these people.

    Yields for each kind `what` it is, how many `pictures`, and as shares of them: `right` whether
    sure or not, `unsure`, `blank`, and `wrong_and_sure`.
    """
    for number, (what, recipe) in enumerate(kinds()):
        made = [make_line(people, SEED + number, index, recipe) for index in range(count)]
        readings = reader.read_many([line.picture for line in made])
        texts = ["".join(line.tokens) for line in made]
        right = [reading.text == text for reading, text in zip(readings, texts, strict=True)]
        statuses = [reading.status for reading in readings]
        wrong = sum(s == "read" and not ok for s, ok in zip(statuses, right, strict=True))
        yield {
            "what": what,
            "pictures": count,
            "right": sum(right) / count,
            "unsure": statuses.count("unsure") / count,
            "blank": statuses.count("blank") / count,
            "wrong_and_sure": wrong / count,
        }
