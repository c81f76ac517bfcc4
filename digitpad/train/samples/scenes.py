"""Made scenes: writing on paper as pictures show it, with what of each pixel is ink.

Unlike a line, a scene may have much around its writing: paper, the table below it, printed words.
What lies at a pixel is all that is to be told there, so a scene may cut what is written.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from digitpad.geometry import Box, union
from digitpad.labels import MARKS
from digitpad.train.samples.camera import Canvas, Pixels, draw, photograph
from digitpad.train.samples.lines import ANY, Recipe, compose
from digitpad.train.samples.people import People
from digitpad.train.samples.writing import Piece, name_of

cv2.setNumThreads(1)  # scenes are made by whole processes side by side

UNIT = (9.0, 38.0)  # px, height of the digits
PEN = (0.03, 0.17)  # width, share of the digits' height, and THINNEST px at least
THINNEST = 0.6
RENDERED, LIGHT = 0.3, 0.3  # share of scenes that are one pen on clean paper, and light on dark
FAR, TIGHT = 0.3, 0.3  # share of scenes with much around the writing, and with next to nothing
COARSE = 0.35  # share of scenes that were made larger from fewer px
TILTED = 0.3  # share of scenes that are tilted
LABELLED = 0.2  # share of scenes with printed words beside the writing
PLAIN = 0.6  # share of scenes whose writing is digits alone
PRINTED_PEN = (0.15, 1.2)  # width of what is printed, share of the pen's
MARKED = {  # share of those with each mark: the paper of forms and tables more often
    "": 0.36, "cells": 0.22, "rules": 0.14, "box": 0.1, "circle": 0.09, "underline": 0.06,
    "speck": 0.03,
}  # fmt: skip
PAPERED = {  # share of photographs on each paper, None being any one or two, "" bare
    None: 0.4, "": 0.15, "squares": 0.1, "pattern": 0.1, "hole": 0.1, "rim": 0.07, "shadow": 0.05,
    "stamp": 0.03,
}  # fmt: skip
WORDS = ("Total", "No.", "EUR", "Datum", "Betrag", "Name:", "Code", "Nr.", "Tel", "mm", "Sum", "$")

_PAPERS, _PAPER_SHARES = zip(*PAPERED.items(), strict=True)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and how far its pixels are covered, all uint8 (h, w), 255 in the middle of ink."""

    picture: Pixels
    writing: Pixels  # digits, signs, letters, and what strikes them out
    marks: Pixels  # underlines, circles, boxes, rules and specks, drawn or printed


def make_scene(people: People, seed: int, index: int, frame: tuple[int, int]) -> Scene:
    """Make scene `index` of a seed, at most as large as `frame`: height and width in px."""
    rng = np.random.default_rng([seed, index])
    rendered = rng.random() < RENDERED
    recipe = ANY
    if rng.random() < PLAIN:
        recipe = Recipe(plain=True, mark=str(rng.choice(list(MARKED), p=list(MARKED.values()))))
    pieces, text = compose(people, recipe, rendered, rng)
    window = _window(pieces, text, rng)
    unit = float(np.exp(rng.uniform(*np.log(UNIT))))
    unit = max(UNIT[0], min(unit, frame[0] / window.height, frame[1] / window.width))
    window = _cut(window, frame[0] / unit, frame[1] / unit, rng)
    size = (max(8, round(window.height * unit)), max(8, round(window.width * unit)))
    pen = max(float(np.exp(rng.uniform(*np.log(PEN)))), THINNEST / unit)
    wear = rng.uniform(0.25, 0.7)
    fine = max(size[0], min(192, round(64 * window.height)))  # px of the canvas
    kinds = [name_of(piece) for piece in pieces]
    written = [p for p, kind in zip(pieces, kinds, strict=True) if not _is_mark(kind)]
    marked = [p for p, kind in zip(pieces, kinds, strict=True) if _is_mark(kind)]
    pens = pen, wear, fine, rng.uniform(*PRINTED_PEN)
    canvas = draw(pieces, window, *pens)
    covers = [_cover(draw(own, window, *pens)) for own in (written, marked)]
    if rendered:
        ink = _cover(canvas)
        picture = ink if rng.random() < LIGHT else np.asarray(255 - ink, np.uint8)
    else:
        high = size[0] if rng.random() > COARSE else round(size[0] * rng.uniform(0.35, 1))
        paper = _PAPERS[int(rng.choice(len(_PAPERS), p=_PAPER_SHARES))]
        print_words = _words(text, rng) if rng.random() < LABELLED else None
        picture = photograph(canvas, max(8, high), canvas.scale, rng, paper)
        if print_words is not None:
            _print(picture, print_words, window, rng)
        if rng.random() < 0.12:
            _lay_on_table(picture, rng)
    layers = [_resize(layer, size) for layer in (picture, *covers)]
    if rng.random() < TILTED:
        layers = _tilt(layers, rng)
    return Scene(*layers)


