"""What a number must satisfy beside its pattern, each as a machine of few states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

from digitpad.labels import DIGITS

Pair = tuple[int, int]


@dataclass(frozen=True)
class Length:
    """Texts of at least `least` and at most `most` symbols."""

    least: int
    most: int | None

    start = 0

    def step(self, state: int, symbol: str) -> int | None:
        """Count; beyond what matters, no further."""
        if self.most is None:
            return min(state + 1, self.least)
        return state + 1 if state < self.most else None

    def accepts(self, state: int) -> bool:
        """Whether it is long enough."""
        return state >= self.least


class _Order(NamedTuple):
    """How a number's digits compare with a bound's, as far as they were read."""

    whole: int = 0  # significant digits before the point, one more than the bound's at most
    sign: int = 0  # -1, 0, 1: less, equal, more, so far
    part: int = -1  # digits after the point; -1 before it


@dataclass(frozen=True)
class _Bound:
    """A number's size, and how other sizes compare with it."""

    whole: str  # digits before the point, without leading zeros
    part: str  # digits after it, without trailing zeros

    @classmethod
    def of(cls, value: Decimal) -> "_Bound":
        whole, _, part = f"{abs(value):f}".partition(".")
        return cls(whole.lstrip("0"), part.rstrip("0"))

    def step(self, state: _Order, digit: str) -> _Order:
        whole, sign, part = state
        if part < 0:
            if whole == 0 and digit == "0":
                return state  # a leading zero
            if sign == 0 and whole < len(self.whole):
                sign = _compare(digit, self.whole[whole])
            return _Order(min(whole + 1, len(self.whole) + 1), sign)
        if sign == 0:
            sign = _compare(digit, self.part[part] if part < len(self.part) else "0")
        return _Order(whole, sign, min(part + 1, len(self.part)))

    def point(self, state: _Order) -> _Order:
        """Return the state after the point: only numbers of as many digits are still equal."""
        whole, sign, _ = state
        if whole != len(self.whole):
            sign = _compare(whole, len(self.whole))
        return _Order(len(self.whole), sign, 0)

    def compare(self, state: _Order) -> int:
        """Return -1, 0 or 1: the number is less than the bound, the same or more."""
        _, sign, part = self.point(state) if state.part < 0 else state
        return sign or -(part < len(self.part))


class _Value(NamedTuple):
    """What is known of a number while it is read."""

    negative: bool = False
    read: int = 0  # 0 nothing, 1 a minus, 2 a digit, 3 a point with no digit before, 4 with one
    low: _Order = _Order()
    high: _Order = _Order()


@dataclass(frozen=True)
class Range:
    """Numbers, with a minus and a point or comma at most, from `low` to `high`."""

    low: Decimal | None
    high: Decimal | None

    start = _Value()

    def step(self, state: _Value, symbol: str) -> _Value | None:
        """Compare the number with both bounds, a digit at a time."""
        negative, read, low, high = state
        lowest, highest = self._bounds
        if symbol == "-":
            return _Value(True, 1) if read == 0 else None
        if symbol in ".,":
            at = {0: 3, 1: 3, 2: 4}.get(read)
            return (
                None if at is None else _Value(negative, at, lowest.point(low), highest.point(high))
            )
        if symbol not in DIGITS:
            return None
        after = 2 if read < 2 else 4 if read == 3 else read
        return _Value(negative, after, lowest.step(low, symbol), highest.step(high, symbol))

    @cached_property
    def _bounds(self) -> tuple[_Bound, _Bound]:
        return _Bound.of(self.low or Decimal()), _Bound.of(self.high or Decimal())

    def accepts(self, state: _Value) -> bool:
        """Whether it is a number between the bounds."""
        return (
            state.read in (2, 4)
            and (self.low is None or _order(state.negative, state.low, self.low) >= 0)
            and (self.high is None or _order(state.negative, state.high, self.high) <= 0)
        )


