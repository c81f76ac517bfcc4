"""Corrections on the page: told, seen at once, taken back, kept while offline, shown and erased."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_mouse, place, place_number, serving
from tests.browser.test_page import draw
from tests.drawings import DIGITS

# What the page asks for from now on waits until it calls `release()`.
HOLD = """() => {
  const { fetch } = window;
  const gate = new Promise((open) => { window.release = open; });
  window.fetch = async (...request) => { await gate; return fetch(...request); };
}"""

# All that is drawn is read.
SETTLED = "() => !document.querySelector('digit-pad').validity.customError"


def correct(page: Page, label: str) -> None:
    page.click("#fix")
    page.locator(".labels").get_by_role("button", name=label, exact=True).click()


def expect_note(page: Page, text: str) -> None:
    expect(page.locator(".reason")).to_have_text(text)


def expect_personal(page: Page, text: str) -> None:
    """Wait for the service itself to read this by the person's own style."""
    page.wait_for_function(
        "(text) => { const { reading } = document.querySelector('digit-pad');"
        " return reading.personal && reading.text === text; }",
        arg=text,
    )


def watch(page: Page) -> list[Request]:
    """Return a list that grows with what the page asks for about corrections."""
    asked: list[Request] = []
    page.on("request", lambda r: asked.append(r) if "/corrections" in r.url else None)
    return asked


def test_a_correction_takes_effect_at_once_and_is_taken_back(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, 7)
    asked = watch(page)
    correct(page, "1")
    expect(page.locator(".numeral").first).to_have_text("1")
    expect_note(page, "Learned from your drawing.")
    assert page.locator("digit-pad").evaluate("(pad) => pad.value") == "1"
    expect_personal(page, "1")  # the service reads the same drawing so, too
    body: Any = asked[0].post_data_json
    assert (body["label"], body["predicted"], body["expect"]) == ("1", "7", "number")
    assert len(body["ink"]["strokes"]) == len(DIGITS[7].strokes)
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".numeral").first).to_have_text("7")
    expect_note(page, "Taken back.")
    page.wait_for_function("document.querySelector('digit-pad').reading.text === '7'")
    assert [request.method for request in asked] == ["POST", "DELETE"]
    assert asked[1].url.endswith(body["id"])
    page.goto(page.url + "digits")
    expect(page.locator("#remembered")).to_contain_text("Nothing is remembered.")


def test_what_is_kept_is_said_before_the_first_correction_and_only_then(
    open_page: OpenPage,
) -> None:
    page = open_page()
    draw(page, 7)
    page.click("#fix")
    expect(page.locator(".kept")).to_contain_text("it keeps this drawing and what you say it is")
    assert page.context.cookies() == []
    page.locator(".labels button").first.click()
    expect_note(page, "Learned from your drawing.")
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    page.reload()
    page.click("#clear")
    draw(page, 7, page.locator(".labels button").first.text_content())
    page.click("#fix")
    expect(page.locator(".kept")).to_be_hidden()


def test_the_digit_that_was_wrong_in_a_number(open_page: OpenPage) -> None:
    page = open_page()
    asked = watch(page)
    draw_with_mouse(page, place_number(page, [DIGITS[digit] for digit in (2, 0, 4, 7)]))
    expect(page.locator(".numeral").first).to_have_text("2047")
    left, _, width = page.locator(".numeral").first.evaluate(
        "(e) => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.width]; }"
    )
    page.mouse.click(left + width * 0.375, page.locator(".figures").bounding_box()["y"] + 20)  # type: ignore[index]
    expect(page.locator(".question")).to_have_text("What is digit 2 of 4?")
    page.locator(".labels button").nth(6).click()
    expect(page.locator(".numeral").first).to_have_text("2647")
    expect(page.locator(".boxes div").nth(1)).to_have_attribute("data-digit", "6")
    expect_note(page, "Learned from your drawing.")
    body: Any = asked[0].post_data_json
    assert (body["label"], body["predicted"], len(body["ink"]["strokes"])) == ("6", "0", 1)
    expect_personal(page, "2647")
    page.click("#clear")
    draw(page, 0, "6")  # this hand's zeros are sixes now


def test_what_is_no_digit(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, 4)
    asked = watch(page)
    correct(page, "Not a digit")
    expect(page.locator(".sentence")).to_have_text("Not a digit, as you say.")
    expect_note(page, "Learned from your drawing.")
    body: Any = asked[0].post_data_json
    assert body["label"] is None


def test_corrections_wait_while_offline_and_are_sent_once(
    open_page: OpenPage, complaints: list[str]
) -> None:
    page = open_page()
    draw(page, 7)
    page.wait_for_function(SETTLED)
    page.context.set_offline(True)
    correct(page, "1")
    expect(page.locator(".numeral").first).to_have_text("1")
    expect_note(page, "Kept here until the server can be reached.")
    asked = watch(page)
    other = page.context.new_page()  # another tab has the same queue
    page.context.set_offline(False)
    other.goto(page.url)
    expect_note(page, "Learned from your drawing.")
    bodies: list[Any] = [request.post_data_json for request in asked]
    assert len({body["id"] for body in bodies}) == 1
    page.goto(page.url + "digits")
    expect(page.locator("#digits li")).to_have_count(1)
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


