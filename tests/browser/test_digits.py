"""The page “My digits”: what is remembered is shown, deleted and erased."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_corrections import HOLD, correct, expect_note
from tests.browser.test_page import draw


def test_my_digits_are_shown_deleted_and_erased(open_page: OpenPage) -> None:
    page = open_page()
    for digit, label in ((7, "1"), (4, "9"), (0, "6")):
        draw(page, digit)
        correct(page, label)
        expect_note(page, "Learned from your drawing.")
        page.click("#clear")
    page.get_by_role("link", name="My digits").click()
    labels = page.locator("#digits .label")
    expect(labels).to_have_text(["Six", "Nine", "One"])
    expect(page.locator("#remembered")).to_have_text("3 drawings are remembered.")
    page.get_by_role("button", name=re.compile("Delete the nine of")).click()
    expect(labels).to_have_text(["Six", "One"])
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("button", name="Keep").click()
    expect(labels).to_have_count(2)
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.locator("#remembered")).to_contain_text("2 drawings were erased.")
    expect(labels).to_have_count(0)
    assert page.context.cookies() == []


def test_my_digits_are_shown_once_however_often_they_are_asked_for(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, 7)
    correct(page, "1")
    expect_note(page, "Learned from your drawing.")
    page.goto(page.url + "digits")
    expect(page.locator("#digits li")).to_have_count(1)
    page.evaluate(HOLD)
    page.route("**/api/v1/me", lambda route: route.fulfill(json={"erased": 0}))
    for _ in range(2):
        page.get_by_role("button", name="Erase everything").click()
        page.get_by_role("button", name="Erase", exact=True).click()
    page.evaluate("release()")
    expect(page.locator("#remembered")).to_contain_text("0 drawings were erased.")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#digits li")).to_have_count(1)
