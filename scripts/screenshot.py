"""README's pictures, from the running page: `make screenshots`."""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from digitpad import Ink
from digitpad.train.golden import golden_inks
from tests.browser.driver import (
    draw_with_mouse,
    find_browser,
    launch,
    place_number,
    serving,
)

FOLDER = Path("docs/images")
DRAWN = "2047"
WINDOW = (1200, 680)  # CSS px
DENSITY = 1.5  # px of the picture for each CSS px
COLOURS = 64  # the page has few: a palette makes the file small
WOBBLE = 0.7  # how far a hand strays, in the unit of the golden digits, 100 wide


def main() -> None:
    executable = find_browser()
    if executable is None:
        sys.exit("no Chromium: sudo apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving() as site, sync_playwright() as playwright:
        browser = launch(playwright, executable)
        for scheme in ("light", "dark"):
            take(browser, site, FOLDER / f"number-{scheme}.png", scheme)
        browser.close()


def take(browser: Browser, site: str, path: Path, scheme: str) -> None:
    """Draw a number as a hand does and keep what the window shows."""
    width, height = WINDOW
    page: Page = browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=DENSITY,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page.goto(site)
    inks = [wobble(golden_inks()[int(digit)]) for digit in DRAWN]
    draw_with_mouse(page, place_number(page, inks, 0.45))
    expect(page.locator("#announcement")).not_to_be_empty()  # filled when the answer is settled
    expect(page.locator(".numeral").first).to_have_text(DRAWN)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(path, optimize=True)
    print(f"{path}: {picture.width} × {picture.height}, {path.stat().st_size / 1000:.0f} kB")
    page.close()


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
