"""What a format prints on the paper: boxes and signs, written into digit by digit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_mouse
from tests.browser.test_looks import SHIFTS, expect_no_findings
from tests.drawings import DIGITS

SHAPES = """async (asked) => {
  const { shapeOf } = await import("/static/digit-pad/shape.js");
  return asked.map(shapeOf);
}"""
PHONE = {"viewport": {"width": 390, "height": 844}}


def asking(page: Page, attributes: Mapping[str, str]) -> None:
    page.locator("digit-pad").evaluate(
        "(pad, asked) => Object.entries(asked).forEach((pair) => pad.setAttribute(...pair))",
        attributes,
    )


def write(page: Page, text: str) -> None:
    """Write into the boxes and on the lines, one digit in each; nothing where there is a space."""
    rooms = page.locator(".print :is(.cell, .line)")
    for place, digit in enumerate(text):
        if digit == " ":
            continue
        expect(rooms.nth(place)).to_be_visible()  # they are laid out anew with what is drawn
        room, box = rooms.nth(place).bounding_box(), DIGITS[int(digit)].box
        assert room is not None
        assert box is not None
        scale = 0.6 * room["height"] / box.height
        middle = np.array([room["x"] + room["width"] / 2, room["y"] + room["height"] / 2])
        centre = np.array([box.left + box.right, box.top + box.bottom]) / 2
        placed = DIGITS[int(digit)].transform(np.eye(2) * scale, middle - scale * centre)
        few = [stroke[np.linspace(0, len(stroke) - 1, 16).astype(int)] for stroke in placed.strokes]
        draw_with_mouse(page, [[(x, y) for x, y in stroke.tolist()] for stroke in few])


def sent(request: Request) -> dict[str, Any]:
    """Return the ink that was asked about."""
    body: Any = request.post_data_json
    return dict(body["ink"])


def test_what_is_printed_follows_from_the_format(open_page: OpenPage) -> None:
    wanted = {
        r"\d{5}": "ddddd",
        r"^[0-4]?\d$": "dd",
        r"(0[1-9]|[1-9]\d)\d{3}": "ddddd",
        r"\d{5}(-\d{4})?": "ddddd-dddd",
        r"(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.(19|20)\d\d": "dd.dd.dddd",
        r"([01]?\d|2[0-3]):[0-5]\d": "dd:dd",
        r"-?\d{3}[.,]\d": " dddpd",
        r"-?\d+[.,]\d\d": "Dpdd",
        r"\d+": "",  # any number of digits, as without
        r"\d{21}": "",
        r"[\d.]+": "",
        r"\d\.\d|\d/\d": "",  # which of both?
        r"\d{2,}": "",
        r"(\d{1,9}\.?){1,9}": "",
        r"(\d": "",
        "%": "",
    }
    others: dict[str, str | dict[str, object]] = {
        "": "number",
        "DpD": "decimal",
        "Dpdd": "amount",
        "dd": {"min": 1, "max": 31, "step": 1},
        " ddd": {"max": 100, "step": 5},
        "dddpD": {"min": 0, "max": 100},
        "dpdd": {"min": 0, "max": 9.5, "step": 0.25},
        "dddd": {"maxlength": 4},
        "ddddd": {"pattern": r"\d+", "maxlength": 5},
    }
    asked = [*({"pattern": pattern} for pattern in wanted), *others.values()]
    found = open_page().evaluate(SHAPES, asked)
    assert found == [*wanted.values(), *others]


def test_a_date_is_written_into_its_boxes(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    asking(page, {"expect": "date"})
    expect(page.locator(".print .cell")).to_have_count(8)
    expect(page.locator("#pad-help")).to_have_text(
        "One digit in each box; what stands between is printed."
    )
    expect(page.locator(".invitation")).to_be_hidden()
    assert page.locator(".print .cell").first.get_attribute("data-hint") == "D"
    expect_no_findings(page)
    with page.expect_request("**/api/v1/read") as asked:
        write(page, "29 22024")
    assert [sign["sign"] for sign in sent(asked.value)["printed"]] == [".", "."]
    expect(page.locator(".numeral").first).to_have_text("29.2.2024")
    expect(page.locator("#answer")).to_have_attribute("data-status", "read")
    expect(page.locator(".beside div")).to_have_count(0)  # what is printed needs no name
    assert page.evaluate(SHIFTS) == 0
    expect_no_findings(page)


def test_what_lacks_its_place_beside_the_point_does_not_fit(open_page: OpenPage) -> None:
    page = open_page(**PHONE, locale="de-DE")
    asking(page, {"expect": "amount"})
    expect(page.locator(".print")).to_have_text(",")
    write(page, "7")
    expect(page.locator(".reason")).to_have_text(
        "Das sieht nach eine Ziffer aus; mindestens vier werden erwartet."
    )
    write(page, " 50")
    expect(page.locator(".numeral").first).to_have_text("7,50")
    expect(page.locator("#answer")).to_have_attribute("data-status", "read")


def test_too_few_digits_are_told_and_the_field_is_not_valid(open_page: OpenPage) -> None:
    page = open_page()
    asking(page, {"pattern": r"\d{3}"})
    write(page, "40")
    expect(page.locator(".reason")).to_have_text("It looks like two digits; three are expected.")
    write(page, "  7")
    expect(page.locator(".numeral").first).to_have_text("407")
    page.wait_for_function("() => document.querySelector('digit-pad').validity.valid")


def test_ink_stays_in_its_boxes_whatever_becomes_of_the_pad(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 900, "height": 700})
    asking(page, {"expect": "decimal"})
    write(page, "35")
    expect(page.locator(".numeral").first).to_have_text("3.5")
    state = page.locator("digit-pad").evaluate("(pad) => pad.state")
    page.set_viewport_size({"width": 390, "height": 700})
    page.wait_for_function("() => document.querySelector('digit-pad').clientWidth < 400")
    narrow = page.locator(".print .line").first.bounding_box()
    assert narrow is not None
    assert narrow["width"] < 170
    page.locator("#clear").click()
    page.locator("digit-pad").evaluate("(pad, state) => (pad.state = state)", state)
    expect(page.locator(".numeral").first).to_have_text("3.5")
    with page.expect_request("**/api/v1/read") as asked:
        page.locator("digit-pad").evaluate("(pad) => pad.setAttribute('expect', 'amount')")
    ink = sent(asked.value)
    (point,) = ink["printed"]
    xs = [[x for x, _ in stroke] for stroke in ink["strokes"]]
    assert max(xs[0]) < point["box"][0] < point["box"][2] < min(xs[-1])  # of the paper as it was


def test_where_a_box_would_be_too_narrow_none_is_printed(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    asking(page, {"expect": "card"})
    expect(page.locator(".print span")).to_have_count(0)
    expect(page.locator(".invitation")).to_be_visible()
    asking(page, {"expect": "ean"})
    expect(page.locator(".print .cell")).to_have_count(13)
