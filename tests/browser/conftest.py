"""The site in a thread, another site with a form, Chromium, and pages that must be quiet."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from digitpad.config import ServerConfig
from tests.browser.driver import find_browser, launch, serving

EMBED = Path(__file__).parents[2] / "docs/embed.html"
WRITTEN = "http://127.0.0.1:8000"  # Digitpad's address in the example

PATIENCE = 30_000  # ms; the machine may have more to do than this
CALM: Any = {"reduced_motion": "reduce"}  # what moves is drawn anew with each frame

OWN = (  # what Chromium says of the tests' ways: of workers they block, of canvases they look at
    "Service Worker registration blocked by Playwright",
    "Canvas2D: Multiple readback operations using getImageData",
)

OpenPage = Callable[..., Page]
expect.set_options(timeout=PATIENCE / 2)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("database") / "digitpad.db"
    with serving(ServerConfig(database=f"sqlite:///{file}")) as address:
        yield address


def needed(executable: str | None, say: str) -> str:
    """Return the path of a browser; without one tests are skipped, where CI runs they fail."""
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail(say)
        pytest.skip(say)
    return executable


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = needed(find_browser(), "no Chromium: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = launch(playwright, executable)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the open pages said on the console, and what they asked of other sites."""
    return []


@pytest.fixture
def open_page(site: str, browser: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    """Open a page of the site with options of a browser context; a page with complaints fails."""
    contexts = []

    def open_page(path: str = "/", site: str = site, **options: Any) -> Page:
        context = browser.new_context(**{**CALM, "service_workers": "block", **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complain(message.text))
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("request", lambda request: check(request.url, site))
        page.goto(site + path)
        return page

    def complain(text: str) -> None:
        if not text.startswith(OWN):
            complaints.append(text)

    def check(url: str, site: str) -> None:
        if not url.startswith((site + "/", "data:", "blob:")):
            complaints.append(f"asked for {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


class OtherSite:
    """A site of another origin: the example at "/", and a page to go to at "/next"."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pages: dict[str, str] = {"/next": "<title>Next</title>Thank you."}
        self.policy: str | None = None  # a content security policy

    def embed(self, digitpad: str) -> None:
        """Show the example with the element from there."""
        self.pages["/"] = EMBED.read_text("utf-8").replace(WRITTEN, digitpad)


@contextmanager
def other_site() -> Iterator[OtherSite]:
    """Serve pages from another origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = other.pages.get(self.path.partition("?")[0], "").encode()
            self.send_response(200 if body else 204)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            if other.policy:
                self.send_header("Content-Security-Policy", other.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    other = OtherSite(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield other
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="package")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OtherSite, str]]:
    """Return a site with the example, and the address of a Digitpad that knows that site."""
    database = f"sqlite:///{tmp_path_factory.mktemp('database') / 'digitpad.db'}"
    with (
        other_site() as other,
        serving(ServerConfig(database=database, origins=(other.address,))) as digitpad,
    ):
        other.embed(digitpad)
        yield other, digitpad


@pytest.fixture
def form(browser: Browser, origins: tuple[OtherSite, str]) -> Iterator[Page]:
    """Open the example; it must be quiet."""
    page = browser.new_page(**CALM)
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(origins[0].address)
    yield page
    page.close()
    assert complaints == []
