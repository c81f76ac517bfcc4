"""Reading: the ten golden digits as ink and as pictures, and what is no digit."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitpad import Ink, InvalidInput, ModelError, Reader, Reading, Style, UnsupportedPicture
from digitpad.network.inputs import Inputs, see_inks
from digitpad.network.posteriors import judge, softmax
from digitpad.network.runtime import BATCH
from digitpad.picture import decode as picture
from digitpad.reader import Expect
from digitpad.telling import RUNNERS_UP
from tests.drawings import DIGITS, placed, render, together

READER = Reader()
EMPTY = Ink.from_strokes([])


def same(one: Reading, other: Reading) -> bool:
    return (one.text, one.status, one.reason) == (other.text, other.status, other.reason) and abs(
        one.confidence - other.confidence
    ) < 1e-4


@pytest.mark.parametrize("digit", range(10))
def test_ink_is_read(digit: int) -> None:
    reading = READER.read(DIGITS[digit])
    assert (reading.text, reading.status, reading.reason) == (str(digit), "read", None)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize(
    ("length", "pen", "colour", "paper"),
    [
        (160, 12, "black", "white"),
        (40, 3, "black", "white"),
        (200, 4, "navy", "#fdf6e3"),
        (200, 30, "white", "black"),
        (120, 10, "#ffe600", "#202020"),
        (600, 40, "#c00000", "#e0e0e0"),
    ],
)
def test_a_picture_is_read_as_its_ink(
    digit: int, length: int, pen: int, colour: str, paper: str
) -> None:
    ink = DIGITS[digit]
    size = (length + 150, length + 90)
    image = render(ink, size=size, length=length, at=(70, 35), pen=pen, colour=colour, paper=paper)
    reading = READER.read(image)
    assert reading.text == READER.read(ink).text == str(digit)
    assert reading.status == "read"


class Watched(Reader):
    """A reader that keeps what its network last saw."""

    seen: Inputs

    def recognize(self, inputs: Inputs) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        self.seen = inputs
        return super().recognize(inputs)


@pytest.mark.parametrize("expect", ["digit", "number"])
def test_the_network_sees_which_way_the_pen_went_in_ink_alone(expect: Expect) -> None:
    reader = Watched()
    for ink in DIGITS:
        reading = reader.read(ink, expect)
        assert any(np.array_equal(one, see_inks([ink])[0]) for one in reader.seen)
        np.testing.assert_array_equal(reading.digits[0].raster, see_inks([ink])[0, ..., 0])
        reading = reader.read(render(ink, size=(200, 200), length=120, at=(40, 40), pen=9), expect)
        assert not reader.seen[..., 1:].any()
        raster = reading.digits[0].raster
        assert any(np.array_equal(one, raster) for one in reader.seen[..., 0])


def test_strokes_drawn_from_their_ends_are_read() -> None:
    for digit, ink in enumerate(DIGITS):
        backwards = Ink(tuple(stroke[::-1] for stroke in reversed(ink.strokes)))
        assert READER.read(backwards).text == str(digit)


def test_every_field_is_as_documented() -> None:
    for ink in DIGITS:
        reading = READER.read(ink)
        (digit,) = reading.digits
        assert digit.probabilities.shape == (10,)
        assert digit.probabilities.dtype == np.float32
        assert float(digit.probabilities.sum()) == pytest.approx(1, abs=1e-5)
        assert digit.confidence == pytest.approx(reading.confidence, abs=1e-4)
        assert reading.confidence <= float(digit.probabilities.max()) + 1e-6
        assert digit.digit == reading.text == str(digit.probabilities.argmax())
        for alternatives in (reading.alternatives, digit.alternatives):
            confidences = [a.confidence for a in alternatives]
            assert len(confidences) == RUNNERS_UP
            assert confidences == sorted(confidences, reverse=True)
            assert reading.text not in [a.text for a in alternatives]
        assert all(a.confidence <= float(digit.probabilities[int(a.text)]) + 1e-6
                   for a in digit.alternatives)  # fmt: skip
        assert digit.ink is not None
        assert sorted(digit.ink.to_lists()) == sorted(ink.to_lists())
        assert digit.raster.shape == (28, 28)
        assert digit.raster.dtype == np.float32
        assert 0 <= digit.raster.min() <= digit.raster.max() <= 1


def test_the_box_is_in_the_unit_of_the_ink() -> None:
    ink = DIGITS[4].transform(np.eye(2) * 1e-3, (5, -7))
    assert READER.read(ink).digits[0].box == ink.box


def test_the_box_of_a_picture_is_in_px() -> None:
    reading = READER.read(render(DIGITS[0], length=160, at=(60, 50), pen=12))
    (digit,) = reading.digits
    assert digit.ink is None
    assert digit.box[1] == pytest.approx(44, abs=2)
    assert digit.box[3] == pytest.approx(216, abs=2)


@pytest.mark.parametrize(
    "source",
    [
        EMPTY,
        Ink.from_strokes([[]]),
        np.zeros((50, 60), np.uint8),
        np.full((28, 28), 255, np.uint8),
        np.full((300, 200, 3), 0.5),
        np.zeros((40, 40, 4), np.uint8),
    ],
)
def test_nothing_is_blank(source: Ink | picture.Source) -> None:
    reading = READER.read(source)
    assert (reading.text, reading.status, reading.confidence) == ("", "blank", 0)
    assert reading.reason is None
    assert len(reading.digits) == len(reading.alternatives) == 0


@pytest.mark.parametrize(
    "strokes",
    [
        [[(5, 5)]],
        [[(5, 5)] * 4],
        [[(0, 0)], [(0, 0), (0, 0)]],
        [[(-3e8, 1e9)]],
        [[(1e6, 1e6), (1e6 + 1e-6, 1e6)]],
    ],
)
def test_a_dot_is_unsure(strokes: list[list[tuple[float, float]]]) -> None:
    reading = READER.read(Ink.from_strokes(strokes))
    assert (reading.status, reading.reason) == ("unsure", "it is only a dot")
    assert reading.text
    assert len(reading.digits) == 1


def test_unsure_names_the_other_digit() -> None:
    strokes = [stroke for ink in (DIGITS[2], DIGITS[5]) for stroke in ink.strokes]
    scribble = [[(0, 0), (9, 9)], [(9, 0), (0, 9)], [(0, 5), (9, 5)], [(5, 0), (5, 9)]]
    readings = READER.read_many([Ink(tuple(strokes)), Ink.from_strokes(scribble)], "digit")
    threshold = READER.manifest.threshold
    unsure = [reading for reading in readings if reading.confidence < threshold]
    assert unsure
    for reading in unsure:
        assert reading.status == "unsure"
        other = f"it could also be {reading.alternatives[0].text}"
        assert reading.reason in (other, "it does not look like a digit")


NO_DIGITS: dict[str, Any] = {
    "a wave": [[(x, 6 * np.sin(x / 4)) for x in range(100)]],
    "an arrow": [[(0, 0), (100, 0)], [(75, -20), (100, 0), (75, 20)]],
    "a grid": [[(0, y), (90, y)] for y in (20, 45, 70)] + [[(x, 0), (x, 90)] for x in (20, 45, 70)],
    "two digits": together(placed("38")).to_lists(),
}


@pytest.mark.parametrize("name", NO_DIGITS)
def test_what_is_no_digit_is_unsure(name: str) -> None:
    reading = READER.read(Ink.from_strokes(NO_DIGITS[name]), expect="digit")
    assert reading.status == "unsure"
    assert reading.reason == "it does not look like a digit"
    assert float(reading.digits[0].probabilities.sum()) == pytest.approx(1, abs=1e-5)


@given(st.lists(st.floats(-60, 60), min_size=11, max_size=11))
def test_probabilities_are_of_digits_and_confidences_are_less(values: list[float]) -> None:
    logits = np.array([values], np.float32)
    probabilities, confidences = judge(logits)
    assert probabilities.shape == confidences.shape == (1, 10)
    assert probabilities.dtype == confidences.dtype == np.float32
    assert float(probabilities.sum()) == pytest.approx(1, abs=1e-5)
    assert (confidences <= probabilities + 1e-6).all()
    lacking = 1 - float(confidences.sum())
    assert lacking == pytest.approx(float(softmax(logits)[0, 10]), abs=1e-5)
    assert (probabilities.argmax() == confidences.argmax()) or confidences.max() < 1e-6


def reading_of(values: list[float]) -> Reading:
    """What the reader says when these are its network's calibrated logits."""
    ink = DIGITS[8]  # one candidate
    reader = Reader()
    logits = np.array([values], np.float32)
    reader._recognizer = lambda rasters: (logits, np.zeros((1, 1), np.float32))  # type: ignore[assignment]
    return reader.read(ink)


