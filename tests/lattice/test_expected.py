"""Paths whose texts are expected, against brute force: all paths, digits and signs."""

from collections import defaultdict
from itertools import product

import numpy as np
import pytest

from digitpad.expect import Format
from digitpad.lattice import decode, expected
from digitpad.lattice.decode import Floats, Lattice, read_paths
from digitpad.lattice.expected import Between, read_expected
from digitpad.network.manifest import FEATURES
from tests.lattice.test_decode import Probabilities, any_lattice, likelihoods, made

FORMATS = [
    Format(pattern=r"\d{2}"),
    Format(pattern=r"[1-3]\d*"),
    Format(pattern=r"\d*[.,]?\d+-?"),
    Format(pattern=r"-?\d+\.\d"),
    Format(checksum="luhn"),
    Format(min=10, max=250),
]
SIGNS = [[], [Between(0, {"-": 1.0})], [Between(1, {".": 1.0, ",": 0.3}), Between(9, {"-": 0.5})]]


def by_hand(
    lattice: Lattice, probabilities: Probabilities, weights: Floats, signs: list[Between]
) -> dict[str, float]:
    """How likely each text is, of all paths, digits and ways to read the signs."""
    found: dict[str, float] = defaultdict(float)
    for path, share in likelihoods(lattice, probabilities, weights).items():
        tokens: list[dict[str, float]] = []
        done = 0
        for number in path:
            first = decode.lowest(lattice.candidates[number].pieces)
            while done < len(signs) and signs[done].place <= first:
                tokens.append(dict(signs[done].likely))
                done += 1
            own = probabilities[number, :10].tolist()
            likely = sorted(zip("0123456789", own, strict=True), key=lambda pair: -pair[1])[:3]
            tokens.append(dict(likely))
        tokens += [dict(sign.likely) for sign in signs[done:]]
        for symbols in product(*tokens):
            likelihood = share
            for token, symbol in zip(tokens, symbols, strict=True):
                likelihood *= token[symbol]
            found["".join(symbols)] += likelihood
    return found


def few_digits(probabilities: Probabilities) -> Probabilities:
    """Leave the three likeliest digits of each candidate: by hand, ten take for ever."""
    few = probabilities.copy()
    lost = np.argsort(-few[:, :10], axis=1)[:, 3:]
    np.put_along_axis(few, lost, 0, axis=1)
    return few


@pytest.mark.parametrize("seed", range(24))
def test_texts_and_shares_are_those_of_all_paths(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected, "NEGLIGIBLE", -np.inf)
    lattice, probabilities, weights = any_lattice(seed)
    probabilities = few_digits(probabilities)
    wanted = FORMATS[seed % len(FORMATS)]
    signs = [s._replace(place=min(s.place, lattice.pieces)) for s in SIGNS[seed % len(SIGNS)]]
    texts = by_hand(lattice, probabilities, weights, signs)
    fitting = {text: share for text, share in texts.items() if wanted.accepts(text)}
    found, _, whole = read_expected(
        lattice, probabilities, weights.tolist(), signs, wanted.automaton
    )
    assert whole == pytest.approx(sum(fitting.values()), abs=1e-9)
    likeliest = sorted(fitting.values(), reverse=True)
    assert [h.confidence for h in found[:5]] == pytest.approx(likeliest[:5], rel=1e-6)
    for hypothesis in found[:5]:
        assert hypothesis.confidence == pytest.approx(fitting[hypothesis.text], rel=1e-6)
        used = [lattice.candidates[number].pieces for number in hypothesis.path]
        assert sum(used) == lattice.whole
    assert all(wanted.accepts(h.text) for h in found)


@pytest.mark.parametrize("seed", range(12))
def test_where_all_is_expected_it_is_as_without(seed: int) -> None:
    lattice, probabilities, weights = any_lattice(seed)
    free, shares = read_paths(lattice, probabilities, weights.tolist())
    found, same, whole = read_expected(
        lattice, probabilities, weights.tolist(), [], Format(pattern=".*").automaton
    )
    assert (found[0].text, found[0].path) == (free[0].text, free[0].path)
    assert found[0].confidence == pytest.approx(free[0].confidence, rel=1e-2)
    assert same == pytest.approx(shares)
    assert whole <= 1 + 1e-9


def test_a_check_digit_is_seen_through_the_beam() -> None:
    """The text that fits differs in one digit of sixteen, and is not among the likeliest."""
    assert decode.BEAM < 16
    lattice = made([(n,) for n in range(16)], 16, np.random.default_rng(0))
    probabilities = np.full((16, 11), 1e-3, np.float32)
    for number, digit in enumerate("4111111111111111"):
        probabilities[number, int(digit)] = 0.98
    probabilities[9, :10] = 0.04
    probabilities[9, 7], probabilities[9, 1] = 0.6, 0.2  # it looks like a seven
    wanted = Format(pattern=r"\d{16}", checksum="luhn")
    (best, *_), _, whole = read_expected(
        lattice, probabilities, [0.0] * len(FEATURES), [], wanted.automaton
    )
    assert best.text == "4111111111111111"
    assert best.confidence < whole < 0.5


def test_nothing_is_found_where_nothing_can_fit() -> None:
    lattice, probabilities, weights = any_lattice(1)
    found, _, whole = read_expected(
        lattice, probabilities, weights.tolist(), [], Format(pattern=r"\d{9}").automaton
    )
    assert (found, whole) == ([], 0.0)
