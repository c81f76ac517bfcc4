"""The lattice against brute force: all paths, what they are worth, and what they read."""

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pytest

from digitpad.geometry import Box
from digitpad.lattice import decode as module
from digitpad.lattice.candidate import Candidate, Geometry, bits
from digitpad.lattice.decode import (
    FLOOR,
    Floats,
    Hypothesis,
    Lattice,
    features,
    moments,
    read_paths,
)
from digitpad.network.manifest import FEATURES

Probabilities = npt.NDArray[np.float32]
Path = tuple[int, ...]

SEEDS = range(40)


def made(groups: list[tuple[int, ...]], pieces: int, rng: np.random.Generator) -> Lattice:
    """A lattice of these groups of pieces, with any geometry."""
    found = [
        Candidate(
            bits(group),
            Box(0.0, 0.0, 1.0, 1.0),
            Geometry._make(rng.normal(0, 1, len(Geometry._fields)).tolist()),
        )
        for group in groups
    ]
    return Lattice(tuple(found), pieces)


def any_lattice(seed: int) -> tuple[Lattice, Probabilities, Floats]:
    """One to five pieces, each alone a candidate, and some of all other groups, with holes too."""
    rng = np.random.default_rng(seed)
    pieces = 1 + seed % 5
    larger = [g for size in range(2, pieces + 1) for g in combinations(range(pieces), size)]
    groups = [(piece,) for piece in range(pieces)] + [g for g in larger if rng.random() < 0.5]
    order = rng.permutation(len(groups))
    lattice = made([groups[i] for i in order], pieces, rng)
    return lattice, any_probabilities(len(groups), rng), rng.normal(0, 1, len(FEATURES))


def any_probabilities(count: int, rng: np.random.Generator) -> Probabilities:
    raised = np.exp(rng.normal(0, 1.5, (count, 11)))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def all_paths(lattice: Lattice) -> list[Path]:
    """Every set of candidates that uses each piece once, sorted by its lowest pieces."""
    found = []
    for size in range(1, lattice.pieces + 1):
        for chosen in combinations(range(len(lattice.candidates)), size):
            own = [lattice.candidates[i].pieces for i in chosen]
            if sum(own) == lattice.whole and np.bitwise_or.reduce(own) == lattice.whole:
                found.append(tuple(sorted(chosen, key=lambda i: _lowest(lattice.candidates[i]))))
    return found


def _lowest(candidate: Candidate) -> int:
    return candidate.pieces & -candidate.pieces


def followed(lattice: Lattice, before: int = 0) -> Iterator[Path]:
    """Every path that the lattice's steps allow."""
    if before == lattice.whole:
        yield ()
    for start, number, after in lattice.steps:
        if start == before:
            yield from ((number, *rest) for rest in followed(lattice, after))


def likelihoods(
    lattice: Lattice, probabilities: Probabilities, weights: Floats
) -> dict[Path, float]:
    """How likely each path is, all together 1."""
    worth = features(lattice, probabilities) @ weights
    raised = {path: math.exp(sum(worth[i] for i in path)) for path in all_paths(lattice)}
    total = sum(raised.values())
    return {path: value / total for path, value in raised.items()}


@pytest.fixture
def unpruned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAM", 10**9)
    monkeypatch.setattr(module, "LABELS", 10)
    monkeypatch.setattr(module, "NEGLIGIBLE", -math.inf)


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_are_all_paths_and_no_others(seed: int) -> None:
    lattice, _, _ = any_lattice(seed)
    assert len(set(lattice.steps)) == len(lattice.steps)
    paths = list(followed(lattice))
    assert sorted(paths) == sorted(all_paths(lattice))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_step_comes_after_all_that_lead_to_it(seed: int) -> None:
    lattice, _, _ = any_lattice(seed)
    left: set[int] = set()
    for before, number, after in lattice.steps:
        own = lattice.candidates[number].pieces
        assert before & own == 0
        assert before | own == after
        assert after not in left
        left.add(before)


