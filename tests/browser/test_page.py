"""The page, used as people use it."""

import base64
import io
import re
import time
from collections.abc import Callable, Sequence
from email.utils import formatdate
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Request, Response, Route, expect

from digitpad import Ink
from digitpad.network.inputs import raster_inks
from tests.browser.conftest import OpenPage
from tests.browser.driver import (
    Path,
    draw_with_mouse,
    draw_with_pen,
    draw_with_touch,
    place,
    place_number,
)
from tests.drawings import DIGITS

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}


def expect_digit(page: Page, digit: int | str) -> None:
    """Wait until all that is drawn is read, as this."""
    page.wait_for_function("() => !document.querySelector('digit-pad').validity.customError")
    expect(page.locator("#answer")).to_have_attribute("data-status", "read")
    expect(page.locator(".numeral").first).to_have_text(str(digit))


def expect_blank(page: Page) -> None:
    expect(page.locator("#answer")).to_have_attribute("data-status", "blank")
    expect(page.locator(".sentence")).to_have_text("Nothing to read yet.")


def draw(page: Page, digit: int, read: str | None = None) -> None:
    """Draw a digit and wait until it is read: as itself, unless another text is expected."""
    draw_with_mouse(page, place(page, DIGITS[digit]))
    expect_digit(page, read or digit)


def expect_sent(page: Page, strokes: int, act: Callable[[], object]) -> None:
    """Wait for `act` to lead to a request with so many strokes."""

    def fits(request: Request) -> bool:
        body: Any = request.post_data_json if request.method == "POST" else None
        return body is not None and len(body["ink"]["strokes"]) == strokes

    with page.expect_request(fits):
        act()


def test_each_digit_is_read(open_page: OpenPage) -> None:
    page = open_page()
    for digit in range(10):
        draw(page, digit)
        page.click("#clear")
        expect_blank(page)


def test_a_number_is_read(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_mouse(page, place_number(page, [DIGITS[digit] for digit in (2, 0, 4, 7)]))
    expect(page.locator(".numeral").first).to_have_text("2047")
    expect(page.locator("#answer")).to_have_attribute("data-status", "read")
    expect(page.locator(".boxes [data-digit]")).to_have_count(4)


@pytest.mark.parametrize(
    ("draw_with", "kind"),
    [(draw_with_mouse, "mouse"), (draw_with_touch, "touch"), (draw_with_pen, "pen")],
)
def test_mouse_finger_and_pen_draw(
    open_page: OpenPage, draw_with: Callable[[Page, Sequence[Path]], None], kind: str
) -> None:
    page = open_page(**PHONE if kind == "touch" else {})
    page.evaluate(
        "addEventListener('pointerdown', (event) => (window.pointerKind = event.pointerType), true)"
    )
    draw_with(page, place(page, DIGITS[4]))
    expect_digit(page, 4)
    assert page.evaluate("window.pointerKind") == kind


def test_the_answer_comes_before_the_stroke_ends(open_page: OpenPage) -> None:
    page = open_page()
    (stroke,) = place(page, DIGITS[3])
    page.mouse.move(*stroke[0])
    page.mouse.down()
    for point in stroke[1 : len(stroke) // 2]:
        page.mouse.move(*point)
    expect(page.locator("#answer")).not_to_have_attribute("data-status", "blank")
    for point in stroke[len(stroke) // 2 :]:
        page.mouse.move(*point)
    expect(page.locator(".numeral").first).to_have_text("3")
    page.mouse.up()


def test_undo_and_clear(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("#undo")).to_have_attribute("aria-disabled", "true")
    draw(page, 5)
    expect_sent(page, 1, lambda: page.click("#undo"))
    page.click("#clear")
    expect_blank(page)
    expect_sent(page, 1, lambda: page.click("#undo"))
    page.click("#undo")
    expect_blank(page)
    expect(page.locator("#undo")).to_have_attribute("aria-disabled", "true")


def test_keys_undo_and_clear(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, 4)
    expect_sent(page, 1, lambda: page.keyboard.press("Control+z"))
    page.keyboard.press("Delete")
    expect_blank(page)
    page.keyboard.press("Control+z")
    expect(page.locator("#answer")).not_to_have_attribute("data-status", "blank")


def test_bars_and_picture_show_the_last_answer(open_page: OpenPage) -> None:
    page = open_page()
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))  # noqa: PLW0108  not a built-in
    draw(page, 2)
    expect(page.locator("#announcement")).to_have_text(re.compile("^Two, "))  # said when settled
    (digit,) = answers[-1].json()["digits"]
    numbers = page.locator("#bars .number").all_inner_texts()
    shown = [float(number.removesuffix("%")) / 100 for number in numbers]
    assert shown == pytest.approx(digit["probabilities"], abs=0.0011)  # it never says 100%
    expect(page.locator("#bars .top")).to_have_attribute("data-digit", "2")
    expect(page.locator("#raster")).to_be_visible()
    source = page.locator("#raster").get_attribute("src") or ""
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))))
    raster = raster_inks([Ink.from_strokes(digit["ink"]["strokes"])])[0]
    assert picture / 255 == pytest.approx(raster, abs=0.003)


