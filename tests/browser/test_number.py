"""The page with numbers of several digits; the answers are made up."""

import base64
import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from digitpad import Ink
from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_mouse, place_number

NARROW = {"width": 320, "height": 640}
PORTRAIT = {"width": 390, "height": 844}
PI = "31415926535897932384"
BAR = Ink.from_strokes([[(0, 0), (4, 20), (1, 40), (3, 60)]])

Rectangle = np.ndarray  # left, top, right, bottom


class FakeReader:
    """Answers that each stroke is a digit: the first is `text[0]`, and so on."""

    def __init__(self, page: Page, text: str, sureness: Sequence[float] = (), **more: Any) -> None:
        self.text, self.sureness, self.more = text, sureness, more
        self.asked: list[Any] = []
        self.silent = False
        self.reason: str | None = None
        page.route("**/api/v1/read", self.answer)

    def answer(self, route: Route) -> None:
        body: Any = route.request.post_data_json
        self.asked.append(body)
        if not self.silent:
            route.fulfill(json=self.reading(body["ink"]["strokes"]))

    def reading(self, strokes: list[Any]) -> dict[str, Any]:
        sureness = [*self.sureness, *[0.98] * len(strokes)]
        read = list(zip(self.text, sureness, strokes, strict=False))
        signs = [
            {"sign": sign, "confidence": sure, "box": box_of(stroke)}
            for sign, sure, stroke in read
            if not sign.isdecimal()
        ]
        digits = [digit_entry(*entry) for entry in read if entry[0].isdecimal()]
        return {
            "text": self.text[: len(strokes)],
            "status": "read",
            "reason": self.reason,
            "confidence": 0.97,
            "alternatives": [{"text": "9" * len(strokes), "confidence": 0.02}],
            "digits": digits,
            "signs": signs,
            "marks": [],
            "model": {"version": "0", "sha256": "0"},
            "personal": False,
            **self.more,
        }


def digit_entry(digit: str, sure: float, stroke: list[list[float]]) -> dict[str, Any]:
    picture = io.BytesIO()
    Image.new("L", (28, 28), 25 * int(digit)).save(picture, "PNG")
    probabilities = np.full(10, (1 - sure) / 9)
    probabilities[int(digit)] = sure
    return {
        "digit": digit,
        "confidence": sure,
        "probabilities": probabilities.tolist(),
        "box": box_of(stroke),
        "alternatives": [],
        "raster": "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode(),
    }


def box_of(stroke: list[list[float]]) -> list[float]:
    return [*np.min(stroke, axis=0).tolist(), *np.max(stroke, axis=0).tolist()]


def draw_bars(page: Page, count: int, digits: int | None = None) -> list[Rectangle]:
    """Draw so many strokes, wait until they are read, and return where they are in the window.

    `digits` says how many of them are read as digits, by default all.
    """
    paths = place_number(page, [BAR] * count)
    draw_with_mouse(page, paths)
    expect(page.locator(".boxes div")).to_have_count(count if digits is None else digits)
    expect(page.locator("#announcement")).not_to_be_empty()
    return [np.array([*np.min(path, axis=0), *np.max(path, axis=0)]) for path in paths]


def rectangle(element: Locator) -> Rectangle:
    box = element.bounding_box()
    assert box is not None
    return np.array([box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]])


def drawn_ink(page: Page) -> Rectangle:
    """Return where the pad's pixels have ink, in the window's CSS px."""
    canvas = page.locator("#pad canvas").first
    url = canvas.evaluate("(canvas) => canvas.toDataURL()")
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    y, x = np.nonzero(np.asarray(picture)[..., 3] > 128)
    left, top, _, _ = rectangle(canvas)
    return np.array([left + x.min(), top + y.min(), left + x.max() + 1, top + y.max() + 1])


def expect_boxes_around_ink(page: Page) -> None:
    boxes = np.array([rectangle(box) for box in page.locator(".boxes div").all()])
    union = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
    room = (drawn_ink(page) - union) * [1, 1, -1, -1]
    assert (room > 1).all()
    assert (room < 10).all()  # curves stay a little inside their points


def chosen(page: Page) -> list[bool]:
    return [b.get_attribute("aria-pressed") == "true" for b in page.locator(".row button").all()]