def test_pieces_in_any_order_are_one_digit() -> None:
    lattice = made([(0, 2), (1,), (0,), (2,), (1, 3), (3,)], 4, np.random.default_rng(0))
    assert (0, 4) in list(followed(lattice))  # two that are interlaced
    assert bits((0, 2)) == 0b101
    assert lattice.whole == 0b1111


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_are_those_of_all_paths(seed: int) -> None:
    lattice, probabilities, weights = any_lattice(seed)
    _, shares = read_paths(lattice, probabilities, list(weights))
    wanted = np.zeros(len(lattice.candidates))
    for path, likelihood in likelihoods(lattice, probabilities, weights).items():
        wanted[list(path)] += likelihood
    np.testing.assert_allclose(shares, wanted, rtol=1e-9, atol=1e-12)


def brute_force(
    lattice: Lattice, probabilities: Probabilities, weights: Floats
) -> tuple[dict[str, float], dict[str, Path]]:
    """Each text's confidence, and the likeliest path that reads it."""
    confidences: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, Path]] = {}
    known = probabilities.astype(float)
    for path, likelihood in likelihoods(lattice, probabilities, weights).items():
        for labels in product(range(10), repeat=len(path)):
            text = "".join(map(str, labels))
            value = likelihood * math.prod(known[i, k] for i, k in zip(path, labels, strict=True))
            confidences[text] += value
            best[text] = max(best.get(text, (0.0, path)), (value, path))
    return confidences, {text: path for text, (_, path) in best.items()}


def small_lattices() -> list[int]:
    return [seed for seed in SEEDS if seed % 5 < 3]  # with 10 labels, 4 pieces read 10,000 texts


@pytest.mark.parametrize("seed", small_lattices())
def test_confidences_are_those_of_all_paths_and_labels(seed: int, unpruned: None) -> None:
    lattice, probabilities, weights = any_lattice(seed)
    hypotheses, _ = read_paths(lattice, probabilities, list(weights))
    wanted, paths = brute_force(lattice, probabilities, weights)
    assert {h.text for h in hypotheses} == set(wanted)
    assert len(hypotheses) == len(wanted)
    for found in hypotheses:
        assert found.confidence == pytest.approx(wanted[found.text], rel=1e-9, abs=1e-12)
        assert found.path == paths[found.text]
    confidences = [h.confidence for h in hypotheses]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_few_labels_are_followed_and_none_is_overrated(seed: int) -> None:
    lattice, probabilities, weights = any_lattice(seed)
    hypotheses, _ = read_paths(lattice, probabilities, list(weights))
    if lattice.pieces < 4:
        wanted, _ = brute_force(lattice, probabilities, weights)
        assert all(h.confidence <= wanted[h.text] * (1 + 1e-9) for h in hypotheses)
    assert 0 < sum(h.confidence for h in hypotheses) <= 1 + 1e-9
    paths = set(all_paths(lattice))
    assert all(h.path in paths and len(h.path) == len(h.text) for h in hypotheses)
    assert len({h.text for h in hypotheses}) == len(hypotheses)


@pytest.mark.parametrize("seed", SEEDS)
def test_moments_are_those_of_all_paths(seed: int) -> None:
    lattice, probabilities, weights = any_lattice(seed)
    known = features(lattice, probabilities)
    log, mean, covariance = moments(lattice, known, weights)
    paths = all_paths(lattice)
    sums = np.array([known[list(path)].sum(axis=0) for path in paths])
    worth = sums @ weights
    likelihood = np.exp(worth) / np.exp(worth).sum()
    assert log == pytest.approx(np.log(np.exp(worth).sum()), abs=1e-9)
    expected = likelihood @ sums
    np.testing.assert_allclose(mean, expected, atol=1e-9)
    apart = sums - expected
    np.testing.assert_allclose(covariance, (apart.T * likelihood) @ apart, atol=1e-8)


