"""The page from the keyboard alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_keys
from tests.browser.test_page import expect_blank, expect_digit

SEVEN = "^ >>>>>" + "1v" * 4 + " "  # along the top, then down and to the left


def strokes(page: Page) -> int:
    count: int = page.locator("digit-pad").evaluate("(pad) => pad.strokes.length")
    return count


def focused(page: Page) -> str:
    name: str = page.evaluate(
        "(document.activeElement.shadowRoot?.activeElement ?? document.activeElement).id"
    )
    return name


def test_a_digit_is_drawn(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    while focused(page) != "pad":
        page.keyboard.press("Tab")
    draw_with_keys(page, SEVEN)
    expect_digit(page, 7)
    said = page.locator("#announcement")
    expect(said).to_have_text(re.compile("Seven, .* percent sure"))
    assert strokes(page) == 1
    page.keyboard.press("Control+z")
    expect_blank(page)
    page.keyboard.press("Control+y")
    expect_digit(page, 7)
    page.keyboard.press("Delete")
    expect_blank(page)


def test_strokes_are_separate_where_the_pen_is_lifted(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_keys(page, "< vvvvvvv >>>>>>> ^^^^ ")
    assert strokes(page) == 2
    expect(page.locator(".cursor")).to_be_visible()
    page.locator("#clear").click()
    expect(page.locator(".cursor")).to_be_hidden()


def test_a_pen_that_was_put_down_is_lifted_with_escape_and_when_the_focus_goes(
    open_page: OpenPage,
) -> None:
    page = open_page()
    draw_with_keys(page, " vvv")
    page.keyboard.press("Escape")
    draw_with_keys(page, ">>")
    assert strokes(page) == 1
    draw_with_keys(page, " vvv")
    page.keyboard.press("Tab")
    draw_with_keys(page, ">>")
    assert strokes(page) == 2


def test_keys_are_the_pads_only_while_it_has_the_focus(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_keys(page, SEVEN)
    expect_digit(page, 7)
    page.locator("#undo").focus()
    for key in ("Delete", "Control+z", "ArrowDown"):
        page.keyboard.press(key)
    assert strokes(page) == 1


def test_an_answer_is_corrected(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_keys(page, SEVEN)
    expect_digit(page, 7)
    page.locator("#fix").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chooser")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".chooser")).to_be_hidden()
    assert focused(page) == "fix"
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.locator(".numeral").first).to_have_text("1")
    assert focused(page) == "fix"


def test_who_draws_on_instead_of_correcting_stays_on_the_pad(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_keys(page, SEVEN)
    expect_digit(page, 7)
    page.locator("#fix").click()
    page.locator("#pad").click(position={"x": 40, "y": 40})
    expect(page.locator(".chooser")).to_be_hidden()
    assert focused(page) == "pad"
    page.keyboard.press("Control+z")
    assert strokes(page) == 1
