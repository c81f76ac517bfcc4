"""What a form expects, with the shipped networks: read where it fits, doubted where it does not."""

from typing import Any

import pytest

from digitpad import Format, Ink, InvalidInput, Reader, Style
from digitpad.expect import NAMED, named
from tests.drawings import DIGITS, placed, render, together
from tests.test_reader_beside import drawn

READER = Reader()
UNKNOWN: Any = "sum"
EXACT = r"it looks like {0}; {1} expected"


def number(text: str) -> Ink:
    return together(placed(text, 0.3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20472", Format(pattern=r"\d{5}")),
        ("20472", Format(pattern=r"2\d*2")),
        ("75", Format(min=0, max=100)),
        ("75", Format(min=0, max=100, step=5)),
        ("75", Format(minlength=2, maxlength=2)),
        ("79927398713", Format(checksum="luhn")),
        ("10115", named("postcode-de")),
    ],
)
def test_what_fits_is_read(text: str, expected: Format) -> None:
    ink = number(text)
    assert ink.box is not None
    wide = 0.6 * (ink.box[2] - ink.box[0])
    picture = render(ink, size=(round(wide) + 100, 160), length=max(wide, 60), at=(50, 50), pen=6)
    for source in (ink, picture):
        reading = READER.read(source, expect=expected)
        assert (reading.text, reading.status) == (text, "read")
        assert "".join(digit.digit for digit in reading.digits) == text


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("2047", Format(pattern=r"\d{5}"), EXACT.format("four digits", "five are")),
        ("204721", Format(pattern=r"\d{5}"), EXACT.format("six digits", "five are")),
        ("47", Format(pattern=r"\d"), EXACT.format("two digits", "one is")),
        ("47", Format(pattern=r"\d{3,}"), EXACT.format("two digits", "at least three are")),
        ("471", Format(pattern=r"\d{4,6}"), EXACT.format("three digits", "four to six are")),
        ("105", Format(max=100), "it looks like 105; at most 100 is expected"),
        ("5", Format(min="5.5"), "it looks like 5; at least 5.5 is expected"),
        ("72", Format(step=5), "it looks like 72; steps of 5 are expected"),
        ("47", Format(checksum="luhn"), "it looks like 47, whose check digit is another"),
        ("47", Format(pattern=r"[1-3]\d"), "it looks like 47, which is not what is expected"),
    ],
)
def test_what_does_not_fit_is_unsure_and_says_why(text: str, expected: Format, reason: str) -> None:
    reading = READER.read(number(text), expect=expected)
    assert (reading.status, reading.reason) == ("unsure", reason)
    if reading.text != text:  # the best that fits, and the best of all
        assert expected.accepts(reading.text)
        assert reading.alternatives[0].text == text
        assert reading.confidence < 0.5 < reading.alternatives[0].confidence


def test_a_format_decides_what_else_is_in_doubt() -> None:
    """A seven that is read surely gives way to what may stand there, unsurely."""
    free = READER.read(number("47"))
    assert (free.text, free.status) == ("47", "read")
    reading = READER.read(number("47"), expect=Format(pattern="4[19]"))
    assert (reading.text[0], reading.status) == ("4", "unsure")
    assert reading.text in ("41", "49")


@pytest.mark.parametrize(
    ("name", "expected", "text"),
    [
        ("a point", Format(pattern=r"\d\.\d"), "3.5"),
        ("a comma", Format(pattern=r"\d,\d"), "3,5"),
        ("a comma", Format(pattern=r"\d[.,]\d"), "3,5"),
        ("a comma", named("decimal"), "3.5"),
        ("a minus", Format(min=-100, max=0), "-35"),
        ("a colon", Format(pattern=r"\d:\d"), "3:5"),
    ],
)
def test_signs_are_a_part_of_it(name: str, expected: Format, text: str) -> None:
    reading = READER.read(drawn(name), expect=expected)
    assert (reading.text, reading.status) == (text, "read")
    assert [sign.sign for sign in reading.signs] == list(drawn_sign(name))


