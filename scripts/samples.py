"""The sample pictures, form and ink of the documents: `python -m scripts.samples`."""

import json
from pathlib import Path

from tests.drawings import DIGITS, placed, render, together
from tests.forms import LAYOUT, page, photograph

SAMPLES = Path("docs/samples")


def main() -> None:
    SAMPLES.mkdir(exist_ok=True)
    picture = render(
        together(placed("2047")),
        size=(420, 160),
        length=340,
        at=(40, 35),
        pen=7,
        colour="midnightblue",
        paper="seashell",
    )
    picture.quantize(32).save(SAMPLES / "2047.png", optimize=True)
    photograph(page()).quantize(64).save(SAMPLES / "form.png", optimize=True)
    (SAMPLES / "form.json").write_text(LAYOUT.to_json(), "utf-8")
    strokes = [stroke.round(1).tolist() for stroke in DIGITS[7].strokes]
    (SAMPLES / "seven.json").write_text(json.dumps({"ink": {"strokes": strokes}}) + "\n", "utf-8")


if __name__ == "__main__":
    main()