def test_a_high_logit_of_no_digit_is_unsure_and_the_probabilities_stay() -> None:
    values = [0.0] * 4 + [12.0, 0.0, 0.0, 0.0, 0.0, 9.0]
    sure, doubted = reading_of([*values, -9.0]), reading_of([*values, 20.0])
    assert (sure.text, sure.status) == ("4", "read")
    assert (doubted.text, doubted.status) == ("4", "unsure")
    assert doubted.reason == "it does not look like a digit"
    assert doubted.confidence < 0.01
    np.testing.assert_array_equal(doubted.digits[0].probabilities, sure.digits[0].probabilities)
    assert [a.text for a in doubted.alternatives] == [a.text for a in sure.alternatives]


def test_two_digits_that_are_as_likely_are_unsure() -> None:
    reading = reading_of([0.0] * 4 + [9.0, 0.0, 0.0, 0.0, 0.0, 8.99] + [-9.0])
    assert (reading.text, reading.status) == ("4", "unsure")
    assert reading.reason == "it could also be 9"


@given(
    st.sampled_from(range(10)),
    st.floats(1e-3, 1e4),
    st.floats(-1e5, 1e5),
    st.floats(-1e5, 1e5),
    st.integers(1, 9),
)
def test_place_size_and_density_change_no_decision(
    digit: int, scale: float, x: float, y: float, times: int
) -> None:
    part = np.linspace(0, 1, times, endpoint=False)[None, :, None]
    ink = Ink.from_strokes([
        np.concatenate([(s[:-1, None] * (1 - part) + s[1:, None] * part).reshape(-1, 2), s[-1:]])
        for s in DIGITS[digit].transform(np.eye(2) * scale, (x, y)).strokes
    ])  # fmt: skip
    reading = READER.read(ink)
    assert (reading.text, reading.status) == (str(digit), "read")
    assert reading.confidence == pytest.approx(READER.read(DIGITS[digit]).confidence, abs=0.02)