def drawn_sign(name: str) -> str:
    return {"a point": ".", "a comma": ",", "a minus": "-", "a colon": ":"}[name]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a point", "there is a point"),
        ("a colon", "there is a colon"),
        ("one struck out", "something is struck out"),
    ],
)
def test_what_a_format_does_not_have_is_named(name: str, reason: str) -> None:
    reading = READER.read(drawn(name), expect=Format(pattern=r"\d{2}"))
    assert (reading.status, reading.reason) == ("unsure", reason)


@pytest.mark.parametrize("name", ["a line below", "a circle", "a box"])
def test_marks_change_nothing(name: str) -> None:
    reading = READER.read(drawn(name), expect=Format(pattern=r"\d{2}"))
    assert (reading.text, reading.status) == ("35", "read")
    assert reading.marks


def test_a_decimal_says_that_it_is_none() -> None:
    reading = READER.read(drawn("a colon"), expect="decimal")
    assert reading.reason == "it is no decimal number: there is a colon"


def test_nothing_is_blank_and_a_scribble_does_not_fit() -> None:
    five = Format(pattern=r"\d{5}")
    assert READER.read(Ink(()), expect=five).status == "blank"
    scribble = Ink.from_strokes([[(n * 37 % 101, n * 61 % 89) for n in range(60)]])
    assert READER.read(scribble, expect=five).status == "unsure"


def test_a_style_works_under_a_format() -> None:
    seven = DIGITS[7]
    style = Style().learn(READER, seven, "1")
    digit = Format(pattern=r"\d")
    assert READER.read(seven, digit).text == "7"
    assert READER.read(seven, digit, style).text == "1"


def test_many_are_read_as_one_by_one() -> None:
    five = Format(pattern=r"\d{5}")
    inks = [number("20472"), number("204"), drawn("a point")]
    together_ = READER.read_many(inks, five)
    for ink, reading in zip(inks, together_, strict=True):
        alone = READER.read(ink, five)
        assert (reading.text, reading.reason) == (alone.text, alone.reason)
        assert reading.confidence == pytest.approx(alone.confidence, abs=1e-4)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (Format, "expected at least one of pattern, min"),
        (lambda: Format(min=2, max=1), "found one that none fits"),
        (lambda: Format(pattern=r"\d{2}", minlength=3), "found one that none fits"),
        (lambda: Format(step=0), "step: expected a number above 0, found 0"),
        (lambda: Format(min="1e99"), "min: expected a number of at most 20 digits"),
        (lambda: Format(max=float("nan")), "max: expected a number"),
        (lambda: Format(max=True), "max: expected a number"),
        (lambda: Format(step="1e-999999999"), "step: expected a number"),
        (lambda: Format(minlength=-1), "minlength: expected a whole number from 0 on, found -1"),
        (lambda: Format(checksum=UNKNOWN), "checksum: expected one of luhn, ean, mod11, mod97"),
        (lambda: Format(step=10**12 + 39), "states"),
    ],
)
def test_what_is_no_format_is_refused(made: object, said: str) -> None:
    assert callable(made)
    with pytest.raises(InvalidInput, match=said):
        made()


@pytest.mark.parametrize(
    ("name", "fits", "others"),
    [
        ("decimal", ["-12,75", ".5", "3."], ["3-5", "3.5.5", "-"]),
        ("date", ["29.02.2024", "1.1.1999", "31.12.2099"], ["31.04.2024", "30.02.2024", "1.1.99"]),
        ("time", ["9:05", "23:59:59"], ["24:00", "9:5", "12:60"]),
        ("amount", ["1.234,50", "0,99", "-12.00", "1,234.50"], ["1.23.4,50", "12", "12,5"]),
        ("postcode-de", ["01067", "10115"], ["00123", "1011"]),
        ("postcode-us", ["12345", "12345-6789"], ["1234", "12345-"]),
        ("card", ["4111111111111111"], ["4111111111111112", "0"]),
        ("ean", ["4006381333931", "96385074"], ["4006381333932"]),
    ],
)
def test_formats_that_have_a_name(name: str, fits: list[str], others: list[str]) -> None:
    expected = named(next(known for known in NAMED if known == name))
    assert all(expected.accepts(text) for text in fits)
    assert not any(expected.accepts(text) for text in others)
