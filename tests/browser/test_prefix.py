"""The site below a path of another one."""

from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from digitpad.config import ServerConfig
from digitpad.web import create_app
from tests.browser.conftest import CALM
from tests.browser.test_offline import READY
from tests.browser.test_page import draw


def test_all_of_it_works_below_a_prefix(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("database") / "digitpad.db"
    app = create_app(ServerConfig(database=f"sqlite:///{file}"))
    mounted: Any = DispatcherMiddleware(NotFound(), {"/my/digits": app})
    server = make_server("127.0.0.1", 0, mounted, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context(**CALM)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        root = f"http://127.0.0.1:{server.server_port}/my/digits/"
        page.goto(root)
        draw(page, 7)
        page.click("#fix")
        page.locator(".labels").get_by_role("button", name="1", exact=True).click()
        expect(page.locator(".reason")).to_have_text("Learned from your drawing.")
        assert page.evaluate(READY)
        page.get_by_role("link", name="My digits").click()
        expect(page.locator("#digits li")).to_have_count(1)
        page.get_by_role("link", name="About").click()
        expect(page.locator(".story li")).to_have_count(6)
        page.get_by_role("link", name="Forms").click()
        page.wait_for_load_state()  # and its script
        page.locator("#form input[multiple]").set_input_files("docs/samples/form.png")
        expect(page.locator("#fields li")).to_have_count(3)
        page.get_by_role("link", name="API for programs").click()
        page.get_by_role("link", name="openapi.json").click()
        expect(page.locator("body")).to_contain_text('"openapi"')
        assert all(url.startswith((root, "data:", "blob:")) for url in asked)
    finally:
        context.close()
        server.shutdown()
        thread.join()
        server.server_close()
