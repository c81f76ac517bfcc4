"""Time from pen-up to the answer on the page: `python -m bench.pad`.

Numbers of 1 to 5 digits stand on the page in Chromium, all but the last stroke, which is drawn
with the mouse; gunicorn serves the page as the Procfile says. With each go the 20 examples of a
hand that the page sends at most. Beside it, in the same run, a bare fetch of /healthz from that
page: what the browser and the server take by themselves.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence

import numpy as np
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.start import ROOT, running, web_line
from digitpad import Ink, Reader
from digitpad.train.release.golden import golden_inks
from digitpad.web.rasters import data_url
from tests.browser.driver import draw_with_mouse, find_browser, launch
from tests.drawings import placed, together

EXAMPLES = 20  # as many as left.js keeps
LENGTHS = (1, 2, 3, 4, 5)
SHEAR = 0.25  # at most, of drawings and examples: no two are the same
MARGIN = 30  # CSS px from the pad's left and top; digits are 100 high
STEP = 8  # every such point of the last stroke: a move takes Chromium a frame

# Sends these examples with all ink, and tells of each drawing the ms from the last pointerup to the
# settled answer in the page, and to the end of the frame that shows it. Polling would draw frames.
WATCH = """async (examples) => {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const { Left } = await import(loaded.find((name) => /\\/left\\b.*\\.js/.test(name)));
  Object.defineProperty(Left.prototype, "examples", { get: () => examples });
  let [lifted, tell] = [0, null];
  window.expectAnswer = () => { window.answer = new Promise((done) => { tell = done; }); };
  addEventListener("pointerup", ({ timeStamp }) => { lifted = timeStamp; }, true);
  document.addEventListener("reading", ({ detail: { reading, settled } }) => {
    if (!settled || !tell) return;
    const [there, done] = [performance.now() - lifted, tell];
    tell = null;
    requestAnimationFrame(() => setTimeout(() =>
      done([reading.personal, there, performance.now() - lifted])));
  });
}"""
SET = """async (strokes) => {
  window.expectAnswer();
  document.querySelector("digit-pad").strokes = strokes;
  await window.answer;
}"""
CORNER = """() => {
  window.expectAnswer();
  const pad = document.querySelector("digit-pad").shadowRoot.querySelector("#pad");
  const { x, y } = pad.getBoundingClientRect();
  return [x, y];
}"""
BARE = """async () => {
  const start = performance.now();
  await (await fetch("/healthz")).text();
  return performance.now() - start;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawings", type=int, default=50)
    count = parser.parse_args().drawings
    executable = find_browser()
    if executable is None:
        sys.exit("no Chromium: sudo apt-get install chromium")
    rng = np.random.default_rng(1)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(web_line(ROOT), ROOT, f"sqlite:///{folder}/digitpad.db") as site,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright, executable)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{site.port}/")
        page.evaluate(WATCH, examples(rng))
        for length in LENGTHS:  # not counted: everything runs for the first time
            measure(page, rng, length)
        bare: list[float] = []
        answers: dict[int, list[tuple[float, float]]] = {length: [] for length in LENGTHS}
        for i in range(count):
            length = LENGTHS[i % len(LENGTHS)]
            answers[length].append(measure(page, rng, length))
            bare.append(page.evaluate(BARE))
        browser.close()
    title = f"ms from pen-up, {count} drawings, {EXAMPLES} examples, {os.cpu_count()} cores"
    table = Table("", "median", "90% below", "until it is painted, median", title=title)
    for length, times in answers.items():
        row(table, f"a number of {length}", times)
    row(table, "all", [both for times in answers.values() for both in times])
    row(table, "bare fetch of /healthz", [(ms, None) for ms in bare])
    Console().print(table)


def examples(rng: np.random.Generator) -> list[dict[str, str]]:
    """Return examples of a hand, as the page sends them."""
    labels = [str(i % 10) for i in range(EXAMPLES)]
    inks = [slanted(golden_inks()[int(label)], rng) for label in labels]
    readings = Reader().read_many(inks, "digit")
    return [
        {"raster": data_url(reading.digits[0].raster), "label": label}
        for reading, label in zip(readings, labels, strict=True)
    ]


def measure(page: Page, rng: np.random.Generator, length: int) -> tuple[float, float]:
    """Draw a number; return the ms from pen-up to its answer, and until that is painted."""
    text = "".join(map(str, rng.integers(0, 10, length)))
    strokes = [*slanted(together(placed(text)), rng).strokes]
    if len(strokes) > 1:
        page.evaluate(SET, [stroke.tolist() for stroke in strokes[:-1]])
    corner = page.evaluate(CORNER)
    last = (strokes[-1][[*range(0, len(strokes[-1]), STEP), -1]] + corner).tolist()
    draw_with_mouse(page, [[(x, y) for x, y in last]])
    personal, there, shown = page.evaluate("window.answer")
    assert personal
    page.click("#clear")
    return there, shown


def slanted(ink: Ink, rng: np.random.Generator) -> Ink:
    """Shear ink sideways, within the pad."""
    ink = ink.transform(np.array([[1, rng.uniform(-SHEAR, SHEAR)], [0, 1]]))
    assert ink.box is not None
    return ink.transform(np.eye(2), (MARGIN - ink.box[0], MARGIN - ink.box[1]))


def row(table: Table, name: str, times: Sequence[tuple[float, float | None]]) -> None:
    there = [ms for ms, _ in times]
    shown = [ms for _, ms in times if ms is not None]
    painted = f"{statistics.median(shown):.1f}" if shown else ""
    high = float(np.quantile(there, 0.9))
    table.add_row(name, f"{statistics.median(there):.1f}", f"{high:.1f}", painted)


if __name__ == "__main__":
    main()
