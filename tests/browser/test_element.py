"""The element in a form of another site."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from digitpad import Ink
from tests.browser.conftest import CALM, OtherSite, other_site
from tests.browser.driver import draw_with_mouse, place
from tests.drawings import DIGITS


def draw(page: Page, field: str, ink: Ink) -> None:
    page.locator(f"#{field}").scroll_into_view_if_needed()
    pad = page.locator(f"#{field} #pad").bounding_box()
    assert pad is not None
    draw_with_mouse(
        page,
        [
            [(pad["x"] + 60 + x * 0.9, pad["y"] + 20 + y * 1.2) for x, y in stroke.tolist()]
            for stroke in ink.strokes
        ],
    )


def value(page: Page, field: str) -> str:
    text: str = page.locator(f"#{field}").evaluate("(pad) => pad.value")
    return text


def flaws(page: Page, field: str) -> list[str]:
    names: list[str] = page.locator(f"#{field}").evaluate(
        "({validity}) => ['valueMissing', 'customError', 'badInput'].filter((n) => validity[n])"
    )
    return names


def test_a_form_is_sent_with_what_was_drawn(form: Page) -> None:
    form.fill("#who", "Ada")
    assert flaws(form, "meter") == ["valueMissing"]
    assert flaws(form, "people") == []
    form.get_by_role("button", name="Send").click()
    expect(form.locator("output")).to_be_empty()  # the required field is empty
    draw(form, "meter", DIGITS[2])
    expect(form.locator("#meter .numeral").first).to_have_text("2")
    draw(form, "people", DIGITS[4])
    expect(form.locator("#people .numeral").first).to_have_text("4")
    expect(form.locator("#people #announcement")).not_to_be_empty()
    assert flaws(form, "meter") == flaws(form, "people") == []
    form.get_by_role("button", name="Send").click()
    expect(form.locator("output")).to_have_text("who=Ada&meter=2&people=4")


def test_events_and_properties(form: Page) -> None:
    form.evaluate(
        """() => {
          window.seen = [];
          for (const type of ["input", "change", "reading", "correction"]) {
            document.addEventListener(type, ({ target, detail }) =>
              window.seen.push([type, target.id, target.value, JSON.stringify(detail)]));
          }
        }"""
    )
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter #announcement")).not_to_be_empty()
    seen: list[Any] = form.evaluate("window.seen")
    assert {entry[0] for entry in seen} == {"input", "change", "reading"}
    assert [entry[2] for entry in seen if entry[0] == "change"] == ["7"]
    last = json.loads(next(entry[3] for entry in reversed(seen) if entry[0] == "reading"))
    assert last["settled"]
    assert last["latency"] >= 0
    assert last["reading"]["text"] == "7"
    meter = form.locator("#meter")
    assert meter.evaluate("(pad) => pad.reading.status") == "read"
    strokes: Any = meter.evaluate("(pad) => pad.strokes")
    assert [len(point) for point in strokes[0]] == [3] * len(strokes[0])
    meter.evaluate("(pad) => { pad.value = '305'; }")
    expect(form.locator("#meter .numeral").first).to_have_text("305")
    assert value(form, "meter") == "305"
    assert meter.evaluate("(pad) => pad.strokes") == []
    meter.evaluate("(pad, strokes) => { pad.strokes = strokes; }", strokes)
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    with form.expect_request(lambda r: '"expect":"digit"' in (r.post_data or "")):
        meter.evaluate("(pad) => pad.setAttribute('expect', 'digit')")
    with form.expect_response("**/api/v1/read"):  # moved, and read again
        form.evaluate("document.body.append(document.querySelector('#meter'))")
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    with pytest.raises(Exception, match="a value must be a number"):
        meter.evaluate("(pad) => { pad.value = 'seven'; }")


def test_an_unsure_answer_is_no_value_until_it_is_confirmed(form: Page) -> None:
    form.locator("#meter #pad").click()  # a dot
    expect(form.locator("#meter #answer")).to_have_attribute("data-status", "unsure")
    expect(form.locator("#meter #announcement")).not_to_be_empty()
    assert flaws(form, "meter") == ["badInput"]
    form.locator("#meter #fix").click()
    form.locator("#meter .labels").get_by_role("button", name="1", exact=True).click()
    assert value(form, "meter") == "1"
    assert flaws(form, "meter") == []


def test_a_required_field_is_empty_until_it_holds_digits(form: Page) -> None:
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    form.wait_for_function("() => !document.querySelector('#meter').validity.customError")
    form.locator("#meter #fix").click()
    form.locator("#meter .labels").get_by_role("button", name="Not a digit").click()
    assert value(form, "meter") == ""
    assert flaws(form, "meter") == ["valueMissing"]
    form.locator("#meter #fix").click()  # taken back
    assert flaws(form, "meter") == []


def test_what_the_service_refuses_is_not_sent(form: Page) -> None:
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    meter = form.locator("#meter")
    form.evaluate(
        """() => {
          window.real = fetch;
          window.fetch = async () => new Response('{"detail": "Too much."}', { status: 413 });
        }"""
    )
    meter.evaluate("(pad) => { pad.strokes = [[[10, 10], [90, 90]]]; }")
    expect(form.locator("#meter #connection")).to_have_text(
        "This drawing cannot be read. Too much."
    )
    assert flaws(form, "meter") == ["customError"]
    form.evaluate("() => { window.fetch = window.real; }")
    meter.evaluate("(pad) => { pad.strokes = []; }")
    assert flaws(form, "meter") == ["valueMissing"]
    expect(form.locator("#meter #connection")).to_be_empty()


def test_what_is_no_picture_leaves_what_was_drawn(form: Page) -> None:
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    form.wait_for_function("() => !document.querySelector('#meter').validity.customError")
    form.locator("#meter").evaluate("(pad) => pad.readPicture(new Blob(['text']))")
    expect(form.locator("#meter #connection")).to_have_text(
        "This is not a picture that can be read. PNG, JPEG, WebP and GIF are."
    )
    assert (value(form, "meter"), flaws(form, "meter")) == ("7", [])


def test_nothing_is_kept_of_a_stranger_on_another_site(form: Page) -> None:
    asked: list[str] = []
    form.on("request", lambda request: asked.append(request.url))
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    form.locator("#meter #fix").click()
    expect(form.locator("#meter .kept")).to_be_hidden()
    form.locator("#meter .labels").get_by_role("button", name="1", exact=True).click()
    expect(form.locator("#meter .reason")).to_have_text("Taken for this drawing.")
    assert value(form, "meter") == "1"
    assert not [url for url in asked if "corrections" in url]
    assert form.context.cookies() == []
    assert form.evaluate("localStorage.length") == 0


def test_a_writers_token_makes_it_personal(form: Page, origins: tuple[OtherSite, str]) -> None:
    token = form.request.post(f"{origins[1]}/api/v1/writers").json()["token"]
    form.locator("#meter").evaluate("(pad, token) => { pad.token = token; }", token)
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    form.locator("#meter #fix").click()
    form.locator("#meter .labels").get_by_role("button", name="1", exact=True).click()
    expect(form.locator("#meter .reason")).to_have_text("Learned from your drawing.")
    answer = form.request.get(
        f"{origins[1]}/api/v1/corrections", headers={"Authorization": f"Bearer {token}"}
    )
    assert [kept["label"] for kept in answer.json()["corrections"]] == ["1"]


def test_a_pad_that_is_removed_asks_nothing_and_goes_on_where_it_is_put_back(form: Page) -> None:
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    form.wait_for_function("() => !document.querySelector('#meter').validity.customError")
    requests, later = form.evaluate(
        """async () => {
          const meter = document.querySelector("#meter");
          const [place, real] = [meter.parentElement, window.fetch];
          let asked = 0;
          window.fetch = async () => { asked += 1; throw new Error("offline"); };
          meter.strokes = [[[10, 10], [10, 90]]];
          while (asked === 0) await new Promise((wake) => setTimeout(wake, 10));
          meter.remove();
          const requests = asked;
          meter.strokes = [[[10, 10], [90, 90]]];
          dispatchEvent(new Event("online"));
          await new Promise((wake) => setTimeout(wake, 1000));
          const later = asked;
          window.fetch = real;
          meter.strokes = [[[50, 10], [50, 90]]];
          place.append(meter);
          return [requests, later];
        }"""
    )
    assert requests == later
    form.wait_for_function("() => document.querySelector('#meter').value === '1'")


def test_what_waits_for_one_token_is_not_sent_with_another(
    form: Page, origins: tuple[OtherSite, str]
) -> None:
    one, other = (form.request.post(f"{origins[1]}/api/v1/writers").json() for _ in range(2))
    meter = form.locator("#meter")
    meter.evaluate("(pad, token) => { pad.token = token; }", one["token"])
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    form.wait_for_function("() => !document.querySelector('#meter').validity.customError")
    form.evaluate("() => { window.real = fetch; window.fetch = () => Promise.reject(); }")
    form.locator("#meter #fix").click()
    form.locator("#meter .labels").get_by_role("button", name="1", exact=True).click()
    expect(form.locator("#meter .reason")).to_contain_text("until the server can be reached")
    assert form.evaluate("Object.keys(localStorage)") == ["digitpad.told"]
    form.evaluate("() => { window.fetch = window.real; }")
    meter.evaluate("(pad, token) => { pad.token = token; }", other["token"])
    form.wait_for_load_state("networkidle")
    answer = form.request.get(
        f"{origins[1]}/api/v1/corrections", headers={"Authorization": f"Bearer {other['token']}"}
    )
    assert answer.json()["corrections"] == []


def test_a_page_may_drop_a_correction(form: Page) -> None:
    form.evaluate("addEventListener('correction', (event) => event.preventDefault())")
    draw(form, "meter", DIGITS[7])
    expect(form.locator("#meter .numeral").first).to_have_text("7")
    form.locator("#meter #fix").click()
    form.locator("#meter .labels").get_by_role("button", name="1", exact=True).click()
    assert value(form, "meter") == "7"


def test_label_reset_disabled_and_restored(form: Page) -> None:
    form.get_by_text("Reading of the meter").click()
    pad = form.locator("#meter #pad")
    expect(pad).to_be_focused()
    expect(pad).to_have_attribute("aria-label", "Reading of the meter")
    draw(form, "meter", DIGITS[5])
    expect(form.locator("#meter .numeral").first).to_have_text("5")
    form.locator("#people").evaluate(
        "(pad, state) => pad.formStateRestoreCallback(state)",
        form.locator("#meter").evaluate("(pad) => pad.state"),
    )
    expect(form.locator("#people .numeral").first).to_have_text("5")
    form.evaluate("document.querySelector('form').reset()")
    assert value(form, "meter") == ""
    expect(form.locator("#meter #undo")).to_have_attribute("aria-disabled", "true")
    form.locator("#meter").evaluate("(pad) => pad.toggleAttribute('disabled', true)")
    draw(form, "meter", DIGITS[5])
    assert form.locator("#meter").evaluate("(pad) => pad.strokes.length") == 0


def test_a_site_that_is_not_on_the_list_cannot_load_it(
    browser: Browser, origins: tuple[OtherSite, str]
) -> None:
    with other_site() as stranger:
        stranger.embed(origins[1])
        page = browser.new_page()
        with page.expect_console_message(lambda message: "CORS" in message.text):
            page.goto(stranger.address)
        assert page.evaluate("customElements.get('digit-pad')") is None
        page.close()


def test_it_works_under_the_strictest_policy(
    browser: Browser, origins: tuple[OtherSite, str]
) -> None:
    other, digitpad = origins
    other.pages["/strict"] = (
        f'<script type="module" src="{digitpad}/static/digit-pad/digit-pad.js"></script>'
        "<digit-pad></digit-pad>"
    )
    other.policy = (
        f"default-src 'none'; script-src {digitpad}; connect-src {digitpad}; "
        "img-src data: blob:; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = browser.new_page(**CALM)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(f"{other.address}/strict")
        draw_with_mouse(page, place(page, DIGITS[7]))
        expect(page.locator(".numeral").first).to_have_text("7")
        assert complaints == []
    finally:
        other.policy = None
        page.close()
