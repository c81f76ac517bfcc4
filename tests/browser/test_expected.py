"""Attributes that say what is expected: read with them in mind, and told in validity and words."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_mouse, place
from tests.browser.test_page import expect_blank, expect_digit
from tests.drawings import DIGITS

FLAWS = """(pad) => Object.keys(ValidityState.prototype)
  .filter((name) => name !== "valid" && pad.validity[name])"""


def asking(page: Page, **attributes: str) -> None:
    """Give the pad these attributes, and no others of a format."""
    page.locator("digit-pad").evaluate(
        """(pad, asked) => {
          for (const name of ["pattern", "min", "max", "step", "minlength", "checksum"]) {
            if (name in asked) pad.setAttribute(name, asked[name]);
            else pad.removeAttribute(name);
          }
        }""",
        attributes,
    )


def flaws(page: Page) -> list[str]:
    found: list[str] = page.locator("digit-pad").evaluate(FLAWS)
    return found


def message(page: Page) -> Any:
    return page.locator("digit-pad").evaluate("(pad) => pad.validationMessage")


def test_what_does_not_fit_is_not_valid_and_says_why(open_page: OpenPage) -> None:
    page = open_page()
    for attributes, flaw, said in (
        ({"pattern": r"\d{2}"}, "patternMismatch", "It looks like one digit; two are expected."),
        ({"max": "2"}, "rangeOverflow", "It looks like 3; at most 2 is expected."),
        ({"min": "4.5"}, "rangeUnderflow", "It looks like 3; at least 4.5 is expected."),
        ({"step": "2"}, "stepMismatch", "It looks like 3; steps of 2 are expected."),
        ({"minlength": "2"}, "tooShort", "It looks like one digit; at least two are expected."),
        ({"checksum": "ean"}, "badInput", "It looks like 3, whose check digit is another."),
    ):
        asking(page, **attributes)
        draw_with_mouse(page, place(page, DIGITS[3]))
        expect(page.locator("#answer")).to_have_attribute("data-status", "unsure")
        expect(page.locator(".reason")).to_have_text(said)
        page.wait_for_function("() => !document.querySelector('digit-pad').validity.customError")
        assert flaws(page) == [flaw]
        assert message(page) == said
        page.click("#clear")
        expect_blank(page)


def test_what_fits_is_read_and_valid(open_page: OpenPage) -> None:
    page = open_page()
    asking(page, pattern="[1-5]", min="2", max="3.5", minlength="1", step="0.1", checksum="")
    draw_with_mouse(page, place(page, DIGITS[3]))
    expect_digit(page, 3)
    assert flaws(page) == []
    asking(page, max="2")  # read again
    expect(page.locator("#answer")).to_have_attribute("data-status", "unsure")
    asking(page, max="many", step="-1", minlength="1.5")  # nothing that an input would heed
    expect_digit(page, 3)


def test_a_person_may_not_say_what_does_not_fit(open_page: OpenPage) -> None:
    page = open_page()
    asking(page, pattern="[12]")
    page.locator("digit-pad").evaluate("(pad) => (pad.value = '7')")
    assert flaws(page) == ["patternMismatch"]
    assert message(page) == "This is not what the form expects."
    page.locator("digit-pad").evaluate("(pad) => (pad.value = '2')")
    assert flaws(page) == []


def test_a_misfit_is_told_in_german(open_page: OpenPage) -> None:
    page = open_page(locale="de-DE")
    asking(page, pattern=r"\d{5,}")
    draw_with_mouse(page, place(page, DIGITS[3]))
    expect(page.locator(".reason")).to_have_text(
        "Das sieht nach eine Ziffer aus; mindestens fünf werden erwartet."
    )
