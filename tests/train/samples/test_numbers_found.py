"""Numbers that people wrote: digits of a file that stand side by side."""

from collections.abc import Sequence

import numpy as np
import pytest

from digitpad.train.samples.numbers import real_numbers
from digitpad.train.sources.unipen import Sample
from tests.train.samples.number_drawings import inked


def at(place: str, left: float, top: float = 0.0, width: float = 60, height: float = 100) -> Sample:
    """A block in a file, at "<file>#<segment>", labelled as the segment."""
    points = np.array([(left, top), (left, top + height), (left + width, top + height)], np.float32)
    label = place.rpartition("#")[2][-1]
    return Sample((points, points[:1]), label, "aga/one", "aga", "1a", f"1a/aga/{place}")


def texts(drawings: Sequence[Sample]) -> list[str]:
    return sorted(number.text for number in real_numbers(drawings))


def test_digits_written_side_by_side_are_a_number() -> None:
    drawings = [at("a.dat#3", 160), at("a.dat#2", 80), at("a.dat#1", 0)]
    (number,) = real_numbers(drawings)
    assert number.text == "123"
    digits = inked(number)
    for digit, made in zip(digits, reversed(drawings), strict=True):
        np.testing.assert_array_equal(digit, np.concatenate(made.strokes))


@pytest.mark.parametrize(
    "second",
    [
        at("a.dat#2", 60 + 61),  # too far to the right
        at("a.dat#2", 60 - 16),  # one upon the other
        at("a.dat#2", -80),  # to the left
        at("a.dat#2", 80, top=51),  # the next line
        at("a.dat#3", 80),  # a letter was between them
        at("b.dat#2", 80),  # another file
    ],
)
def test_digits_elsewhere_are_none(second: Sample) -> None:
    assert texts([at("a.dat#1", 0), second]) == []


def test_a_number_ends_where_the_next_begins() -> None:
    first = [at(f"a.dat#{i}", 80.0 * i) for i in (1, 2, 3)]
    second = [at(f"a.dat#{i}", 80.0 * i, top=300) for i in (4, 5)]
    alone = at("a.dat#10", 900)  # which comes after 9, not after 1
    assert texts([*first, *second, alone]) == ["123", "45"]
    assert texts([]) == []


def test_lines_without_height_may_be_in_a_number() -> None:
    dash = at("a.dat#2", 70, top=50, width=30, height=0)
    assert texts([at("a.dat#1", 0), dash]) == ["12"]
    assert texts([at("a.dat#1", 0, height=0), at("a.dat#2", 60, height=0)]) == ["12"]
