"""How many connections each process of the site holds, which all of them know."""

import mmap

PLACES = 64  # processes whose counts are kept apart; of more, some share one


class Held:
    """Counts in memory that a process shares with those it forks: made before it forks them."""

    def __init__(self) -> None:
        """Begin with no process."""
        self._counts = memoryview(mmap.mmap(-1, 4 * PLACES)).cast("I")  # 0: none, else one more

    def tell(self, age: int, count: int) -> None:
        """Say how many connections a process holds, known by its age."""
        self._counts[age % PLACES] = count + 1

    def leave(self, age: int) -> None:
        """Forget a process that has ended."""
        self._counts[age % PLACES] = 0

    @property
    def fewest(self) -> int:
        """How many the process holds that holds the fewest."""
        return min((count - 1 for count in self._counts if count), default=0)


HELD = Held()