def test_a_box_lies_around_each_digit(open_page: OpenPage) -> None:
    page = open_page()
    reader = FakeReader(page, "2047", sureness=(0.98, 0.7))
    strokes = draw_bars(page, 4)
    assert reader.asked[-1]["expect"] == "number"
    boxes = page.locator(".boxes div")
    assert [box.get_attribute("data-digit") for box in boxes.all()] == list("2047")
    expect(page.locator(".boxes .doubtful")).to_have_count(1)
    expect(boxes.nth(1)).to_have_class("doubtful")
    for box, stroke in zip(boxes.all(), strokes, strict=True):
        room = (stroke - rectangle(box)) * [1, 1, -1, -1]
        assert (room > 3).all()
        assert (room < 15).all()
    expect_boxes_around_ink(page)
    expect(page.locator(".boxes")).to_have_attribute("aria-hidden", "true")


def test_a_reading_stands_below_a_box_at_the_edge(open_page: OpenPage) -> None:
    page = open_page()
    FakeReader(page, "20")
    left, top, _, _ = rectangle(page.locator("#pad"))
    for x, y in ((left + 100, top + 10), (left + 200, top + 100)):
        draw_with_mouse(page, [[(x, y), (x + 5, y + 80)]])
    expect(page.locator(".boxes div")).to_have_count(2)
    expect(page.locator(".boxes .below")).to_have_attribute("data-digit", "2")


def test_boxes_do_not_stand_in_the_pens_way(open_page: OpenPage) -> None:
    page = open_page()
    reader = FakeReader(page, "204")
    left, top, right, bottom = draw_bars(page, 2)[0]
    middle = ((left + right) / 2, (top + bottom) / 2)
    draw_with_mouse(page, [[middle, (middle[0] + 50, middle[1])]])
    expect(page.locator(".boxes div")).to_have_count(3)
    assert len(reader.asked[-1]["ink"]["strokes"]) == 3


@pytest.mark.parametrize("key", ["Delete", "Control+z"])
def test_boxes_vanish_with_their_ink(open_page: OpenPage, key: str) -> None:
    page = open_page()
    reader = FakeReader(page, "204")
    draw_bars(page, 3)
    reader.silent = True
    page.keyboard.press(key)
    expect(page.locator(".boxes div")).to_have_count(0)


def test_boxes_return_with_the_next_answer(open_page: OpenPage) -> None:
    page = open_page()
    FakeReader(page, "204")
    draw_bars(page, 3)
    page.click("#undo")
    expect(page.locator(".boxes div")).to_have_count(2)
    expect_boxes_around_ink(page)
    page.click("#undo")
    expect(page.locator("#raster")).to_be_visible()
    expect(page.locator(".boxes div")).to_have_count(0)  # one digit needs none


