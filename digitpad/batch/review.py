"""What is unsure, as pages for a person: pictures in a grid, and what they really say, in a file.

A row carries what its picture needs through the parts of a run, so that no source is opened again.
What a page saves is a line of JSON an item, which `digitpad corrections import` takes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from digitpad.batch.page import grey_url
from digitpad.batch.places import Local
from digitpad.batch.table import Row
from digitpad.errors import Conflict
from digitpad.geometry import SMALLEST
from digitpad.ink import Ink
from digitpad.network.drawing import Drawing
from digitpad.reading import Digit, Reading

FIELD = "review"  # of a row, in the parts alone
MOST = 500  # items of a page: about an hour of a person's work, and a few MB
STATIC = Path(__file__).with_name("static")
NAMESPACE = UUID("5a1f4f0e-2b0c-4d55-9a3a-6f2f6f0f9c1d")  # of ids that corrections get, any will do
PEN = 0.04  # of an ink's longer side
HEAD = (
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">",
)


def of_reading(name: str, source: Ink | bytes, reading: Reading, model: str) -> dict[str, Any]:
    """Return what a page needs of a reading beside its row; `model` is the network's SHA-256."""
    return {
        "shown": _path(source) if isinstance(source, Ink) else {"url": grey_url(source)},
        "digits": [
            {
                "id": str(uuid5(NAMESPACE, f"{model} {name!r} {number} {drawing}")),
                "predicted": digit.digit,
                "model": model,
                **drawing,
            }
            for number, digit in enumerate(reading.digits)
            for drawing in [_drawing(digit)]
        ],
    }


def check_new(folder: Path) -> None:
    """Raise Conflict where a folder has pages of another run."""
    if any(folder.glob("review-*.html")):
        raise Conflict(f"{folder} has pages already: remove them, or choose another folder")


@contextmanager
def writing(folder: Path) -> Iterator[Callable[[Row], None]]:
    """Yield a function that takes a table's rows; those that are unsure go to pages in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting: list[Row] = []
    number = 0

    def flush() -> None:
        nonlocal number
        number += 1
        name = f"review-{number:04}"
        with Local(folder / f"{name}.html").replacing() as file:
            file.write(of_rows(name, waiting).encode())
        waiting.clear()

    def take(row: Row) -> None:
        if row.get(FIELD) is not None:
            waiting.append(row)
            if len(waiting) == MOST:
                flush()

    yield take
    if waiting or not number:
        flush()


def of_rows(name: str, rows: list[Row]) -> str:
    """Return the page of rows that are unsure; what is done there is saved as NAME.jsonl."""
    items = [
        {
            "item": row["id"],
            "text": row["text"],
            "confidence": row["confidence"],
            "others": row["alternatives"],
            **row[FIELD],
        }
        for row in rows
    ]
    key = f"digitpad.{name}.{hashlib.sha256(json.dumps(items).encode()).hexdigest()[:16]}"
    data = json.dumps({"name": name, "key": key, "items": items}).replace("<", "\\u003c")
    files = (STATIC / f"review.{kind}" for kind in ("css", "html", "js"))
    css, body, script = (file.read_text("utf-8") for file in files)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            *HEAD,
            f"<title>{escape(name)}</title>",
            f"<style>{css}</style>",
            body,
            f'<script type="application/json" id="items">{data}</script>',
            f"<script>{script}</script>",
            "</html>",
            "",
        ]
    )


def _drawing(digit: Digit) -> dict[str, Any]:
    return Drawing.of(digit.raster if digit.ink is None else digit.ink).to_json()


def _path(ink: Ink) -> dict[str, Any]:
    """Return ink as an SVG's path, in a box 1 000 units long, and its view box."""
    box = ink.box
    assert box is not None  # what is unsure has ink
    scale = 1_000 / max(box.extent, SMALLEST)
    wide, high = box.width * scale, box.height * scale
    edge = 1_000 * PEN
    lines = []
    for stroke in ink.strokes:
        points = ((stroke - (box.left, box.top)) * scale).round().astype(int).tolist()
        lines.append("M" + "L".join(f"{x} {y}" for x, y in points) + "h1")  # a dot is seen, too
    view = f"{-edge:.0f} {-edge:.0f} {wide + 2 * edge:.0f} {high + 2 * edge:.0f}"
    return {"path": "".join(lines), "view": view, "pen": edge}
