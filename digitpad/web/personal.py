"""The style of whoever calls: of the caller's corrections, and of examples that came along."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore
from typing import TypeVar
from uuid import UUID

import numpy as np
from flask import copy_current_request_context, current_app, request
from werkzeug.exceptions import BadRequest

from digitpad.errors import DigitpadError, InvalidInput, StoreError, StoreUnavailable
from digitpad.ink import Ink
from digitpad.network.drawing import MOST_POINTS
from digitpad.store import Database, corrections, writers
from digitpad.style import MOST, Example, Style
from digitpad.web.bodies import MAX_JSON, parse, read_body
from digitpad.web.identity import COOKIE, DATABASE, caller, shown_cookie
from digitpad.web.rasters import parse_data_url
from digitpad.web.schemas import Asked, ExampleBody, ReadRequest

STYLES = "digitpad.styles"  # their place in app.extensions
WRITERS = 200  # whose styles a process keeps; each has some 100 kB
LOOKING = 2  # threads that look for styles in the database
PATIENCE = 0.15  # s that a reading waits for one; most take 2 ms
MOST_KEPT = 100_000  # bytes of examples as they were sent; a page's twenty have 30,000
WHITE = b" \t\n\r"  # space in JSON
KEY = b'"examples"'
NOTHING_BUT = b'{"ink": {"strokes": []}, "examples": '

Request = TypeVar("Request", bound=Asked)


@dataclass(frozen=True)
class _Known:
    revision: int
    examples: dict[UUID, Example]  # by the correction's id
    style: Style | None


class Styles:
    """Styles by writer, as of the revision of their corrections: another process may add some."""

    def __init__(self, database: Database) -> None:
        """Begin with none."""
        self._database = database
        self._known: OrderedDict[UUID, _Known] = OrderedDict()
        self._last: OrderedDict[str, Style | None] = OrderedDict()  # by what its caller showed
        self._free = BoundedSemaphore(LOOKING)
        self._pool = ThreadPoolExecutor(LOOKING, "styles")

    def soon(self, shown: str, look: Callable[[], Style | None]) -> Style | None:
        """Return what `look` finds, or, if that takes longer than PATIENCE, what it found last.

        A reading never waits for a database. `shown` is the caller's cookie or token. Raises what
        `look` does.
        """
        if self._free.acquire(blocking=False):
            looking = self._pool.submit(look)
            looking.add_done_callback(lambda _: self._free.release())
            try:
                found = looking.result(PATIENCE)
                self._last.pop(shown, None)  # and in at the end: the last used stay
                self._last[shown] = found
                if len(self._last) > WRITERS:
                    self._last.popitem(last=False)
            except TimeoutError:
                pass
        return self._last.get(shown)

    def of(self, writer: UUID) -> Style | None:
        """Return a writer's style, None without corrections. Raises StoreUnavailable."""
        revision = writers.revision(self._database, writer)
        if revision is None:
            self._known.pop(writer, None)
            return None
        known = self._known.pop(writer, None)  # and back in at the end: the last used stay
        if known is None or known.revision != revision:
            before = known.examples if known else {}
            kept = corrections.newest(self._database, writer, MOST, before)
            examples = {
                id_: before[id_] if one is None else Example(one.drawing, one.label)
                for id_, one in kept.items()
            }
            style = Style(examples.values()) if examples else None
            known = _Known(revision, examples, style)
        self._known[writer] = known
        if len(self._known) > WRITERS:
            self._known.popitem(last=False)
        return known.style


def own_style() -> Style | None:
    """Return the caller's style; None without one, and when the database does not answer in time.

    Raises Unauthorized for a token that is wrong.
    """
    database: Database | None = current_app.extensions[DATABASE]
    shown = request.headers.get("Authorization")
    if shown is None and COOKIE in request.headers.get("Cookie", ""):
        shown = shown_cookie()
    if database is None or database.is_down or shown is None:
        return None
    styles: Styles = current_app.extensions[STYLES]

    @copy_current_request_context
    def look() -> Style | None:
        writer = caller()
        return None if writer is None else styles.of(writer)

    try:
        return styles.soon(shown, look)
    except (StoreUnavailable, StoreError):
        return None


def read_request(model: type[Request]) -> tuple[Request, Sequence[Example]]:
    """Return the request's body, and the examples in it. Raises what `read_json` does.

    Pages send the same examples again and again, as the last of a body: those are parsed and
    checked once, and stay known, with what a model saw in them.
    """
    data = read_body(MAX_JSON)
    head, text = part(data)
    if text:
        try:
            return parse(model, head), _parse_examples(text)
        except (BadRequest, DigitpadError):
            pass  # what is wrong, and where, is found in the whole
    sent = parse(model, data)
    return sent, _examples(sent.examples)


def part(data: bytes) -> tuple[bytes, bytes]:
    """Part a body of JSON from the array of examples, if they stand last in it and are few.

    Returns the body with an empty array in its place, and the array, b"" if there is none. They
    may be anything that looks like it: the body is in order if both are.
    """
    end = len(data.rstrip(WHITE)) - 1
    stop = len(data[:end].rstrip(WHITE))
    key = data.rfind(KEY)
    start = data.find(b"[", key)
    between = data[key + len(KEY) : start].strip(WHITE)
    text = data[start:stop]
    if key < 0 or between != b":" or not text.endswith(b"]") or len(text) > MOST_KEPT:
        return data, b""
    return data[:start] + b"[]" + data[stop:], text


@lru_cache(maxsize=50)  # of MOST_KEPT bytes at most
def _parse_examples(text: bytes) -> Sequence[Example]:
    return _examples(parse(ReadRequest, NOTHING_BUT + text + b"}").examples)


def with_examples(examples: Sequence[Example], own: Style | None) -> Style | None:
    """Return the style of examples, and of newer corrections; None without any."""
    return _style(*examples, *(own.examples if own else ())) if examples else own


def _examples(sent: Sequence[ExampleBody]) -> Sequence[Example]:
    """Return examples that were sent. Raises InvalidInput that names the one that is wrong."""
    examples = []
    for number, example in enumerate(sent):
        strokes = () if example.ink is None else example.ink.to_ink().thinned(MOST_POINTS).strokes
        try:
            found = _example(example.label, example.raster, *(s.tobytes() for s in strokes))
        except InvalidInput as error:
            raise InvalidInput(f"examples[{number}].{error}") from error
        examples.append(found)
    return tuple(examples)


@lru_cache(maxsize=1_000)  # of 6 kB each, 20 kB at most
def _example(label: str | None, raster: str | None, *strokes: bytes) -> Example:
    if raster is not None:
        return Example(parse_data_url(raster), label)
    return Example(Ink(tuple(np.frombuffer(stroke).reshape(-1, 2) for stroke in strokes)), label)


@lru_cache(maxsize=50)  # of 3 kB an example
def _style(*examples: Example) -> Style:
    return Style(examples)
