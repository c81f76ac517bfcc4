"""The page, used as people use it."""

import base64
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Request, Response, expect

from digitpad import Ink
from digitpad.raster import raster_inks
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


def expect_digit(page: Page, digit: int) -> None:
    expect(page.locator("#answer")).to_have_attribute("data-status", "read")
    expect(page.locator(".numeral").first).to_have_text(str(digit))


def expect_blank(page: Page) -> None:
    expect(page.locator("#answer")).to_have_attribute("data-status", "blank")
    expect(page.locator(".sentence")).to_have_text("Nothing to read yet.")


def draw(page: Page, digit: int) -> None:
    draw_with_mouse(page, place(page, DIGITS[digit]))
    expect_digit(page, digit)


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
    expect_digit(page, 3)
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
    expect(page.locator(".reason")).to_have_text("it is only a dot")
    expect(page.locator(".sentence")).to_contain_text(" or ")


def test_offline_and_back(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    page.context.set_offline(True)
    draw_with_mouse(page, place(page, DIGITS[6]))
    message = page.locator("#connection")
    expect(message).to_have_text("Cannot reach the server. Trying again…")
    page.context.set_offline(False)
    expect_digit(page, 6)
    expect(message).to_be_hidden()
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


def test_a_narrow_window(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 320, "height": 568})
    draw(page, 8)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_phone_shows_pad_and_answer_at_once(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    draw_with_touch(page, place(page, DIGITS[9]))
    expect_digit(page, 9)
    for part in ("#pad", ".figures", ".sentence", "#bars"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]


def test_dark_scheme(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    draw(page, 7)
    assert brightness(page, "html", "backgroundColor") < 60
    assert brightness(page, "#pad", "color") > 150
    assert brightness(page, ".sentence", "color") > 150


def brightness(page: Page, element: str, name: str) -> float:
    colour = page.locator(element).first.evaluate(f"(e) => getComputedStyle(e).{name}")
    return float(np.mean([float(part) for part in colour.strip("rgb()").split(",")]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    steps: list[Callable[[], None]] = [
        lambda: None,
        lambda: draw(page, 0),
        lambda: page.locator("#pad").click(),
    ]
    for step in steps:
        step()
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
