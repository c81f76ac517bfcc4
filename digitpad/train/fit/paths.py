"""The weights by which a path through a lattice is judged, learned from numbers of known digits."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from digitpad.geometry import Box
from digitpad.lattice.decode import Floats, Lattice, features, moments
from digitpad.lattice.pictures import segment_picture
from digitpad.lattice.strokes import segment_ink
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.network.manifest import FEATURES
from digitpad.network.runtime import PaperNetwork
from digitpad.train.samples.corpus import Part
from digitpad.train.samples.numbers import (
    GAPS,
    InkNumber,
    PictureNumber,
    draw_number,
    ink_numbers,
    picture_numbers,
)

LENGTHS = (1, 2, 3, 4, 6)  # digits in the numbers to learn from, as many of each
ALONE = 3  # but so many times as many of one digit, which is what people draw most
SAME = 0.6  # intersection over union of boxes, from which on a candidate is the digit
RIDGE = 1.0  # of the penalty on the squared weights, against one number's log-likelihood
CLOSE = 1e-4  # norm of the gradient: with RIDGE the weights are at most as far from the optimum

Probabilities = npt.NDArray[np.float32]  # (n, 11)
Example = tuple[Floats, Lattice, tuple[int, ...]]  # features, and the path that is right


def learn_segmentation(
    network: Callable[[Inputs], Probabilities], part: Part, count: int, seed: int
) -> dict[str, dict[str, float]]:
    """Return the weights for ink and for pictures, each from `count` numbers and more of one digit.

    `network` returns calibrated probabilities (n, 11) for inputs (n, 28, 28, CHANNELS). The
    numbers are made of the part's digits. Without ink, both are learned from scans side by side.
    """
    pictures = fit_weights(_examples(network, list(_pictures(part, count, seed))))
    if not part.inks:
        return {"ink": pictures, "picture": pictures}
    written = []
    for number in _written(part, count, seed):
        lattice = segment_ink(number.ink)
        written.append((lattice, _ink_boxes(number), see_inks(lattice.inks)))
    return {"ink": fit_weights(_examples(network, written)), "picture": pictures}


def _examples(
    network: Callable[[Inputs], Probabilities],
    numbers: Sequence[tuple[Lattice, list[Box], Inputs]],
) -> list[Example]:
    """Leave out numbers where no path is right, and those where there is but one."""
    probabilities = network(np.concatenate([inputs for _, _, inputs in numbers]))
    examples = []
    start = 0
    for lattice, boxes, _ in numbers:
        end = start + len(lattice.candidates)
        path = true_path(lattice, boxes)
        if path is not None and len(lattice.candidates) > 1:
            examples.append((features(lattice, probabilities[start:end]), lattice, path))
        start = end
    return examples


def _written(part: Part, count: int, seed: int) -> Iterator[InkNumber]:
    each = -(-count // (len(LENGTHS) * len(GAPS)))
    for spacing in GAPS:
        for length in LENGTHS:
            many = each * ALONE if length == 1 else each
            yield from ink_numbers(part.inks, length, spacing, many, seed + length)


def _pictures(part: Part, count: int, seed: int) -> Iterator[tuple[Lattice, list[Box], Inputs]]:
    """Yield lattice, boxes and inputs of scans side by side and, as many, of rendered ink."""
    numbers: list[PictureNumber] = []
    each = -(-count // (2 * len(LENGTHS) * len(GAPS)))
    for spacing in GAPS:
        for length in LENGTHS:
            many = each * ALONE if length == 1 else each
            numbers += picture_numbers(
                part.scans, part.scan_labels, length, spacing, many, seed + length
            )
    if part.inks:
        rng = np.random.default_rng(seed)
        numbers += [draw_number(number, rng) for number in _written(part, count // 2, seed)]
    paper = PaperNetwork()
    for number in numbers:
        found = segment_picture(number.grey, paper)
        if found:
            digits = range(len(number.text))
            boxes = [_found(Box.of_mask(number.owners == digit)) for digit in digits]
            yield found[0], boxes, see_rasters(found[1])


def _ink_boxes(number: InkNumber) -> list[Box]:
    points, owners = number.ink.points, np.concatenate(number.owners)
    return [Box.around(points[owners == digit]) for digit in range(len(number.text))]


def _found(box: Box | None) -> Box:
    assert box is not None, "a number with a digit without ink"
    return box


def true_path(lattice: Lattice, boxes: Sequence[Box]) -> tuple[int, ...] | None:
    """Return the path whose candidates have the digits' boxes; None if the lattice has none."""
    found = np.array([candidate.box for candidate in lattice.candidates])
    same = np.stack([_intersection_over_union(found, np.asarray(box)) for box in boxes]).tolist()
    best: dict[int, dict[int, tuple[float, tuple[int, ...]]]] = {0: {0: (0.0, ())}}
    for before, number, after in lattice.steps:
        for count, (total, path) in best.get(before, {}).items():
            if count < len(boxes) and same[count][number] >= SAME:
                there = best.setdefault(after, {})
                together = total + same[count][number]
                if count + 1 not in there or together > there[count + 1][0]:
                    there[count + 1] = together, (*path, number)
    return best.get(lattice.whole, {}).get(len(boxes), (0.0, None))[1]


def fit_weights(examples: Sequence[Example]) -> dict[str, float]:
    """Return a weight for each of FEATURES: those that make the right paths likeliest.

    The log-likelihood is concave, so a Newton method within a trust region finds its only maximum.
    """

    @lru_cache(maxsize=2)  # what is accepted is asked for its curvature next
    def penalty(*weights: float) -> tuple[float, Floats, Floats]:
        value, gradient, curvature = _likelihood(examples, np.array(weights))
        return -value, -gradient, curvature

    found = minimize(
        lambda weights: penalty(*weights)[:2],
        x0=np.zeros(len(FEATURES)),
        jac=True,
        hess=lambda weights: penalty(*weights)[2],
        method="trust-exact",
        options={"gtol": CLOSE},
    )
    return {name: round(float(w), 4) for name, w in zip(FEATURES, found.x, strict=True)}


def _likelihood(examples: Sequence[Example], weights: Floats) -> tuple[float, Floats, Floats]:
    """Return the penalised log-likelihood, its gradient and minus its second derivative."""
    value = -RIDGE * float(weights @ weights) / 2
    gradient, curvature = -RIDGE * weights, RIDGE * np.eye(len(weights))
    for known, lattice, path in examples:
        log, mean, covariance = moments(lattice, known, weights)
        right = known[list(path)].sum(axis=0)
        value += float(right @ weights) - log
        gradient = gradient + right - mean
        curvature = curvature + covariance
    return value, gradient, curvature


def _intersection_over_union(boxes: Floats, box: Floats) -> Floats:
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    thin = 0.02 * max(box[2] - box[0], box[3] - box[1])  # so that an upright line has an area
    common = np.prod(np.maximum(high - low + thin, 0), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2] + thin, axis=1)
    own = np.prod(box[2:] - box[:2] + thin)
    return np.asarray(common / (areas + own - common))
