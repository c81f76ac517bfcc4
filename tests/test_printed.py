"""Signs that are printed on the paper: with the shipped networks, and what counts."""

import numpy as np
import pytest

from digitpad import Format, Ink, InvalidInput, Printed, Reader, Sheet
from tests.drawings import DIGITS, placed, together

READER = Reader()
CELL = 120.0  # from one box to the next; a digit is 100 high
AMOUNT = Format(pattern=r"\d+[.,]\d\d")


def in_boxes(text: str) -> Ink:
    """Write digits one in each box, and none where a space is."""
    inks = [
        DIGITS[int(digit)].transform(np.eye(2), (CELL * place, 0))
        for place, digit in enumerate(text)
        if digit != " "
    ]
    return together(inks)


def printed(sign: str, after: int) -> Printed:
    """Print a sign behind so many boxes."""
    middle = CELL * after - (CELL - 100) / 2
    return Printed(sign, (middle - 5, 90, middle + 5, 100))


@pytest.mark.parametrize(
    ("written", "signs", "expect", "text"),
    [
        ("29022024", [printed(".", 2), printed(".", 4)], "date", "29.02.2024"),
        (" 9 22024", [printed(".", 2), printed(".", 4)], "date", "9.2.2024"),
        ("1250", [printed(",", 2)], "amount", "12,50"),
        ("1250", [printed(",", 2)], "decimal", "12.50"),
        ("0930", [printed(":", 2), printed(":", 4)], "time", "09:30"),  # none after the digits
        ("12", [printed(".", 2)], "decimal", "12"),
        ("12", [printed(".", 0)], "number", "12"),
    ],
)
def test_what_is_printed_need_not_be_written(
    written: str, signs: list[Printed], expect: str, text: str
) -> None:
    reading = READER.read(Sheet(in_boxes(written), tuple(signs)), expect=expect)  # type: ignore[arg-type]
    assert (reading.text, reading.status) == (text, "read")
    assert all(sign.ink is None and sign.to_dict()["printed"] for sign in reading.signs)
    assert len(reading.signs) == sum(not character.isdecimal() for character in text)


def test_where_the_digits_are_not_beside_it_the_text_lacks_it() -> None:
    amount = Sheet(in_boxes("125 "), (printed(".", 3),))
    reading = READER.read(amount, expect=AMOUNT)
    assert reading.status == "unsure"
    assert reading.reason == "it looks like three digits; at least four are expected"
    across = Sheet(in_boxes("1250"), (Printed(".", (50, 90, 60, 100)),))  # the one is over it
    assert READER.read(across, expect=AMOUNT).status == "unsure"
    assert READER.read(across, expect="decimal").text == "1250"


def test_a_sign_that_is_written_over_it_is_read_once() -> None:
    three, five = placed("35", 0.45)
    point = Ink.from_strokes([[(82, 98), (83, 100)]])
    for sign in ".,":
        sheet = Sheet(together([three, point, five]), (Printed(sign, (78, 92, 90, 104)),))
        reading = READER.read(sheet, expect="decimal")
        assert (reading.text, reading.status) == ("3.5", "read")
        assert [own.is_printed for own in reading.signs] == [False]


def test_a_sign_that_is_not_asked_for_is_not_because_it_is_printed() -> None:
    reading = READER.read(Sheet(in_boxes("12"), (printed("/", 1),)))
    assert (reading.text, reading.reason) == ("1/2", "there is a slash")


def test_what_is_no_sign_cannot_be_printed() -> None:
    with pytest.raises(InvalidInput, match="found 'x'"):
        Sheet(in_boxes("12"), (Printed("x", (0, 0, 1, 1)),))
