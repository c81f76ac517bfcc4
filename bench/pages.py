"""How well a page of ink is parted into numbers: pages made of validation writers' numbers.

    python -m bench.pages [--count 200]

Each page is a table of numbers of one to six digits, one writer's, in lines that slope a little.
The gaps in a number are those of made numbers, half of the pages with touching digits; one number
begins 1 to 3 heights of a digit after the other, and a line 1.3 to 2 heights below the one before.
A number is found when its strokes, and no others, are one number of `part_page`. Beside it: the
share with another gap between numbers than the one that is set.
"""

import argparse

import numpy as np

import digitpad.page
from digitpad.config import data_folder, prepared_unipen
from digitpad.ink import Ink
from digitpad.page import part_page
from digitpad.train.samples.corpus import load_corpus
from digitpad.train.samples.numbers import (
    ENOUGH,
    Digits,
    Spacing,
    by_writer,
    choose_digits,
    write_number,
)

GAPS = (0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2)
APART, BELOW = (1.0, 3.0), (1.3, 2.0)  # heights: between numbers, from one line to the next
SLOPE = 0.03  # rise of a line by its length, at most
LINES, NUMBERS = 8, 3


def main() -> None:
    """Make the pages, part them, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    inks = load_corpus(data_folder(), prepared_unipen())["validation"].inks
    able = [own for own in by_writer(inks) if sum(map(len, own.values())) >= ENOUGH]
    pages = [make_page(able[n % len(able)], np.random.default_rng(n)) for n in range(options.count)]
    print("gap between numbers", "numbers found", sep="\t")
    for gap in GAPS:
        set_gap, digitpad.page.GAP = digitpad.page.GAP, gap
        shares = [count_found(page) for page in pages]
        digitpad.page.GAP = set_gap
        mark = "  (set)" if gap == set_gap else ""
        print(f"{gap:.1f}{mark}", f"{np.mean(np.concatenate(shares)):.2%}", sep="\t")


def make_page(own: Digits, rng: np.random.Generator) -> list[Ink]:
    """Return the numbers of a page of one writer's digits, each where it stands."""
    spacing: Spacing = "natural" if rng.random() < 0.5 else "touching"
    numbers, down = [], 0.0
    slope = rng.uniform(-SLOPE, SLOPE)
    for _ in range(LINES):
        right = 0.0
        for _ in range(NUMBERS):
            ink = write_number(choose_digits(own, int(rng.integers(1, 7)), rng), spacing, rng).ink
            box = ink.box
            assert box is not None
            scale = np.eye(2) / max(box.height, 1e-9)
            place = (right - box.left * scale[0, 0], down - box.top * scale[0, 0] + slope * right)
            numbers.append(ink.transform(scale, place))
            right += box.width * scale[0, 0] + rng.uniform(*APART)
        down += rng.uniform(*BELOW)
    return numbers


def count_found(numbers: list[Ink]) -> list[bool]:
    """Say of each number whether it is found."""
    page = Ink(tuple(stroke for number in numbers for stroke in number.strokes))
    found = {frozenset(map(id, part.strokes)) for line in part_page(page) for part in line}
    return [frozenset(map(id, number.strokes)) in found for number in numbers]


if __name__ == "__main__":
    main()
