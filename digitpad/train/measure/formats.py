"""Evaluation of what a form expects: the same drawings, read with a format and without."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from digitpad.expect import Format, named
from digitpad.ink import Ink
from digitpad.labels import DIGITS, OTHER
from digitpad.reader import Reader
from digitpad.train.measure.beside import COUNT, fate
from digitpad.train.samples.corpus import Part
from digitpad.train.samples.drawn import draw
from digitpad.train.samples.lines import Recipe
from digitpad.train.samples.numbers import Digits, Spacing, by_writer, ink_numbers, write_number
from digitpad.train.samples.people import People

SEED = 3_000_000  # of the first row, the others count on: none of training or calibration
FIVE = Format(pattern=r"\d{5}")
FIRST_DAY, DAYS = date(1930, 1, 1), 40_000


@dataclass(frozen=True)
class Row:
    """Drawings, what stands in each, and what is expected."""

    what: str
    expected: Format
    inks: Sequence[Ink]
    texts: Sequence[str | None]  # None where it does not fit

    def measure(self, reader: Reader) -> dict[str, Any]:
        """Return what became of the drawings with the format, and without."""
        fitting = reader.read_many(self.inks, self.expected)
        free = reader.read_many(self.inks)
        found: dict[str, Any] = {"what": self.what, "drawings": len(self.inks)}
        for name, readings in (("format", fitting), ("free", free)):
            right = [r.text == text for r, text in zip(readings, self.texts, strict=True)]
            found[name] = asdict(fate(right, readings))
        return found


def evaluate_formats(
    reader: Reader, part: Part, people: People, count: int = COUNT
) -> Iterator[dict[str, Any]]:
    """Read `count` drawings of each kind by these people, with a format and without.

    Yields for each kind `what` it is, how many `drawings`, and a `Fate` with the `format` and
    `free`. Of what does not fit nothing is right: it shall be unsure.
    """
    for row in _rows(part, people, count):
        yield row.measure(reader)


def _rows(part: Part, people: People, count: int) -> Iterator[Row]:
    spacings: tuple[Spacing, ...] = ("natural", "touching")
    for place, spacing in enumerate(spacings):
        numbers = ink_numbers(part.inks, 5, spacing, count, SEED + place)
        inks, texts = [n.ink for n in numbers], [n.text for n in numbers]
        yield Row(f"5 digits, {spacing}", FIVE, inks, texts)
    rng = np.random.default_rng(SEED + 2)
    cards = [_card(rng) for _ in range(count)]
    writers = [own for own in by_writer(part.inks) if own.keys() >= set(DIGITS)]
    yield Row(
        "16 digits, Luhn",
        Format(pattern=r"\d{16}", checksum="luhn"),
        [_write(writers[n % len(writers)], text, rng) for n, text in enumerate(cards)],
        cards,
    )
    days = (FIRST_DAY + timedelta(int(day)) for day in rng.integers(DAYS, size=count))
    dates = [f"{day:%d.%m.%Y}" for day in days]
    yield Row("dates", named("date"), _draw(people, dates, 3), dates)
    amounts = [f"{10 ** rng.uniform(0, 4.7):.2f}".replace(".", ",") for _ in range(count)]
    yield Row("amounts", named("amount"), _draw(people, amounts, 4), amounts)
    for place, length in enumerate((4, 6), 5):
        numbers = ink_numbers(part.inks, length, "natural", count, SEED + place)
        inks = [n.ink for n in numbers]
        yield Row(f"{length} digits for five", FIVE, inks, [None] * count)
    yield Row("a date for five digits", FIVE, _draw(people, dates, 7), [None] * count)
    recipe = Recipe(sign=OTHER, mark="")
    letters = [draw(people, SEED + 8, index, recipe).ink for index in range(count)]
    yield Row("letters for five digits", FIVE, letters, [None] * count)


def _card(rng: np.random.Generator) -> str:
    """Return 16 digits whose last follows from the others."""
    first = "".join(rng.choice(DIGITS, 15))
    return next(first + digit for digit in DIGITS if _CARD.accepts(first + digit))


_CARD = Format(checksum="luhn")


def _write(own: Digits, text: str, rng: np.random.Generator) -> Ink:
    """Write a number with one writer's drawings."""
    chosen = [own[digit][int(rng.integers(len(own[digit])))] for digit in text]
    return write_number(chosen, "natural", rng).ink


def _draw(people: People, texts: Sequence[str], place: int) -> list[Ink]:
    return [
        draw(people, SEED + place, index, Recipe(text=text, mark="")).ink
        for index, text in enumerate(texts)
    ]
