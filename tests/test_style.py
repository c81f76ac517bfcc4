"""A person's style: what is corrected is known at once, and kept as drawings and labels."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from digitpad import Example, Ink, InvalidInput, Reader, Style, TooLarge
from digitpad.ink import MAX_POINTS
from digitpad.labels import DIGITS as LABELS
from digitpad.network.inputs import Inputs, see_inks, see_rasters
from digitpad.style import MOST, Floats
from tests.drawings import DIGITS

READER = Reader()
INPUTS = see_inks(DIGITS)
RASTERS = INPUTS[..., 0]
TWICE = 2  # that ink is looked at: with the pen's direction, and without
ARROW = Ink.from_strokes([[(0, 0), (100, 0)], [(75, -20), (100, 0), (75, 20)]])


@dataclass
class Manifest:
    sha256: str
    threshold: float = 0.7


class Network:
    """A reader whose model sees the raster itself, moved by `shift`; counts what it looks at."""

    def __init__(self, sha256: str, shift: int = 0) -> None:
        self.manifest = Manifest(sha256)
        self.shift, self.looked = shift, 0

    def recognize(self, inputs: Inputs) -> tuple[Floats, Floats]:
        self.looked += len(inputs)
        features = np.roll(inputs, self.shift, axis=2).reshape(len(inputs), -1)
        logits = np.zeros((len(inputs), 11), np.float32)
        logits[:, 1] = 3  # it takes everything for a one
        return logits, features


def adjusted(style: Style, network: Network | Reader, inputs: Inputs) -> Floats:
    return style.adjust(network, inputs, *network.recognize(inputs))


def best(style: Style, network: Network, ink: Ink) -> int:
    return int(adjusted(style, network, see_inks([ink]))[0].argmax())


def read(style: Style | None, ink: Ink) -> tuple[str, str]:
    reading = READER.read(ink, "digit", style)
    return reading.text, reading.status


def dented(ink: Ink, size: float) -> Ink:
    """The same drawing by a hand less steady: points moved by `size` of the longest side."""
    box = ink.box
    assert box is not None
    rng = np.random.default_rng(0)
    move = size * max(box[2] - box[0], box[3] - box[1])
    return Ink(tuple(s + rng.normal(0, move, s.shape) for s in ink.strokes))


@pytest.mark.parametrize("label", LABELS)
def test_any_drawing_reads_as_its_label_at_once(label: str) -> None:
    for ink in (*DIGITS, ARROW):
        style = Style().learn(READER, ink, label)
        assert read(style, ink) == (label, "read")
        assert read(style, dented(ink, 0.005)) == (label, "read")


def test_examples_are_seen_as_ink_or_as_a_picture() -> None:
    np.testing.assert_array_equal(Example(DIGITS[4], "4").drawing.inputs, INPUTS[4:5])
    pictured = Example(RASTERS[4], "4").drawing
    np.testing.assert_array_equal(pictured.inputs[..., 0], pictured.raster[None])
    assert not pictured.inputs[..., 1:].any()


def test_what_is_marked_as_no_digit_is_refused() -> None:
    for ink in DIGITS:
        style = Style().learn(READER, ink, None)
        for drawing in (ink, dented(ink, 0.005)):
            reading = READER.read(drawing, "digit", style)
            assert (reading.status, reading.reason) == ("unsure", "it does not look like a digit")


def test_other_digits_stay_what_they_were() -> None:
    style = Style().learn(READER, dented(DIGITS[7], 0.03), "7").learn(READER, ARROW, None)
    assert [read(style, ink) for ink in DIGITS] == [(label, "read") for label in LABELS]


@pytest.mark.parametrize(
    "empty", [Style(), Style.of(READER, []), Style().learn(READER, ARROW, "4").forget(0)]
)
def test_an_empty_style_changes_nothing(empty: Style) -> None:
    for ink in DIGITS:
        plain, personal = READER.read(ink), READER.read(ink, style=empty)
        np.testing.assert_array_equal(
            plain.digits[0].probabilities, personal.digits[0].probabilities
        )


def test_a_model_that_is_never_sure_can_be_taught() -> None:
    network = Network("one")
    network.manifest.threshold = 1.0
    assert best(Style().learn(network, DIGITS[4], "4"), network, DIGITS[4]) == 4


def test_learning_makes_another_style() -> None:
    style = Style()
    assert style.learn(READER, ARROW, "4") is not style
    assert style.examples == ()
    assert read(style, ARROW)[1] == "unsure"


def test_many_at_once_are_one_after_the_other() -> None:
    corrections = [(DIGITS[1], "7"), (RASTERS[4], "9"), (ARROW, None), (DIGITS[0], "0")]
    single = Style()
    for drawing, label in corrections:
        single = single.learn(READER, drawing, label)
    network = Network("one")
    at_once = Style.of(network, corrections)
    assert network.looked == TWICE * 3 + 1  # the raster once
    assert [e.label for e in at_once.examples] == [e.label for e in single.examples]
    wanted, found = (adjusted(s, READER, INPUTS) for s in (single, at_once))
    np.testing.assert_allclose(wanted, found, atol=1e-4)


def test_learning_one_more_looks_at_that_one_alone() -> None:
    network = Network("one")
    style = Style.of(network, [(ink, "5") for ink in DIGITS])
    adjusted(style.learn(network, ARROW, "4").forget(0), network, INPUTS[:1])
    assert network.looked == TWICE * (len(DIGITS) + 1) + 1


def test_another_model_learns_the_examples_anew() -> None:
    old, new = Network("old"), Network("new", shift=3)
    style = Style().learn(old, DIGITS[4], "9").learn(old, DIGITS[2], "2")
    assert [best(style, n, DIGITS[4]) for n in (old, new, old)] == [9, 9, 9]
    assert [best(style, n, DIGITS[2]) for n in (old, new, old)] == [2, 2, 2]
    assert new.looked == TWICE * 2 + 2


def test_the_newest_label_of_a_drawing_wins() -> None:
    style = Style()
    for label in ("3", "9", None, "4"):
        style = style.learn(READER, DIGITS[4], label)
    assert [example.label for example in style.examples] == ["4"]
    assert read(style, DIGITS[4]) == ("4", "read")
    moved = DIGITS[4].transform(np.eye(2) * 3.7, (500, -20))
    style = style.learn(READER, moved, "9")
    assert [example.label for example in style.examples] == ["9"]
    assert read(style, DIGITS[4]) == ("9", "read")


def test_wrong_labels_do_not_poison_a_style() -> None:
    """A hand that the network takes all for ones; 1 in 10 of its labels is wrong."""
    network, rng = Network("one"), np.random.default_rng(0)
    hands = [[dented(ink, s) for ink in DIGITS] for s in (0.0, 0.004, 0.008, 0.012, 0.016)]
    examples = [(hand[digit], str(digit)) for hand in hands[:3] for digit in range(10)]
    for number in rng.choice(len(examples), 3, replace=False).tolist():
        ink, label = examples[number]
        examples[number] = (ink, str((int(label) + 5) % 10))
    style = Style.of(network, examples)
    drawn = [(ink, digit) for hand in hands[3:] for digit, ink in enumerate(hand)]
    right = sum(best(style, network, ink) == digit for ink, digit in drawn)
    assert right >= 0.8 * len(drawn)  # without a style: 0.1


def test_contradicting_copies_leave_the_rest_alone() -> None:
    style = Style()
    for size, label in ((0.01, "9"), (0.014, "4"), (0.018, "9"), (0.022, None)):
        style = style.learn(READER, dented(DIGITS[4], size), label)
    assert len(style.examples) == 4
    reading = READER.read(dented(DIGITS[4], 0.022), "digit", style)
    assert reading.status == "unsure"  # the newest
    others = [digit for digit in range(10) if digit != 4]
    assert [read(style, DIGITS[digit]) for digit in others] == [(str(d), "read") for d in others]


def test_forgetting_is_as_if_it_never_was() -> None:
    style = Style().learn(READER, DIGITS[4], "9").learn(READER, ARROW, "4")
    assert read(style, DIGITS[4]) == ("9", "read")
    style = style.forget(0)
    assert [example.label for example in style.examples] == ["4"]
    assert read(style, DIGITS[4]) == ("4", "read")
    assert read(style, ARROW) == ("4", "read")
    assert read(style.forget(0), ARROW)[1] == "unsure"
    for number in (1, -1):
        with pytest.raises(InvalidInput, match=f"below 1, found {number}"):
            style.forget(number)


def test_only_the_newest_count() -> None:
    rng = np.random.default_rng(0)
    drawings = [Ink.from_strokes([rng.random((5, 2))]) for _ in range(MOST + 3)]
    style = Style.of(Network("one"), [(ink, str(i % 10)) for i, ink in enumerate(drawings)])
    assert [example.drawing.ink for example in style.examples] == drawings[3:]


def test_a_raster_teaches_ink_of_its_shape_any_label() -> None:
    """Ink has a direction that a raster lacks, so now and then the network is surer of it."""
    found = []
    for digit, raster in enumerate(RASTERS):
        for label in set(LABELS) - {str(digit)}:
            style = Style().learn(READER, raster, label)
            found.append(read(style, DIGITS[digit]) == (label, "read"))
    assert sum(found) >= 0.8 * len(found)


def test_pictures_and_ink_are_compared_without_direction() -> None:
    """This network sees where the pen went to the right, and nothing else."""

    class Directed(Network):
        def recognize(self, inputs: Inputs) -> tuple[Floats, Floats]:
            logits, _ = super().recognize(inputs)
            right = inputs[..., 1].reshape(len(inputs), -1)
            return logits, right + np.float32(1e-3)

    network = Directed("directed")
    turned = Ink(tuple(stroke[::-1] for stroke in DIGITS[4].strokes))
    of_ink, of_picture = (Style().learn(network, d, "9") for d in (DIGITS[4], RASTERS[4]))
    assert best(of_ink, network, DIGITS[4]) == 9
    assert best(of_ink, network, turned) == 1
    for ink in (DIGITS[4], turned):
        assert best(of_picture, network, ink) == 9
    picture = see_rasters(RASTERS[4:5])
    for style in (of_ink, of_picture):
        assert int(adjusted(style, network, picture)[0].argmax()) == 9


def test_json_keeps_all() -> None:
    style = Style.of(READER, [(DIGITS[4], "9"), (RASTERS[7], None), (ARROW, "4")])
    again = Style.from_json(style.to_json())
    assert again.to_json() == style.to_json()
    wanted, found = (adjusted(s, READER, INPUTS) for s in (style, again))
    np.testing.assert_array_equal(wanted, found)
    assert Style.from_json(Style().to_json()).examples == ()


GOOD = json.loads(Style((Example(DIGITS[1], "1"), Example(RASTERS[2], None))).to_json())
INK, RASTER = GOOD["examples"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("[]", "a style must be an object of version, examples"),
        ("{", "a style must be JSON"),
        ("[" * 100_000, "a style must be JSON"),
        ({**GOOD, "version": 2}, "version must be 1, found 2"),
        ({**GOOD, "version": True}, "version must be 1, found True"),
        ({**GOOD, "name": "x"}, "a style must be an object of version, examples"),
        ({"version": 1}, "a style must be an object of version, examples"),
        ({**GOOD, "examples": {}}, "examples must be a list"),
        ({**GOOD, "examples": [INK, 7]}, r"examples\[1\] must be an object of ink, label, found 7"),
        ({**GOOD, "examples": [{"ink": INK["ink"]}]}, r"examples\[0\] must be an object of ink"),
        ({**GOOD, "examples": [INK | {"label": "10"}]}, r"examples\[0\]: label must be .* '10'"),
        ({**GOOD, "examples": [INK | {"label": 1}]}, r"examples\[0\]: label must be .* found 1"),
        ({**GOOD, "examples": [INK | {"ink": []}]}, r"examples\[0\]: ink must be an object of str"),
        (
            {**GOOD, "examples": [INK | {"ink": {"strokes": []}}]},
            r"examples\[0\]: drawing must have points",
        ),
        (
            {**GOOD, "examples": [INK | {"ink": {"strokes": [[[1, "2"]]]}}]},
            r"examples\[0\]: strokes\[0\]\[0\]\.y must be a number",
        ),
        ({**GOOD, "examples": [RASTER | {"raster": "AAAA"}]}, r"examples\[0\]: raster must be"),
        ({**GOOD, "examples": [RASTER | {"raster": 7}]}, r"examples\[0\]: raster must be"),
        ({**GOOD, "examples": [RASTER | {"raster": "?"}]}, r"examples\[0\]: raster must be"),
    ],
)
def test_damaged_json_says_what_is_wrong(value: Any, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Style.from_json(value if isinstance(value, str) else json.dumps(value))


def test_too_much_ink_is_refused() -> None:
    ink = {"strokes": [[[0, 0]] * (MAX_POINTS + 1)]}
    with pytest.raises(TooLarge, match=r"examples\[0\]"):
        Style.from_json(json.dumps({**GOOD, "examples": [INK | {"ink": ink}]}))


@pytest.mark.parametrize(
    ("drawing", "label", "says"),
    [
        (DIGITS[0], "00", "label must be"),
        (DIGITS[0], 0, "label must be"),
        (DIGITS[0], "", "label must be"),
        (Ink(()), "0", "drawing must have points"),
        ("7", "7", "drawing must be Ink or a raster, found str"),
        (np.zeros((28, 28), np.float32), "0", "found a black raster"),
        (np.full((28, 28), 1e-3, np.float32), "0", "found a black raster"),
        (np.zeros((20, 20), np.float32), "0", r"the shape \(28, 28\), found \(20, 20\)"),
        (np.full((28, 28), 255, np.uint8), "0", r"in \[0, 1\], found 255"),
        (np.full((28, 28), np.nan, np.float32), "0", r"in \[0, 1\], found nan"),
    ],
)
def test_what_cannot_be_learned_is_said(drawing: Any, label: Any, says: str) -> None:
    style = Style().learn(READER, ARROW, "4")
    with pytest.raises(InvalidInput, match=says):
        style.learn(READER, drawing, label)
    assert [example.label for example in style.examples] == ["4"]
