"""A page of what is unsure, worked from the keyboard, and what it saves brought into a database."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from digitpad import Ink, Reader
from digitpad.batch import review
from digitpad.store import Database, corrections
from digitpad.store.importing import Imported, bring
from tests.drawings import DIGITS, placed, render, together

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with ink of 40, pictures of 40 and 7, and ink of 7, two of them in a row."""
    folder, reader = tmp_path_factory.mktemp("review"), Reader()
    forty = together(placed("40"))
    sources: list[Ink | bytes] = [forty, DIGITS[7]]
    for ink, name in ((forty, "forty"), (DIGITS[7], "seven")):
        render(ink).save(folder / f"{name}.png")
        sources.insert(1, (folder / f"{name}.png").read_bytes())
    with review.writing(folder) as write:
        for number, source in enumerate(sources):
            reading = reader.read(source)
            name = f"<{number}>.png"
            shown = review.of_reading(name, source, reading, reader.manifest.sha256)
            write({**reading.to_dict(), "id": name, review.FIELD: shown})
    return folder / "review-0001.html"


@pytest.fixture
def open_review(written: Path, browser: Browser) -> Iterator[Open]:
    """Open the page; it must be quiet, and ask nobody for anything."""
    contexts, complaints = [], []

    def open_review(**options: str) -> Page:
        context = browser.new_context(viewport={"width": 640, "height": 700}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url)
                if not request.url.startswith(("file:", "data:")) else None)  # fmt: skip
        page.goto(written.as_uri())
        return page

    yield open_review
    for context in contexts:
        context.close()
    assert complaints == []


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def values(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("input").all()]


def focused(page: Page) -> int:
    found = page.evaluate("[...document.querySelectorAll('input')].indexOf(document.activeElement)")
    assert isinstance(found, int)
    return found


def test_what_a_person_types_is_saved_and_imported(
    open_review: Open, tmp_path: Path, database: Database
) -> None:
    page = open_review(locale="en-GB")
    assert values(page) == ["40", "7", "40", "7"]
    expect(page.locator("output")).to_have_text("0 of 4")
    page.keyboard.type("46")
    press(page, "Enter")
    assert focused(page) == 1
    press(page, "Delete", "Enter")
    page.keyboard.type("4x")
    press(page, "Enter")  # is none that can stand there
    assert focused(page) == 2
    press(page, "Escape")
    page.keyboard.type("4.0.0")
    press(page, "Enter", "Enter")
    assert values(page) == ["46", "", "4.0.0", "7"]
    expect(page.locator("figure.done")).to_have_count(4)
    expect(page.locator("output")).to_have_text("4 of 4")
    with page.expect_download() as download:
        press(page, "Control+s")
    assert download.value.suggested_filename == "review-0001.jsonl"
    download.value.save_as(tmp_path / "fixed.jsonl")
    lines = (tmp_path / "fixed.jsonl").read_bytes().splitlines()
    assert [(json.loads(line)["item"], json.loads(line)["text"]) for line in lines] == [
        ("<0>.png", "46"), ("<1>.png", ""), ("<2>.png", "4.0.0"), ("<3>.png", "7"),
    ]  # fmt: skip
    assert bring(database, lines) == Imported(4, 0, 1)
    kept = list(corrections.everyone(database))
    assert [(one.label, one.predicted) for one in kept] == [
        ("4", "4"), ("6", "0"), (None, "7"), ("7", "7"),
    ]  # fmt: skip
    assert [one.drawing.ink is None for one in kept] == [False, False, True, False]


def test_keys_move_try_and_take_back_and_nothing_is_lost(open_review: Open) -> None:
    page = open_review()
    press(page, "ArrowDown")
    assert focused(page) == 2
    press(page, "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowLeft", "ArrowLeft")
    assert focused(page) == 0
    press(page, "Space")
    other = values(page)[0]
    assert other != "40"
    press(page, "Enter")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert values(page)[0] == other
    assert focused(page) == 1
    press(page, "ArrowLeft", "Escape")
    assert values(page)[0] == "40"
    expect(page.locator("figure.done")).to_have_count(0)


def test_it_speaks_german_and_fits_a_phone(open_review: Open) -> None:
    page = open_review(locale="de-DE")
    expect(page.locator("output")).to_have_text("0 von 4")
    expect(page.locator("#save")).to_have_text(re.compile("Speichern"))
    page.set_viewport_size({"width": 320, "height": 600})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.click("#language")
    expect(page.locator("output")).to_have_text("0 of 4")
