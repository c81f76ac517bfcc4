"""The site in a thread, Chromium, and pages that must be quiet."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from digitpad.config import ServerConfig
from tests.browser.driver import find_browser, launch, serving

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("database") / "digitpad.db"
    with serving(ServerConfig(database=f"sqlite:///{file}")) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = find_browser()
    if executable is None:
        say = "no Chromium: sudo apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(say)
        pytest.skip(say)
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
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)  # ms
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: check(request.url, site))
        page.goto(site + path)
        return page

    def check(url: str, site: str) -> None:
        if not url.startswith((site + "/", "data:", "blob:")):
            complaints.append(f"asked for {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
