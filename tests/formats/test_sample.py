"""The sample page of the documents, which is of this project's own hand."""

from pathlib import Path

import numpy as np

from digitpad import Ink
from digitpad.page import part_page
from tests.drawings import placed

SAMPLE = Path(__file__).parents[2] / "docs/samples/page.inkml"
NUMBERS = {"2047": (20, 30), "13": (80, 30), "985": (20, 45)}  # where they begin, in mm
HEIGHT = 8  # mm


def written() -> str:
    """The page, as InkML."""
    traces = [
        "  <trace>" + ", ".join(f"{x:.1f} {y:.1f}" for x, y in stroke) + "</trace>\n"
        for text, place in NUMBERS.items()
        for digit in placed(text)
        for stroke in digit.transform(np.eye(2) * HEIGHT / 100, place).strokes
    ]
    return f'<ink xmlns="http://www.w3.org/2003/InkML">\n{"".join(traces)}</ink>\n'


def test_the_sample_page_holds_the_golden_digits() -> None:
    assert SAMPLE.read_text("utf-8") == written()
    lines = part_page(Ink.load(SAMPLE))
    assert [len(line) for line in lines] == [2, 1]
