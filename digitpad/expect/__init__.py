"""What a form expects: patterns, ranges and check digits, as one automaton of texts."""

from digitpad.expect.checks import CheckDigits
from digitpad.expect.format import NAMED, Format, Name, named

__all__ = ["NAMED", "CheckDigits", "Format", "Name", "named"]