def test_a_resize_moves_ink_and_boxes_together_and_changes_no_stroke(open_page: OpenPage) -> None:
    page = open_page()
    reader = FakeReader(page, "2047")
    draw_bars(page, 3)
    first = reader.asked[-1]["ink"]["strokes"]
    for size in (PORTRAIT, NARROW, {"width": 740, "height": 360}, {"width": 1900, "height": 1000}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        expect_boxes_around_ink(page)
        pad, ink = rectangle(page.locator("#pad")), drawn_ink(page)
        assert (ink[:2] > pad[:2]).all()
        assert (ink[2:] < pad[2:]).all()
    page.set_viewport_size(PORTRAIT)  # type: ignore[arg-type]
    x, y = rectangle(page.locator("#pad"))[:2] + 20  # above what the wide pad showed
    draw_with_mouse(page, [[(x, y), (x + 10, y + 10)]])
    expect(page.locator(".boxes div")).to_have_count(4)
    assert reader.asked[-1]["ink"]["strokes"][:3] == first
    new = page.locator(".boxes div").last
    assert rectangle(new)[:2] == pytest.approx([x, y], abs=15)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect_boxes_around_ink(page)  # all that was drawn stays in sight


def test_the_least_sure_digit_is_shown_until_one_chooses(open_page: OpenPage) -> None:
    page = open_page()
    FakeReader(page, "20475", sureness=(0.98, 0.95, 0.6))
    draw_bars(page, 4)
    top, bars = page.locator("#bars .top"), page.locator("#bars")
    assert chosen(page) == [False, False, True, False]
    expect(top).to_have_attribute("data-digit", "4")
    expect(top.locator(".number")).to_have_text("60.0%")
    expect(bars).to_have_attribute("aria-label", "How likely each digit is at place 3 of 4")
    button = page.get_by_role("button", name="Two, 98% sure, digit 1 of 4")
    button.click()
    assert chosen(page) == [True, False, False, False]
    expect(top).to_have_attribute("data-digit", "2")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(top).to_have_attribute("data-digit", "0")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(top).to_have_attribute("data-digit", "7")
    x, y = rectangle(page.locator("#pad"))[:2] + 20
    draw_with_mouse(page, [[(x, y), (x + 10, y + 10)]])
    expect(page.locator(".row button")).to_have_count(5)
    assert chosen(page) == [False, False, False, True, False]  # a choice is kept
    page.click("#clear")
    expect(page.locator(".row")).to_be_hidden()
    draw_bars(page, 4)
    assert chosen(page) == [False, False, True, False]


@pytest.mark.parametrize("status", ["read", "unsure"])
def test_twenty_digits_fit_a_narrow_window(open_page: OpenPage, status: str) -> None:
    page = open_page(viewport=NARROW)
    lines = [".figures", ".says", ".seen", "#bars", "footer"]
    before = [rectangle(page.locator(line))[1] for line in lines]
    alternatives = [{"text": PI[::-1], "confidence": 0.3}]
    reason = "two digits are close" if status == "unsure" else None
    FakeReader(page, PI, status=status, reason=reason, alternatives=alternatives)
    draw_bars(page, 20)
    expect(page.locator(".numeral").first).to_have_text(PI)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    figures = rectangle(page.locator(".figures"))
    for numeral in page.locator(".numeral").filter(visible=True).all():
        assert rectangle(numeral)[2] <= figures[2]
        assert rectangle(numeral)[1] >= figures[1]
    assert [rectangle(page.locator(line))[1] for line in lines] == before  # nothing moved
    for button in page.locator(".row button").all():
        left, top, right, bottom = rectangle(button)
        assert min(right - left, bottom - top) >= 44


def test_a_long_row_scrolls_to_the_least_sure_digit(open_page: OpenPage) -> None:
    page = open_page(viewport=NARROW)
    FakeReader(page, PI, sureness=[0.98] * 15 + [0.5])
    draw_bars(page, 20)
    expect(page.locator(".row button").nth(15)).to_be_in_viewport(ratio=1)
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]


def test_a_number_is_said_digit_by_digit(open_page: OpenPage) -> None:
    page = open_page()
    FakeReader(page, "2047")
    draw_bars(page, 4)
    expect(page.locator(".sentence")).to_have_text("2047, 97% sure.")
    said = "Two zero four seven, 97 percent sure. Or nine nine nine nine."
    expect(page.locator("#announcement")).to_have_text(said)


def test_unsure_shows_and_says_the_two_likeliest(open_page: OpenPage) -> None:
    page = open_page()
    two = [{"text": "41", "confidence": 0.3}, {"text": "49", "confidence": 0.1}]
    FakeReader(page, "47", status="unsure", confidence=0.5, alternatives=two)
    draw_bars(page, 2)
    assert page.locator(".numeral").all_inner_texts() == ["47", "41"]
    expect(page.locator(".sentence")).to_have_text("47 (50%) or 41 (30%)?")
    said = re.compile("^Unsure: four seven, 50 percent, or four one, 30 percent")
    expect(page.locator("#announcement")).to_have_text(said)


@pytest.mark.parametrize(
    ("lang", "reason", "said"),
    [
        ("en", "Digits only: there is a point.", "Unsure: three point five, 60 percent."),
        ("de", "Nur Ziffern: da steht ein Punkt.", "Unsicher: drei Punkt fünf, 60 Prozent."),
    ],
)
def test_a_sign_stands_in_the_answer_and_stays_when_a_digit_is_corrected(
    open_page: OpenPage, lang: str, reason: str, said: str
) -> None:
    page = open_page(locale=lang)
    reader = FakeReader(page, "3.5", status="unsure", confidence=0.6, alternatives=[])
    reader.reason = "there is a point"
    draw_bars(page, 3, digits=2)
    expect(page.locator(".numeral").first).to_have_text("3.5")
    expect(page.locator(".reason")).to_have_text(reason)
    expect(page.locator("#announcement")).to_have_text(f"{said} {reason}")
    corrected = page.evaluate(
        """async (reading) => {
          const { shown } = await import("/static/digit-pad/said.js");
          return shown(reading, [{ from: 0, to: 1, text: "8", id: "" }]).text;
        }""",
        reader.reading(reader.asked[-1]["ink"]["strokes"]),
    )
    assert corrected == "8.5"


