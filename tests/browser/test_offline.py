"""The page without a network: it opens, keeps what is drawn, and reads it when that is back."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from digitpad.config import ServerConfig
from digitpad.web import create_app
from tests.browser.conftest import CALM
from tests.browser.driver import draw_with_mouse, place
from tests.browser.test_page import expect_digit
from tests.drawings import DIGITS

READY = "navigator.serviceWorker.ready.then(({ active }) => active !== null)"


class Site:
    """A site that can be cut off, and be back at the same address."""

    def __init__(self) -> None:
        self.app = create_app(ServerConfig())
        self.port = 0
        self.start()

    def start(self) -> None:
        self.server: BaseWSGIServer = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@pytest.fixture
def cut() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**CALM)
    yield context
    context.close()


def visit(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    page.goto(site.address)
    page.locator("#pad").wait_for()
    return page


def draw_unread(page: Page) -> None:
    """Draw a one that cannot be read now."""
    page.route("**/api/v1/read", lambda route: route.abort())
    draw_with_mouse(page, place(page, DIGITS[1]))
    expect(page.locator("#connection")).not_to_be_empty()


def count(page: Page) -> int:
    strokes: int = page.locator("digit-pad").evaluate("(pad) => pad.strokes.length")
    return strokes


def test_offline_the_page_opens_loses_no_stroke_and_reads_it_later(
    cut: Site, context: BrowserContext
) -> None:
    page = visit(context, cut)
    assert page.evaluate(READY)
    page.close()
    cut.stop()
    page = visit(context, cut)
    draw_with_mouse(page, place(page, DIGITS[4]))
    expect(page.locator("#connection")).to_have_text("Cannot reach the server. Trying again…")
    page.close(run_before_unload=False)  # the tab is gone, its session too
    page = visit(context, cut)
    assert count(page) == 2
    cut.start()
    expect_digit(page, 4)
    page.wait_for_function(
        "() => !localStorage['digitpad.drawing']"
    )  # what is read is the session's
    page.reload()
    expect_digit(page, 4)
    page.click("#clear")
    page.close()
    assert count(visit(context, cut)) == 0


def test_what_was_cleared_does_not_come_back(cut: Site, context: BrowserContext) -> None:
    page = visit(context, cut)
    draw_unread(page)
    page.reload()  # with ink that nobody has read
    assert count(page) > 0
    page.click("#clear")
    page.reload()
    page.locator("#pad").wait_for()
    assert count(page) == 0


def test_another_tabs_empty_pad_erases_nothing(cut: Site, context: BrowserContext) -> None:
    page = visit(context, cut)
    other = visit(context, cut)
    draw_unread(page)
    other.reload()
    other.close()
    page.close(run_before_unload=False)
    assert count(visit(context, cut)) == 1


def test_what_is_served_after_an_upgrade_is_never_what_was_kept(
    cut: Site, context: BrowserContext
) -> None:
    page = visit(context, cut)
    assert page.evaluate(READY)
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller")
    upgraded = "<title>Upgraded</title>"
    cut.app.view_functions["pages.index"] = lambda: upgraded
    cut.app.view_functions["pages.about"] = lambda: upgraded
    cut.app.view_functions["pages.digits"] = lambda: upgraded
    for path in ("", "about", "digits"):
        page.goto(cut.address + path)
        expect(page).to_have_title("Upgraded")
    asked = page.evaluate("fetch('/api/v1/model', { cache: 'no-store' }).then(({ url }) => url)")
    assert asked.endswith("/api/v1/model")
    kept: list[str] = page.evaluate(
        """async () => {
          const [name] = await caches.keys();
          return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
        }"""
    )
    assert {path.split("/")[1].split("-")[0] for path in kept} == {"", "static"}


def test_a_page_that_is_being_updated_is_kept_whole_or_not_at_all(
    cut: Site, context: BrowserContext
) -> None:
    cut.app.view_functions["assets.file"] = as_of_another_version(
        cut.app.view_functions["assets.file"]
    )
    page = visit(context, cut)
    page.wait_for_function(
        """async () => {
          const [worker] = await navigator.serviceWorker.getRegistrations();
          return worker === undefined && (await caches.keys()).length > 0;
        }"""
    )
    assert page.evaluate("caches.match('/').then((found) => found === undefined)")


def as_of_another_version(view: Callable[..., Any]) -> Callable[..., Any]:
    return lambda version, name: view("0" * 12, name)


def test_the_manifest_can_be_installed(cut: Site, context: BrowserContext) -> None:
    page = visit(context, cut)
    session = context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{cut.address}manifest.webmanifest"
    assert page.evaluate(READY)
    flaws = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [flaw["errorId"] for flaw in flaws] == ["in-incognito"]  # as all of Playwright's are
