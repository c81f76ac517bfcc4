"""What stands on a made line: a pattern of digits, signs, letters and strikes."""

from collections.abc import Sequence

import numpy as np

from digitpad.labels import OTHER, SIGNS

DIGIT = "d"  # in a pattern: any digit of the hand
LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12)
SHARES = (0.24, 0.16, 0.14, 0.13, 0.12, 0.08, 0.06, 0.04, 0.02, 0.01)  # of lines so long

PLAIN = 0.45  # share of lines with digits alone
LETTERS = 0.12  # share with letters, of which LONELY have no digit
LONELY = 0.2

Pattern = list[str]


def draw_pattern(rng: np.random.Generator, sign: str | None = None) -> Pattern:
    """Return tokens from left to right, DIGIT standing for any digit.

    `sign` asks for a line that has it; else digits alone, with signs, or with letters.
    """
    digits = [DIGIT] * int(rng.choice(LENGTHS, p=SHARES))
    if sign is not None:
        return _with_sign(digits, sign, rng)
    chance = rng.random()
    if chance < PLAIN:
        return digits
    if chance < PLAIN + LETTERS:
        return _with_letters(digits, rng)
    return _with_sign(digits, SIGNS[int(rng.integers(len(SIGNS)))], rng)


def _with_sign(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    """Put a sign where people put it; one in eight stands anywhere."""
    n = len(digits)
    if rng.random() < 0.12:
        return _insert(digits, [int(rng.integers(n + 1))], sign)
    inside = int(rng.integers(1, n)) if n > 1 else 0
    if sign in ".,":
        if n > 3 and rng.random() < 0.3:  # between thousands, with or without a decimal part
            ends = [n - 3] if rng.random() < 0.5 else list(range(n - 3, 0, -3))
            return _insert(digits, ends, sign)
        return _insert(digits, [inside if n > 1 else int(rng.integers(2))], sign)
    if sign in "+-":
        if rng.random() < 0.65:
            signed = _insert(digits, [0], sign)
            return _insert(signed, [inside + 1], ".,"[rng.integers(2)]) if n > 1 else signed
        places = [inside] if n < 5 or rng.random() < 0.6 else [n - 2, 2]
        return _insert(digits, places, sign) if n > 1 else [*digits, sign]
    if sign in "()":
        if rng.random() < 0.8:
            return ["(", *digits, ")"]
        return [*digits, ")"] if rng.random() < 0.7 else ["(", *digits]
    if sign == "%":
        return [*digits, sign]
    if sign == "#":
        around = [sign, *digits, sign] if rng.random() < 0.5 else [sign, *digits]
        return [*digits, sign] if rng.random() < 0.25 else around
    if sign == "=":
        return [*digits, sign] if n < 2 or rng.random() < 0.4 else _insert(digits, [inside], sign)
    return _insert(digits, [inside], sign) if n > 1 else [*digits, sign]  # / and :


def _with_letters(digits: Pattern, rng: np.random.Generator) -> Pattern:
    """Put one to three letters before, after or between the digits, or alone."""
    letters = [OTHER] * int(rng.integers(1, 4))
    if rng.random() < LONELY:
        return letters
    place = (0, len(digits), int(rng.integers(len(digits) + 1)))[int(rng.integers(3))]
    return [*digits[:place], *letters, *digits[place:]]


def _insert(tokens: Pattern, places: Sequence[int], sign: str) -> Pattern:
    for place in sorted(places, reverse=True):
        tokens = [*tokens[:place], sign, *tokens[place:]]
    return tokens
