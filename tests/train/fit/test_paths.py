"""How numbers are cut is learned: the right path is found, and the weights are the likeliest."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from digitpad.geometry import Box
from digitpad.ink import Ink
from digitpad.lattice.candidate import Candidate, Geometry, bits
from digitpad.lattice.decode import Floats, Lattice, features, read_paths
from digitpad.lattice.pictures import segment_picture
from digitpad.lattice.strokes import segment_ink
from digitpad.network.inputs import CHANNELS, Inputs
from digitpad.network.manifest import FEATURES
from digitpad.train.fit import paths as module
from digitpad.train.fit.paths import Example, fit_weights, learn_segmentation, true_path
from digitpad.train.samples.corpus import Part
from digitpad.train.samples.numbers import GAPS, Hand, ink_numbers, picture_numbers, write_number
from digitpad.train.sources.unipen import Sample
from tests.drawings import DIGITS, in_one_stroke, placed, together
from tests.networks import paper
from tests.train import small

Probabilities = npt.NDArray[np.float32]

PLAIN = Hand(joined_natural=0, joined_touching=0)
IMAGES, LABELS = small.load_mnist(Path("nowhere"), "test")
SCANS = IMAGES.astype(np.float32) / np.float32(255)
WRITTEN = [made for made in small.drawings() if made.category == "1a"]
PART = Part(SCANS, LABELS, WRITTEN, [])
COUNT = 40


def says_digit(inputs: Inputs) -> Probabilities:
    """A network that knows nothing: everything is a digit, and any one."""
    said = np.full((len(inputs), 11), 0.09, np.float32)
    said[:, 10] = 0.1
    return said


def own() -> list[Sample]:
    return [made for made in WRITTEN if made.writer == WRITTEN[0].writer]


def box_of(ink: Ink) -> Box:
    assert ink.box is not None
    return ink.box


def a_candidate(box: Box, *pieces: int) -> Candidate:
    return Candidate(bits(pieces), box, Geometry(*[0.0] * len(Geometry._fields)))


@pytest.mark.parametrize("seed", range(30))
def test_the_true_path_of_ink_has_each_digits_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawings = [own()[i] for i in rng.integers(0, 10, 5)]
    number = write_number(drawings, "natural", rng, PLAIN)
    points, owners = number.ink.points, np.concatenate(number.owners)
    digits = [points[owners == digit] for digit in range(5)]
    lattice = segment_ink(number.ink)
    path = true_path(lattice, [box_of(Ink((digit,))) for digit in digits])
    assert path is not None
    for index, digit in zip(path, digits, strict=True):
        ink = lattice.candidates[index].ink(number.ink)
        assert sorted(ink.points.tolist()) == sorted(digit.tolist())


@pytest.mark.parametrize("text", ["10", "19", "26", "39", "67", "99"])
def test_the_true_path_has_no_line_between_digits(text: str) -> None:
    one, two = placed(text, 0.15)
    ink, line = in_one_stroke(one, two)
    lattice = segment_ink(ink)
    path = true_path(lattice, [box_of(one), box_of(two)])
    assert path is not None
    for index in path:
        found = lattice.candidates[index].ink(ink)
        assert not set(map(tuple, line[2:-2])) & set(map(tuple, found.points))


@pytest.mark.parametrize("gap", [0.1, 0.4])
def test_the_true_path_has_what_lies_inside_a_box_too(gap: float) -> None:
    before, zero, after = placed("202", gap)
    left, top, right, bottom = box_of(zero)
    inside = np.array([[0.6 * left + 0.4 * right, 0.4 * top + 0.6 * bottom],
                       [0.4 * left + 0.6 * right, 0.6 * top + 0.4 * bottom]])  # fmt: skip
    slashed = Ink((*zero.strokes, inside))
    assert slashed.box == zero.box  # with and without, it is a candidate with this box
    lattice = segment_ink(together([before, slashed, after]))
    same = [c for c in lattice.candidates if c.box == zero.box]
    assert len(same) == 2
    path = true_path(lattice, [box_of(ink) for ink in (before, slashed, after)])
    assert path is not None
    sets = [lattice.candidates[i].pieces for i in path]
    assert sum(sets) == lattice.whole
    assert sets[1] == max(c.pieces for c in same)


def test_of_two_paths_the_one_whose_boxes_fit_better() -> None:
    box = Box(0.0, 0.0, 60.0, 100.0)
    lattice = Lattice(
        (
            a_candidate(box, 0),  # the same box, but a piece would be left
            a_candidate(Box(5.0, 5.0, 55.0, 95.0), 1),
            a_candidate(Box(0.0, 0.0, 70.0, 100.0), 0, 1),
            a_candidate(Box(70.0, 0.0, 130.0, 100.0), 2),
            a_candidate(Box(65.0, 0.0, 130.0, 100.0), 1, 2),
        ),
        3,
    )
    assert true_path(lattice, [box, Box(70.0, 0.0, 130.0, 100.0)]) == (0, 4)
    assert true_path(lattice, [box, Box(110.0, 0.0, 130.0, 100.0)]) is None
    assert true_path(lattice, [box]) is None
    assert true_path(lattice, [Box(70.0, 0.0, 130.0, 100.0), box]) is None  # in this order


@pytest.mark.parametrize("spacing", GAPS)
def test_most_true_paths_of_pictures_are_found(spacing: str) -> None:
    found = 0
    for number in picture_numbers(SCANS, LABELS, 3, spacing, 40, 5):  # type: ignore[arg-type]
        segmented = segment_picture(number.grey, paper())
        assert segmented is not None
        boxes = [module._found(Box.of_mask(number.owners == digit)) for digit in range(3)]
        path = true_path(segmented[0], boxes)
        if path is not None:
            found += 1
            assert len(path) == 3
            sets = [segmented[0].candidates[i].pieces for i in path]
            assert sum(sets) == np.bitwise_or.reduce(sets) == segmented[0].whole
    assert found >= (38 if spacing == "natural" else 24)


def sampled(count: int, weights: Floats, seed: int) -> list[Example]:
    """Lattices of three pieces with any features, and paths drawn as the weights say."""
    rng = np.random.default_rng(seed)
    groups = [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2), (0, 2)]
    box = Box(0.0, 0.0, 1.0, 1.0)
    lattice = Lattice(tuple(a_candidate(box, *group) for group in groups), 3)
    paths = [(0, 1, 2), (3, 2), (0, 4), (5,), (6, 1)]
    examples: list[Example] = []
    for _ in range(count):
        known = rng.normal(0, 1, (len(groups), len(FEATURES)))
        worth = np.array([known[list(path)].sum(axis=0) @ weights for path in paths])
        likely = np.exp(worth - worth.max())
        examples.append((known, lattice, paths[rng.choice(5, p=likely / likely.sum())]))
    return examples


TRUE = np.linspace(-1, 1, len(FEATURES))


def test_the_gradient_is_the_slope_and_the_curvature_the_gradients() -> None:
    examples, at, step = sampled(20, TRUE, 1), TRUE / 2, 1e-5
    value, gradient, curvature = module._likelihood(examples, at)
    assert value < 0
    for place, unit in enumerate(np.eye(len(FEATURES))):
        ahead, behind = (module._likelihood(examples, at + s * unit) for s in (step, -step))
        assert gradient[place] == pytest.approx((ahead[0] - behind[0]) / 2 / step, abs=1e-4)
        slope = (ahead[1] - behind[1]) / 2 / step
        np.testing.assert_allclose(-curvature[place], slope, atol=1e-4)


@pytest.mark.parametrize("count", [3, 300])
@pytest.mark.parametrize("scale", [0.3, 4.0])
def test_the_weights_are_the_likeliest(count: int, scale: float) -> None:
    examples = sampled(count, scale * TRUE, 2)
    found = fit_weights(examples)
    assert tuple(found) == FEATURES
    weights = np.array(list(found.values()))
    value, gradient, curvature = module._likelihood(examples, weights)
    rounding = 1e-4 * np.linalg.norm(curvature, 2) * np.sqrt(len(FEATURES))
    assert np.abs(gradient).max() < rounding + 1e-6
    assert value > module._likelihood(examples, np.zeros(len(FEATURES)))[0]
    rng = np.random.default_rng(3)
    for _ in range(20):
        other = weights + rng.normal(0, 0.1, len(FEATURES))
        assert module._likelihood(examples, other)[0] < value
    assert fit_weights(examples) == found


def test_the_weights_that_drew_the_paths_are_found() -> None:
    found = fit_weights(sampled(1500, TRUE, 4))
    np.testing.assert_allclose(list(found.values()), TRUE, atol=0.25)


def test_without_examples_nothing_is_preferred() -> None:
    assert fit_weights([]) == dict.fromkeys(FEATURES, 0.0)


def test_examples_are_numbers_with_a_right_path_and_another() -> None:
    two, one = segment_ink(together(placed("12"))), segment_ink(DIGITS[3])
    boxes = [box_of(ink) for ink in placed("12")]
    black = np.zeros((3, 28, 28, CHANNELS), np.float32)
    numbers = [
        (one, [box_of(DIGITS[3])], black[:1]),  # there is but one path
        (two, boxes[:1], black),  # none is right
        (two, boxes, black),
    ]
    assert [len(lattice.candidates) for lattice, _, _ in numbers] == [1, 3, 3]
    said = np.random.default_rng(0).dirichlet(np.ones(11), 7).astype(np.float32)
    ((known, lattice, path),) = module._examples(lambda inputs: said[: len(inputs)], numbers)
    assert lattice is two
    assert [lattice.candidates[i].pieces for i in path] == [1, 2]
    np.testing.assert_array_equal(known, features(two, said[4:]))


@pytest.fixture(scope="module")
def learned() -> dict[str, dict[str, float]]:
    return learn_segmentation(says_digit, PART, COUNT, 1)


def test_there_are_weights_for_ink_and_for_pictures(learned: dict[str, dict[str, float]]) -> None:
    assert set(learned) == {"ink", "picture"}
    for weights in learned.values():
        assert tuple(weights) == FEATURES
        assert max(map(abs, weights.values())) < 100
        assert any(weights[name] for name in Geometry._fields)
    assert learned["ink"] != learned["picture"]


def test_shapes_alone_tell_most_digits_apart(learned: dict[str, dict[str, float]]) -> None:
    """The network says nothing, so what is right was learned from geometry."""
    weights = [learned["ink"][name] for name in FEATURES]
    right = []
    for number in ink_numbers(WRITTEN, 4, "natural", 40, 77):
        lattice = segment_ink(number.ink)
        said = says_digit(np.zeros((len(lattice.candidates), 28, 28, CHANNELS), np.float32))
        hypotheses, _ = read_paths(lattice, said, weights)
        right.append(len(hypotheses[0].path) == 4)
    assert np.mean(right) > 0.8


def test_the_network_is_asked_for_all_candidates_at_once(
    learned: dict[str, dict[str, float]],
) -> None:
    asked: list[tuple[Sequence[int], type, bool]] = []

    def network(inputs: Inputs) -> Probabilities:
        asked.append((inputs.shape, inputs.dtype.type, bool(inputs[..., 1:].any())))
        return says_digit(inputs)

    assert learn_segmentation(network, PART, COUNT, 1) == learned  # one seed learns the same
    seen = [(shape[1:], kind) for shape, kind, _ in asked]
    assert seen == [((28, 28, CHANNELS), np.float32)] * 2
    assert [directed for _, _, directed in asked] == [False, True]  # pictures first, then ink
    assert all(shape[0] > COUNT for shape, _, _ in asked)


def test_without_ink_scans_teach_both() -> None:
    found = learn_segmentation(says_digit, dataclasses.replace(PART, inks=[]), COUNT, 1)
    assert found["ink"] == found["picture"]
    assert tuple(found["ink"]) == FEATURES
    assert any(found["ink"].values())
