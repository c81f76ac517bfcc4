"""Ink that is taken away again: crossed out, rubbed out, undone by two fingers."""

from collections.abc import Sequence

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from digitpad import Ink
from tests.browser.conftest import OpenPage
from tests.browser.driver import Path, draw_with_mouse, draw_with_touch, place, place_number
from tests.browser.test_number import FakeReader, draw_bars
from tests.browser.test_pad import fingers
from tests.browser.test_page import PHONE, expect_digit, strokes
from tests.drawings import DIGITS, placed, together, zigzag

# What is left of strokes whose last may cross out others; null where it does not.
SCRATCHED = """async (strokes) => {
  const { scratched } = await import("/static/digit-pad/scratch.js");
  return strokes.map((_, i) => scratched(strokes.slice(0, i + 1))).find((left) => left) ?? null;
}"""
CROSSED = [(0, 0), (50, 9), (2, 20), (49, 32), (0, 44), (50, 57), (1, 70), (50, 82), (3, 95)]


def over(paths: Sequence[Path]) -> Path:
    """Return a zigzag over what was drawn."""
    points = np.concatenate([np.array(path) for path in paths])
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return [(left + (right - left) * x / 50, top + (bottom - top) * y / 95) for x, y in CROSSED]


def test_a_zigzag_over_a_digit_deletes_it_and_undo_brings_it_back(open_page: OpenPage) -> None:
    page = open_page()
    paths = place_number(page, [DIGITS[4], DIGITS[5], DIGITS[7]])
    draw_with_mouse(page, paths)
    expect_digit(page, 457)
    draw_with_mouse(page, [over(paths[2:4])])  # the five's two strokes
    expect_digit(page, 47)
    assert strokes(page) == 3
    expect(page.locator("#announcement")).to_contain_text("Erased. Four seven,")
    page.click("#undo")
    expect_digit(page, 457)
    page.click("#redo")
    expect_digit(page, 47)


def test_ordinary_digits_cross_nothing_out(open_page: OpenPage) -> None:
    page = open_page()
    texts = ["2358235823", "1111111111", "4004177471", "0123456789"]
    inks = [together(placed(text, gap)) for text in texts for gap in (-0.1, 0.3)]
    (eight,) = placed("8")
    for turns in (3, 7, 12):  # ones without lifting the pen, alone and beside an 8
        ones = Ink((zigzag(turns, 14) + np.array([70, 0]),))
        inks += [ones, together([eight, ones]), together([ones, eight])]
    for ink in inks:
        assert page.evaluate(SCRATCHED, ink.to_lists()) is None


def test_each_digit_can_be_crossed_out(open_page: OpenPage) -> None:
    page = open_page()
    for (digit,) in map(placed, "0123456789"):
        beside = Ink((np.array([(-40.0, 0), (-42, 100)]),))
        line = over([stroke.tolist() for stroke in digit.strokes])
        left = page.evaluate(
            SCRATCHED, [*together([beside, digit]).to_lists(), list(map(list, line))]
        )
        assert left == beside.to_lists()


def test_the_button_on_a_pens_barrel_erases(open_page: OpenPage) -> None:
    page = open_page()
    FakeReader(page, "1234")
    bars = draw_bars(page, 4)
    session = page.context.new_cdp_session(page)
    heights = [float(bars[i][[1, 3]].mean()) for i in (1, 2)]
    places = [(float(bars[1][0]) - 20, heights[0]), (float(bars[2][2]) + 20, heights[1])]
    for kind, at in (("mousePressed", 0), ("mouseMoved", 1), ("mouseReleased", 1)):
        x, y = places[at]
        event = {"type": kind, "x": x, "y": y, "button": "right", "clickCount": 1}
        held = 0 if kind == "mouseReleased" else 2
        session.send("Input.dispatchMouseEvent", {**event, "buttons": held, "pointerType": "pen"})
    assert strokes(page) == 2
    expect(page.locator("#announcement")).to_contain_text("Erased.")
    page.click("#undo")  # all of it at once
    assert strokes(page) == 4


def test_the_other_end_of_a_pen_erases_what_it_touches(open_page: OpenPage) -> None:
    page = open_page()
    FakeReader(page, "12")
    first, _ = draw_bars(page, 2)
    rub(page, [(float(first[0]) - 30, float(first[1])), (float(first[0]) - 25, float(first[3]))])
    assert strokes(page) == 2  # it went past it
    rub(page, [(float(first[0]) - 30, float(first[1]) + 9), (float(first[2]), float(first[3]) - 9)])
    assert strokes(page) == 1
    page.keyboard.press("Control+z")
    assert strokes(page) == 2


def rub(page: Page, path: Path) -> None:
    """Erase with a pen's other end, which no protocol has: the events that browsers send."""
    page.locator("#pad").evaluate(
        """(pad, path) => {
          const pen = { pointerId: 7, pointerType: "pen", isPrimary: true };
          pad.setPointerCapture = () => {};  // there is no such pointer
          path.forEach(([clientX, clientY], i) => pad.dispatchEvent(new PointerEvent(
            i ? "pointermove" : "pointerdown",
            { ...pen, clientX, clientY, button: i ? -1 : 5, buttons: 32 })));
          pad.dispatchEvent(new PointerEvent("pointerup", { ...pen, button: 5 }));
        }""",
        [list(place) for place in path],
    )


@pytest.mark.parametrize("count", [2, 3])
def test_two_fingers_that_tap_undo(open_page: OpenPage, count: int) -> None:
    page = open_page(**PHONE)
    draw_with_touch(page, [*place(page, DIGITS[3], 0.5, 0.3), *place(page, DIGITS[1], 0.5, 0.7)])
    assert strokes(page) == 2
    box = page.locator("#pad").bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    at = [(box["x"] + 40 + 60 * finger, box["y"] + 30) for finger in range(count)]
    fingers(session, "touchStart", at[:1])
    fingers(session, "touchStart", at)
    fingers(session, "touchEnd", [])
    assert strokes(page) == (1 if count == 2 else 2)
