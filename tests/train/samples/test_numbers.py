"""Numbers of known digits: where each digit lies, who owns which ink, and who wrote it."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitpad import DataError
from digitpad.train.samples import numbers as module
from digitpad.train.samples.numbers import (
    BESIDE,
    ENOUGH,
    GAPS,
    LINE,
    Hand,
    InkNumber,
    Spacing,
    draw_number,
    ink_numbers,
    picture_numbers,
    real_numbers,
    write_number,
)
from digitpad.train.sources.unipen import Sample
from tests.train import small

PLAIN = Hand(
    jitter=0, slope=0, drift=0, late=0, disordered=0, joined_natural=0, joined_touching=0
)  # fmt: skip
IMAGES, LABELS = small.load_mnist(Path("nowhere"), "test")
SCANS = IMAGES.astype(np.float32) / np.float32(255)
SPACINGS: tuple[Spacing, ...] = tuple(GAPS)

Points = npt.NDArray[np.float64]


def drawing(*strokes: Sequence[tuple[float, float]], label: str = "4") -> Sample:
    points = tuple(np.array(stroke, np.float32) for stroke in strokes)
    return Sample(points, label, "aga/one", "aga", "1a", f"1a/one.dat#{label}")


def block(width: float, height: float, label: str = "8") -> Sample:
    """Two strokes that span a box: down its left side, then across."""
    return drawing([(5, 7), (5, 7 + height)], [(5, 7), (5 + width, 7 + height)], label=label)


def inked(number: InkNumber) -> list[Points]:
    """The points of each digit, in the order they were written."""
    points, owners = number.ink.points, np.concatenate(number.owners)
    assert all(len(s) == len(o) for s, o in zip(number.ink.strokes, number.owners, strict=True))
    return [points[owners == digit] for digit in range(len(number.text))]


def small_digits() -> list[Sample]:
    """The small set's, ten by each writer."""
    return [made for made in small.drawings() if made.category == "1a"]


def by_writer() -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for made in small_digits():
        found.setdefault(made.writer, []).append(made)
    return found


@pytest.mark.parametrize("spacing", SPACINGS)
def test_digits_stand_side_by_side(spacing: Spacing) -> None:
    low, high = GAPS[spacing]
    gaps = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        drawings = [block(width, 100) for width in rng.uniform(40, 90, 5)]
        digits = inked(write_number(drawings, spacing, rng, PLAIN))
        gaps += [
            (after[:, 0].min() - before[:, 0].max()) / 100 for before, after in pairwise(digits)
        ]
        np.testing.assert_allclose([digit[:, 1].max() for digit in digits], 0, atol=1e-9)
    assert low <= min(gaps) < low + 0.02
    assert high - 0.02 < max(gaps) <= high
    assert np.mean(gaps) == pytest.approx((low + high) / 2, abs=0.01)


def test_a_narrow_digit_is_not_swallowed() -> None:
    for seed in range(200):
        rng = np.random.default_rng(seed)
        drawings = [block(width, 100) for width in (60, 0, 0, 60, 12, 22, 60)]
        digits = inked(write_number(drawings, "touching", rng, PLAIN))
        for before, after in pairwise(digits):
            narrower = min(np.ptp(before[:, 0]), np.ptp(after[:, 0]))
            assert after[:, 0].min() >= before[:, 0].max() - narrower / 2 - 1e-9
            for side in ("min", "max"):
                beyond = getattr(after[:, 0], side)() - getattr(before[:, 0], side)()
                assert beyond >= 100 * BESIDE - 1e-9


def test_digits_keep_their_shape_and_the_writers_proportions() -> None:
    own = next(iter(by_writer().values()))
    hand = dataclasses.replace(Hand(), late=0, disordered=0, joined_natural=0, uneven=9)
    for seed in range(50):
        number = write_number(own, "natural", np.random.default_rng(seed), hand)
        assert number.text == "0123456789"
        for made, found in zip(own, inked(number), strict=True):
            given = np.concatenate(made.strokes).astype(float)
            given -= given.mean(axis=0)
            moved = found - found.mean(axis=0)
            scale = (given * moved).sum() / (given**2).sum()
            assert np.exp(-hand.drift / 2) <= scale <= np.exp(hand.drift / 2)
            np.testing.assert_allclose(moved, scale * given, atol=1e-5)


