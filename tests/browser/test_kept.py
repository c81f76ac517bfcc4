"""What is on the pad stays: through Back, Forward and reload, in forms, and whenever it is set."""

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CALM, OpenPage, OtherSite
from tests.browser.driver import FLAGS, draw_with_mouse, find_browser, place, place_number
from tests.browser.test_number import drawn_ink, rectangle
from tests.browser.test_page import draw, expect_blank, expect_digit, strokes
from tests.browser.test_pictures import expect_number, picture
from tests.drawings import DIGITS

# Ink of a wide pad, 814 px across.
WIDE = "[[[10, 10], [400, 300], [814, 500]], [[20, 500], [30, 510]]]"
FAR = "[[[4000, -900], [4100, -800]]]"

# Sends the form of the example: the browser goes on to another page.
SEND = """() => {
  const form = document.querySelector("form");
  location.href = "/next?" + new URLSearchParams(new FormData(form));
}"""


def draw_on(page: Page) -> None:
    """Draw a line at the pad's left; it must be ink where it was drawn."""
    left, top, _, bottom = rectangle(page.locator("#pad")).astype(float).tolist()
    before = strokes(page)
    path = [(left + 30 + 4 * i, (top + bottom) / 2 + i) for i in range(10)]
    draw_with_mouse(page, [path])
    assert strokes(page) == before + 1
    assert page.locator("digit-pad").evaluate("(pad) => pad.strokes.at(-1).length") > 5
    ink = drawn_ink(page)
    assert ink[0] <= path[0][0] + 2


def expect_all_in_sight(page: Page) -> None:
    page.wait_for_function(
        """() => {
          const canvas = document.querySelector("digit-pad").shadowRoot.querySelector("canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.some((value) => value > 0);
        }"""
    )
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    pad, ink = rectangle(page.locator("#pad")), drawn_ink(page)
    assert (ink[:2] > pad[:2]).all()
    assert (ink[2:] < pad[2:]).all()
    view = page.locator("#pad canvas").first.evaluate(
        "(canvas) => canvas.getContext('2d').getTransform().a / devicePixelRatio"
    )
    points = page.locator("digit-pad").evaluate("(pad) => pad.strokes.flat()")
    extent = np.ptp(np.array(points)[:, :2], axis=0) * view
    assert ink[2:] - ink[:2] == pytest.approx(extent, abs=0.1 * max(extent) + 4)  # none is cut


@pytest.mark.parametrize(
    ("act", "ink"),
    [
        ("pad.strokes = ink", WIDE),
        ("pad.strokes = ink", FAR),
        ("pad.style.display = 'none'; pad.strokes = ink; pad.style.display = ''", WIDE),
        ("pad.style.width = '320px'; pad.strokes = ink", WIDE),
        ("other.strokes = ink; pad.replaceWith(other)", WIDE),
        ("pad.replaceWith(other); other.strokes = ink", WIDE),
        ("pad.before(dialog); dialog.append(pad); pad.strokes = ink; dialog.showModal()", WIDE),
    ],
)
def test_all_ink_is_in_sight_whenever_it_was_set(open_page: OpenPage, act: str, ink: str) -> None:
    page = open_page(viewport={"width": 1000, "height": 640})
    page.evaluate(
        f"""() => {{
          const ink = {ink}, pad = document.querySelector("digit-pad");
          const [other, dialog] = ["digit-pad", "dialog"].map((n) => document.createElement(n));
          {act};
        }}"""
    )
    expect_all_in_sight(page)
    draw_on(page)
    page.click("#undo")
    page.click("#clear")
    expect_blank(page)
    draw(page, 7)


