"""Reading whole numbers: built from the golden digits, as ink and as pictures."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitpad import Ink, Reader, Reading, Style
from digitpad.labels import STROKES
from digitpad.lattice.decode import LONGEST, read_paths
from digitpad.lattice.strokes import segment_ink
from digitpad.network.inputs import see_inks
from digitpad.network.posteriors import softmax
from digitpad.reading import BLANK
from digitpad.telling import RUNNERS_UP
from tests.drawings import DIGITS, in_one_stroke, placed, render, together, zigzag
from tests.train.small import LETTERS

READER = Reader()
ALL = "1234567890"
RNG = np.random.default_rng(0)


def picture_of(ink: Ink, height: float = 60, pen: float = 5, **colours: str) -> Image.Image:
    """A picture of digits that are 100 high, `height` px high."""
    assert ink.box is not None
    left, top, right, bottom = ink.box
    sides = np.array([right - left, bottom - top]) * height / 100
    size = (int(sides[0]) + 60, int(sides[1]) + 60)
    return render(ink, size=size, length=float(sides.max()), at=(30, 30), pen=pen, **colours)


def is_read(reading: Reading, text: str) -> bool:
    return (reading.text, reading.status, reading.reason) == (text, "read", None)


@pytest.mark.parametrize("text", ["2047", ALL, "77", "100", "55555", "3141592653"])
@pytest.mark.parametrize("gap", [0.15, 0.3, 0.6, 1.0])
def test_ink_of_a_number_is_read(text: str, gap: float) -> None:
    assert is_read(READER.read(together(placed(text, gap))), text)


@pytest.mark.parametrize("rise", [-0.3, -0.1, 0.1, 0.3])
@pytest.mark.parametrize("text", ["2047", ALL])
def test_the_line_may_rise_or_fall(text: str, rise: float) -> None:
    assert is_read(READER.read(together(placed(text, 0.3, rise))), text)


@pytest.mark.parametrize("text", ["2047", ALL, "4545"])
def test_strokes_may_come_in_any_order(text: str) -> None:
    strokes = together(placed(text)).strokes
    forward = np.arange(len(strokes))
    for order in (forward[::-1], *(RNG.permutation(forward) for _ in range(4))):
        reading = READER.read(Ink(tuple(strokes[i] for i in order)))
        assert reading.text == text
        lefts = [digit.box[0] for digit in reading.digits]
        assert lefts == sorted(lefts)


@given(st.text("0123456789", min_size=2, max_size=6), st.floats(0.2, 0.8), st.floats(-6, 6))
@settings(max_examples=25)
def test_any_number_of_any_size_is_read(text: str, gap: float, power: float) -> None:
    ink = together(placed(text, gap)).transform(np.eye(2) * 10**power, (-(10**power), 0))
    reading = READER.read(ink)
    assert reading.text == text
    assert [d.box for d in reading.digits] == sorted(d.box for d in reading.digits)


@pytest.mark.parametrize("text", ["2047", ALL, "18"])
@pytest.mark.parametrize(
    ("height", "pen", "colour", "paper"),
    [
        (28, 3, "black", "white"),
        (60, 5, "black", "white"),
        (120, 12, "white", "black"),
        (80, 4, "navy", "#fdf6e3"),
    ],
)
def test_a_picture_of_a_number_is_read(
    text: str, height: float, pen: float, colour: str, paper: str
) -> None:
    ink = together(placed(text, 0.4))
    image = picture_of(ink, height, pen, colour=colour, paper=paper)
    reading = READER.read(image)
    assert is_read(reading, text)
    for digit, drawn in zip(reading.digits, placed(text, 0.4), strict=True):
        assert ink.box
        assert drawn.box
        scale, (left, top) = height / 100, ink.box[:2]
        wanted = [30 + scale * (v - o) for v, o in zip(drawn.box, (left, top) * 2, strict=True)]
        np.testing.assert_allclose(digit.box, np.array(wanted), atol=pen / 2 + 5)
        assert digit.ink is None


@pytest.mark.parametrize("text", ["2047", ALL])
@pytest.mark.parametrize("pictured", [False, True])
def test_every_field_is_as_documented(text: str, pictured: bool) -> None:
    digits = placed(text)
    ink = together(digits)
    reading = READER.read(picture_of(ink) if pictured else ink)
    assert "".join(digit.digit for digit in reading.digits) == reading.text == text
    for digit, drawn in zip(reading.digits, digits, strict=True):
        assert digit.probabilities.shape == (10,)
        assert float(digit.probabilities.sum()) == pytest.approx(1, abs=1e-5)
        assert digit.digit == str(digit.probabilities.argmax())
        assert reading.confidence <= digit.confidence + 1e-9
        assert digit.confidence <= float(digit.probabilities.max()) + 1e-6
        assert digit.raster.shape == (28, 28)
        assert digit.raster.dtype == np.float32
        assert 0.5 < digit.raster.max() <= 1
        assert len(digit.alternatives) == RUNNERS_UP
        assert digit.digit not in [a.text for a in digit.alternatives]
        assert digit.confidence + sum(a.confidence for a in digit.alternatives) <= 1 + 1e-6
        if not pictured:
            assert digit.ink is not None
            assert sorted(digit.ink.to_lists()) == sorted(drawn.to_lists())
            assert digit.box == drawn.box
    assert len(reading.alternatives) == RUNNERS_UP
    others = [(a.text, a.confidence) for a in reading.alternatives]
    assert text not in [other for other, _ in others]
    assert len({other for other, _ in others}) == RUNNERS_UP
    assert all(other.isdecimal() for other, _ in others)
    confidences = [reading.confidence, *(confidence for _, confidence in others)]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) <= 1 + 1e-9


def trusting() -> Reader:
    """A reader to whom every stroke is a digit's."""
    reader = Reader()
    digit = np.eye(len(STROKES), dtype=np.float32)[STROKES.index("digit")]
    reader._strokes = lambda windows: np.tile(digit, (len(windows), 1))  # type: ignore[assignment]
    return reader


