"""The pad under fingers, on pages that turn or scale it, and as a control of its answer."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_mouse, draw_with_touch, place, place_number
from tests.browser.test_number import FakeReader, draw_bars, rectangle
from tests.browser.test_page import PHONE, draw, expect_blank, expect_digit, strokes
from tests.drawings import DIGITS

NARROW_PHONE = {**PHONE, "viewport": {"width": 360, "height": 740}}


def fingers(session: CDPSession, kind: str, points: Sequence[tuple[float, float]]) -> None:
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("late", [0, 3])  # steps that the first finger is ahead
def test_fingers_that_come_together_draw_nothing(
    open_page: OpenPage, count: int, late: int
) -> None:
    page = open_page(**NARROW_PHONE)
    session = page.context.new_cdp_session(page)
    left, top, _, _ = rectangle(page.locator("#pad")).astype(float).tolist()
    at = [(left + 60 + 60 * finger, top + 80) for finger in range(count)]
    fingers(session, "touchStart", at[:1])
    for step in range(late):
        fingers(session, "touchMove", [(at[0][0], at[0][1] + 3 * step)])
    for more in range(1, count):
        fingers(session, "touchStart", at[: more + 1])
    for step in range(5):
        fingers(session, "touchMove", [(x, y + 10 * step) for x, y in at])
    fingers(session, "touchEnd", [])
    assert strokes(page) == 0
    expect_blank(page)
    draw_with_touch(page, place(page, DIGITS[3]))
    expect_digit(page, 3)


def test_a_finger_that_touches_while_one_draws_disturbs_nothing(open_page: OpenPage) -> None:
    page = open_page(**NARROW_PHONE)
    session = page.context.new_cdp_session(page)
    (stroke,) = place(page, DIGITS[3])
    fingers(session, "touchStart", stroke[:1])
    half = len(stroke) // 2
    for point in stroke[1:half]:
        fingers(session, "touchMove", [point])
    page.wait_for_timeout(400)  # longer than a gesture takes to begin
    for point in stroke[half:]:
        fingers(session, "touchMove", [point, (stroke[0][0] + 90, stroke[0][1] + 90)])
    fingers(session, "touchEnd", [])
    expect_digit(page, 3)


@pytest.mark.parametrize(
    "css",
    [
        "zoom: 1.5",
        "transform: rotate(20deg) scale(0.7)",
        "zoom: 0.6; transform: skewX(10deg) translate(40px, 10px)",
    ],
)
def test_ink_lies_under_the_pen_however_the_page_is_transformed(
    open_page: OpenPage, css: str
) -> None:
    page = open_page()
    page.locator("digit-pad").evaluate("(pad, css) => { pad.style.cssText = css; }", css)
    left, top, right, bottom = rectangle(page.locator("#pad"))
    x, y = float(left + right) / 2, float(top + bottom) / 2
    path = [(x, y), (x + 40, y + 30), (x + 70, y + 10)]
    draw_with_mouse(page, [[path[0], (x + 20, y + 15), path[1], (x + 55, y + 20), path[2]]])
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    for across, down in path:
        red, _, blue = shot[round(down), round(across)]
        assert blue - red > 100


def test_a_number_runs_from_left_to_right_on_any_page(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("document.documentElement.dir = 'rtl'")
    draw_with_mouse(page, place_number(page, [DIGITS[digit] for digit in (2, 0, 4, 7)]))
    expect(page.locator(".numeral").first).to_have_text("2047")
    names = [
        button.get_attribute("aria-label") or "" for button in page.locator(".row button").all()
    ]
    assert [name.partition(",")[0] for name in names] == ["Two", "Zero", "Four", "Seven"]
    lefts = [rectangle(button)[0] for button in page.locator(".row button").all()]
    assert lefts == sorted(lefts)
    left, _, width = page.locator(".numeral").first.evaluate(
        "(e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.width]; }"
    )
    page.mouse.click(left + width * 0.1, rectangle(page.locator(".figures"))[1] + 20)
    expect(page.locator(".question")).to_have_text("What is digit 1 of 4?")


def test_a_tap_on_a_box_or_its_label_corrects_that_digit(open_page: OpenPage) -> None:
    page = open_page()
    FakeReader(page, "20", sureness=(0.98, 0.7))
    draw_bars(page, 2)
    left, top, _, bottom = rectangle(page.locator(".boxes div").first).astype(float).tolist()
    for y in (top + 5, top - 12, bottom - 5):  # in the box, on its label
        page.mouse.click(left + 8, y)
        expect(page.locator(".question")).to_have_text("What is digit 1 of 2?")
        expect(page.locator(".boxes .asked")).to_have_attribute("data-digit", "2")
        page.keyboard.press("Escape")
    assert strokes(page) == 2
    page.mouse.click(left - 40, bottom + 60)  # elsewhere it is a dot
    assert strokes(page) == 3


def unsure(page: Page, text: str, other: str, **more: Any) -> FakeReader:
    """Draw what is read as one of two numbers."""
    page.route("**/api/v1/corrections", lambda route: route.fulfill(status=201, json={}))
    alternatives = [{"text": other, "confidence": 0.27}]
    reader = FakeReader(
        page, text, (0.98, 0.8), status="unsure", reason="it could also be another",
        confidence=0.72, alternatives=alternatives, **more,
    )  # fmt: skip
    draw_bars(page, len(text))
    expect(page.locator("#answer")).to_have_attribute("data-status", "unsure")
    return reader


def test_a_candidate_that_is_tapped_is_taken(open_page: OpenPage) -> None:
    page = open_page()
    unsure(page, "374159", "314159")
    asked: list[Any] = []
    page.on("request", lambda r: asked.append(r) if "/corrections" in r.url else None)
    page.get_by_role("button", name="It is 314159").click()
    expect(page.locator(".numeral").first).to_have_text("314159")
    expect(page.locator(".sentence")).to_have_text("314159, as you say.")
    pad = page.locator("digit-pad")
    assert pad.evaluate("(pad) => [pad.value, pad.validity.valid]") == ["314159", True]
    expect(page.locator(".boxes div").nth(1)).to_have_attribute("data-digit", "1")
    assert asked == []  # nobody was told yet what is kept
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".sentence")).to_have_text("374159 (72%) or 314159 (27%)?")


@pytest.mark.parametrize("other", ["31415", "3714159", "2"])
def test_a_candidate_of_another_length_is_taken(open_page: OpenPage, other: str) -> None:
    page = open_page()
    unsure(page, "374159", other)
    page.locator(".numeral").nth(1).click()
    expect(page.locator(".sentence")).to_contain_text("as you say.")
    pad = page.locator("digit-pad")
    assert pad.evaluate("(pad) => [pad.value, pad.validity.valid]") == [other, True]


def test_thats_right(open_page: OpenPage) -> None:
    page = open_page()
    unsure(page, "47", "41")
    pad = page.locator("digit-pad")
    assert pad.evaluate("(pad) => pad.validity.badInput")
    page.get_by_role("button", name="That’s right").click()
    expect(page.locator(".sentence")).to_have_text("47, as you say.")
    expect(page.locator("#right")).to_be_hidden()
    assert pad.evaluate("(pad) => [pad.value, pad.validity.valid]") == ["47", True]


def test_a_correction_leaves_in_doubt_what_it_did_not_touch(open_page: OpenPage) -> None:
    page = open_page()
    unsure(page, "347", "341")  # the four is in doubt, and nothing was said of it
    page.locator(".boxes div").nth(2).click()
    page.locator(".labels").get_by_role("button", name="1", exact=True).click()
    expect(page.locator(".sentence")).to_have_text("341, with your correction.")
    pad = page.locator("digit-pad")
    assert pad.evaluate("(pad) => [pad.value, pad.validity.badInput]") == ["341", True]
    page.get_by_role("button", name="That’s right").click()
    assert pad.evaluate("(pad) => [pad.value, pad.validity.valid]") == ["341", True]


def test_a_guess_without_a_chance_is_not_shown(open_page: OpenPage) -> None:
    page = open_page()
    reason = "it does not look like a digit"
    alternatives = [{"text": "6", "confidence": 0.004}]
    page.route("**/api/v1/corrections", lambda route: route.fulfill(status=201, json={}))
    FakeReader(
        page, "7", status="unsure", reason=reason, confidence=0.005, alternatives=alternatives
    )
    draw_with_mouse(page, place(page, DIGITS[1]))
    expect(page.locator(".numeral:visible")).to_have_text("?")
    expect(page.locator(".sentence")).to_have_text("No digit can be made out.")
    expect(page.locator(".reason")).to_have_text("It does not look like a digit.")
    expect(page.locator("#announcement")).to_contain_text("No digit can be made out.")
    expect(page.locator("#right")).to_be_hidden()
    pad = page.locator("digit-pad")
    assert pad.evaluate("(pad) => [pad.value, pad.validity.badInput]") == ["", True]
    page.locator("#fix").click()
    page.locator(".labels").get_by_role("button", name="1", exact=True).click()
    assert pad.evaluate("(pad) => [pad.value, pad.validity.valid]") == ["1", True]


def test_what_cannot_be_read_now_is_not_asked_about(
    open_page: OpenPage, complaints: list[str]
) -> None:
    page = open_page()
    draw(page, 7)
    page.wait_for_function("() => !document.querySelector('digit-pad').validity.customError")
    page.context.set_offline(True)
    draw_with_mouse(page, place(page, DIGITS[1], 0.5, 0.9))
    expect(page.locator("#connection")).not_to_be_empty()
    expect(page.locator("#fix")).not_to_be_visible()
    page.locator(".numeral").first.click()
    page.context.set_offline(False)
    expect(page.locator(".numeral").first).to_have_text("71")
    expect(page.locator("#fix")).to_be_visible()
    expect(page.locator(".chooser")).to_be_hidden()
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


@pytest.mark.parametrize(
    ("away", "back"),
    [
        ("pad.style.display = 'none'", "pad.style.display = ''"),
        ("pad.style.transform = 'scale(0)'", "pad.style.transform = ''"),
        ("pad.remove()", "document.querySelector('main').prepend(pad)"),
        ("pad.after(document.createElement('p'), pad)", ""),
    ],
)
def test_a_pad_that_goes_while_one_draws_ends_the_stroke(
    open_page: OpenPage, away: str, back: str
) -> None:
    page = open_page()
    left, top, _, _ = rectangle(page.locator("#pad")).astype(float).tolist()
    page.evaluate("window.pad = document.querySelector('digit-pad')")
    page.mouse.move(left + 200, top + 40)
    page.mouse.down()
    for step in range(9):
        page.mouse.move(left + 200, top + 40 + 12 * step)
    page.evaluate(away)
    for step in range(3):
        page.mouse.move(left + 220, top + 60 + 12 * step)
    page.mouse.up()
    page.evaluate(back)
    page.mouse.move(left + 300, top + 90)  # with no button pressed
    expect_digit(page, 1)
    page.wait_for_function("() => pad.validationMessage === ''")
    draw_with_mouse(page, place(page, DIGITS[7], 0.4, 0.8))
    expect(page.locator(".numeral").first).to_have_text("17")
    assert strokes(page) == 2
    assert page.evaluate("pad.strokes.flat(2).every(Number.isFinite)")
