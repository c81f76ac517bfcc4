"""The pages' main states as pictures, from the running site: `make screenshots`.

README's own go to docs/images, the others to evaluation/pages, to be looked at.
"""

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from digitpad import Ink
from digitpad.config import ServerConfig
from digitpad.train.release.golden import golden_inks
from tests.browser.driver import (
    draw_with_keys,
    draw_with_mouse,
    find_browser,
    launch,
    place,
    place_number,
    serving,
)
from tests.drawings import placed, render, together
from tests.forms import LAYOUT, photograph
from tests.forms import page as draw_form

SHOWN = Path("docs/images")
LOOKED_AT = Path("evaluation/pages")
DRAWN = "2047"
COLOURS = 256  # the page has few, and some of them are rare: a palette makes the file small
WOBBLE = 0.7  # how far a hand strays, in the unit of the golden digits, 100 wide
README = {"viewport": {"width": 1200, "height": 680}, "device_scale_factor": 1.5}
DESK = {"viewport": {"width": 1200, "height": 680}}
SMALL = {"viewport": {"width": 390, "height": 760}}
STRIP = {"viewport": {"width": 640, "height": 250}}
LYING = {"viewport": {"width": 740, "height": 360}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
SEVEN_OR_ONE = [(30, 25), (52, 12), (62, 10), (56, 50), (50, 95)]
FACE = [
    [(50 + 50 * np.cos(turn), 50 + 50 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 40)],
    [(32, 35), (33, 42)],
    [(68, 35), (67, 42)],
    [(25, 65), (32, 73), (40, 77), (50, 78), (60, 77), (68, 73), (75, 65)],
]
DARK: dict[str, Any] = {"color_scheme": "dark"}


@dataclass(frozen=True)
class State:
    """A state of a page that is worth a picture."""

    name: str
    options: dict[str, Any]  # of the browser's context
    act: Callable[[Page], None] = lambda page: None
    path: str = "/"
    folder: Path = field(default=LOOKED_AT)


def draw(page: Page, text: str = DRAWN, size: float = 0.45) -> None:
    """Draw a number as a hand does, and wait until it is read."""
    inks = [wobble(golden_inks()[int(digit)]) for digit in text]
    draw_with_mouse(page, place_number(page, inks, size))
    expect(page.locator("#announcement")).not_to_be_empty()  # filled when the answer is settled
    expect(page.locator(".numeral").first).to_have_text(text)


def draw_narrow(page: Page) -> None:
    draw(page, size=0.3)


def ask(page: Page) -> None:
    draw_narrow(page)
    page.click("#fix")


def doubt(page: Page) -> None:
    """Draw what may be a 7 or a 1."""
    draw_with_mouse(page, place(page, Ink((np.array(SEVEN_OR_ONE, float),))))
    expect(page.locator(".numeral:visible")).to_have_count(2)


def draw_a_face(page: Page) -> None:
    draw_with_mouse(page, place(page, Ink(tuple(np.array(stroke, float) for stroke in FACE))))
    expect(page.locator(".numeral:visible")).to_have_text("?")


def type_keys(page: Page) -> None:
    draw_with_keys(page, "^ >>>>>1v1v1v1v")
    expect(page.locator(".numeral").first).to_have_text("7")


def go_offline(page: Page) -> None:
    page.context.set_offline(True)
    draw_with_mouse(page, place_number(page, [golden_inks()[6]], 0.45))
    expect(page.locator("#connection")).not_to_be_empty()


def show_picture(page: Page) -> None:
    """Read a number in a badly lit photograph."""
    inks = [wobble(ink) for ink in placed("3186", gap=0.4)]
    image = render(together(inks), size=(640, 420), length=480, at=(80, 130), pen=9, colour="#334")
    light = np.linspace(1, 0.65, 640)[None, :, None]
    noise = np.random.default_rng(3).normal(0, 2, (420, 640, 1))
    stream = io.BytesIO()
    photo = (np.asarray(image) * light + noise).clip(0, 255).astype(np.uint8)
    Image.fromarray(photo).save(stream, "JPEG")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}
    page.get_by_label("Choose a picture").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".boxes div")).to_have_count(4)


