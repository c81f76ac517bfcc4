"""How the pages look: sizes, themes, languages, weight, and what axe says."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CALM, OpenPage, OtherSite
from tests.browser.driver import draw_with_mouse, draw_with_touch, place
from tests.browser.test_page import PHONE, draw, expect_blank, expect_digit
from tests.drawings import DIGITS

PATHS = ["/", "/digits", "/form", "/about", "/docs", "/nowhere"]
FIRST_LOAD = 60_000  # bytes, compressed

# What moved without being asked to: the sum of Chromium's cumulative layout shift.
SHIFTS = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) =>
    list.getEntries().forEach((entry) => (sum += entry.hadRecentInput ? 0 : entry.value)))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum)));
})"""


def ask(page: Page) -> None:
    page.locator("#fix").click()
    expect(page.locator(".chooser")).to_be_visible()


@pytest.mark.parametrize("width", [320, 2560])
def test_narrow_and_wide_windows(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": width * 9 // 16 + 388})
    draw(page, 8)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ask(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


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


def test_a_theme_is_chosen_and_remembered(open_page: OpenPage) -> None:
    page = open_page()
    draw(page, 7)
    ink = brightness(page, "#pad", "color")
    page.click("#theme")
    assert brightness(page, "html", "backgroundColor") < 60
    assert brightness(page, "#pad", "color") > ink
    assert drawn_brightness(page) > 150  # the ink is drawn again in its new colour
    page.goto(page.url + "digits")
    assert brightness(page, "html", "backgroundColor") < 60
    page.click("#theme")
    assert brightness(page, "html", "backgroundColor") > 200
    assert (
        page.evaluate("localStorage['digitpad.theme']") is None
    )  # what the system says needs no memory


def drawn_brightness(page: Page) -> float:
    """Return the mean of what was drawn, 0 to 255."""
    mean: float = page.locator("#pad canvas").first.evaluate(
        """(canvas) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          let [sum, count] = [0, 0];
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] < 200) continue;
            sum += data[i] + data[i + 1] + data[i + 2];
            count += 3;
          }
          return sum / count;
        }"""
    )
    return mean


def test_german(open_page: OpenPage) -> None:
    page = open_page(locale="de-AT")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_title("Digitpad: handgeschriebene Zahlen, beim Schreiben gelesen")
    expect(page.locator(".invitation")).to_have_text("Schreib eine Zahl")
    draw(page, 7)
    expect(page.locator(".sentence")).to_contain_text("Sieben, zu ")
    expect(page.locator("#announcement")).to_contain_text("Prozent sicher")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".sentence")).to_contain_text("% sure.")
    page.goto(page.url + "digits")
    expect(page.get_by_role("heading", name="My digits")).to_be_visible()