def test_sizes_drift_and_the_line_rises_or_falls() -> None:
    own = [block(60, 100)] * 6
    rises, ratios = [], []
    hand = dataclasses.replace(PLAIN, slope=Hand.slope, drift=Hand.drift)
    for seed in range(150):
        digits = inked(write_number(own, "natural", np.random.default_rng(seed), hand))
        places = np.array([(d[:, 0].min() + d[:, 0].max(), 2 * d[:, 1].max()) for d in digits]) / 2
        steps = np.diff(places, axis=0)
        np.testing.assert_allclose(np.diff(steps[:, 1] / steps[:, 0]), 0, atol=1e-9)
        rises.append(np.rad2deg(np.arctan2(*(places[-1] - places[0])[::-1])))
        heights = [np.ptp(digit[:, 1]) for digit in digits]
        ratios.append(np.log(heights[-1] / heights[0]))
    assert 11 < max(rises) <= 12
    assert -12 <= min(rises) < -11
    assert 0.09 < max(ratios) <= 0.1 + 1e-9
    assert -0.1 - 1e-9 <= min(ratios) < -0.09


def test_bottoms_jitter() -> None:
    hand = dataclasses.replace(PLAIN, jitter=0.04)
    number = write_number([block(60, 100)] * 2000, "natural", np.random.default_rng(0), hand)
    bottoms = [digit[:, 1].max() for digit in inked(number)]
    assert np.std(bottoms) == pytest.approx(4, rel=0.1)


def test_odd_sizes_are_brought_near_the_median() -> None:
    line = drawing([(0, 0), (90, 0)])  # flat; as large as a digit 60 high
    dot = drawing([(3, 3)], [(3, 3)])
    own = [block(60, 100), block(60, 90), block(600, 1000), line, dot, block(0.01, 0.02)]
    number = write_number(own, "natural", np.random.default_rng(1), PLAIN)
    width, height = np.array([np.ptp(digit, axis=0) for digit in inked(number)]).T
    median = 75.0  # of 0, 0.02, 60, 90, 100, 1000
    np.testing.assert_allclose(
        height, [100, 90, 1.35 * median, 0, 0, 0.65 * median], rtol=1e-4, atol=1e-6
    )
    assert width.max() <= 100
    dots = write_number([dot, dot], "touching", np.random.default_rng(1), Hand())
    assert np.isfinite(dots.ink.points).all()


def test_one_digit_alone() -> None:
    for seed in range(50):
        number = write_number([block(60, 100)], "touching", np.random.default_rng(seed))
        assert number.text == "8"
        assert [owners.tolist() for owners in number.owners] == [[0, 0], [0, 0]]


def test_a_bar_may_be_added_at_the_end() -> None:
    own = [drawing([(0, 0), (9, 90)]), *[block(60, 100)] * 3]
    hand = dataclasses.replace(PLAIN, late=1)
    late = set()
    for seed in range(40):
        number = write_number(own, "natural", np.random.default_rng(seed), hand)
        owners = [int(owner[0]) for owner in number.owners]
        late.add(owners[-1])
        rest = [0, 1, 1, 2, 2, 3, 3]
        rest.remove(owners[-1])
        assert owners[:-1] == rest
        plain = write_number(own, "natural", np.random.default_rng(seed), PLAIN)
        assert number.ink.box == plain.ink.box
        assert len(number.ink.strokes) == len(plain.ink.strokes)
    assert late == {1, 2}  # the first has one stroke; the end of the last one is the end anyway


def test_digits_may_be_written_out_of_order() -> None:
    hand = dataclasses.replace(PLAIN, disordered=1)
    orders: Counter[tuple[int, ...]] = Counter()
    for seed in range(60):
        number = write_number([block(60, 100)] * 3, "natural", np.random.default_rng(seed), hand)
        orders[tuple(int(owners[0]) for owners in number.owners[::2])] += 1
        lefts = [digit[:, 0].min() for digit in inked(number)]
        assert lefts == sorted(lefts)
    assert set(orders) == {(2, 1, 0), (1, 2, 0), (0, 2, 1)}


def test_the_pen_may_stay_down_between_neighbours() -> None:
    hand = dataclasses.replace(PLAIN, joined_touching=1)
    counts = set()
    own = [block(60, 100), block(50, 100)]
    for seed in range(40):
        number = write_number(own, "touching", np.random.default_rng(seed), hand)
        first, both, last = number.ink.strokes
        assert len(first) == len(last) == 2
        owners = number.owners[1]
        counts.add(len(both) - 4)
        assert owners.tolist() == [0, 0, *[-1] * (len(both) - 4), 1, 1]
        assert [number.owners[0][0], owners[0], owners[-1], number.owners[2][0]] == [0, 0, 1, 1]
        line = both[1:-1]
        steps = np.diff(line, axis=0)
        np.testing.assert_allclose(steps, np.broadcast_to(steps[0], steps.shape), atol=1e-9)
    assert counts == {3, 4, 5, 6}


def test_the_pen_is_lifted_between_digits_that_are_no_neighbours() -> None:
    hand = dataclasses.replace(PLAIN, disordered=1, joined_natural=1)
    for seed in range(40):
        number = write_number([block(60, 100)] * 3, "natural", np.random.default_rng(seed), hand)
        joined = [set(owners.tolist()) - {-1} for owners in number.owners if np.ptp(owners)]
        assert {0, 2} not in joined
        assert joined


def test_habits_are_as_frequent_as_the_hand_says() -> None:
    own = [block(60, 100)] * 5
    for spacing, lifted in zip(SPACINGS, (0.01, 0.06), strict=True):
        joined = late = disordered = 0
        for seed in range(1000):
            rng = np.random.default_rng(seed)
            number = write_number(own, spacing, rng)
            joined += sum(bool(np.ptp(owners)) for owners in number.owners)
            ends = [int(owners[0]) for owners in number.owners]
            order = list(dict.fromkeys(ends))
            disordered += order != sorted(order)
            late += ends[-1] != order[-1]
        assert joined / 4000 == pytest.approx(lifted, abs=0.01)
        assert late / 1000 == pytest.approx(0.08, abs=0.02)
        assert disordered / 1000 == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_ink_numbers_follow_from_their_seed(spacing: Spacing) -> None:
    inks = small_digits()
    one, again, other = (ink_numbers(inks, 4, spacing, 12, seed) for seed in (3, 3, 4))
    assert [n.text for n in one] != [n.text for n in other]
    for number, same in zip(one, again, strict=True):
        assert number.text == same.text
        np.testing.assert_array_equal(number.ink.points, same.ink.points)
        assert len(number.text) == 4
        assert set(np.concatenate(number.owners).tolist()) - {-1} == {0, 1, 2, 3}


def test_one_seed_chooses_the_same_digits_at_either_spacing() -> None:
    inks = small_digits()
    natural, touching = (ink_numbers(inks, 5, spacing, 20, 1) for spacing in SPACINGS)
    assert [n.text for n in natural] == [n.text for n in touching]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `ink_numbers` return the drawings that it would write."""
    monkeypatch.setattr(module, "write_number", lambda drawings, *_: drawings)


def choose(inks: list[Sample], length: int, count: int) -> list[Any]:
    return ink_numbers(inks, length, "natural", count, 0)


def test_writers_take_turns(chosen: None) -> None:
    hands = by_writer()
    lazy = next(iter(hands))
    hands[lazy].pop()
    assert len(hands[lazy]) < ENOUGH
    numbers = choose([made for own in hands.values() for made in own], 3, 2 * len(hands) - 2)
    names = [{made.writer for made in number} for number in numbers]
    assert all(len(name) == 1 for name in names)
    assert Counter(name.pop() for name in names) == {name: 2 for name in hands if name != lazy}


def test_no_drawing_comes_twice_before_all_have_come(chosen: None) -> None:
    own = next(iter(by_writer().values()))
    for number in choose(own, 10, 20):
        assert sorted(made.label for made in number) == sorted(made.label for made in own)
    assert {
        Counter(m.id for m in number).most_common(1)[0][1] for number in choose(own, 12, 20)
    } == {2}


def test_labels_are_uniform_then_drawings_are(chosen: None) -> None:
    own = [block(60, 100 + i, label="7" if i < 3 else "2") for i in range(20)]
    first = [number[0] for number in choose(own, 2, 3000)]
    assert np.mean([made.label == "7" for made in first]) == pytest.approx(0.5, abs=0.03)
    heights = Counter(float(made.strokes[0][1, 1]) for made in first if made.label == "7")
    assert min(heights.values()) > 400
    assert len(heights) == 3


def test_somebody_must_have_written_enough() -> None:
    with pytest.raises(DataError, match="at least 10 digits"):
        ink_numbers([block(60, 100)] * (ENOUGH - 1), 2, "natural", 1, 0)


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