@pytest.mark.parametrize(("lang", "point"), [("en", "point"), ("de", "Punkt")])
@pytest.mark.parametrize("status", ["read", "unsure"])
def test_a_sign_is_shown_in_its_place(
    open_page: OpenPage, lang: str, point: str, status: str
) -> None:
    page = open_page(locale=lang)
    FakeReader(page, "3.5", status=status)
    page.locator("digit-pad").evaluate("(pad) => pad.setAttribute('expect', 'decimal')")
    _, dot, _ = draw_bars(page, 3, digits=2)
    sign = page.locator(".beside div")
    expect(sign).to_have_count(1)
    expect(sign).to_have_attribute("data-name", point)
    assert np.abs(rectangle(sign) - dot).max() < 12
    odd = status == "unsure"  # a decimal number may have a point
    assert ("fits" not in (sign.get_attribute("class") or "")) == odd
    for _ in range(50):  # the answer comes first, then a frame in which ink has its colour
        red, _, blue = colour_at(page, (dot[:2] + dot[2:]) / 2)
        if (red > blue) == odd:
            break
    assert (red > blue) == odd


def test_a_mark_is_shown_and_named(open_page: OpenPage) -> None:
    page = open_page()
    reader = FakeReader(page, "47")
    draw_bars(page, 2)
    first, second = (
        stroke["box"] for stroke in reader.reading(reader.asked[-1]["ink"]["strokes"])["digits"]
    )
    ring = [first[0] - 20, first[1] - 20, second[2] + 20, second[3] + 20]
    speck = [5, 5, 6, 6]
    reader.more["marks"] = [{"kind": "circle", "box": ring}, {"kind": "speck", "box": speck}]
    page.locator("digit-pad").evaluate(
        "(pad) => { pad.setAttribute('lang', 'de'); pad.setAttribute('expect', 'decimal'); }"
    )
    expect(page.locator(".beside .mark")).to_have_count(2)
    expect(page.locator(".beside .mark").first).to_have_attribute("data-name", "Kreis")
    expect(page.locator(".reason")).to_have_text("Gehört nicht dazu: ein Kreis und ein Fleck.")
    expect(page.locator("#announcement")).to_contain_text(
        "Gehört nicht dazu: ein Kreis und ein Fleck."
    )
    page.locator("digit-pad").evaluate("(pad) => pad.setAttribute('lang', 'en')")
    expect(page.locator(".reason")).to_have_text("Not part of it: a circle and a speck.")
    assert page.locator("digit-pad").evaluate("(pad) => pad.value") == "47"
    page.click("#clear")
    expect(page.locator(".beside div")).to_have_count(0)


def colour_at(page: Page, place: np.ndarray) -> list[int]:
    """Return red, green and blue of the ink nearest to a place of the window."""
    shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    x, y = (round(float(side)) for side in place)
    near = shot[y - 12 : y + 13, x - 12 : x + 13]
    away = np.hypot(*(np.indices((25, 25)) - 12))
    away[np.ptp(near, axis=2) < 100] = np.inf  # the paper has no colour
    return [int(value) for value in near.reshape(-1, 3)[away.argmin()]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    reader = FakeReader(page, "2047", sureness=(0.98, 0.7))
    draw_bars(page, 3)
    expect_no_findings(page)
    page.locator(".row button").first.click()
    expect_no_findings(page)
    reader.more.update(status="unsure", reason="two digits are close")
    draw_with_mouse(page, place_number(page, [BAR]))
    expect(page.locator(".boxes div")).to_have_count(4)
    expect(page.locator("#answer")).to_have_attribute("data-status", "unsure")
    expect_no_findings(page)


def expect_no_findings(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []


def test_dark_boxes_and_labels_can_be_seen(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    FakeReader(page, "20")
    draw_bars(page, 2)
    colours = page.locator(".boxes div").first.evaluate(
        "(box) => [getComputedStyle(box).borderTopColor, getComputedStyle(box, '::before').color]"
    )
    for colour in colours:
        assert np.mean([int(part) for part in colour.strip("rgb()").split(",")]) > 100
