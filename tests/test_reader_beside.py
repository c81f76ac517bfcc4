"""What stands beside digits is never read as a digit, surely: with the shipped networks."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest

from digitpad import Ink, Reader
from tests.drawings import placed, render, together

READER = Reader()
Strokes = Sequence[Sequence[tuple[float, float]]]

RING = [(85 + 150 * np.cos(a), 50 + 100 * np.sin(a)) for a in np.linspace(-1.4, 4.9, 60)]
ZIGZAG = [(105 + 12 * n, 5 + 90 * (n % 2)) for n in range(7)]
BESIDE: dict[str, tuple[Strokes, str]] = {  # at 35, whose digits are 100 high; what stands there
    "a point": ([[(82, 98), (83, 100)]], "3.5"),
    "a tap": ([[(82, 98)]], "3.5"),
    "a comma": ([[(84, 92), (84, 100), (78, 114)]], "3,5"),
    "a minus": ([[(-60, 52), (-40, 51), (-22, 52)]], "-35"),
    "a colon": ([[(82, 40), (83, 42)], [(82, 80), (83, 82)]], "3:5"),
    "a line below": ([[(x, 128 + 0.02 * x) for x in range(-15, 200, 5)]], "35"),
    "two lines below": (
        [[(x, y) for x in range(-15, 200, 5)] for y in (125, 142)],
        "35",
    ),
    "a circle": ([RING], "35"),
    "a box": ([[(-25, -25), (195, -25), (195, 125), (-25, 125), (-25, -25)]], "35"),
    "a flick": ([[(-40, -30), (-34, -20)]], "35"),
    "one struck out": ([ZIGZAG], "3"),
}


def drawn(name: str) -> Ink:
    return together([*placed("35", 0.45), Ink.from_strokes(BESIDE[name][0])])


@pytest.mark.parametrize("look", ["ink", "picture"])
@pytest.mark.parametrize("name", BESIDE)
def test_it_is_never_wrong_and_sure(name: str, look: Literal["ink", "picture"]) -> None:
    ink = drawn(name)
    source = ink if look == "ink" else render(ink, size=(480, 400), length=330, pen=9)
    reading = READER.read(source)
    wanted = BESIDE[name][1]
    assert reading.status == "unsure" or reading.text == wanted
    if not wanted.isdecimal() or wanted == "3":
        assert reading.status == "unsure"


@pytest.mark.parametrize("name", ["a point", "a tap", "a comma", "a minus", "a colon"])
def test_a_sign_of_ink_is_in_the_text_and_named(name: str) -> None:
    reading = READER.read(drawn(name))
    wanted = BESIDE[name][1]
    assert reading.text == wanted
    assert "".join(sign.sign for sign in reading.signs) == wanted.strip("35")
    assert (reading.reason or "").startswith(f"there is {name.replace('tap', 'point')}")


@pytest.mark.parametrize(
    ("name", "text"), [("a point", "3.5"), ("a comma", "3.5"), ("a minus", "-35")]
)
def test_a_decimal_may_have_it(name: str, text: str) -> None:
    reading = READER.read(drawn(name), expect="decimal")
    assert (reading.text, reading.status) == (text, "read")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("a line below", {"underline", "rule"}),
        ("a circle", {"circle", "box"}),
        ("a box", {"box", "circle"}),
    ],
)
def test_a_mark_is_named_and_changes_nothing(name: str, kinds: set[str]) -> None:
    reading = READER.read(drawn(name))
    assert (reading.text, reading.status) == ("35", "read")
    assert {mark.kind for mark in reading.marks} <= kinds
    assert reading.marks[0].ink is not None
    assert len(reading.digits) == 2


def test_what_is_struck_out_is_said() -> None:
    reading = READER.read(drawn("one struck out"))
    assert (reading.status, reading.reason) == ("unsure", "something is struck out")


def test_one_digit_that_is_asked_for_is_never_parted() -> None:
    ink = together([*placed("3"), Ink.from_strokes([[(90, 130), (92, 131)]])])
    reading = READER.read(ink, expect="digit")
    assert (len(reading.digits), reading.signs, reading.marks) == (1, (), ())
