"""Forms: the fields on their picture, what was read in each, and what a person says instead."""

import base64
import io
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_looks import SHIFTS, brightness, expect_no_findings
from tests.browser.test_page import PHONE, expect_blank
from tests.browser.test_pictures import GIVE
from tests.forms import LAYOUT, photograph
from tests.forms import page as draw_form

SAMPLES = Path(__file__).parents[2] / "docs/samples"
FORM, FIELDS = SAMPLES / "form.png", SAMPLES / "form.json"
READ_FORM = "**/api/v1/read-form"
TEXTS = ["20473", "86", "1905"]


def picture(image: Image.Image, name: str = "form.png") -> Any:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": stream.getvalue()}


def layout(text: str, name: str = "mine.json") -> Any:
    return {"name": name, "mimeType": "application/json", "buffer": text.encode()}


def give(page: Page, *files: Any) -> None:
    page.locator("#form input[multiple]").set_input_files(list(files))


def inputs(page: Page) -> Locator:
    return page.locator("#fields input")


def names(page: Page) -> Locator:
    return page.locator("#fields li > label")


def outlines(page: Page) -> Locator:
    return page.locator("#page label")


def expect_texts(page: Page, *texts: str) -> None:
    expect(inputs(page)).to_have_count(len(texts))
    for place, text in enumerate(texts):
        expect(inputs(page).nth(place)).to_have_value(text)


def test_a_dropped_form_is_read_corrected_by_tapping_and_copied(open_page: OpenPage) -> None:
    page = open_page("/form", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(GIVE, [base64.b64encode(FORM.read_bytes()).decode(), "drop"])
    expect_texts(page, *TEXTS)
    expect(page.get_by_role("status")).to_have_text("3 fields.")
    shown, outline = page.locator("#page").bounding_box(), outlines(page).nth(2).bounding_box()
    assert shown is not None
    assert outline is not None
    assert (outline["x"] - shown["x"]) / shown["width"] == pytest.approx(198 / 1250, abs=0.01)
    assert (outline["y"] - shown["y"]) / shown["height"] == pytest.approx(520 / 945, abs=0.01)
    assert page.evaluate(SHIFTS) == 0
    outlines(page).nth(2).click()
    expect(page.get_by_label("field3")).to_be_focused()
    expect(page.locator(".current")).to_have_attribute("data-text", "1905")
    page.keyboard.type("1907")  # in its place
    expect(outlines(page).nth(2)).to_have_attribute("data-text", "1907")
    page.get_by_role("button", name="Copy").focus()
    for place in range(3):
        page.keyboard.press("Tab")
        expect(inputs(page).nth(place)).to_be_focused()
        expect(outlines(page).nth(place)).to_have_class("current")
    expect(page.locator(".current")).to_have_count(1)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "field1\t20473\nfield2\t86\nfield3\t1907"


def test_a_layout_beside_it_says_what_is_expected(
    open_page: OpenPage, complaints: list[str]
) -> None:
    page = open_page("/form")
    filled = picture(photograph(draw_form({"number": "20473", "code": "19"})))
    give(page, filled, layout(LAYOUT.to_json(), "theirs.json"))
    expect_texts(page, "20473", "", "19")
    expect(page.get_by_role("status")).to_have_text("3 fields, 1 unsure.")
    expect(names(page)).to_have_text(["number", "mark", "code"])
    states = outlines(page).evaluate_all("(all) => all.map((one) => one.dataset.status)")
    assert states == ["read", "blank", "unsure"]
    code = page.get_by_label("code")
    expect(code).to_have_accessible_description("It looks like two digits; four are expected.")
    expect(outlines(page).nth(2)).to_have_attribute("data-text", "19?")
    expect_no_findings(page)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("status")).to_have_text("3 Felder, 1 unsicher.")
    expect(page.locator("#fields p").last).to_have_text(
        "Das sieht nach zwei Ziffern aus; vier werden erwartet."
    )
    page.get_by_role("button", name="English").click()
    code.fill("1905")
    expect(outlines(page).nth(2)).to_have_attribute("data-status", "read")
    expect(code).to_have_accessible_description("")
    page.get_by_label("Layout").set_input_files(layout('{"size": 3, "fields": {}}'))
    expect(page.get_by_role("status")).to_have_text(
        "The layout cannot be used: size must be 2 numbers within ±1,000,000, found a number"
    )
    expect_texts(page, "20473", "", "1905")  # nothing is lost
    complaints.clear()  # Chromium's own words for it
    page.get_by_role("button", name="Without mine.json").click()
    expect(names(page).first).to_have_text("field1")


