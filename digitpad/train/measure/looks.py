"""The looks of pictures that drawings are rendered with: sizes, pens, noise, light, tilt."""

import dataclasses
from collections.abc import Callable

import numpy as np

from digitpad.train.samples.render import Look

LENGTHS = (28.0, 40.0, 64.0, 112.0, 224.0)  # px, longest side of a digit in a picture
DENSITY = 3  # device pixels for each px of the page, on the phones that have most
THINNEST = 1.5  # px, pen in a picture
PENS = (0.02, 0.15)  # pen as a share of the digit's longest side

Change = Callable[[Look, np.random.Generator], Look]


def plain_look(rng: np.random.Generator) -> Look:
    """Return a picture of any size, pen and polarity."""
    length = float(rng.choice(LENGTHS))
    low = max(THINNEST / length, PENS[0])
    pen = length * float(np.exp(rng.uniform(np.log(low), np.log(PENS[1]))))
    return _sized(Look(ink=float(rng.random() < 0.5)), length, pen, rng)


def _sized(look: Look, length: float, pen: float, rng: np.random.Generator) -> Look:
    room = 0.2 + 0.6 * rng.random(2)
    margin = (float(room[0] * length), float(room[1] * length))
    side = round(2.2 * length)
    return dataclasses.replace(
        look, length=length, pen=pen, margin=margin, size=(side, side), paper=1.0 - look.ink
    )


def _at_density(look: Look, rng: np.random.Generator) -> Look:
    return _sized(look, DENSITY * look.length, DENSITY * look.pen, rng)


def _changed_by(**changes: float) -> Change:
    def change(look: Look, rng: np.random.Generator) -> Look:
        """Digits of 64 px and more, as a camera would frame them; blur is a share of the length."""
        if look.length < 64:
            look = _sized(look, 2 * look.length + 16, 2 * look.pen + 1, rng)
        given = dict(changes)
        if "blur" in given:
            given["blur"] *= look.length
        return dataclasses.replace(look, shade_angle=rng.uniform(0, 2 * np.pi), **given)  # type: ignore[arg-type]

    return change


def _same(look: Look, rng: np.random.Generator) -> Look:
    return look


# Each kind of picture: how the plain look is changed, and the format of the file.
KINDS: dict[str, tuple[Change, str]] = {
    "as PNG": (_same, "PNG"),
    "as JPEG": (_same, "JPEG"),
    "as PNG, 28 px": (
        lambda look, rng: _sized(look, 28, max(THINNEST, look.pen * 28 / look.length), rng), "PNG"),
    "as PNG, thinnest pen": (
        lambda look, rng: _sized(look, look.length, max(THINNEST, 0.02 * look.length), rng), "PNG"),
    "as PNG, thickest pen": (
        lambda look, rng: _sized(look, look.length, 0.15 * look.length, rng), "PNG"),
    "as PNG, density 3": (_at_density, "PNG"),
    "noise": (_changed_by(noise=0.1), "PNG"),
    "blur": (_changed_by(blur=0.04), "PNG"),
    "light": (_changed_by(shade=0.5), "PNG"),
    "perspective": (_changed_by(tilt=15.0), "PNG"),
    "all four": (_changed_by(noise=0.1, blur=0.04, shade=0.5, tilt=15.0), "JPEG"),
}  # fmt: skip
