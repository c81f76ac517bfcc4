"""Decoding is compared with the sum over every alignment, written out."""

from collections import defaultdict
from collections.abc import Hashable
from itertools import groupby, product

import numpy as np
import pytest

from digitpad.network.ctc import align, search


def every_text(posteriors: np.ndarray) -> dict[tuple[int, ...], float]:
    """The probability of each text, by going through all alignments."""
    found: dict[tuple[int, ...], float] = defaultdict(float)
    steps, labels = posteriors.shape
    for path in product(range(labels), repeat=steps):
        text = tuple(label for label, _ in groupby(path) if label)
        found[text] += float(np.prod(posteriors[np.arange(steps), list(path)]))
    return found


def rows(seed: int, steps: int = 6, labels: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(labels), steps)


@pytest.mark.parametrize("seed", range(8))
def test_a_texts_probability_is_the_sum_of_its_alignments(seed: int) -> None:
    posteriors = rows(seed)
    wanted = every_text(posteriors)
    found = search(posteriors, width=10_000)
    assert sum(np.exp(h.log_probability) for h in found) == pytest.approx(1, abs=1e-3)
    for hypothesis in found:
        assert np.exp(hypothesis.log_probability) == pytest.approx(
            wanted[hypothesis.tokens], abs=1e-3
        )
    assert found[0].tokens == max(wanted, key=lambda text: wanted[text])


def test_a_narrow_beam_finds_the_same_text() -> None:
    for seed in range(20):
        posteriors = rows(seed, steps=12) ** 3
        posteriors /= posteriors.sum(axis=1, keepdims=True)
        assert search(posteriors, 8)[0].tokens == search(posteriors, 10_000)[0].tokens


def test_long_lines_do_not_underflow() -> None:
    posteriors = np.full((1_000, 24), 0.5 / 23)
    posteriors[:, 0] = 0.5
    found = search(posteriors)
    assert found
    assert np.isfinite(found[0].log_probability)


class TwoTokens:
    """Allow texts of two tokens, the second larger than the first."""

    def start(self) -> Hashable:
        return ()

    def step(self, state: Hashable, token: int) -> Hashable | None:
        assert isinstance(state, tuple)
        follows = len(state) < 2 and (not state or token > state[-1])
        return (*state, token) if follows else None

    def accepts(self, state: Hashable) -> bool:
        assert isinstance(state, tuple)
        return len(state) == 2


def test_a_constraint_says_which_tokens_may_follow() -> None:
    posteriors = rows(3, labels=4)
    wanted: dict[tuple[int, ...], float] = {
        text: probability
        for text, probability in every_text(posteriors).items()
        if len(text) == 2 and text[0] < text[1]
    }
    found = search(posteriors, width=10_000, constraint=TwoTokens())
    assert {h.tokens for h in found} == set(wanted)
    for hypothesis in found:
        assert np.exp(hypothesis.log_probability) == pytest.approx(
            wanted[hypothesis.tokens], abs=1e-3
        )


def test_what_is_impossible_is_no_text() -> None:
    only_blank = np.zeros((4, 3))
    only_blank[:, 0] = 1
    assert [h.tokens for h in search(only_blank)] == [()]
    assert search(only_blank, constraint=TwoTokens()) == []


def test_alignment_finds_where_each_token_is_likeliest() -> None:
    posteriors = np.full((9, 3), 0.01)
    for step, label in enumerate([0, 1, 1, 0, 1, 0, 2, 2, 0]):
        posteriors[step, label] = 0.9
    posteriors[2, 1], posteriors[7, 2] = 0.95, 0.97
    assert align(posteriors, (1, 1, 2)) == [2, 4, 7]
    assert align(posteriors, ()) == []


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="2 tokens do not fit into 2 steps"):
        align(np.full((2, 3), 1 / 3), (1, 1))