class _Rest(NamedTuple):
    negative: bool = False
    rest: int = 0  # of the number's size, in the unit of the smallest digit that counts
    part: int = -1  # digits after the point; -1 before it


@dataclass(frozen=True)
class Step:
    """Numbers that are `base` and any number of steps away from it."""

    step_size: Decimal  # above 0
    base: Decimal

    start = _Rest()

    @cached_property
    def _digits(self) -> int:
        """Digits after the point that count."""
        decimals = [value.normalize().as_tuple().exponent for value in (self.step_size, self.base)]
        return max(0, *(-int(exponent) for exponent in decimals))

    def step(self, state: _Rest, symbol: str) -> _Rest | None:
        """Divide, a digit at a time."""
        if symbol == "-":
            return _Rest(True)
        if symbol in ".,":
            return state._replace(part=0)
        if symbol not in DIGITS:
            return None
        if state.part == self._digits:
            return state if symbol == "0" else None  # between two steps
        rest = (10 * state.rest + int(symbol)) % self._size
        return _Rest(state.negative, rest, state.part + (state.part >= 0))

    def accepts(self, state: _Rest) -> bool:
        """Whether nothing is left."""
        size: int = state.rest * 10 ** (self._digits - max(state.part, 0))
        value = -size if state.negative else size
        return (value - self._whole(self.base)) % self._size == 0

    @cached_property
    def _size(self) -> int:
        return self._whole(self.step_size)

    def _whole(self, value: Decimal) -> int:
        return int(value.scaleb(self._digits))


@dataclass(frozen=True)
class Checksum:
    """Numbers whose last digit, or two, follow from the others; signs between them do not count."""

    first: Any
    add: Callable[[Any, int], Any]  # the state after another digit
    right: Callable[[Any], bool]

    @property
    def start(self) -> Any:
        """The state before any digit; none is no number."""
        return None, self.first

    def step(self, state: Any, symbol: str) -> Any:
        """Take a digit in."""
        return ("", self.add(state[1], int(symbol))) if symbol in DIGITS else state

    def accepts(self, state: Any) -> bool:
        """Whether the digits fit each other."""
        return state[0] is not None and bool(self.right(state[1]))


def _luhn(sums: Pair, digit: int) -> Pair:
    """Return the sums with this digit as it is, and doubled: what comes next decides which."""
    plain, doubled = sums
    twice = 2 * digit - 9 * (digit > 4)
    return (doubled + digit) % 10, (plain + twice) % 10


def _ean(sums: Pair, digit: int) -> Pair:
    once, thrice = sums
    return (thrice + digit) % 10, (once + 3 * digit) % 10


def _mod11(sums: Pair, digit: int) -> Pair:
    """Return the sum of digits, and of all such sums: from the right they count 1, 2, 3 …"""
    plain, weighed = sums
    return (plain + digit) % 11, (weighed + plain + digit) % 11


CheckDigits = Literal["luhn", "ean", "mod11", "mod97"]
CHECKSUMS: Mapping[CheckDigits, Checksum] = {
    "luhn": Checksum((0, 0), _luhn, lambda sums: bool(sums[0] == 0)),  # ISO/IEC 7812-1, annex B
    "ean": Checksum((0, 0), _ean, lambda sums: bool(sums[0] == 0)),  # GS1's, of EAN and ISBN-13
    "mod11": Checksum((0, 0), _mod11, lambda sums: bool(sums[1] == 0)),  # that of ISBN-10
    "mod97": Checksum(0, lambda rest, d: (10 * rest + d) % 97, lambda rest: bool(rest == 1)),
}  # the last is ISO 7064's MOD 97-10


def _compare(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def _order(negative: bool, state: _Order, bound: Decimal) -> int:
    """Return -1, 0 or 1: how a number compares with a bound."""
    size = _Bound.of(bound).compare(state)
    if negative:
        return -size if bound <= 0 else -1
    return size if bound >= 0 else 1
