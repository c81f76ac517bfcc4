"""Patterns have what is asked for, where people put it."""

import numpy as np
import pytest

from digitpad.labels import OTHER, SIGNS
from digitpad.train.samples.texts import DIGIT, LENGTHS, SHARES, draw_pattern


def patterns(sign: str | None, count: int = 200) -> list[list[str]]:
    return [draw_pattern(np.random.default_rng(seed), sign) for seed in range(count)]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_that_is_asked_for_is_there(sign: str) -> None:
    for pattern in patterns(sign):
        assert sign in pattern or (sign in "()" and {"(", ")"} & set(pattern))
        assert DIGIT in pattern
        assert set(pattern) <= {DIGIT, *SIGNS}


def test_letters_stand_beside_digits_or_alone() -> None:
    found = patterns(OTHER)
    assert all(OTHER in pattern for pattern in found)
    assert any(set(pattern) == {OTHER} for pattern in found)
    assert any(pattern[0] == OTHER and DIGIT in pattern for pattern in found)
    assert any(pattern[-1] == OTHER and DIGIT in pattern for pattern in found)


def test_without_a_wish_there_is_everything() -> None:
    found = patterns(None, 2_000)
    assert {token for pattern in found for token in pattern} == {DIGIT, OTHER, *SIGNS}
    plain = sum(set(pattern) == {DIGIT} for pattern in found)
    assert 800 < plain < 1_000
    assert sum(SHARES) == pytest.approx(1)
    assert {len(p) for p in found if set(p) == {DIGIT}} <= set(LENGTHS)


def test_percent_ends_and_brackets_go_around() -> None:
    last = [pattern[-1] == "%" for pattern in patterns("%")]
    around = [pattern[0] == "(" and pattern[-1] == ")" for pattern in patterns("(")]
    assert np.mean(last) > 0.85
    assert np.mean(around) > 0.6
