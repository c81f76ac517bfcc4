"""What stands on a made line: a pattern of digits, signs, letters and strikes."""

from collections.abc import Callable, Mapping, Sequence

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

    `sign` asks for a line that has it, or letters if it is OTHER; else there are digits alone,
    with signs, or with letters.
    """
    digits = [DIGIT] * int(rng.choice(LENGTHS, p=SHARES))
    if sign is not None:
        return _with_letters(digits, rng) if sign == OTHER else _with_sign(digits, sign, rng)
    chance = rng.random()
    if chance < PLAIN:
        return digits
    if chance < PLAIN + LETTERS:
        return _with_letters(digits, rng)
    return _with_sign(digits, SIGNS[int(rng.integers(len(SIGNS)))], rng)


def _with_sign(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    """Put a sign where people put it; one in eight stands anywhere."""
    if rng.random() < 0.12:
        return _insert(digits, [int(rng.integers(len(digits) + 1))], sign)
    return _PLACES[sign](digits, sign, rng)


def _between(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    n = len(digits)
    return _insert(digits, [int(rng.integers(1, n))], sign) if n > 1 else [*digits, sign]


def _point(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    """Before decimals or between thousands."""
    n = len(digits)
    if n > 3 and rng.random() < 0.3:
        return _insert(digits, [n - 3] if rng.random() < 0.5 else list(range(n - 3, 0, -3)), sign)
    return _between(digits, sign, rng) if n > 1 else _insert(digits, [int(rng.integers(2))], sign)


def _minus(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    """Before a number that may have decimals, or once or twice between digits."""
    n = len(digits)
    if rng.random() < 0.65:
        return [sign, *(_between(digits, ".,"[rng.integers(2)], rng) if n > 1 else digits)]
    if n < 5 or rng.random() < 0.6:
        return _between(digits, sign, rng)
    return _insert(digits, [n - 2, 2], sign)


def _bracket(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    """Both around, or one alone."""
    if rng.random() < 0.8:
        return ["(", *digits, ")"]
    return [*digits, ")"] if rng.random() < 0.7 else ["(", *digits]


def _percent(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    return [*digits, sign]


def _number_sign(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    """Before, after, or around, as on a cheque."""
    kind = rng.integers(8)
    return [*digits, sign] if kind < 2 else [sign, *digits] if kind < 5 else [sign, *digits, sign]


def _equals(digits: Pattern, sign: str, rng: np.random.Generator) -> Pattern:
    return [*digits, sign] if rng.random() < 0.4 else _between(digits, sign, rng)


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


_PLACES: Mapping[str, Callable[[Pattern, str, np.random.Generator], Pattern]] = {
    **dict.fromkeys(".,", _point),
    **dict.fromkeys("+-", _minus),
    **dict.fromkeys("()", _bracket),
    **dict.fromkeys("/:", _between),
    "%": _percent,
    "#": _number_sign,
    "=": _equals,
}