@given(st.sampled_from(range(10)), st.integers(60, 400), st.floats(0, 1), st.floats(0, 1),
       st.floats(0.03, 0.15))  # fmt: skip
@settings(max_examples=15)
def test_place_size_and_pen_of_a_picture_change_no_decision(
    digit: int, length: int, x: float, y: float, pen: float
) -> None:
    edge = pen * length / 2 + 2
    at = (edge + x * (500 - length - 2 * edge), edge + y * (500 - length - 2 * edge))
    image = render(DIGITS[digit], size=(500, 500), length=length, at=at, pen=pen * length)
    assert READER.read(image).text == str(digit)


def test_many_are_read_as_one_by_one_in_order() -> None:
    rng = np.random.default_rng(0)
    inks = [DIGITS[i].transform(np.eye(2) + rng.uniform(-0.2, 0.2, (2, 2)))
            for i in rng.integers(0, 10, BATCH + 20)]  # fmt: skip
    for at in (0, 3, 4, BATCH, len(inks)):
        inks.insert(at, EMPTY)
    readings = READER.read_many(inks)
    assert len(readings) == len(inks)
    for ink, reading in zip(inks, readings, strict=True):
        assert same(reading, READER.read(ink))
        for digit in reading.digits:
            assert digit.ink is not None
            assert digit.ink.box == ink.box
    assert [reading.status for reading in READER.read_many([EMPTY, EMPTY])] == ["blank", "blank"]
    assert READER.read_many([]) == []


