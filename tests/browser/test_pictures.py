"""Pictures on the page: chosen, pasted and dropped."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.driver import draw_with_mouse, place
from tests.browser.test_number import rectangle
from tests.browser.test_page import draw, expect_blank, expect_digit
from tests.drawings import DIGITS, placed, render, together

# Gives a file to the page as the system does.
GIVE = """([text, kind]) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "digits", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  const event = kind === "paste" ? new ClipboardEvent(kind, { ...options, clipboardData: data })
    : new DragEvent(kind, { ...options, dataTransfer: data });
  document.body.dispatchEvent(event);
}"""


def picture(text: str, size: tuple[int, int] = (600, 300), kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image = render(together(placed(text)), size=size, length=size[0] * 0.7, at=(90, 60), pen=14)
    image.save(stream, kind)
    return stream.getvalue()


def expect_number(page: Page, text: str) -> None:
    expect(page.locator(".numeral").first).to_have_text(text)
    expect(page.locator(".boxes [data-digit]")).to_have_count(len(text))


def test_a_picture_is_chosen_and_shown_with_its_digits(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    path = tmp_path / "number.png"
    path.write_bytes(picture("204"))
    page.get_by_label("Choose a picture").set_input_files(path)
    expect_number(page, "204")
    shown = page.locator(".picture")
    expect(shown).to_be_visible()
    pad = rectangle(page.locator("#pad"))
    scale = min((pad[2] - pad[0]) / 600, (pad[3] - pad[1]) / 300)
    left = (pad[0] + pad[2]) / 2 - scale * 300
    for i, ink in enumerate(placed("204")):
        assert ink.box is not None
        width = together(placed("204")).box
        assert width is not None
        at = 90 + (ink.box[0] - width[0]) * 420 / (width[2] - width[0])
        box = rectangle(page.locator(".boxes div").nth(i))
        assert box[0] == pytest.approx(left + scale * at, abs=12)
    page.click("#clear")
    expect_blank(page)
    expect(shown).to_be_hidden()


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_pasted_or_dropped(open_page: OpenPage, kind: str) -> None:
    page = open_page()
    draw(page, 5)
    page.evaluate(GIVE, [base64.b64encode(picture("47")).decode(), kind])
    expect_number(page, "47")
    page.click("#undo")  # the picture goes, the ink is back
    expect_digit(page, 5)


def test_a_picture_that_comes_while_one_draws_takes_the_place_of_the_ink(
    open_page: OpenPage,
) -> None:
    page = open_page()
    (stroke, *_) = place(page, DIGITS[5])
    page.mouse.move(*stroke[0])
    page.mouse.down()
    page.mouse.move(*stroke[-1])
    page.evaluate(GIVE, [base64.b64encode(picture("47")).decode(), "paste"])
    expect_number(page, "47")
    page.mouse.up()
    expect(page.locator(".picture")).to_be_visible()


def test_a_large_photograph_is_made_smaller_first(open_page: OpenPage) -> None:
    page = open_page()
    noisy = np.asarray(Image.open(io.BytesIO(picture("7", (4000, 3000)))).convert("RGB"))
    noise = np.random.default_rng(0).integers(0, 60, noisy.shape, np.uint8)
    stream = io.BytesIO()
    Image.fromarray(np.maximum(noisy, noise)).save(stream, "JPEG", quality=95)
    data = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}
    page.get_by_label("Choose a picture").set_input_files(data)  # type: ignore[arg-type]
    expect_number(page, "7")
    assert page.locator(".picture").evaluate("(image) => image.naturalWidth") == 1536


def test_kinds_that_the_service_does_not_read_are_converted(open_page: OpenPage) -> None:
    page = open_page()
    data = {"name": "a.gif", "mimeType": "image/gif", "buffer": picture("3", (600, 600), "GIF")}
    page.get_by_label("Choose a picture").set_input_files(data)  # type: ignore[arg-type]
    expect_number(page, "3")


def test_what_is_no_picture_is_refused_calmly(open_page: OpenPage) -> None:
    page = open_page()
    data = {"name": "a.png", "mimeType": "image/png", "buffer": b"not a picture"}
    page.get_by_label("Choose a picture").set_input_files(data)  # type: ignore[arg-type]
    expect(page.locator("#connection")).to_have_text(
        "This is not a picture that can be read. PNG, JPEG, WebP and GIF are."
    )
    draw_with_mouse(page, place(page, DIGITS[2]))
    expect_digit(page, 2)
    expect(page.locator("#connection")).to_be_hidden()


def test_a_picture_without_ink(open_page: OpenPage) -> None:
    page = open_page()
    stream = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(stream, "PNG")
    data = {"name": "a.png", "mimeType": "image/png", "buffer": stream.getvalue()}
    page.get_by_label("Choose a picture").set_input_files(data)  # type: ignore[arg-type]
    expect(page.locator(".sentence")).to_have_text("No digit found.")


def test_white_ink_on_a_large_transparent_picture_is_read(open_page: OpenPage) -> None:
    page = open_page()
    ink = np.asarray(Image.open(io.BytesIO(picture("352", (3000, 1500)))).convert("L"))
    seen = np.full((*ink.shape, 4), 255, np.uint8)  # white
    seen[..., 3] = 255 - ink  # where the ink is
    stream = io.BytesIO()
    Image.fromarray(seen, "RGBA").save(stream, "PNG")
    data = {"name": "a.png", "mimeType": "image/png", "buffer": stream.getvalue()}
    page.get_by_label("Choose a picture").set_input_files(data)  # type: ignore[arg-type]
    expect_number(page, "352")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\0\0\0\x18ftypheic", "cannot open HEIC"),
        (b"II*\0\x08\0\0\0", "cannot open TIFF"),
        (b"%PDF-1.7", "A PDF is a document, not a picture."),
    ],
)
def test_what_the_browser_cannot_open_is_named(
    open_page: OpenPage, start: bytes, words: str
) -> None:
    page = open_page()
    draw(page, 5)
    data = {"name": "a", "mimeType": "image/heic", "buffer": start + bytes(100)}
    page.get_by_label("Choose a picture").set_input_files(data)  # type: ignore[arg-type]
    expect(page.locator("#connection")).to_contain_text(words)
    expect_digit(page, 5)  # what was there stays
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("#connection")).not_to_contain_text(words)
    page.get_by_role("button", name="English").click()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_there_is_progress_while_a_picture_is_read(open_page: OpenPage, motion: str) -> None:
    page = open_page(reduced_motion=motion)
    waiting: list[Route] = []
    page.route("**/api/v1/read", lambda route: waiting.append(route))  # noqa: PLW0108
    data = {"name": "a.png", "mimeType": "image/png", "buffer": picture("352")}
    progress = page.get_by_role("progressbar", name="Reading the picture…")
    expect(progress).to_be_hidden()
    page.get_by_label("Choose a picture").set_input_files(data)  # type: ignore[arg-type]
    expect(progress).to_be_visible()
    expect(page.locator("#announcement")).to_have_text("Reading the picture…")
    moves = "document.querySelector('digit-pad').shadowRoot.getAnimations()"
    names = page.evaluate(f"{moves}.map(({{ animationName }}) => animationName)")
    assert ("pass" in names) == (motion == "no-preference")
    assert Axe().run(page).response["violations"] == []
    for route in waiting:
        route.continue_()
    expect_number(page, "352")
    expect(progress).to_be_hidden()
