"""Evaluation of forms: photographs of eight fields, read with their formats and as any numbers."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from digitpad.form import FormReading
from digitpad.reader import Reader
from digitpad.reading import BLANK, Reading
from digitpad.train.measure.beside import fate
from digitpad.train.samples.forms import layout, make_form
from digitpad.train.samples.people import People

COUNT = 40  # forms
SEED = 4_000_000  # none of training or calibration


def evaluate_forms(reader: Reader, people: People, count: int = COUNT) -> Iterator[dict[str, Any]]:
    """Read `count` made forms, filled in by these people.

    Yields for all fields, and for each, `what` it is, how many `drawings`, and a `Fate` with the
    `format` and `free`. A form that is not found has no field that is right.
    """
    known = layout()
    free = replace(known, fields=tuple(replace(f, expect="number") for f in known.fields))
    made = [make_form(people, SEED, index) for index in range(count)]
    found = {
        name: [_by_name(reader.read_form(form.picture, asked)) for form in made]
        for name, asked in (("format", known), ("free", free))
    }
    names = [field.name for field in known.fields]
    for what, fields in (("all fields", names), *((name, [name]) for name in names)):
        row: dict[str, Any] = {"what": f"forms: {what}", "drawings": count * len(fields)}
        for how, forms in found.items():
            pairs = [
                (form.texts[name], readings.get(name, BLANK))
                for form, readings in zip(made, forms, strict=True)
                for name in fields
            ]
            right = [_means(reading.text) == _means(text) for text, reading in pairs]
            row[how] = asdict(fate(right, [reading for _, reading in pairs]))
        yield row


def _by_name(form: FormReading) -> dict[str, Reading]:
    return {field.name: field.reading for field in form.fields}


def _means(text: str) -> str:
    """Return what a text says: in an amount a comma and a point say the same."""
    return text.replace(",", ".")