def test_a_dot_is_unsure(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#pad").click()
    expect(page.locator("#answer")).to_have_attribute("data-status", "unsure")
    expect(page.locator(".reason")).to_have_text("It is only a dot.")
    expect(page.locator(".numeral:visible")).to_have_text("?")  # no digit has a chance
    page.locator(".numeral:visible").click()
    expect(page.locator(".question")).to_have_text("What is it?")


def test_offline_and_back(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    page.context.set_offline(True)
    draw_with_mouse(page, place(page, DIGITS[6]))
    message = page.locator("#connection")
    expect(message).to_have_text("Cannot reach the server. Trying again…")
    expect(page.locator(".sentence")).to_have_text("Not read yet.")
    page.context.set_offline(False)
    expect_digit(page, 6)
    expect(message).to_be_hidden()
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


def test_what_was_undone_is_done_again(open_page: OpenPage) -> None:
    page = open_page()
    redo = page.locator("#redo")
    draw(page, 5)
    expect(redo).to_have_attribute("aria-disabled", "true")
    expect_sent(page, 1, lambda: page.click("#undo"))
    expect_sent(page, 2, redo.click)
    expect_digit(page, 5)
    page.locator("#pad").focus()
    expect_sent(page, 1, lambda: page.keyboard.press("Control+z"))
    expect_sent(page, 2, lambda: page.keyboard.press("Control+Shift+Z"))
    expect_sent(page, 1, lambda: page.keyboard.press("Control+z"))
    expect_sent(page, 2, lambda: page.keyboard.press("Control+y"))
    page.click("#undo")
    draw_with_mouse(page, place(page, DIGITS[1], 0.2, 0.9))
    expect(redo).to_have_attribute("aria-disabled", "true")  # another stroke, another future


def test_a_pen_beats_the_palm(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    finger = page.locator("#finger")
    expect(finger).to_be_hidden()
    (stroke,) = place(page, DIGITS[3])
    draw_with_pen(page, [stroke])
    expect_digit(page, 3)
    expect(finger).to_have_attribute("aria-pressed", "false")
    palm = [[(x + 20, y) for x, y in stroke[:5]]]
    draw_with_touch(page, palm)
    expect(page.locator("#announcement")).not_to_be_empty()
    assert strokes(page) == 1
    finger.click()
    expect(finger).to_have_attribute("aria-pressed", "true")
    draw_with_touch(page, palm)
    assert strokes(page) == 2


def test_a_pen_ends_what_the_palm_began(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    (stroke,) = place(page, DIGITS[3])
    session = page.context.new_cdp_session(page)
    x, y = stroke[0]
    touch = {"type": "touchStart", "touchPoints": [{"x": x + 90, "y": y + 90}]}
    session.send("Input.dispatchTouchEvent", touch)
    draw_with_pen(page, [stroke])
    expect_digit(page, 3)
    assert strokes(page) == 1


def test_a_cancelled_pointer_ends_its_stroke(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    (stroke,) = place(page, DIGITS[3])
    session = page.context.new_cdp_session(page)
    for kind, point in (("touchStart", stroke[0]), ("touchMove", stroke[9]), ("touchCancel", None)):
        points = [{"x": point[0], "y": point[1]}] if point else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    draw_with_touch(page, [stroke])
    expect(page.locator("#answer")).not_to_have_attribute("data-status", "blank")
    assert strokes(page) == 2


def test_other_buttons_do_not_draw(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#pad").click(button="middle")
    assert strokes(page) == 0


def strokes(page: Page) -> int:
    count: int = page.locator("digit-pad").evaluate("(pad) => pad.strokes.length")
    return count


def test_two_tabs_do_not_disturb_each_other(open_page: OpenPage) -> None:
    one = open_page()
    other = one.context.new_page()
    other.goto(one.url)
    draw(other, 5)
    one.bring_to_front()  # browsers let what is behind wait
    draw(one, 2)
    expect_digit(other, 5)


def test_a_slow_and_a_failing_server(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    fault: list[int] = [503]

    def answer(route: Route) -> None:
        if fault:
            route.fulfill(status=fault[0], json={"title": "no"})
        else:
            route.fallback()

    page.route("**/api/v1/read", answer)
    draw_with_mouse(page, place(page, DIGITS[6]))
    message = page.locator("#connection")
    expect(message).to_have_text("The server has a problem. Trying again…")
    fault[0] = 429
    expect(message).to_have_text("The server is busy. Trying again…")
    fault.clear()
    expect_digit(page, 6)
    expect(message).to_be_hidden()
    assert all("Failed to load resource" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (503, "date")])
def test_a_busy_server_is_asked_again_when_it_says(
    open_page: OpenPage, complaints: list[str], status: int, form: str
) -> None:
    page = open_page()
    asked: list[float] = []

    def answer(route: Route) -> None:
        asked.append(time.monotonic())
        if len(asked) > 1:
            return route.fallback()
        after = formatdate(time.time() + 4, usegmt=True) if form == "date" else "3"
        return route.fulfill(status=status, json={"title": "no"}, headers={"Retry-After": after})

    page.route("**/api/v1/read", answer)
    page.locator("#connection").evaluate(
        """(message) => {
            window.told = [];
            new MutationObserver(() => told.push(message.textContent)).observe(message, {
                childList: true, characterData: true, subtree: true,
            });
        }"""
    )
    draw_with_mouse(page, place(page, DIGITS[6]))
    draw_with_mouse(page, place(page, DIGITS[1], 0.3, 0.9))  # more ink is no reason to ask sooner
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".numeral").first).to_have_text("61")
    assert asked[1] - asked[0] > 2.9
    assert "The server is busy. Trying again…" in page.evaluate("told")
    assert all("Failed to load resource" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


def test_developers_see_how_long_an_answer_took(open_page: OpenPage) -> None:
    page = open_page("/?dev")
    draw(page, 7)
    expect(page.locator("#latency")).to_have_text(re.compile(r"pen-up to answer: \d+ ms"))


def test_all_works_where_the_context_is_not_secure(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script(
        "delete Crypto.prototype.randomUUID; delete PointerEvent.prototype.getCoalescedEvents"
    )
    page.reload()
    draw(page, 4)


def test_drawing_never_waits_for_the_network(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.route("**/api/v1/read", lambda route: None)  # never answered
    draw_with_touch(page, place(page, DIGITS[4]))
    assert strokes(page) == len(DIGITS[4].strokes)
    drawn = page.locator("#pad canvas").first.evaluate(
        """(canvas) => {
          const { width, height, clientWidth } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          return [data.some((value) => value > 0), width / clientWidth];
        }"""
    )
    assert drawn == [True, pytest.approx(3, abs=0.01)]  # sharp at the phone's density
    expect(page.locator("#connection")).to_have_text("The server is slow. Still reading…")


def test_one_request_is_in_flight_at_a_time(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script(
        """{
          const original = fetch;
          const flying = new Set();
          window.most = 0;
          window.fetch = (resource, init) => {
            const flight = {};
            const land = () => flying.delete(flight);
            init?.signal?.addEventListener("abort", land);  // when the pen is lifted
            window.most = Math.max(window.most, flying.add(flight).size);
            return original(resource, init).finally(land);
          };
        }"""
    )
    page.reload()
    draw_with_mouse(page, place_number(page, [DIGITS[1], DIGITS[8]]))
    expect(page.locator(".numeral").first).to_have_text("18")
    assert page.evaluate("window.most") == 1
