"""How long the stages of a request take, for whoever asks; nobody asks in a library's use."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

Spent = dict[str, float]  # s by stage
_spent: ContextVar[Spent | None] = ContextVar("spent", default=None)


@contextmanager
def measured() -> Iterator[Spent]:
    """Give what the stages within the block take; it is filled as they end."""
    spent: Spent = {}
    token = _spent.set(spent)
    try:
        yield spent
    finally:
        _spent.reset(token)


class stage:  # noqa: N801  a context manager; written as a class, which costs half a microsecond
    """Counts the time in its block for the stage `name`."""

    __slots__ = ("_begin", "_name")

    def __init__(self, name: str) -> None:
        """Count for this stage: parse, picture, network, lattice or store."""
        self._name = name

    def __enter__(self) -> None:
        """Begin."""
        self._begin = perf_counter()

    def __exit__(self, *_: object) -> None:
        """End."""
        if (spent := _spent.get()) is not None:
            spent[self._name] = spent.get(self._name, 0.0) + perf_counter() - self._begin
