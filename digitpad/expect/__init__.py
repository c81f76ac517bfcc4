"""What a form expects: patterns, ranges and check digits, as one automaton of texts."""

from digitpad.expect.checks import CheckDigits
from digitpad.expect.format import (
    EXPECTED,
    NAMED,
    Expect,
    Format,
    Mode,
    Name,
    Plain,
    named,
    to_plain,
)

__all__ = [
    "EXPECTED",
    "NAMED",
    "CheckDigits",
    "Expect",
    "Format",
    "Mode",
    "Name",
    "Plain",
    "named",
    "to_plain",
]
