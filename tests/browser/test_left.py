"""What is left as it was read: it helps the next reading, and is not kept."""

from typing import Any

from playwright.sync_api import Page, expect

from digitpad import Ink
from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_mouse, place, serving
from tests.browser.test_corrections import SETTLED, correct, expect_note, expect_personal, watch
from tests.browser.test_page import draw


def one(flag: float) -> Ink:
    """A one with a flag as wide as that; the wider, the more it looks like a seven."""
    return Ink.from_strokes([[(50 - flag, 22), (50, 10), (48, 94)]])


def draw_one(page: Page, flag: float, text: str) -> list[Any]:
    """Draw it, wait until it is read as `text`, clear; return the examples that went along."""
    with page.expect_request(lambda request: request.url.endswith("/read")) as sent:
        draw_with_mouse(page, place(page, one(flag)))
    expect(page.locator(".numeral").first).to_have_text(text)
    page.wait_for_function(SETTLED)
    page.click("#clear")
    body: Any = sent.value.post_data_json
    return list(body.get("examples", []))


def test_what_is_left_as_read_helps_the_next_and_is_not_kept(open_page: OpenPage) -> None:
    page = open_page()
    asked = watch(page)
    assert draw_one(page, 32, "7") == []  # unsure, so nothing is learned
    assert draw_one(page, 17, "1") == []
    (example,) = draw_one(page, 32, "1")
    assert (example["label"], example.keys()) == ("1", {"label", "raster"})
    draw(page, 2)  # too clear to tell of a hand
    page.click("#clear")
    assert {example["label"] for example in draw_one(page, 32, "1")} == {"1"}
    assert asked == []
    assert page.context.cookies() == []
    page.reload()
    assert draw_one(page, 32, "7") == []


def test_erasing_everything_reaches_other_pages(open_page: OpenPage) -> None:
    page = open_page()
    draw_one(page, 17, "1")
    assert len(draw_one(page, 32, "1")) == 1
    draw(page, 7)
    correct(page, "1")
    expect_note(page, "Learned from your drawing.")
    page.click("#clear")
    other = page.context.new_page()
    other.goto(page.url + "digits")
    other.get_by_role("button", name="Erase everything").click()
    other.get_by_role("button", name="Erase", exact=True).click()
    expect(other.locator("#remembered")).to_contain_text("One drawing was erased.")
    assert draw_one(page, 32, "7") == []


def test_what_was_corrected_is_not_taken_for_right(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_mouse(page, place(page, one(17)))
    expect(page.locator(".numeral").first).to_have_text("1")
    correct(page, "7")
    expect_note(page, "Learned from your drawing.")
    page.click("#clear")
    assert draw_one(page, 17, "7") == []


def test_a_clear_that_is_undone_leaves_nothing(open_page: OpenPage) -> None:
    page = open_page()
    draw_one(page, 17, "1")
    with page.expect_request(lambda request: request.url.endswith("/read")) as sent:
        page.click("#undo")
    expect(page.locator(".numeral").first).to_have_text("1")
    assert "examples" not in sent.value.post_data_json  # type: ignore[operator]
    page.wait_for_function(SETTLED)
    page.click("#clear")
    assert len(draw_one(page, 32, "1")) == 1


def test_what_is_taken_back_is_not_taken_for_right(
    open_page: OpenPage, complaints: list[str]
) -> None:
    page = open_page()
    draw_with_mouse(page, place(page, one(17)))
    expect(page.locator(".numeral").first).to_have_text("1")
    correct(page, "7")
    expect_personal(page, "7")
    page.route("**/corrections/*", lambda route: route.abort())  # the deletion waits
    page.get_by_role("button", name="Take back").click()
    expect_note(page, "Taken back.")
    page.click("#clear")
    assert draw_one(page, 17, "7") == []
    assert all("Failed to load resource" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


def test_what_a_page_will_not_have_corrected_is_not_taken_for_right(open_page: OpenPage) -> None:
    page = open_page()
    pad = page.locator("digit-pad")
    pad.evaluate("(pad) => pad.addEventListener('correction', (event) => event.preventDefault())")
    draw_with_mouse(page, place(page, one(17)))
    expect(page.locator(".numeral").first).to_have_text("1")
    correct(page, "7")
    page.click("#clear")
    assert draw_one(page, 17, "1") == []


def test_where_nothing_is_remembered_nothing_is_learned(open_page: OpenPage) -> None:
    with serving() as address:
        page = open_page(site=address)
        assert draw_one(page, 17, "1") == draw_one(page, 17, "1") == []
