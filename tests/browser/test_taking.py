"""What one takes along: the number, the drawing, and what was read on this visit."""

import base64
import io
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_looks import expect_no_findings
from tests.browser.test_page import draw
from tests.browser.test_pictures import expect_number, picture

PNG = """async (pad) => {
  const blob = await pad.toBlob();
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return [blob.type, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))];
}"""


@pytest.mark.parametrize("secure", [True, False])
def test_the_number_is_copied(open_page: OpenPage, secure: bool) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    copy = page.get_by_role("button", name="Copy the number")
    expect(copy).to_be_hidden()
    draw(page, 7)
    if not secure:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    copy.click()
    expect(page.locator(".reason")).to_have_text("Copied.")
    expect(page.locator("#announcement")).to_contain_text("Copied.")
    expect(copy).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == "7"


def test_the_drawing_is_taken_along_as_svg_and_png(open_page: OpenPage) -> None:
    page = open_page()
    pad = page.locator("digit-pad")
    assert pad.evaluate("async (pad) => [pad.toSVG(), await pad.toBlob()]") == ["", None]
    draw(page, 4)
    svg = ElementTree.fromstring(pad.evaluate("(pad) => pad.toSVG()"))
    (path,) = list(svg)
    assert path.get("d", "").count("M") == 2
    assert path.get("stroke") == page.locator("#pad").evaluate("(e) => getComputedStyle(e).color")
    kind, data = pad.evaluate(PNG)
    assert kind == "image/png"
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert max(image.size) == 1024
    alpha = np.asarray(image)[..., 3]
    assert 0.05 < (alpha > 128).mean() < 0.5
    assert alpha[[0, -1]].max() == 0  # nothing is cut off
    file: Any = {"name": "a.png", "mimeType": "image/png", "buffer": picture("352")}
    page.get_by_label("Choose a picture").set_input_files(file)
    expect_number(page, "352")
    assert pad.evaluate("async (pad) => (await pad.toBlob()).size") == len(file["buffer"])


def test_developers_see_what_was_read_on_this_visit(open_page: OpenPage) -> None:
    page = open_page("/?dev", locale="de-DE")
    draw(page, 7)
    page.click("#clear")
    draw(page, 3)
    row = page.locator("#visit tbody tr").first
    expect(row.locator("td").first).to_have_text("3")
    expect(page.locator("#visit caption")).to_have_text("Bei diesem Besuch gelesen")
    with page.expect_download() as download:
        page.get_by_role("button", name="Zeichnung als SVG").click()
    assert download.value.suggested_filename == "digitpad.svg"
    expect_no_findings(page)
    page.click("#clear")
    page.reload()
    expect(page.locator("#visit tbody tr")).to_have_count(0)