@pytest.mark.parametrize("expect", ["digit", "number"])
def test_ink_and_pictures_are_read_together_as_one_by_one(expect: Expect) -> None:
    number = together(placed("25"))
    sources: list[Ink | picture.Source] = [
        DIGITS[4],
        render(DIGITS[7]),
        EMPTY,
        number,
        render(DIGITS[1]),
        DIGITS[0],
    ]
    for chosen in (sources, sources[::-1], sources[1:2]):
        readings = READER.read_many(chosen, expect)
        for source, reading in zip(chosen, readings, strict=True):
            assert same(reading, READER.read(source, expect))


def test_what_cannot_be_read_stands_in_its_place() -> None:
    taken: list[int] = []

    def sources() -> Iterator[Ink | picture.Source]:
        some: list[Ink | picture.Source] = [DIGITS[4], b"none", render(DIGITS[7]), EMPTY]
        for number, source in enumerate(some * BATCH):
            taken.append(number)
            yield source

    readings = READER.read_each(sources())
    found = [next(readings) for _ in range(4)]
    assert [one.text for one in found if isinstance(one, Reading)] == ["4", "7", ""]
    assert isinstance(found[1], UnsupportedPicture)
    assert len(taken) < 4 * BATCH  # the others are not asked for yet
    with pytest.raises(UnsupportedPicture):
        READER.read_many([DIGITS[4], b"none"])


def test_a_reading_is_told_in_one_line() -> None:
    assert repr(READER.read(EMPTY)) == "<Reading blank>"
    reading = READER.read(DIGITS[7])
    assert re.fullmatch(r"<Reading '7', read, (100|9\d)\.\d\d% sure>", repr(reading))
    assert repr(reading.digits[0]).startswith("<Digit 7, ")
    dot = READER.read(Ink.from_strokes([[(3, 4)]]))
    assert repr(dot).endswith("% sure: it is only a dot>")


@pytest.mark.parametrize("expect", ["digit", "number"])
def test_both_expectations_read_one_digit(expect: Expect) -> None:
    assert READER.read(DIGITS[7], expect=expect).text == "7"
    assert READER.read_many([DIGITS[7]], expect=expect)[0].text == "7"


@pytest.mark.parametrize("expect", ["letter", "", None, 1, ["digit"]])
def test_other_expectations_are_refused(expect: Expect) -> None:
    for read in (
        lambda: READER.read(EMPTY, expect),
        lambda: READER.read(render(DIGITS[7]), expect),
        lambda: READER.read_many([], expect),
    ):
        with pytest.raises(InvalidInput, match=r'one of "digit", "number", .*, found'):
            read()


def test_another_folder_is_another_model() -> None:
    with pytest.raises(ModelError, match="no model in nowhere"):
        Reader(model="nowhere")


def test_a_style_is_for_ink_and_for_pictures() -> None:
    ink, image = DIGITS[4], render(DIGITS[4])
    raster = READER.read(image).digits[0].raster
    of_ink, of_picture = Style().learn(READER, ink, "9"), Style().learn(READER, raster, "9")
    for style in (of_ink, of_picture):
        for reading in (
            READER.read(image, "digit", style),
            READER.read(image, style=style),
            READER.read(ink, "digit", style),
            *READER.read_many([ink, ink], style=style),
        ):
            assert (reading.text, reading.status) == ("9", "read")
            (digit,) = reading.digits
            assert digit.probabilities.argmax() == 9
            assert float(digit.probabilities.sum()) == pytest.approx(1, abs=1e-5)
            assert (
                digit.confidence - 1e-3 < reading.confidence < digit.confidence + 1e-4
            )  # of pieces
    assert READER.read(ink).text == "4"


def test_blank_stays_blank_with_a_style() -> None:
    style = Style().learn(READER, DIGITS[4], "9")
    assert READER.read(EMPTY, style=style).status == "blank"
    assert READER.read(np.zeros((50, 60), np.uint8), style=style).status == "blank"


@pytest.mark.parametrize("source", [5, None, 2.5, [1, 2], object(), {"ink": 1}])
def test_what_is_no_source_is_refused(source: Any) -> None:
    for read in (lambda: READER.read(source), lambda: READER.read_many([DIGITS[1], source])):
        with pytest.raises(InvalidInput, match=f"expected ink, .* found {type(source).__name__}"):
            read()
