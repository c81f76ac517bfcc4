"""What a form expects to be written in a field."""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from digitpad.errors import InvalidInput
from digitpad.expect.automaton import Automaton, Machine, compile_all
from digitpad.expect.checks import CHECKSUMS, CheckDigits, Length, Range, Step
from digitpad.expect.pattern import Pattern

Mode = Literal["digit", "number"]
Name = Literal["decimal", "date", "time", "amount", "postcode-de", "postcode-us", "card", "ean"]
NAMED: tuple[Name, ...] = get_args(Name)  # formats that have a name
Number = Decimal | int | float | str
MOST_DIGITS = 20  # before a bound's point, and after it
REMEMBERED = 64  # formats whose automata are kept: a site's forms have so many fields
WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905


@dataclass(frozen=True)
class Format:
    """What a form expects: a text fits when it fits everything that is given.

    `pattern` is a regular expression as HTML's inputs have it, from end to end: digits, the signs
    that are read, classes, groups, alternatives, repetition. `min`, `max` and `step`, counted from
    `min` or 0, make it a number with at most a minus before it and one point or comma. `minlength`
    and `maxlength` count digits and signs. `checksum` is "luhn", "ean", "mod11" or "mod97". Raises
    InvalidInput, which names the place, for what cannot be compiled.
    """

    pattern: str | None = None
    min: Number | None = None
    max: Number | None = None
    step: Number | None = None
    minlength: int | None = None
    maxlength: int | None = None
    checksum: CheckDigits | None = None

    def __post_init__(self) -> None:
        """Check it all: a format that exists can be read."""
        for name in ("min", "max", "step"):
            object.__setattr__(self, name, _number(name, getattr(self, name)))
        for name in ("minlength", "maxlength"):
            length = getattr(self, name)
            if length is not None and (type(length) is not int or length < 0):
                raise InvalidInput(f"{name}: expected a whole number from 0 on, found {length!r}")
        if self.step is not None and not Decimal(self.step) > 0:
            raise InvalidInput(f"step: expected a number above 0, found {self.step}")
        if self.checksum is not None and self.checksum not in CHECKSUMS:
            raise InvalidInput(
                f"checksum: expected one of {', '.join(CHECKSUMS)}; found {self.checksum!r}"
            )
        if all(getattr(self, field.name) is None for field in fields(self)):
            raise InvalidInput(
                f"expected at least one of {', '.join(field.name for field in fields(self))}"
            )
        self.automaton  # noqa: B018

    @property
    def automaton(self) -> Automaton:
        """All texts that fit, as a table."""
        return _compile(self)

    def accepts(self, text: str) -> bool:
        """Whether a text, of digits and signs, fits."""
        return self.automaton.accepts(text)

    @property
    def machines(self) -> dict[str, Machine]:
        """What a text must fit, by what is wrong with one that does not.

        Made anew: a pattern's remembers all that was asked of it, a hundred times its table.
        """
        low, high = (None if b is None else Decimal(b) for b in (self.min, self.max))
        found: dict[str, Machine] = {}
        if self.pattern is not None:
            found["pattern"] = Pattern(self.pattern)
        if self.minlength is not None or self.maxlength is not None:
            found["length"] = Length(self.minlength or 0, self.maxlength)
        if low is not None or high is not None or self.step is not None:
            found["range"] = Range(low, high)
        if self.step is not None:
            found["step"] = Step(Decimal(self.step), low or Decimal())
        if self.checksum is not None:
            found["checksum"] = CHECKSUMS[self.checksum]
        return found

    def misfit(self, text: str) -> str:
        """Say why a text, of digits and signs, does not fit."""
        wrong = [kind for kind, machine in self.machines.items() if not _accepts(machine, text)]
        shortest, longest = self.automaton.lengths
        if text.isdigit() and not shortest <= len(text) <= (longest or len(text)):
            return f"it looks like {_count(len(text))}; {_expected(shortest, longest)} expected"
        match wrong:
            case ["range", *_]:
                bound = Range(None, None if self.max is None else Decimal(self.max))
                if _accepts(bound, text):
                    return f"it looks like {text}; at least {self.min} is expected"
                return f"it looks like {text}; at most {self.max} is expected"
            case ["step", *_]:
                return f"it looks like {text}; steps of {self.step} are expected"
            case ["checksum", *_]:
                return f"it looks like {text}, whose check digit is another"
            case _:
                return f"it looks like {text}, which is not what is expected"


Expect = Mode | Name | Format
EXPECTED: tuple[Mode | Name, ...] = (*get_args(Mode), *NAMED)


Plain = str | dict[str, Any]  # what is expected, as JSON has it: a name or an object


def to_plain(expect: Expect) -> Plain:
    """Return what is expected for JSON: a name, or the parts of a format that are given."""
    if not isinstance(expect, Format):
        return expect
    given = {field.name: getattr(expect, field.name) for field in fields(expect)}
    return {
        name: value if isinstance(value, str | int) else float(value)
        for name, value in given.items()
        if value is not None
    }


@lru_cache(REMEMBERED)
def _compile(format_: Format) -> Automaton:
    return compile_all(list(format_.machines.values()))


_NAMED: Mapping[Name, Mapping[str, Any]] = {
    "decimal": {"pattern": r"-?(\d+[.,]?\d*|[.,]\d+)"},
    "date": {  # day, month, year; a month has its days
        "pattern": r"((0?[1-9]|[12]\d)\.(0?[1-9]|1[0-2])|30\.(0?[13-9]|1[0-2])"
        r"|31\.(0?[13578]|1[02]))\.(19|20)\d\d"
    },
    "time": {"pattern": r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"},
    "amount": {"pattern": r"-?((\d+|\d{1,3}(\.\d{3})+),\d\d|(\d+|\d{1,3}(,\d{3})+)\.\d\d)"},
    "postcode-de": {"pattern": r"(0[1-9]|[1-9]\d)\d{3}"},
    "postcode-us": {"pattern": r"\d{5}(-\d{4})?"},
    "card": {"pattern": r"\d{12,19}", "checksum": "luhn"},
    "ean": {"pattern": r"\d{8}|\d{13}", "checksum": "ean"},
}


@cache
def named(name: Name) -> Format:
    """Return one of the formats that have a name, NAMED."""
    return Format(**_NAMED[name])


def _number(name: str, value: Number | None) -> Decimal | None:
    if value is None:
        return None
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        number = Decimal(str(value))
        exponent = number.as_tuple().exponent
        if not number.is_finite() or max(number.adjusted() + 1, -int(exponent)) > MOST_DIGITS:
            raise InvalidOperation
    except InvalidOperation:
        raise InvalidInput(
            f"{name}: expected a number of at most {MOST_DIGITS} digits before its point and "
            f"after it, found {reprlib.repr(value)}"
        ) from None
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def _accepts(machine: Machine, text: str) -> bool:
    state = machine.start
    for symbol in text:
        state = machine.step(state, symbol)
        if state is None:
            return False
    return machine.accepts(state)


def _count(digits: int) -> str:
    return f"{_word(digits)} digit{'' if digits == 1 else 's'}"


def _expected(shortest: int, longest: int | None) -> str:
    if longest is None:
        return f"at least {_word(shortest)} are"
    if shortest == longest:
        return f"{_word(shortest)} {'is' if shortest == 1 else 'are'}"
    return f"{_word(shortest)} to {_word(longest)} are"


def _word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)
