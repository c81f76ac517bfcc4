"""Ranges, steps, lengths and check digits, against arithmetic."""

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitpad.expect.automaton import Automaton, compile_all
from digitpad.expect.checks import CHECKSUMS, CheckDigits, Length, Range, Step
from digitpad.expect.pattern import Pattern

NUMBER = re.compile(r"-?(\d+[.,]?\d*|[.,]\d+)")
TEXTS = ["".join(text) for size in range(5) for text in product("0129.,-", repeat=size)]
CARDS = ["4111111111111111", "5500005555555559", "79927398713"]


def value_of(text: str) -> Decimal | None:
    """The number that a text is, or None."""
    return Decimal(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def accepted(automaton: Automaton) -> set[str]:
    return {text for text in TEXTS if automaton.accepts(text)}


@pytest.mark.parametrize(
    ("low", "high"),
    [("0", "100"), (None, "2.5"), ("-1.2", "0.1"), ("0.05", None), ("-20", "-1"), ("0", "0")],
)
def test_a_range_has_the_numbers_between_its_bounds(low: str | None, high: str | None) -> None:
    low_, high_ = (None if bound is None else Decimal(bound) for bound in (low, high))
    fitting = {
        text
        for text in TEXTS
        if (value := value_of(text)) is not None
        and (low_ is None or value >= low_)
        and (high_ is None or value <= high_)
    }
    assert accepted(compile_all([Range(low_, high_)])) == fitting
    assert fitting


@pytest.mark.parametrize(
    ("size", "base"), [("5", "0"), ("0.5", "0"), ("0.25", "0.1"), ("3", "-1"), ("10", "2")]
)
def test_steps_are_counted_from_their_base(size: str, base: str) -> None:
    step = Decimal(size)
    fitting = {
        text
        for text in TEXTS
        if (value := value_of(text)) is not None and (value - Decimal(base)) % step == 0
    }
    numbers = Range(None, None)
    assert accepted(compile_all([numbers, Step(step, Decimal(base))])) == fitting
    assert fitting


def test_a_length_counts_signs_too() -> None:
    automaton = compile_all([Length(2, 3)])
    assert [automaton.accepts(text) for text in ("1", "1-", "123", "1234")] == [
        False,
        True,
        True,
        False,
    ]
    assert compile_all([Length(2, None)]).lengths == (2, None)


def luhn(text: str) -> bool:
    """From the right, every other digit doubled, digits of the doubled ones added."""
    doubled = [
        int(d) if n % 2 == 0 else sum(divmod(2 * int(d), 10)) for n, d in enumerate(text[::-1])
    ]
    return sum(doubled) % 10 == 0


def ean(text: str) -> bool:
    """From the right, every other digit three times."""
    return sum(int(d) * (1 + 2 * (n % 2)) for n, d in enumerate(text[::-1])) % 10 == 0


def mod11(text: str) -> bool:
    """From the right, the digits times 1, 2, 3 …"""
    return sum(int(d) * (n + 1) for n, d in enumerate(text[::-1])) % 11 == 0


RULES: dict[str, Callable[[str], bool]] = {
    "luhn": luhn,
    "ean": ean,
    "mod11": mod11,
    "mod97": lambda text: int(text) % 97 == 1,
}
TABLES = {name: compile_all([Pattern(r"(\d|-){1,12}"), check]) for name, check in CHECKSUMS.items()}


@given(st.sampled_from(sorted(TABLES)), st.text("0123456789", min_size=1, max_size=11))
def test_check_digits_are_those_of_the_rule(name: CheckDigits, text: str) -> None:
    for last in "0123456789":
        assert TABLES[name].accepts(text + last) == RULES[name](text + last)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("luhn", card) for card in CARDS),
        ("ean", "4006381333931"),
        ("ean", "9780306406157"),
        ("mod11", "0306406152"),
        ("mod97", "3214282912345698765432161182"),
    ],
)
def test_numbers_that_are_known_to_be_right_are(name: CheckDigits, text: str) -> None:
    machine = CHECKSUMS[name]
    state = machine.start
    for symbol in text:
        state = machine.step(state, symbol)
    assert machine.accepts(state)


def test_signs_between_digits_do_not_count_and_no_digit_is_no_number() -> None:
    assert TABLES["mod11"].accepts("03064-06152")
    assert not any(table.accepts("-") for table in TABLES.values())
