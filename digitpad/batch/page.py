"""A report as one HTML page that needs nothing else: tables, and plots in SVG."""

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from PIL import Image

from digitpad.batch.report import BARS, Report
from digitpad.batch.sources import Item
from digitpad.batch.table import Row
from digitpad.drift import Shift
from digitpad.errors import DigitpadError
from digitpad.picture.decode import load

SMALL = (480, 160)  # px, width and height of what a picture is shrunk to
QUALITY = 85  # of a JPEG: 1 to 10 kB, and strokes of 1 px are still clear
WIDE, HIGH, EDGE = 480, 160, 24  # px of a plot, and around it
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { padding: .2rem 1rem .2rem 0; text-align: left; overflow-wrap: anywhere; }
td { font-variant-numeric: tabular-nums; }
figure { display: inline-block; margin: 0 1rem 1rem 0; vertical-align: bottom; }
img { max-width: 240px; }
figcaption { max-width: 15rem; overflow-wrap: anywhere; }
svg { max-width: 100%; fill: currentcolor; stroke: none; font-size: 12px; }
polyline { fill: none; stroke: currentcolor; stroke-width: 2; }
"""


def of_report(name: str, report: Report, shifts: Sequence[Shift]) -> str:
    """Return the page of a table's report, and of how it moved from another table."""
    whole = report.rows or 1
    parts = [
        f"<h1>{escape(name)}</h1>",
        _table(
            ("rows", "share", "status"),
            ((f"{n:,}", f"{n / whole:.2%}", status) for status, n in report.statuses.most_common()),
        ),
    ]
    if report.levels:
        parts += [
            "<h2>Confidence</h2>",
            _bars(report.bars),
            "<h2>Expected accuracy by coverage</h2>",
            _curve([(level.coverage, level.accuracy) for level in report.levels]),
            _table(
                ("confidence at least", "rows with a text", "expected right"),
                (
                    (f"{level.confidence:.1%}", f"{level.coverage:.2%}", f"{level.accuracy:.2%}")
                    for level in report.levels
                ),
            ),
        ]
    for title, counter in (("Unsure", report.reasons), ("Errors", report.errors)):
        if counter:
            cells = ((f"{n:,}", why) for why, n in counter.most_common(50))
            parts += [f"<h2>{title}</h2>", _table(("rows", "why"), cells)]
    if report.least_sure:
        parts += ["<h2>Least sure</h2>", *map(_figure, report.least_sure)]
    if shifts:
        moved = ((s.mix, f"{s.counted:,}", f"{s.index:.3f}", s.verdict, s.most[0]) for s in shifts)
        names = ("mix", "counted", "stability index", "moved", "most")
        parts += ["<h2>Moved</h2>", _table(names, moved)]
    return page(name, "\n".join(parts))


def page(title: str, body: str) -> str:
    """Return a whole page."""
    head = (
        '<meta charset="utf-8">',
        f"<title>{escape(title)}</title>",
        '<meta name="viewport" content="width=device-width">',
        f"<style>{STYLE}</style>",
    )
    return "\n".join(["<!doctype html>", '<html lang="en">', *head, body, "</html>", ""])


def _figure(row: Row) -> str:
    """Show a row, with its picture where its id is that of a file."""
    said = f"{row['text']}, {row['confidence']:.1%}: {row['id']}"
    try:
        url = grey_url(Item(row["id"], path=row["id"]).load())
    except DigitpadError:  # of an archive, or gone, or ink
        return f"<figure><figcaption>{escape(said)}</figcaption></figure>"
    return f'<figure><img alt="" src="{url}"><figcaption>{escape(said)}</figcaption></figure>'


def grey_url(picture: bytes) -> str:
    """Return a small copy of a picture as a data URL; raises as `load` does."""
    small, file = Image.fromarray(np.uint8(load(picture) * 255)), io.BytesIO()
    small.thumbnail(SMALL)
    small.save(file, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}" for name in names)
    lines = ("<tr>" + "".join(f"<td>{escape(cell)}" for cell in row) for row in rows)
    return f"<table><tr>{head}\n" + "\n".join(lines) + "</table>"


def _bars(counts: Sequence[int]) -> str:
    """Plot how many rows have which confidence, on a scale of roots: few are unsure."""
    most, wide = max(counts) or 1, WIDE / BARS
    bars = []
    for number, count in enumerate(counts):
        high = HIGH * (count / most) ** 0.5
        said = f"{number / BARS:.0%} to {(number + 1) / BARS:.0%}: {count:,}"
        bars.append(
            f'<rect x="{EDGE + number * wide:.1f}" y="{EDGE + HIGH - high:.1f}" '
            f'width="{wide - 2:.1f}" height="{high:.1f}"><title>{said}</title></rect>'
        )
    return _plot("How many rows have which confidence", "".join(bars), ("0%", "100%"))


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """Plot what share is expected to be right against the share that is taken."""
    lowest = min(accuracy for _, accuracy in points)
    scale = HIGH / max(1 - lowest, 1e-6)
    line = " ".join(f"{EDGE + x * WIDE:.1f},{EDGE + (1 - y) * scale:.1f}" for x, y in points)
    said = f'<text x="{EDGE}" y="{EDGE - 6}">100% right; below {lowest:.2%}</text>'
    plot = f'{said}<polyline points="{line}"/>'
    return _plot("Expected accuracy by coverage", plot, ("0% taken", "100%"))


def _plot(title: str, inside: str, ends: tuple[str, str]) -> str:
    below, wide, high = EDGE + HIGH + 16, WIDE + 2 * EDGE, HIGH + 2 * EDGE
    return (
        f'<svg role="img" viewBox="0 0 {wide} {high}" width="{wide}">'
        f"<title>{title}</title>{inside}"
        f'<rect x="{EDGE}" y="{EDGE + HIGH}" width="{WIDE}" height="1"/>'
        f'<text x="{EDGE}" y="{below}">{ends[0]}</text>'
        f'<text x="{EDGE + WIDE}" y="{below}" text-anchor="end">{ends[1]}</text></svg>'
    )