def show_form(page: Page) -> None:
    """Read a form of which a field lacks a digit."""
    page.get_by_role("link", name="Forms").click()
    page.wait_for_load_state()
    stream = io.BytesIO()
    texts = {"number": "20473", "mark": "86", "code": "197"}
    photograph(draw_form(texts)).save(stream, "PNG")
    picture = {"name": "form.png", "mimeType": "image/png", "buffer": stream.getvalue()}
    written = LAYOUT.to_json().encode()
    layout = {"name": "form.json", "mimeType": "application/json", "buffer": written}
    page.locator("#form input[multiple]").set_input_files([picture, layout])  # type: ignore[arg-type]
    page.get_by_label("code").focus()


def correct(page: Page) -> None:
    draw(page, "47", size=0.4)
    page.locator(".boxes div").nth(1).click()
    page.locator(".labels").get_by_role("button", name="1", exact=True).click()
    expect(page.locator(".numeral").first).to_have_text("41")
    expect(page.locator(".reason")).not_to_be_empty()


def show_digits(page: Page) -> None:
    for text in "741":
        draw(page, text)
        page.click("#fix")
        page.locator(".labels").get_by_role("button", name=text, exact=True).click()
        expect(page.locator(".reason")).to_have_text("Learned from your drawing.")
        page.click("#clear")
    page.get_by_role("link", name="My digits").click()
    expect(page.locator("#digits li")).to_have_count(3)


def write_on_a_strip(page: Page) -> None:
    """Show the element as a form has it, in the strip of docs/element.md."""
    page.evaluate(
        """() => {
          for (const part of document.querySelectorAll("header, footer")) part.hidden = true;
          const pad = document.querySelector("digit-pad");
          pad.removeAttribute("model-view");
          pad.style.cssText = "--digit-pad-height: 5rem; max-width: none";
          document.querySelector("main").style.paddingTop = "1rem";
        }"""
    )
    draw(page, "40712", size=0.7)


def draw_a_point(page: Page) -> None:
    """Draw 3.5, which is more than digits."""
    point = Ink((np.array([(0.0, 0), (2, 1), (1, 2)]),))
    three, five = (wobble(golden_inks()[digit]) for digit in (3, 5))
    draw_with_mouse(page, [*place(page, three, 0.42, 0.25), *place(page, five, 0.42, 0.72)])
    box = page.locator("#pad").bounding_box()
    assert box is not None
    x, y = box["x"] + 0.48 * box["width"], box["y"] + 0.69 * box["height"]
    draw_with_mouse(page, [[(x + dx, y + dy) for dx, dy in point.strokes[0].tolist()]])
    expect(page.locator(".beside .sign")).to_be_visible()


def fill_boxes(page: Page) -> None:
    """Write a date into its boxes, as a hand does."""
    page.locator("digit-pad").evaluate("(pad) => pad.setAttribute('expect', 'date')")
    boxes = page.locator(".print .cell")
    paper = page.locator("#pad").bounding_box()
    assert paper is not None
    for place_of, digit in enumerate("29022024"):
        box = boxes.nth(place_of).bounding_box()
        assert box is not None
        across = (box["x"] + box["width"] / 2 - paper["x"]) / paper["width"]
        size = 0.65 * box["height"] / paper["height"]
        draw_with_mouse(page, place(page, wobble(golden_inks()[int(digit)]), size, across))
    expect(page.locator(".numeral").first).to_have_text("29.02.2024")
    expect(page.locator("#announcement")).to_contain_text("sure")


