"""Runs the site and draws on its page in Chromium: for the tests here and for screenshots."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import numpy as np
from playwright.sync_api import Browser, Page, Playwright
from werkzeug.serving import make_server

from digitpad import Ink
from digitpad.config import ServerConfig
from digitpad.ink import Stroke
from digitpad.web import create_app

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# What a browser leaves out. The last such list counts, so what of Playwright's own asks other sites
# or changes what a page shows is here again.
OFF = (
    "WebUIOmniboxAimPopup",  # pages for suggestions, made anew with each window: most of what
    "WebUIOmniboxPopup",  # opening one cost
    "AimEnabled",
    "HttpsUpgrades",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
)
FLAGS = (
    f"--disable-features={','.join(OFF)}",
    "--no-sandbox",  # it needs rights that containers lack
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
KEYS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "PageUp", "End", "PageDown", " ")

FEW = 12  # points of a stroke that are drawn, since each costs a frame; 8 make a zero less sure

Path = Sequence[tuple[float, float]]  # points of a stroke in CSS px of the window


def find_browser() -> str | None:
    """Return the path of the system's Chromium or Chrome."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def launch(playwright: Playwright, executable: str) -> Browser:
    """Start a browser that talks to nobody on its own."""
    return playwright.chromium.launch(executable_path=executable, args=list(FLAGS))


@contextmanager
def serving(config: ServerConfig | None = None) -> Iterator[str]:
    """Serve the site with the shipped model from a thread; yields its address."""
    app = create_app(config or ServerConfig())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def place(
    page: Page, ink: Ink, size: float = 0.7, across: float = 0.5, pad: str = "#pad"
) -> list[Path]:
    """Lay ink on the page's pad, or on the one that the selector `pad` names.

    Its longest side is `size` of the pad's height, its centre at `across` of the pad's width.
    """
    page.locator(pad).scroll_into_view_if_needed()
    area, box = page.locator(pad).bounding_box(), ink.box
    assert area is not None
    assert box is not None
    low, high = np.array(box[:2]), np.array(box[2:])
    scale = size * area["height"] / float((high - low).max())
    centre = np.array([area["x"] + area["width"] * across, area["y"] + area["height"] / 2])
    placed = ink.transform(np.eye(2) * scale, centre - scale * (low + high) / 2)
    return [[(x, y) for x, y in _thin(stroke).tolist()] for stroke in placed.strokes]


def _thin(stroke: Stroke) -> Stroke:
    """Return at most FEW points of a stroke, its ends among them."""
    kept = np.linspace(0, len(stroke) - 1, min(len(stroke), FEW)).round().astype(int)
    return np.asarray(stroke[kept])


def place_number(
    page: Page, inks: Sequence[Ink], size: float = 0.3, pad: str = "#pad"
) -> list[Path]:
    """Lay inks side by side, evenly across the page's pad, or the one that `pad` names."""
    across = (np.arange(len(inks)) + 0.5) / len(inks)
    return [
        path
        for ink, middle in zip(inks, across, strict=True)
        for path in place(page, ink, size, float(middle), pad)
    ]


def draw_with_mouse(page: Page, strokes: Sequence[Path]) -> None:
    """Draw point by point with the left button."""
    for stroke in strokes:
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def draw_with_touch(page: Page, strokes: Sequence[Path]) -> None:
    """Draw with one finger."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    for stroke in strokes:
        touch("touchStart", stroke[0])
        for point in stroke[1:]:
            touch("touchMove", point)
        touch("touchEnd")
    session.detach()


def draw_with_keys(page: Page, steps: str) -> None:
    """Move the pad's pen: <>^v left, right, up and down, 7913 aslant, and a space is Space."""
    keys = dict(zip("<>^v7913 ", KEYS, strict=True))
    page.locator("#pad").focus()
    for step in steps:
        page.keyboard.press(keys[step])


def draw_with_pen(page: Page, strokes: Sequence[Path]) -> None:
    """Draw with a stylus."""
    session = page.context.new_cdp_session(page)

    def move(kind: str, point: tuple[float, float], buttons: int) -> None:
        event = {
            "type": kind,
            "x": point[0],
            "y": point[1],
            "button": "left",
            "buttons": buttons,
            "clickCount": 1,
            "pointerType": "pen",
            "force": 0.5,
        }
        session.send("Input.dispatchMouseEvent", event)

    for stroke in strokes:
        move("mousePressed", stroke[0], 1)
        for point in stroke[1:]:
            move("mouseMoved", point, 1)
        move("mouseReleased", stroke[-1], 0)
    session.detach()