def test_a_correction_is_sent_though_the_storage_is_full(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    draw(page, 7)
    correct(page, "1")
    expect_note(page, "Learned from your drawing.")


def test_without_a_database_the_page_says_that_nothing_is_kept(open_page: OpenPage) -> None:
    with serving() as address:
        page = open_page(site=address)
        expect(page.get_by_text("This site keeps nothing")).to_be_visible()
        draw(page, 7)
        asked = watch(page)
        page.click("#fix")
        expect(page.locator(".kept")).to_be_hidden()
        page.locator(".labels button").first.click()
        expect_note(page, "Taken for this drawing.")
        assert asked == []
        page.goto(address + "/digits")
        expect(page.get_by_text("it has no database")).to_be_visible()


@pytest.mark.parametrize("status", [400, 503])
def test_a_server_that_does_not_take_a_correction(
    open_page: OpenPage, complaints: list[str], status: int
) -> None:
    page = open_page()
    draw(page, 7)
    page.route("**/api/v1/corrections", lambda route: route.fulfill(status=status, json={}))
    correct(page, "1")
    notes = {400: "The server did not keep it.", 503: "Kept here until the server can be reached."}
    expect_note(page, notes[status])
    expect(page.locator(".numeral").first).to_have_text("1")
    draw_with_mouse(page, place(page, DIGITS[1], 0.5, 0.9))
    expect(page.locator(".boxes div")).to_have_count(2)
    assert all("Failed to load resource" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


def test_a_digit_is_corrected_only_once_its_own_ink_was_read(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, 7)
    asked = watch(page)
    page.evaluate(HOLD)
    draw_with_mouse(page, place(page, DIGITS[1], 0.5, 0.9))
    page.click("#fix")
    expect(page.locator(".chooser")).to_be_hidden()
    expect(page.locator("#answer")).not_to_have_class(re.compile("correcting"))
    page.evaluate("release()")
    expect(page.locator(".question")).to_have_text("What is digit 2 of 2?")
    page.locator(".labels").get_by_role("button", name="3", exact=True).click()
    expect_note(page, "Learned from your drawing.")
    body: Any = asked[0].post_data_json
    assert len(body["ink"]["strokes"]) == 1


def test_this_and_that_are_one_digit(open_page: OpenPage) -> None:
    page = open_page()
    asked = watch(page)
    draw_with_mouse(page, place_number(page, [DIGITS[digit] for digit in (2, 0, 4)]))
    expect(page.locator(".numeral").first).to_have_text("204")
    page.wait_for_function(SETTLED)
    page.locator(".boxes div").nth(1).click()
    page.get_by_role("button", name="With the 4 after it, one digit").click()
    expect(page.locator(".question")).to_have_text("What are 0 and 4 together?")
    expect(page.locator(".boxes .asked")).to_have_count(2)
    page.locator(".labels").get_by_role("button", name="8", exact=True).click()
    expect(page.locator(".numeral").first).to_have_text("28")
    expect(page.locator(".sentence")).to_have_text("28, with your correction.")
    expect_note(page, "Learned from your drawing.")
    body: Any = asked[0].post_data_json
    assert (body["label"], len(body["ink"]["strokes"])) == ("8", 3)  # the ink of both
    expect(page.locator(".boxes div")).to_have_count(2)
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".numeral").first).to_have_text("204")


def test_this_is_two_digits(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, 4)
    page.wait_for_function(SETTLED)
    asked = watch(page)
    page.click("#fix")
    page.get_by_role("button", name="Two digits").click()
    expect(page.locator(".question")).to_have_text("Two digits. What is the first?")
    page.keyboard.press("1")
    expect(page.locator(".question")).to_have_text("1, and the second?")
    page.keyboard.press("7")
    expect(page.locator(".numeral").first).to_have_text("17")
    expect(page.locator(".sentence")).to_have_text("17, as you say.")
    expect_note(page, "Taken for this drawing.")
    assert page.locator("digit-pad").evaluate("(pad) => pad.value") == "17"
    assert asked == []  # what is each of the two, nobody said


def test_what_is_left_out_says_nothing_of_the_rest(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_mouse(page, place_number(page, [DIGITS[1], DIGITS[4]]))
    expect(page.locator(".numeral").first).to_have_text("14")
    page.wait_for_function(SETTLED)
    page.locator(".boxes div").nth(0).click()
    page.get_by_role("button", name="Not a digit").click()
    expect(page.locator(".numeral").first).to_have_text("4")
    expect(page.locator(".sentence")).to_have_text("Four, with your correction.")
    expect(page.locator(".boxes div").nth(0)).to_have_attribute("data-digit", "×")
    page.locator(".boxes div").nth(1).click()
    page.get_by_role("button", name="With the mark before it, one digit").click()
    expect(page.locator(".question")).to_have_text("What are the mark and 4 together?")
    page.get_by_role("button", name="Not a digit").click()
    expect(page.locator(".sentence")).to_have_text("Not a digit, as you say.")
    assert page.locator("digit-pad").evaluate("(pad) => pad.value") == ""


def test_what_was_said_of_a_digit_holds_while_more_is_drawn(open_page: OpenPage) -> None:
    with serving() as address:  # where nothing is learned
        page = open_page(site=address)
        draw_with_mouse(page, place(page, DIGITS[7], 0.3, 0.2))
        expect(page.locator(".numeral").first).to_have_text("7")
        page.wait_for_function(SETTLED)
        correct(page, "1")
        draw_with_mouse(page, place(page, DIGITS[4], 0.3, 0.6))
        expect(page.locator(".numeral").first).to_have_text("14")
        expect(page.locator(".sentence")).to_have_text("14, with your correction.")
        page.click("#undo")
        page.click("#undo")
        expect(page.locator(".sentence")).to_have_text("One, as you say.")
