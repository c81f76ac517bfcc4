"""Pictures of numbers: of scans, and of ink that is drawn."""

import dataclasses
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from digitpad.train.samples.numbers import (
    LINE,
    Spacing,
    draw_number,
    ink_numbers,
    picture_numbers,
    write_number,
)
from tests.train import small
from tests.train.samples.number_drawings import (
    PLAIN,
    SPACINGS,
    block,
    drawing,
    inked,
    small_digits,
)

IMAGES, LABELS = small.load_mnist(Path("nowhere"), "test")


SCANS = IMAGES.astype(np.float32) / np.float32(255)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_scans_stand_side_by_side(spacing: Spacing) -> None:
    gaps = []
    for number in picture_numbers(SCANS, LABELS, 4, spacing, 60, 2):
        grey, owners = number.grey, number.owners
        assert grey.dtype == np.float32
        assert grey.shape == owners.shape
        assert grey.min() == 0
        assert 0.9 < grey.max() <= 1
        np.testing.assert_array_equal(owners >= 0, grey > 0)
        assert set(np.unique(owners).tolist()) == {-1, 0, 1, 2, 3}
        rows, columns = np.nonzero(grey)
        edges = (rows.min(), columns.min(), *np.array(grey.shape) - 1 - (rows.max(), columns.max()))
        assert len(set(edges)) == 1
        assert 4 <= edges[0] <= 8
        boxes = [np.flatnonzero((owners == digit).any(axis=0))[[0, -1]] for digit in range(4)]
        gaps += [after[0] - before[1] - 1 for before, after in pairwise(boxes)]
    if spacing == "natural":
        assert 1 <= min(gaps) < max(gaps) <= 8
    else:
        assert min(gaps) < max(gaps) <= 2


def test_ink_is_drawn_where_its_owners_are() -> None:
    rng = np.random.default_rng(3)
    papers, heights = set(), []
    for number in ink_numbers(small_digits(), 3, "natural", 40, 9):
        drawn = draw_number(number, rng)
        assert drawn.text == number.text
        assert drawn.grey.dtype == np.float32
        assert drawn.grey.shape == drawn.owners.shape
        paper = round(float(np.median(drawn.grey)))
        papers.add(paper)
        ink = np.abs(drawn.grey - paper) > 0.5
        assert (ink != (drawn.owners >= 0)).sum() < 0.2 * ink.sum()  # a line belongs to nobody
        found = [np.argwhere(drawn.owners == digit)[:, ::-1] for digit in range(3)]
        middles, wanted = (
            np.array([(own.min(axis=0) + own.max(axis=0)) / 2 for own in points])
            for points in (found, inked(number))
        )
        scale, left = np.polyfit(wanted[:, 0], middles[:, 0], 1)
        np.testing.assert_allclose(middles[:, 0], scale * wanted[:, 0] + left, atol=1)
        np.testing.assert_allclose(np.diff(middles[:, 1]), scale * np.diff(wanted[:, 1]), atol=2)
        heights.append(np.median([np.ptp(own[:, 1]) for own in found]))
    assert papers == {0, 1}
    assert 25 < min(heights) < 60
    assert 90 < max(heights) < 160


def test_a_line_between_digits_belongs_to_neither_in_a_picture() -> None:
    joined = write_number(
        [block(60, 100, "4"), block(60, 100, "7")],
        "natural",
        np.random.default_rng(1),
        dataclasses.replace(PLAIN, joined_natural=1),
    )
    lifted = write_number(
        [block(60, 100, "4"), block(60, 100, "7")], "natural", np.random.default_rng(1), PLAIN
    )
    with_line, without = (
        draw_number(number, np.random.default_rng(5)) for number in (joined, lifted)
    )
    ink = np.abs(with_line.grey - np.median(with_line.grey)) > 0.5
    line = with_line.owners == LINE
    assert line.sum() > 40
    assert (line & ink).sum() > 0.9 * line.sum()
    assert not (without.owners == LINE).any()
    np.testing.assert_array_equal(with_line.owners[~line], without.owners[~line])


@pytest.mark.parametrize("strokes", [[(5, 5)], [(5, 5), (25, 5)]])
@pytest.mark.parametrize("length", [1, 3])
def test_dots_and_dashes_are_drawn_too(strokes: list[tuple[float, float]], length: int) -> None:
    drawings = [drawing(strokes)] * length
    number = write_number(drawings, "natural", np.random.default_rng(0), PLAIN)
    drawn = draw_number(number, np.random.default_rng(0))
    assert max(drawn.grey.shape) < 1000
    assert set(np.unique(drawn.owners).tolist()) == {-1, *range(length)}


def test_scans_are_the_ones_that_the_text_says() -> None:
    scans = np.zeros((10, 28, 28), np.float32)
    labels = np.arange(10, dtype=np.uint8)
    for digit in range(10):  # a bar as light as its label says
        scans[digit, 4:24, 10:16] = (1 + digit) / 10
    for number in picture_numbers(scans, labels, 6, "touching", 30, 5):
        inside = [number.grey[number.owners == digit].max() for digit in range(6)]
        assert [round(10 * float(light)) - 1 for light in inside] == [int(d) for d in number.text]
        over = [number.grey[number.owners == digit] for digit in range(6)]
        assert all(np.allclose(light, light.max()) for light in over)  # the lighter one wins


def test_pictures_follow_from_their_seed() -> None:
    one, again, other = (
        picture_numbers(SCANS, LABELS, 3, "natural", 10, seed) for seed in (1, 1, 2)
    )
    for number, same in zip(one, again, strict=True):
        assert number.text == same.text
        np.testing.assert_array_equal(number.grey, same.grey)
    assert [n.text for n in one] != [n.text for n in other]
    closer = picture_numbers(SCANS, LABELS, 3, "touching", 10, 1)
    assert [n.text for n in one] == [n.text for n in closer]
