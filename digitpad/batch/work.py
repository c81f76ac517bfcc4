"""What one process does: bytes of items -> rows of the table, as lines of JSON."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from digitpad import __version__, formats
from digitpad.batch import review
from digitpad.batch.sources import Item
from digitpad.errors import DigitpadError, InvalidInput
from digitpad.geometry import Box
from digitpad.ink import Ink
from digitpad.network.manifest import (
    PAPER_MANIFEST,
    SHIPPED,
    STROKES_MANIFEST,
    Manifest,
    PaperManifest,
    StrokesManifest,
)
from digitpad.page import part_page
from digitpad.reader import Expect, Reader
from digitpad.reading import Reading

Source = Ink | bytes


class Rows(NamedTuple):
    """The rows of a few items."""

    lines: bytes  # one of JSON a row, in the items' order
    error: str | None  # the first, after its item's id


class Work:
    """Reads items with a model, as told what to expect; rows that are unsure may be reviewed."""

    def __init__(self, model: Path | None, expect: Expect, reviewed: bool = False) -> None:
        self._reader = Reader(model) if model else Reader()
        self._expect, self._reviewed = expect, reviewed

    def __call__(self, items: Sequence[Item]) -> Rows:
        """Return the rows of items, which go through the network together."""
        rows = self._rows(items)
        wrong = (f"{row['id']}: {row['error']}" for row in rows if row["error"] is not None)
        lines = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
        return Rows(lines.encode(), next(wrong, None))

    def _rows(self, items: Sequence[Item]) -> list[dict[str, Any]]:
        """Where something fails that should not, each item is read by itself."""
        try:
            return list(self._read(items))
        except Exception as error:
            if len(items) > 1:
                return [row for item in items for row in self._rows([item])]
            return [of_error(items[0].id, f"{type(error).__name__}: {error}")]

    def _read(self, items: Sequence[Item]) -> Iterator[dict[str, Any]]:
        waiting = deque[tuple[str, DigitpadError | Source]]()  # what was opened, and not told

        def sources() -> Iterator[Source]:
            for item in items:
                try:
                    opened = open_source(item.load())
                except DigitpadError as error:
                    waiting.append((item.id, error))
                    continue
                for number, (box, source) in enumerate(opened, start=1):
                    waiting.append((item.id if box is None else f"{item.id}#{number}", source))
                    yield source

        def errors() -> Iterator[dict[str, Any]]:
            while waiting and isinstance(waiting[0][1], DigitpadError):
                yield of_error(waiting[0][0], str(waiting.popleft()[1]))

        for outcome in self._reader.read_each(sources(), self._expect):
            yield from errors()
            name, source = waiting.popleft()
            if isinstance(outcome, DigitpadError):
                yield of_error(name, str(outcome))
                continue
            row = self._of_reading(name, outcome)
            if self._reviewed and outcome.status == "unsure":
                assert not isinstance(source, DigitpadError)
                model = self._reader.manifest.sha256
                row[review.FIELD] = review.of_reading(name, source, outcome, model)
            yield row
        yield from errors()

    def _of_reading(self, name: str, reading: Reading) -> dict[str, Any]:
        return {
            "id": name,
            "text": reading.text,
            "status": reading.status,
            "reason": reading.reason,
            "confidence": reading.confidence,
            "alternatives": [other.to_dict() for other in reading.alternatives],
            "boxes": [list(digit.box) for digit in reading.digits],
            "signs": [sign.to_dict() for sign in reading.signs],
            "marks": [mark.to_dict() for mark in reading.marks],
            "model": self._reader.manifest.version,
            "error": None,
        }


def identity(model: Path | None) -> dict[str, Any]:
    """Say what reads; raises ModelError where the model is damaged."""
    folder = model or SHIPPED
    manifest = Manifest.load(folder)
    manifest.verify(folder)
    hashes = [manifest.sha256]
    for name, kind in ((STROKES_MANIFEST, StrokesManifest), (PAPER_MANIFEST, PaperManifest)):
        home = folder if (folder / name).exists() else SHIPPED
        further = kind.load(home)
        further.verify(home)
        hashes.append(further.sha256)
    return {"digitpad": __version__, "model": hashes}


def of_error(name: str, error: str) -> dict[str, Any]:
    """Return the row of an item that could not be read."""
    nothing: dict[str, Any] = dict.fromkeys(("text", "reason", "confidence"))
    lists: dict[str, Any] = {key: [] for key in ("alternatives", "boxes", "signs", "marks")}
    said = " ".join(error.split())
    return {"id": name, "status": "error", **nothing, **lists, "model": None, "error": said}


def of_death(item: Item) -> Rows:
    """Return the row of an item of which the process that read it died."""
    row = of_error(item.id, "the process that read it died")
    return Rows(json.dumps(row).encode() + b"\n", f"{row['id']}: {row['error']}")


def open_source(data: bytes) -> list[tuple[Box | None, Source]]:
    """Return a drawing, what should be a picture, or a page's numbers, after where they stand.

    Raises InvalidInput or TooLarge.
    """
    if not data:
        raise InvalidInput("expected a picture or ink, found nothing")
    if not formats.is_ink(data):
        return [(None, data)]
    ink = Ink.load(data)
    if formats.is_drawing(data):
        return [(None, ink)]
    return [(number.box, number) for line in part_page(ink) for number in line] or [(None, ink)]