@pytest.mark.parametrize("size", [(390, 844), (1280, 720)])
def test_nothing_jumps(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="no-preference")
    expect(page.locator(".invitation")).to_be_visible()
    assert page.evaluate(SHIFTS) == 0
    draw(page, 7)
    draw_with_mouse(page, place(page, DIGITS[1], 0.5, 0.15))
    expect(page.locator(".boxes div")).to_have_count(2)
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize("path", PATHS[:4])
def test_a_page_is_light(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    sizes = page.evaluate(
        """["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
            .map(({ encodedBodySize }) => encodedBodySize)"""
    )
    assert len(sizes) > 4
    assert 0 < sum(sizes) < FIRST_LOAD


def test_nothing_moves_for_those_who_want_no_motion(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    bar = page.locator("#bars .bar").first
    duration = "(e) => getComputedStyle(e, '::before').transitionDuration"
    assert bar.evaluate(duration) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert bar.evaluate(duration) != "0s"


def test_two_digits_draw_themselves_once_until_the_first_touch(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="no-preference")
    example = page.locator(".example")
    expect(example).to_be_visible()
    assert page.locator("digit-pad").evaluate("(pad) => [pad.value, pad.strokes]") == ["", []]
    running = (
        "document.getAnimations().filter(({ animationName }) => animationName === 'draw').length"
    )
    assert page.evaluate(running) == 3
    page.mouse.click(5, 5)  # anywhere
    expect(example).to_be_hidden()
    assert page.evaluate(running) == 0
    page.reload()
    expect(page.locator(".invitation")).to_be_visible()
    expect(example).to_be_hidden()


def test_nothing_draws_itself_for_those_who_want_no_motion(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    expect(page.locator(".invitation")).to_be_visible()
    expect(page.locator(".example")).to_be_hidden()


def test_buttons_are_large_enough(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    draw_with_touch(page, place(page, DIGITS[9]))
    expect_digit(page, 9)
    page.locator("#fix").click()  # a tap on a busy machine is a long press, which is no click
    expect(page.locator(".chooser")).to_be_visible()
    buttons = page.locator("button:visible, .button:visible, header a, footer a").all()
    assert len(buttons) > 15
    for button in buttons:
        box = button.bounding_box()
        assert box is not None
        assert min(box["height"], max(box["width"], 44)) >= 44, button


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, scheme: str, complaints: list[str]) -> None:
    page = open_page(color_scheme=scheme)
    steps: list[Callable[[], None]] = [
        lambda: None,
        lambda: draw(page, 0),
        lambda: ask(page),
        lambda: page.locator("#pad").click(),
    ]
    for step in steps:
        step()
        expect_no_findings(page)
    for path in PATHS[1:]:
        page.goto(page.url + path[1:])
        expect_no_findings(page)
        page.go_back()
    assert all("404" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_remembered_or_cannot_be_reached(
    open_page: OpenPage, scheme: str, complaints: list[str]
) -> None:
    page = open_page(color_scheme=scheme)
    draw(page, 7)
    ask(page)
    page.locator(".labels").get_by_role("button", name="1", exact=True).click()
    expect(page.locator(".reason")).to_have_text("Learned from your drawing.")
    expect_no_findings(page)
    page.get_by_role("link", name="My digits").click()
    expect(page.locator("#digits li")).to_have_count(1)
    expect_no_findings(page)
    page.get_by_role("button", name="Erase everything").click()
    expect_no_findings(page)
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.locator("#remembered")).to_contain_text("One drawing was erased.")
    page.get_by_role("link", name="Digitpad").click()
    expect_blank(page)
    assert complaints == []
    page.context.set_offline(True)
    draw_with_mouse(page, place(page, DIGITS[6]))
    expect(page.locator("#connection")).not_to_be_empty()
    expect_no_findings(page)
    page.close()  # it would ask again
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()  # Chromium's own words for it, not the page's


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_form_of_another_site(
    browser: Browser, origins: tuple[OtherSite, str], scheme: Any
) -> None:
    page = browser.new_page(color_scheme=scheme, **CALM)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(origins[0].address)
    expect_no_findings(page)
    for field in ("meter", "people"):
        draw_with_mouse(page, place(page, DIGITS[7], pad=f"#{field} #pad"))
        expect(page.locator(f"#{field} .numeral").first).to_have_text("7")
    expect_no_findings(page)
    names = [answer.get_attribute("aria-label") for answer in page.locator("#answer").all()]
    assert names == ["Answer: Reading of the meter", "Answer: People in the household"]
    page.locator("#meter #fix").click()
    page.locator("#people #clear").click()
    page.locator("#people #pad").click()  # a dot
    expect(page.locator("#people #answer")).to_have_attribute("data-status", "unsure")
    expect_no_findings(page)
    page.close()
    assert complaints == []


def test_bars_are_seen_where_the_system_chooses_the_colours(open_page: OpenPage) -> None:
    page = open_page(forced_colors="active")
    draw(page, 7)
    colours = page.locator("#bars").evaluate(
        """(bars) => [".bar", ".top .bar"].map((bar) =>
          getComputedStyle(bars.querySelector(bar), "::before").backgroundColor)"""
    )
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len({*colours, paper}) == 3
    assert brightness(page, "#pad", "color") < 60
    assert drawn_brightness(page) < 60


def test_on_paper_there_is_what_was_drawn_and_read(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    draw(page, 7)
    page.emulate_media(media="print")
    for part in ("#undo", "#fix", "footer", "nav"):
        expect(page.locator(part).first).not_to_be_visible()
    for part in ("#pad", ".figures", "#bars"):
        expect(page.locator(part)).to_be_visible()
    assert brightness(page, ".sentence", "color") < 60
    assert "brightness(0)" in page.locator("#pad canvas").first.evaluate(
        "(canvas) => getComputedStyle(canvas).filter"
    )


def expect_no_findings(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []
