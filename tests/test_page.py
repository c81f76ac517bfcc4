"""A page of ink, parted into lines and numbers."""

from collections.abc import Sequence

import numpy as np
import pytest

from bench.pages import make_page
from digitpad import Ink, Reader
from digitpad.page import part_page
from digitpad.train.samples.numbers import by_writer
from digitpad.train.sources.unipen import Sample
from tests.drawings import DIGITS, placed, together

PAGE = (("2047", "13"), ("985",), ("6", "1", "40"))


def set_out(
    lines: Sequence[Sequence[str]], apart: float = 400, below: float = 160, rise: float = 0.0
) -> list[list[Ink]]:
    """Numbers whose digits are 100 high, each so far right of and below the other."""
    page = []
    for row, texts in enumerate(lines):
        right, line = 0.0, []
        for text in texts:
            number = together(placed(text))
            line.append(number.transform(np.eye(2), (right, row * below - rise * right)))
            assert number.box is not None
            right += number.box.width + apart
        page.append(line)
    return page


def strokes_of(page: Sequence[Sequence[Ink]]) -> list[list[list[int]]]:
    return [[[id(stroke) for stroke in number.strokes] for number in line] for line in page]


def whole(page: Sequence[Sequence[Ink]]) -> Ink:
    return together(number for line in page for number in line)


@pytest.mark.parametrize("apart", [90, 400, 900])
@pytest.mark.parametrize("rise", [-0.05, 0, 0.05])
def test_a_page_is_parted_into_lines_and_numbers(apart: float, rise: float) -> None:
    page = set_out(PAGE, apart, 180, rise)
    found = part_page(whole(page))
    assert sorted(n for line in strokes_of(found) for n in line) == sorted(
        n for line in strokes_of(page) for n in line
    )
    if apart < 900:  # else they are lines of their own
        assert strokes_of(found) == strokes_of(page)


def test_each_number_has_its_box_and_strokes_in_their_order() -> None:
    page = set_out(PAGE)
    shuffled = whole(page).strokes[::-1]
    for line in part_page(Ink(shuffled)):
        for number in line:
            assert number.box is not None
            places = [next(n for n, s in enumerate(shuffled) if s is own) for own in number.strokes]
            assert places == sorted(places)


def test_signs_and_marks_go_to_their_number() -> None:
    ((one, two),) = page = set_out([("35", "47")])
    assert one.box is not None
    assert two.box is not None
    point = np.array([[one.box.left + 60, 98.0], [one.box.left + 62, 100.0]])
    minus = np.array([[two.box.left - 60, 50.0], [two.box.left - 20, 52.0]])
    under = np.array([[one.box.left, 120.0], [two.box.right, 122.0]])
    (found,) = part_page(together([whole(page), Ink((point, minus, under))]))
    assert len(found) == 2
    assert [any(stroke is sign for stroke in found[0].strokes) for sign in (point, minus)] == [
        True,
        False,
    ]
    assert any(stroke is minus for stroke in found[1].strokes)
    assert sum(stroke is under for number in found for stroke in number.strokes) == 1


def test_one_digit_of_stacked_strokes_is_one_number() -> None:
    ring = np.array([[np.cos(t), np.sin(t)] for t in np.linspace(0, 2 * np.pi, 30)]) * 20
    eight = Ink((ring, ring + np.array([0.0, 39.0])))
    assert part_page(eight) == [[eight]]


def test_no_ink_is_no_line_and_dots_are_kept() -> None:
    assert part_page(Ink(())) == []
    dots = Ink((np.zeros((1, 2)), np.full((1, 2), 50.0)))
    assert sum(len(number.strokes) for line in part_page(dots) for number in line) == 2


def test_what_is_read_of_a_page_is_what_stands_there() -> None:
    numbers = [number for line in part_page(whole(set_out(PAGE))) for number in line]
    readings = Reader().read_many(numbers)
    assert [reading.text for reading in readings] == [text for line in PAGE for text in line]


def test_made_pages_of_the_bench_hold_numbers() -> None:
    samples = [
        Sample(tuple(s.astype(np.float32) for s in ink.strokes), str(label), "w", "us", "1a", "")
        for label, ink in enumerate(DIGITS)
    ]
    numbers = make_page(by_writer(samples)[0], np.random.default_rng(0))
    assert len(numbers) == 24
    found = {tuple(map(id, part.strokes)) for line in part_page(together(numbers)) for part in line}
    assert sum(tuple(map(id, number.strokes)) in found for number in numbers) > 20