SHOWN_STATES: dict[str, tuple[dict[str, Any], Callable[[Page], None]]] = {
    "number": (README, draw),
    "corrected": (SMALL, correct),
    "no-digit": (SMALL, draw_a_face),
    "picture": (SMALL, show_picture),
    "offline": (SMALL, go_offline),
    "sign": (SMALL, draw_a_point),
    "strip": (STRIP, write_on_a_strip),
    "boxes": (SMALL, fill_boxes),
    "lying": (LYING, draw_narrow),
    "form": (DESK, show_form),
    "form-small": (SMALL, show_form),
}
STATES = (
    *(
        State(f"{name}-{scheme}", {**options, "color_scheme": scheme}, act, folder=SHOWN)
        for name, (options, act) in SHOWN_STATES.items()
        for scheme in ("light", "dark")
    ),
    State("empty", DESK),
    State("unsure", DESK, doubt),
    State("keys", DESK, type_keys),
    State("offline", DESK, go_offline),
    State("picture", DESK, show_picture),
    State("no-digit", DESK, draw_a_face),
    State("chooser", DESK, ask),
    State("chooser-dark", {**DESK, **DARK}, ask),
    State("corrected", DESK, correct),
    State("digits", DESK, show_digits),
    State("digits-dark", {**DESK, **DARK}, show_digits),
    State("missing", DESK, path="/nowhere"),
    State("missing-dark-phone", {**PHONE, **DARK, "locale": "de-DE"}, path="/nowhere"),
    State("about", DESK, path="/about"),
    State("about-dark-phone", {**PHONE, **DARK, "locale": "de-DE"}, path="/about"),
    State("docs", DESK, path="/docs"),
    State("docs-dark-phone", {**PHONE, **DARK, "locale": "de-DE"}, path="/docs"),
    State("form-empty", DESK, path="/form"),
    State("form-dark-phone", {**PHONE, **DARK, "locale": "de-DE"}, path="/form"),
    State("phone", PHONE, draw_narrow),
    State("phone-empty-dark", {**PHONE, **DARK}),
    State("phone-chooser", PHONE, ask),
    State("phone-320", {"viewport": {"width": 320, "height": 568}, "locale": "de-DE"}, draw_narrow),
    State("phone-lying-chooser", LYING, ask),
    State("developers", DESK, draw, path="/?dev"),
    State("tablet-german", {"viewport": {"width": 768, "height": 1024}, "locale": "de-DE"}, draw),
    State("wide", {"viewport": {"width": 2560, "height": 1440}}, draw),
)


def main() -> None:
    executable = find_browser()
    if executable is None:
        sys.exit("no Chromium: sudo apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(ServerConfig(database=f"sqlite:///{folder}/digitpad.db")) as site,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright, executable)
        for state in STATES:
            if not sys.argv[1:] or state.name in sys.argv[1:]:
                take(browser, site, state)
        browser.close()


def take(browser: Browser, site: str, state: State) -> None:
    """Bring a page into a state and keep what it shows."""
    context = browser.new_context(**state.options, reduced_motion="reduce")
    page = context.new_page()
    page.goto(site + state.path)
    state.act(page)
    page.evaluate("scrollTo(0, 0)")
    shot = page.screenshot(full_page=state.folder is LOOKED_AT)
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    state.folder.mkdir(parents=True, exist_ok=True)
    path = state.folder / f"{state.name}.png"
    picture.quantize(COLOURS).save(path, optimize=True)
    print(f"{path}: {picture.width} × {picture.height}, {path.stat().st_size / 1000:.0f} kB")
    context.close()


def wobble(ink: Ink) -> Ink:
    """Stray slowly from the path: two sine waves along each stroke, the same every time."""
    rng = np.random.default_rng(7)
    strokes = []
    for stroke in ink.strokes:
        along = np.linspace(0, 1, len(stroke))[:, None]
        phases, turns = rng.uniform(0, 2 * np.pi, (2, 1, 2)), np.array([2.3, 5.1])
        waves = (np.sin(2 * np.pi * turns[i] * along + phases[i]) / (i + 1) for i in range(2))
        strokes.append(stroke + WOBBLE * sum(waves))
    return Ink(tuple(strokes))


if __name__ == "__main__":
    main()
