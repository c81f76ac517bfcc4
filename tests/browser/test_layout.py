"""The pad in any box, on a phone that lies, and for the left hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CALM, OpenPage, OtherSite
from tests.browser.driver import draw_with_mouse, place_number
from tests.browser.test_looks import SHIFTS, expect_no_findings
from tests.browser.test_number import rectangle
from tests.drawings import DIGITS
from tests.test_docs import blocks

ELEMENT = Path(__file__).parents[2] / "docs/element.md"
LYING = {"viewport": {"width": 740, "height": 360}}


@pytest.fixture
def boxed(browser: Browser, origins: tuple[OtherSite, str]) -> Iterator[Page]:
    """Show the document's three boxes on another site's page, 700 px wide and 900 px high."""
    other, digitpad = origins
    styles = next(text for language, text in blocks(ELEMENT) if language == "css")
    pads = "".join(
        f'<digit-pad class="{name}"></digit-pad>' for name in ("square", "strip", "page")
    )
    other.pages["/boxes"] = (
        f"<!doctype html><style>body {{ margin: 0 }} {styles}</style>{pads}"
        f'<script type="module" src="{digitpad}/static/digit-pad/digit-pad.js"></script>'
    )
    page = browser.new_page(viewport={"width": 700, "height": 900}, **CALM)
    page.goto(f"{other.address}/boxes")
    page.wait_for_function("() => document.querySelector('digit-pad').shadowRoot")
    yield page
    page.close()


def test_the_element_takes_the_box_that_css_gives_it(boxed: Page) -> None:
    left, top, right, bottom = rectangle(boxed.locator(".square #pad"))
    assert (right - left, bottom - top) == (192, 192)
    left, top, right, bottom = rectangle(boxed.locator(".strip #pad"))
    assert (right - left, bottom - top) == (700, 80)
    left, top, right, bottom = rectangle(boxed.locator(".page"))
    assert (right - left, bottom - top) == (700, 900)
    paper, answer = (
        rectangle(boxed.locator(".page #pad")),
        rectangle(boxed.locator(".page #answer")),
    )
    assert paper[3] - paper[1] > 600
    assert answer[3] == pytest.approx(bottom, abs=1)


def test_a_number_is_written_on_a_strip(boxed: Page) -> None:
    inks = [DIGITS[int(digit)] for digit in "4071"]
    draw_with_mouse(boxed, place_number(boxed, inks, 0.7, pad=".strip #pad"))
    expect(boxed.locator(".strip .numeral").first).to_have_text("4071")
    expect(boxed.locator(".strip .boxes .bare")).to_have_count(4)  # no label on the digits


def test_on_a_phone_that_lies_the_pad_is_the_page(open_page: OpenPage) -> None:
    page = open_page(**LYING, locale="de-DE")
    inks = [DIGITS[int(digit)] for digit in "47"]
    draw_with_mouse(page, place_number(page, inks))
    expect(page.locator(".numeral").first).to_have_text("47")
    _, top, _, bottom = rectangle(page.locator("#pad"))
    assert bottom - top > 0.9 * 360
    for part in ("#pad", ".figures", ".sentence", "#fix", "#undo", "#clear"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 740
    assert page.evaluate(SHIFTS) == 0
    page.click("#fix")
    expect(page.locator(".labels button").first).to_be_in_viewport()
    expect_no_findings(page)
    page.keyboard.press("Escape")
    expect(page.locator("#fix")).to_be_focused()
    page.get_by_role("link", name="Über").scroll_into_view_if_needed()  # below the pad


@pytest.mark.parametrize("options", [LYING, {"viewport": {"width": 390, "height": 844}}])
def test_the_left_hand_has_its_own_layout(open_page: OpenPage, options: dict[str, object]) -> None:
    page = open_page(**options)
    switch, clear = page.get_by_role("button", name="Left-handed"), page.locator("#clear")
    edge = float(rectangle(page.locator("digit-pad"))[2])
    assert rectangle(clear)[2] == pytest.approx(edge, abs=1)
    switch.click()
    for _ in range(2):
        expect(switch).to_have_attribute("aria-pressed", "true")
        assert rectangle(clear)[2] < edge - 90
        page.reload()
    switch.click()
    assert rectangle(clear)[2] == pytest.approx(edge, abs=1)
    assert page.evaluate("localStorage['digitpad.hand']") is None