def test_what_was_drawn_is_there_on_the_way_back(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_mouse(page, place_number(page, [DIGITS[4], DIGITS[7]]))
    expect_number(page, "47")
    before = drawn_ink(page)
    page.get_by_role("link", name="About").click()
    page.go_back()
    expect_number(page, "47")
    assert drawn_ink(page) == pytest.approx(before, abs=1)
    page.go_forward()
    page.get_by_role("link", name="Digitpad").click()
    expect_number(page, "47")
    page.click("#undo")  # stroke by stroke, as if it had been drawn here
    expect_digit(page, 4)
    draw_on(page)
    page.click("#clear")
    page.reload()
    expect_blank(page)
    draw(page, 7)


def test_what_a_person_said_outlives_a_reload_until_clear(open_page: OpenPage) -> None:
    page = open_page()
    draw_with_mouse(page, place_number(page, [DIGITS[4], DIGITS[7]]))
    expect_number(page, "47")
    page.wait_for_function("() => !document.querySelector('digit-pad').validity.customError")
    page.locator(".boxes div").nth(1).click()
    with page.expect_response("**/read") as again:  # in the style that it taught
        page.locator(".labels").get_by_role("button", name="1", exact=True).click()
    again.value.finished()
    expect(page.locator(".reason")).to_have_text("Learned from your drawing.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(page.locator(".sentence")).to_have_text("41, with your correction.")
    assert not [url for url in asked if url.endswith("/read")]  # it is known
    page.get_by_role("button", name="Take back").click()  # in the database too
    expect(page.locator(".numeral").first).to_have_text("47")
    page.goto(page.url + "digits")
    expect(page.locator("#remembered")).to_contain_text("Nothing is remembered.")


def test_a_picture_outlives_a_reload(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    path = tmp_path / "number.png"
    path.write_bytes(picture("204"))
    page.get_by_label("Choose a picture").set_input_files(path)
    expect_number(page, "204")
    page.reload()
    expect(page.locator(".picture")).to_be_visible()
    expect_number(page, "204")
    page.click("#clear")
    page.reload()
    expect_blank(page)


def test_erasing_everything_erases_the_drawing_that_waits_for_the_way_back(
    open_page: OpenPage,
) -> None:
    page = open_page()
    draw(page, 7)
    page.click("#fix")
    page.locator(".labels button").first.click()
    expect(page.locator(".reason")).to_have_text("Learned from your drawing.")
    page.get_by_role("link", name="My digits").click()
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.locator("#remembered")).to_contain_text("One drawing was erased.")
    page.get_by_role("link", name="Digitpad").click()
    expect_blank(page)


def send(page: Page) -> str:
    """Send the form, and return what of."""
    page.wait_for_function("() => document.querySelector('form').checkValidity()")
    page.evaluate(SEND)
    page.wait_for_url("**/next?*")
    return page.url.partition("?")[2]


def fill(page: Page) -> None:
    """Correct 47 to 41, and set a value."""
    page.fill("#who", "Ada")
    meter = page.locator("#meter")
    draw_with_mouse(page, place_number(page, [DIGITS[4], DIGITS[7]], pad="#meter #pad"))
    expect(meter.locator(".numeral").first).to_have_text("47")
    page.wait_for_function("() => !document.querySelector('#meter').validity.customError")
    meter.locator(".boxes div").nth(1).click()
    meter.locator(".labels").get_by_role("button", name="1", exact=True).click()
    page.locator("#people").evaluate("(pad) => { pad.value = '0042'; }")


def test_a_form_is_sent_three_times_with_what_a_person_said(form: Page) -> None:
    fill(form)
    for _ in range(3):
        assert send(form) == "who=Ada&meter=41&people=0042"
        form.go_back()
        expect(form.locator("#meter .sentence")).to_have_text("41, with your correction.")
        expect(form.locator("#people .sentence")).to_have_text("Filled in.")
    form.go_forward()
    form.go_back()
    draw_with_mouse(form, place(form, DIGITS[7], 0.3, 0.9, pad="#meter #pad"))
    expect(form.locator("#meter .numeral").first).to_have_text("417")  # his word holds for its ink


def test_a_pictures_number_is_sent_again_after_back(form: Page) -> None:
    form.fill("#who", "Ada")
    text = base64.b64encode(picture("204")).decode()
    form.locator("#meter").evaluate(
        """async (pad, text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          await pad.readPicture(new Blob([bytes], { type: "image/png" }));
        }""",
        text,
    )
    expect(form.locator("#meter .numeral").first).to_have_text("204")
    for _ in range(2):
        assert send(form) == "who=Ada&meter=204&people="
        form.go_back()
        expect(form.locator("#meter .picture")).to_be_visible()


@pytest.fixture
def remembering(browser: Browser) -> Iterator[Browser]:
    """Start a browser that keeps whole pages for the way back, which Playwright turns off."""
    browser = browser.browser_type.launch(
        executable_path=find_browser(),
        args=list(FLAGS),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


def test_a_page_that_was_kept_whole_goes_on(
    remembering: Browser, origins: tuple[OtherSite, str]
) -> None:
    page = remembering.new_page(**CALM)
    page.goto(origins[0].address)
    page.evaluate("addEventListener('pageshow', ({ persisted }) => (window.kept = persisted))")
    fill(page)
    assert send(page) == "who=Ada&meter=41&people=0042"
    page.evaluate("history.back()")  # Playwright's own waits for a page to load, which none does
    page.wait_for_function("window.kept")
    draw_with_mouse(page, place(page, DIGITS[7], 0.3, 0.9, pad="#meter #pad"))
    expect(page.locator("#meter .numeral").first).to_have_text("417")


def test_a_state_that_is_none_leaves_the_pad_empty(form: Page) -> None:
    pad = form.locator("#people")
    version = '{"version": 0, "strokes": 7}'
    for state in ("", "null", "[]", "{", version, '{"version": 1}', "[[[1, 2]]]"):
        pad.evaluate("(pad, state) => pad.formStateRestoreCallback(state)", state)
        assert pad.evaluate("(pad) => [pad.value, pad.state]") == ["", ""], state


def test_what_a_browser_fills_in_is_a_value(form: Page) -> None:
    form.locator("#people").evaluate("(pad) => pad.formStateRestoreCallback('0042')")
    assert form.locator("#people").evaluate("(pad) => pad.value") == "0042"