@pytest.mark.parametrize("text", ["91", "29", "39", "19", "20"])
def test_a_digit_is_as_likely_with_its_line_as_without(text: str) -> None:
    """Drawn in one stroke, it has two candidates; both say which digit it is."""
    one, two = placed(text, 0.15)
    ink, _ = in_one_stroke(one, two, 5)
    reading = trusting().read(ink)
    assert reading.text == text
    lattice = segment_ink(ink)
    probabilities = softmax(READER.recognize(see_inks(lattice.inks))[0])
    weights = list(READER.manifest.segmentation["ink"].values())
    (best, *_), shares = read_paths(lattice, probabilities, weights)
    for digit, number in zip(reading.digits, best.path, strict=True):
        pieces = lattice.candidates[number].pieces
        both = [i for i, c in enumerate(lattice.candidates) if c.pieces == pieces]
        assert len(both) == 2
        total = float(shares[both] @ probabilities[both, int(digit.digit)])
        assert digit.confidence == pytest.approx(max(total, reading.confidence))
        assert digit.probabilities.argmax() == int(digit.digit)
        assert float(digit.probabilities.sum()) == pytest.approx(1, abs=1e-5)


def test_a_stroke_with_many_turns_is_no_digit() -> None:
    reading = READER.read(Ink((zigzag(41, 20),)))
    assert (reading.status, reading.reason) == ("unsure", "it looks like more than 20 digits")


def test_a_digit_is_never_split() -> None:
    for text in ("2047", "55", *"0123456789"):
        ink = together(placed(text))
        for source in (ink, picture_of(ink)):
            reading = READER.read(source, expect="digit")
            assert len(reading.text) == len(reading.digits) == 1
            assert all(len(a.text) == 1 for a in reading.alternatives)
        found = READER.read(ink, expect="digit").digits[0].ink
        assert found is not None
        assert found.to_lists() == ink.to_lists()
    assert READER.read(together(placed("2047")), expect="digit").status == "unsure"


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("pictured", [False, True])
def test_one_digit_is_read_the_same_as_a_number(digit: int, pictured: bool) -> None:
    source = render(DIGITS[digit]) if pictured else DIGITS[digit]
    number, alone = READER.read(source, "number"), READER.read(source, "digit")
    assert is_read(number, str(digit))
    assert is_read(alone, str(digit))
    np.testing.assert_allclose(number.digits[0].raster, alone.digits[0].raster, atol=0.02)
    np.testing.assert_allclose(number.digits[0].box, alone.digits[0].box, atol=4)


@pytest.mark.parametrize("pictured", [False, True])
@pytest.mark.parametrize("count", [LONGEST, LONGEST + 1, 2 * LONGEST])
def test_a_number_has_at_most_twenty_digits(count: int, pictured: bool) -> None:
    text = (ALL * 4)[:count]
    ink = together(placed(text, 0.4))
    reading = READER.read(picture_of(ink, 30, 3) if pictured else ink)
    assert reading.text == text
    assert len(reading.digits) == count
    if count <= LONGEST:
        assert (reading.status, reading.reason) == ("read", None)
    else:
        assert (reading.status, reading.reason) == ("unsure", "it looks like more than 20 digits")


def word(letters: str) -> Ink:
    return together(
        Ink.from_strokes(LETTERS[letter][1]).transform(np.eye(2) * 10, (130 * place, 0))
        for place, letter in enumerate(letters)
    )


MANY = Ink(tuple(RNG.uniform(0, 100, (5000, 1, 2)) + RNG.uniform(-0.5, 0.5, (5000, 2, 2))))
NO_NUMBERS: dict[str, Any] = {
    "letters": word("WAk"),
    "a letter": word("W"),
    "a wave": Ink.from_strokes([[(x, 6 * np.sin(x / 4)) for x in range(100)]]),
    "scribbles": Ink(tuple(RNG.uniform(0, 100, (6, 12, 2)))),
    "many scribbles": Ink(tuple(RNG.uniform(0, 100, (20, 12, 2)))),
    "hatching": Ink(tuple(np.array([[6.0 * x, 0], [6.0 * x + 40, 100]]) for x in range(60))),
    "letters in a picture": picture_of(word("WAk"), pen=6),
    "scribbles in a picture": picture_of(Ink(tuple(RNG.uniform(0, 100, (4, 8, 2)))), 120),
}


@pytest.mark.parametrize("name", NO_NUMBERS)
def test_what_is_no_number_is_unsure(name: str) -> None:
    reading = READER.read(NO_NUMBERS[name])
    assert reading.status == "unsure"
    assert len(reading.digits) == sum(map(str.isdecimal, reading.text)) > 0
    assert reading.reason
    if reading.reason.startswith(("there", "something")):
        assert reading.signs or reading.marks or reading.confidence < 0.01
    elif reading.reason.startswith("it does not look like"):
        what = "a digit" if len(reading.text) == 1 else "a number"
        assert reading.reason == f"it does not look like {what}"
    else:
        other = reading.alternatives[0].text
        assert reading.reason in (f"it could also be {other}", "it looks like more than 20 digits")


def test_more_strokes_than_a_number_has_are_taken_for_one_digit() -> None:
    reading, alone = READER.read(MANY), READER.read(MANY, expect="digit")
    assert len(reading.digits) == 1
    assert (reading.text, reading.status, reading.reason) == (
        alone.text, alone.status, alone.reason,
    )  # fmt: skip
    assert reading.confidence == pytest.approx(alone.confidence, abs=1e-6)


def test_two_ways_to_read_a_number_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = trusting()
    logits = np.full((3, 11), -20, np.float32)
    logits[:, [4, 9]] = 9.0, 8.99
    found = np.zeros((3, reader.manifest.features), np.float32)
    monkeypatch.setattr(reader, "_recognizer", lambda rasters: (logits[: len(rasters)], found))
    reading = reader.read(together(placed("88", 2.5)))  # too wide for one digit
    assert (reading.status, len(reading.text)) == ("unsure", 2)
    assert reading.reason == f"it could also be {reading.alternatives[0].text}"
    assert {reading.text, *(a.text for a in reading.alternatives)} == {"44", "49", "94", "99"}
    assert reading.confidence == pytest.approx(0.2525, abs=1e-3)


def below(upper: str, lower: str, gap: float) -> Ink:
    """Two lines of digits 100 high."""
    first, second = together(placed(upper)), together(placed(lower))
    moved = second.transform(np.eye(2), (0, first.points[:, 1].max() + 100 * gap))
    return together([first, moved])


@pytest.mark.parametrize("lines", [("0", "3"), ("1", "0"), ("4", "4"), ("6", "8"), ("20", "38")])
@pytest.mark.parametrize("gap", [0.3, 0.6])
def test_lines_below_each_other_are_never_one_number(lines: tuple[str, str], gap: float) -> None:
    """0 above 3 looks like 8, and so it may be read, but never surely."""
    ink = below(*lines, gap)
    for source in (ink, picture_of(ink)):
        reading = READER.read(source)
        assert reading.status == "unsure"


def test_where_each_line_may_be_a_digit_the_reason_says_so() -> None:
    reading = READER.read(below("0", "3", 0.4))
    assert reading.reason == "there may be more than one line"


@pytest.mark.parametrize("text", ["5", "8", "9"])
def test_a_gap_within_a_digit_is_no_second_line(text: str) -> None:
    """A bar that is away from its five, and strokes of one digit beside each other."""
    (digit,) = placed(text)
    strokes = list(digit.strokes)
    if text == "5":
        bar = min(strokes, key=lambda stroke: float(np.ptp(stroke[:, 1])))
        strokes = [stroke - [0, 8] if stroke is bar else stroke for stroke in strokes]
    reading = READER.read(Ink(tuple(strokes)))
    assert is_read(reading, text)


@pytest.mark.parametrize("at", [(5.0, 5.0), (-3e8, 1e9)])
def test_a_dot_is_unsure(at: tuple[float, float]) -> None:
    reading = READER.read(Ink.from_strokes([[at], [at, at]]))
    assert (reading.status, reading.reason) == ("unsure", "it is only a dot")
    assert len(reading.digits) == 1


@pytest.mark.parametrize("lightness", [0, 128, 255])
def test_a_blank_sheet_is_blank(lightness: int) -> None:
    assert READER.read(np.full((80, 400), lightness, np.uint8)) is BLANK
    assert READER.read(Ink.from_strokes([])) is BLANK


def test_many_are_read_as_one_by_one() -> None:
    texts = ["2047", "", "7", ALL, "", "44", "5", "18181818", "0"] * 4
    inks = [together(placed(text)) for text in texts]
    inks += [MANY, *(NO_NUMBERS[name] for name in ("letters", "a wave", "hatching"))]
    readings = READER.read_many(inks)
    assert [reading.text for reading in readings[: len(texts)]] == texts
    assert len(readings) == len(inks)
    for ink, reading in zip(inks, readings, strict=True):
        alone = READER.read(ink)
        assert (reading.text, reading.status, reading.reason) == (
            alone.text, alone.status, alone.reason,
        )  # fmt: skip
        assert reading.confidence == pytest.approx(alone.confidence, abs=1e-4)
        assert [d.box for d in reading.digits] == [d.box for d in alone.digits]
        for digit, other in zip(reading.digits, alone.digits, strict=True):
            np.testing.assert_array_equal(digit.raster, other.raster)


@pytest.mark.parametrize("length", [1.0, 1e9])
@pytest.mark.parametrize("expect", ["digit", "number"])
def test_confidences_of_long_lines_are_probabilities(length: float, expect: Any) -> None:
    reading = READER.read(Ink.from_strokes([[(-length, 0), (length, 0)]]), expect)
    assert reading.status == "unsure"
    assert reading.confidence + sum(a.confidence for a in reading.alternatives) < 0.5


@pytest.mark.parametrize("picture", [False, True])
def test_one_digit_of_a_number_is_corrected(picture: bool) -> None:
    ink = together(placed("1750", 0.4))
    source = picture_of(ink) if picture else ink
    plain = READER.read(source)
    assert plain.text == "1750"
    drawing = plain.digits[1].ink or plain.digits[1].raster
    style = Style().learn(READER, drawing, "2")
    reading = READER.read(source, style=style)
    assert is_read(reading, "1250")
    assert reading.digits[1].probabilities.argmax() == 2
    assert reading.digits[1].box == plain.digits[1].box
    refused = READER.read(source, style=Style().learn(READER, drawing, None))
    assert refused.status == "unsure"


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("label", ["1", "8"])
def test_a_single_digit_is_the_same_in_both_modes(digit: int, label: str) -> None:
    ink = DIGITS[digit]
    style = Style().learn(READER, ink, label)
    one, number = (READER.read(ink, expect, style) for expect in ("digit", "number"))
    assert is_read(one, label)
    assert is_read(number, label)
    (candidate,) = number.digits
    np.testing.assert_allclose(
        candidate.probabilities, one.digits[0].probabilities, rtol=0, atol=1e-4
    )