def test_where_there_is_no_form_it_says_so(open_page: OpenPage) -> None:
    page = open_page("/form")
    give(page, picture(Image.new("L", (400, 300), 240)))
    said = page.get_by_role("status")
    expect(said).to_have_text("No boxes, combs or lines to write on were found.")
    expect(page.locator("#page img")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    page.get_by_role("button", name="Deutsch").click()
    expect(said).to_have_text("Kästen, Kämme oder Schreiblinien wurden nicht gefunden.")


def fail(status: int, route: Route) -> None:
    """Answer with a problem; 0 is none at all."""
    if status == 0:
        return route.abort()
    headers, problem = {"Retry-After": "1"}, {"detail": "found more"}
    return route.fulfill(status=status, headers=headers, json=problem)


def test_what_goes_wrong_is_said_and_loses_nothing(
    open_page: OpenPage, complaints: list[str]
) -> None:
    page = open_page("/form")
    give(page, FORM)
    expect_texts(page, *TEXTS)
    inputs(page).first.fill("20474")
    other = picture(photograph(draw_form({"code": "7777"})))
    for status, words in (
        (413, "The picture is too large. found more"),
        (415, "This is not a picture that can be read. PNG, JPEG, WebP and GIF are."),
        (422, "The form cannot be read: found more"),
        (0, "Cannot reach the server. Trying again…"),
        (503, "The server is busy. Trying again…"),
    ):
        page.route(READ_FORM, partial(fail, status))
        give(page, other)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.get_by_role("status")).to_have_text(words)
        expect(page.get_by_role("progressbar")).to_be_hidden()
        expect_texts(page, "20474", *TEXTS[1:])
    give(page, {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    expect(page.get_by_role("status")).to_contain_text("A PDF is a document, not a picture.")
    expect_texts(page, "20474", *TEXTS[1:])
    complaints.clear()  # Chromium's own words for it
    page.unroute(READ_FORM)
    expect_texts(page, "", "", "7777")


def test_a_picture_on_the_pad_may_be_a_form(open_page: OpenPage) -> None:
    page = open_page()
    button = page.get_by_role("button", name="It is a form")
    expect(button).to_be_hidden()
    large = photograph(draw_form()).resize((3200, 2419))
    page.get_by_label("Choose a picture").set_input_files(picture(large))
    button.dblclick()
    expect(page).to_have_url(re.compile("/form$"))
    expect(page).to_have_title("Forms · Digitpad")
    expect(page.get_by_role("heading", name="Forms")).to_be_focused()
    expect(page.get_by_role("progressbar", name="Reading the picture…")).to_be_visible()
    expect_texts(page, *TEXTS)
    width = page.locator("#page img").evaluate("(image) => image.naturalWidth")
    assert width == 3072  # twice what the pad takes of a number
    give(page, FORM)
    expect(page.locator("#page img")).to_have_js_property("naturalWidth", 1250)
    page.go_back()
    expect(page.locator("digit-pad .picture")).to_be_visible()
    expect(button).to_be_visible()  # as kept
    page.click("#undo")
    expect_blank(page)  # as it was before the picture came
    expect(button).to_be_hidden()
    page.evaluate(GIVE, [base64.b64encode(FORM.read_bytes()).decode(), "paste"])
    expect(button).to_be_visible()  # a paste is one number, as ever
    expect(page).to_have_title("Digitpad: handwritten numbers, read as you draw")


def test_a_layout_beside_a_picture_on_the_pads_page_says_that_it_is_a_form(
    open_page: OpenPage,
) -> None:
    page = open_page()
    page.get_by_label("Choose a picture").set_input_files(picture(Image.new("L", (400, 300), 240)))
    expect(page.locator("#is-form")).to_have_class("likely")  # more so than a number, at least
    page.get_by_label("Choose a picture").evaluate("(input) => (input.multiple = true)")
    page.get_by_label("Choose a picture").set_input_files([FORM, FIELDS])
    expect_texts(page, *TEXTS)
    expect(names(page).first).to_have_text("number")


def test_on_a_dark_phone(open_page: OpenPage) -> None:
    small = {"width": 320, "height": 640}
    page = open_page("/form", **{**PHONE, "viewport": small, "color_scheme": "dark"})
    give(page, FORM, FIELDS)
    expect_texts(page, *TEXTS)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert brightness(page, "html", "backgroundColor") < 60
    assert brightness(page, "#fields input", "color") > 150
    assert brightness(page, "#page label", "borderTopColor") < 120  # paper is light
    for control in page.locator("#form :is(button, .button, input:not(.unseen)):visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, control
    expect_no_findings(page)