def _is_mark(kind: str) -> bool:
    return kind in MARKS and kind != "strike"


def _window(pieces: list[Piece], text: Box, rng: np.random.Generator) -> Box:
    """Choose what is seen around the writing, or around marks too."""
    left, top, right, bottom = text
    if rng.random() < 0.5:
        boxes = [p.box for p in pieces if p.kind != "rule"]
        left, top, right, bottom = union([text, *boxes])
    top, bottom = min(top, bottom - 0.4), max(bottom, top + 0.4)
    right = max(right, left + 0.3)
    what = rng.random()
    if what < FAR:
        room = rng.uniform(0, 2.5 if rng.random() < 0.7 else 8, 4)
    elif what < FAR + TIGHT:
        room = rng.uniform(-0.04, 0.12, 4)
    else:
        room = rng.uniform(0, 0.6, 4)
    return Box(left - room[0], top - room[1], right + room[2], bottom + room[3])


def _cut(window: Box, high: float, wide: float, rng: np.random.Generator) -> Box:
    """Cut a window that is larger than so many units."""
    left, top, right, bottom = window
    if window.width > wide:
        left += rng.uniform(0, window.width - wide)
        right = left + wide
    if window.height > high:
        top += rng.uniform(0, window.height - high)
        bottom = top + high
    return Box(left, top, right, bottom)


def _cover(canvas: Canvas) -> Pixels:
    """Return how far ink covers each pixel of a canvas, drawn or printed."""
    return canvas.ink if canvas.printed is None else np.maximum(canvas.ink, canvas.printed)


def _resize(layer: Pixels, size: tuple[int, int]) -> Pixels:
    way = cv2.INTER_AREA if layer.shape[0] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(layer, size[::-1], interpolation=way), np.uint8)


def _words(text: Box, rng: np.random.Generator) -> list[tuple[str, float, float, float]]:
    """Choose printed words beside the writing: each with its left, its foot and its height."""
    words = []
    for _ in range(int(rng.integers(1, 4))):
        word, size = str(rng.choice(WORDS)), rng.uniform(0.18, 0.6)
        if rng.random() < 0.5:
            at = text.left - size * (0.8 * len(word) + rng.uniform(0.3, 1)), text.bottom
        else:
            at = rng.uniform(text.left - 1, text.right), text.top - rng.uniform(0.15, 0.7)
            if rng.random() < 0.4:
                at = at[0], text.bottom + size + rng.uniform(0.15, 0.7)
        words.append((word, float(at[0]), float(at[1]), size))
    return words


def _print(
    picture: Pixels,
    words: list[tuple[str, float, float, float]],
    window: Box,
    rng: np.random.Generator,
) -> None:
    """Print words into a picture in place, as dark as what is there, or as light."""
    scale = picture.shape[0] / window.height
    tone = float(np.percentile(picture, 2 if np.median(picture) > 100 else 98))
    tone = 0.7 * tone + 0.3 * float(np.median(picture)) if rng.random() < 0.5 else tone
    fonts = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_DUPLEX)
    font = fonts[int(rng.integers(len(fonts)))]
    for word, left, foot, size in words:
        at = (round((left - window.left) * scale), round((foot - window.top) * scale))
        thick = max(1, round(size * scale / 12))
        cv2.putText(picture, word, at, font, size * scale / 22, tone, thick, cv2.LINE_AA)


def _lay_on_table(picture: Pixels, rng: np.random.Generator) -> None:
    """Show the table beside the sheet at one to three sides, in place."""
    high, wide = picture.shape
    reach = rng.uniform(0.02, 0.2, 4) * (rng.random(4) < 0.5) * min(high, wide)
    slope = rng.normal(0, 0.02, 4)
    y, x = np.arange(high, dtype=np.float32)[:, None], np.arange(wide, dtype=np.float32)[None]
    away = [x + slope[0] * y, y + slope[1] * x, wide - 1 - x + slope[2] * y]
    away.append(high - 1 - y + slope[3] * x)
    table = np.zeros(picture.shape, bool)
    for far, side in zip(reach, away, strict=True):
        table |= far > side
    grain = rng.normal(0, rng.uniform(0, 12), picture.shape)
    picture[table] = np.clip(rng.uniform(0, 200) + grain, 0, 255).astype(np.uint8)[table]


def _tilt(layers: list[Pixels], rng: np.random.Generator) -> list[Pixels]:
    high, wide = layers[0].shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), rng.normal(0, 3), 1)
    edges = (cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT, cv2.BORDER_CONSTANT)
    return [
        np.asarray(cv2.warpAffine(layer, turn, (wide, high), borderMode=edge), np.uint8)
        for layer, edge in zip(layers, edges, strict=True)
    ]
