"""The main ways through the page in Firefox."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.browser.conftest import OtherSite, needed
from tests.browser.firefox import PAD, SHADOW, Firefox, find_firefox, firefox
from tests.drawings import DIGITS

NUMERAL = f"{SHADOW}.querySelector('.numeral').textContent"
SENTENCE = f"{SHADOW}.querySelector('.sentence').textContent"


@pytest.fixture(scope="module")
def tab() -> Iterator[Firefox]:
    executable = needed(find_firefox(), "no Firefox: sudo apt-get install firefox-esr")
    with firefox(executable) as tab:
        yield tab


@pytest.fixture
def page(tab: Firefox, site: str) -> Iterator[Firefox]:
    """Open the page with an empty pad; it must be quiet."""
    tab.open(site)
    tab.run("sessionStorage.clear()")
    tab.run(f"{PAD}.state = ''")
    tab.complaints.clear()
    yield tab
    assert tab.complaints == []


def draw(page: Firefox, text: str) -> None:
    page.draw(page.place([DIGITS[int(digit)] for digit in text], 150))
    page.expect(f"{PAD}.value", text)
    page.expect_read(text)


def test_a_number_is_drawn_undone_and_cleared(page: Firefox) -> None:
    draw(page, "47")
    page.click("#undo")
    page.click("#redo")
    page.expect_read("47")
    page.click("#clear")
    page.expect(SENTENCE, "Nothing to read yet.")


def test_what_a_person_said_is_kept_on_back_and_reload_until_clear(
    page: Firefox, site: str
) -> None:
    draw(page, "47")
    page.click(".boxes div", 1)
    page.expect(f"{SHADOW}.querySelector('.question').textContent", "What is digit 2 of 2?")
    page.click(".labels button", 0)
    page.expect_read("41")
    for back in (False, True):
        if back:
            page.open(f"{site}/about")
            page.back()
        else:
            page.reload()
        page.expect(f"[{PAD}.value, {PAD}.strokes.length]", ["41", 3])
        page.expect(SENTENCE, "41, with your correction.")
    page.click("#clear")
    page.reload()
    page.expect(SENTENCE, "Nothing to read yet.")


def test_fingers_draw(page: Firefox) -> None:
    page.draw(page.place([DIGITS[3]], 150), "touch")
    page.expect_read("3")


def test_ink_lies_under_the_pen_however_the_page_is_transformed(page: Firefox) -> None:
    page.run(f"void ({PAD}.style.cssText = 'zoom: 0.7; transform: rotate(180deg) scale(0.9)')")
    left, top, width, height = page.box("#pad")
    page.draw([[(left + width * share, top + height * share) for share in (0.2, 0.4, 0.6)]])
    shares = page.run(
        f"(({{clientWidth, clientHeight}}) => {PAD}.strokes[0].map(([x, y]) =>"
        f" [x / clientWidth, y / clientHeight]))({SHADOW}.querySelector('#pad'))"
    )
    expected = [[share, share] for share in (0.8, 0.6, 0.4)]
    assert np.array(shares) == pytest.approx(np.array(expected), abs=0.02)


def test_a_form_is_sent_three_times(page: Firefox, origins: tuple[OtherSite, str]) -> None:
    page.open(origins[0].address)
    page.run("void (document.querySelector('#who').value = 'Ada')")
    draw(page, "7")
    page.click("#fix")
    page.click(".labels button", 0)
    page.expect_read("1")
    for _ in range(3):
        page.run("void document.querySelector('form').requestSubmit()")
        page.expect("document.querySelector('output').textContent", "who=Ada&meter=1&people=")
        page.run("void (document.querySelector('output').textContent = '')")
