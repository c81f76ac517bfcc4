"""The shipped networks, loaded once."""

from functools import cache

from digitpad.network.runtime import PaperNetwork


@cache
def paper() -> PaperNetwork:
    """What tells ink from paper."""
    return PaperNetwork()
