"""Processes know of each other how many connections they hold."""

import os

from digitpad.web.sharing import PLACES, Held


def test_the_fewest_is_of_those_that_are_there() -> None:
    held = Held()
    assert held.fewest == 0
    held.tell(1, 5)
    assert held.fewest == 5
    held.tell(2, 3)
    held.tell(PLACES + 3, 0)
    assert held.fewest == 0
    held.leave(PLACES + 3)
    assert held.fewest == 3
    held.tell(2, 7)
    assert held.fewest == 5


def test_a_process_that_was_forked_is_heard() -> None:
    held = Held()
    if (child := os.fork()) == 0:
        held.tell(7, 4)
        os._exit(0)
    os.waitpid(child, 0)
    assert held.fewest == 4