def test_one_candidate_is_what_the_network_says() -> None:
    rng = np.random.default_rng(3)
    lattice = made([(0,)], 1, rng)
    (said,) = probabilities = any_probabilities(1, rng)
    hypotheses, shares = read_paths(lattice, probabilities, list(rng.normal(0, 5, len(FEATURES))))
    assert shares.tolist() == [1]
    assert {h.path for h in hypotheses} == {(0,)}
    assert [h.text for h in hypotheses] == [str(k) for k in np.argsort(-said[:10])[: module.LABELS]]
    np.testing.assert_allclose([h.confidence for h in hypotheses],
                               [said[int(h.text)] for h in hypotheses], rtol=1e-9)  # fmt: skip


def test_features_are_geometry_and_what_the_network_says() -> None:
    rng = np.random.default_rng(4)
    lattice = made([(0,), (1,), (0, 1)], 2, rng)
    said = any_probabilities(3, rng)
    found = features(lattice, said)
    assert found.shape == (3, len(FEATURES))
    known = said.astype(float)
    np.testing.assert_allclose(found[:, :-5], [c.geometry for c in lattice.candidates])
    assert (*Geometry._fields, "doubt", "trust", "vague", "one", "low one") == FEATURES
    doubt, trust, vague, one, low_one = found[:, -5:].T
    np.testing.assert_allclose(doubt, -np.log(1 - known[:, 10]))
    np.testing.assert_allclose(trust, -np.log(known[:, 10]))
    np.testing.assert_allclose(vague, -np.log(known[:, :10].max(axis=1) / known[:, :10].sum(1)))
    np.testing.assert_allclose(one, known[:, 1])
    low = [c.geometry.low for c in lattice.candidates]
    np.testing.assert_allclose(low_one, known[:, 1] * low)


def test_a_network_that_is_certain_is_no_infinity() -> None:
    lattice = made([(0,), (1,), (0, 1)], 2, np.random.default_rng(5))
    certain = np.eye(11, dtype=np.float32)[[10, 3, 10]]
    assert (
        np.abs(features(lattice, certain)[:, len(Geometry._fields) :]).max()
        <= -np.log(FLOOR) + 1e-9
    )
    hypotheses, shares = read_paths(lattice, certain, [1.0] * len(FEATURES))
    assert np.isfinite(shares).all()
    assert all(0 <= h.confidence <= FLOOR for h in hypotheses)


def long(pieces: int, rng: np.random.Generator) -> Lattice:
    groups = [
        tuple(range(i, j)) for i in range(pieces) for j in range(i + 1, min(i + 8, pieces) + 1)
    ]
    groups += [(i, i + 2) for i in range(pieces - 2)]
    return made(groups, pieces, rng)


@pytest.mark.parametrize("pieces", [20, 40, 80])
def test_long_lattices_are_read(pieces: int) -> None:
    rng = np.random.default_rng(pieces)
    lattice = long(pieces, rng)
    said = np.full((len(lattice.candidates), 11), 0.002, np.float32)
    for number, candidate in enumerate(lattice.candidates):
        alone = candidate.pieces.bit_count() == 1
        said[number, _lowest(candidate).bit_length() % 10 if alone else 10] = 0.98
    weights = [{"doubt": -5.0, "vague": -5.0}.get(name, 0.0) for name in FEATURES]
    hypotheses, shares = read_paths(lattice, said, weights)
    best: Hypothesis = hypotheses[0]
    assert best.text == "".join(str((piece + 1) % 10) for piece in range(pieces))
    assert [lattice.candidates[i].pieces for i in best.path] == [1 << i for i in range(pieces)]
    assert shares[list(best.path)].min() > 0.9
    assert sum(h.confidence for h in hypotheses) <= 1 + 1e-9
    log, mean, covariance = moments(lattice, features(lattice, said), np.array(weights))
    assert np.isfinite(log)
    assert np.isfinite(mean).all()
    assert np.linalg.eigvalsh(covariance).min() > -1e-6
