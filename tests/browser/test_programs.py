"""JavaScript in the documents runs, and prints what is written beside it."""

import re
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import WRITTEN
from tests.test_docs import blocks

API = Path(__file__).parents[2] / "docs/api.md"


def test_javascript_in_the_description_of_the_interface_runs(site: str, browser: Browser) -> None:
    (program,) = (text for kind, text in blocks(API) if kind == "js")
    said = re.findall(r"console\.log\(.*\); // (.*)", program)
    assert said
    page = browser.new_page()
    printed: list[str] = []
    page.on("console", lambda message: printed.append(message.text))
    page.goto(f"{site}/docs")
    page.evaluate(f"(async () => {{ {program.replace(WRITTEN, site)} }})()")
    page.close()
    assert printed == said
