"""Corrections from a file: of a review's page, or of `digitpad corrections export`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from digitpad.errors import DigitpadError, InvalidInput
from digitpad.labels import DIGITS
from digitpad.network.drawing import Drawing
from digitpad.store import corrections
from digitpad.store.corrections import Correction
from digitpad.store.database import Database


@dataclass
class Imported:
    """What became of the lines of a file."""

    new: int = 0  # corrections
    known: int = 0  # that were imported before
    without: int = 0  # lines whose text has other digits than were found: nothing to learn from


def bring(database: Database, lines: Iterable[bytes]) -> Imported:
    """Keep all corrections of lines of JSON, each item's or writer's as those of one new writer.

    They are pending. The same lines again change nothing. Raises InvalidInput that names the line
    before anything is kept, Conflict where an id has another content.
    """
    parsed = [found for number, line in enumerate(lines, start=1) for found in _line(number, line)]
    result, writers = Imported(), dict[str, UUID]()
    for author, given in parsed:
        if not given:
            result.without += 1
        for correction in given:
            writer = _writer(database, correction.id) or writers.get(author)
            kept, is_new = corrections.add(database, writer, correction)
            writers[author] = kept.writer
            result.new += is_new
            result.known += not is_new
    return result


def _line(number: int, line: bytes) -> Iterator[tuple[str, list[Correction]]]:
    """Yield who wrote what a line is of, and its corrections; nothing for an empty line."""
    if not line.strip():
        return
    try:
        value = json.loads(line)
        found = value.get("digits", [value])
        author = value["item"] if "item" in value else value["writer"]
        yield str(author), [_correction(one) for one in found]
    except DigitpadError as error:
        raise InvalidInput(f"line {number}: {error}") from error
    except KeyError as error:
        raise InvalidInput(f"line {number}: expected {error}, found none") from error
    except (AttributeError, RecursionError, TypeError, ValueError) as error:
        raise InvalidInput(f"line {number}: expected a correction, found {error}") from error


def _correction(value: dict[str, Any]) -> Correction:
    label, predicted, model = value["label"], value["predicted"], value["model"]
    if label not in (*DIGITS, None) or predicted not in DIGITS:
        raise InvalidInput(
            f"expected a digit as predicted, and as label or null; found {predicted!r}, {label!r}"
        )
    if not (isinstance(model, str) and len(model) == 64):
        raise InvalidInput(f"expected the SHA-256 of a model, found {model!r:.80}")
    drawing: dict[str, Any] = {kind: value[kind] for kind in ("ink", "raster") if kind in value}
    return Correction(UUID(value["id"]), Drawing.from_json(drawing), label, predicted, model)


def _writer(database: Database, correction: UUID) -> UUID | None:
    """Return who wrote a correction that is there already."""
    try:
        return corrections.find(database, correction).writer
    except InvalidInput:
        return None
