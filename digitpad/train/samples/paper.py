"""Paper: what a made line stands on, as grey pixels, each kind by a rule of its own.

A sheet is float32 (h, w), 0 black to 255 white, paper near 200 and what is printed darker; `unit`
is the height of the digits in its px.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

cv2.setNumThreads(1)  # lines are made by whole processes side by side

Sheet = npt.NDArray[np.float32]
Print = Callable[[Sheet, float, np.random.Generator], None]

FIELD = (256, 2048)  # px of the fields of noise that sheets are cut from
PLAIN = 0.35  # share of sheets without anything printed or spilt


def make_sheet(
    shape: tuple[int, int], unit: float, rng: np.random.Generator, kind: str | None = None
) -> Sheet:
    """Return a sheet; `kind` is one of PAPERS or "" for none; without it one or two are drawn."""
    sheet = np.full(shape, rng.uniform(140, 255), np.float32)
    if rng.random() < 0.6:  # the light falls off to one side
        down, across = rng.normal(0, 14), rng.normal(0, 18)
        sheet += np.linspace(-down, down, shape[0], dtype=np.float32)[:, None]
        sheet += np.linspace(-across, across, shape[1], dtype=np.float32)
    names = list(PAPERS)
    if kind:
        PAPERS[kind](sheet, unit, rng)
    elif kind is None and rng.random() > PLAIN:
        for _ in range(1 if rng.random() < 0.75 else 2):
            PAPERS[names[int(rng.integers(len(names)))]](sheet, unit, rng)
    return sheet


def noise(shape: tuple[int, int], rng: np.random.Generator, blur: int = 0) -> Sheet:
    """Cut a window out of a fixed field: mean 0, deviation 1, soft over `blur` px."""
    field = _field(blur)
    h, w = min(shape[0], FIELD[0]), min(shape[1], FIELD[1])
    top, left = rng.integers(FIELD[0] - h + 1), rng.integers(FIELD[1] - w + 1)
    window = field[top : top + h, left : left + w]
    if rng.random() < 0.5:
        window = window[:, ::-1]
    if (h, w) != shape:
        window = np.resize(window, shape)
    return window


@lru_cache
def _field(blur: int) -> Sheet:
    field = np.random.default_rng(blur).standard_normal(FIELD).astype(np.float32)
    if blur:
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), blur), np.float32)
        field /= field.std()
    return field


def _grid(shape: tuple[int, int]) -> tuple[Sheet, Sheet]:
    return (
        np.arange(shape[0], dtype=np.float32)[:, None],
        np.arange(shape[1], dtype=np.float32)[None],
    )


def _lines(sheet: Sheet, pitch: float, tilt: float, offset: float, upright: bool) -> Sheet:
    """How far a thin line of a family covers each pixel, in [0, 1]."""
    y, x = _grid((sheet.shape[0], sheet.shape[1]))
    at = (x + tilt * y if upright else y - tilt * x) + offset
    return np.asarray(np.abs(at % pitch - pitch / 2), np.float32)


def squares(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """Squared paper."""
    pitch = max(4.0, unit * rng.uniform(0.25, 1.0))
    width, tone = rng.uniform(0.3, min(1.2, 0.08 * pitch + 0.3)), rng.uniform(15, 130)
    tilt = rng.normal(0, 0.015)
    for upright in (False, True):
        away = _lines(sheet, pitch, tilt, rng.uniform(0, pitch), upright)
        sheet -= tone * np.clip(width + 0.5 - away, 0, 1)


def ruled(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """Ruled paper, whose lines may run anywhere through the writing."""
    pitch = max(5.0, unit * rng.uniform(0.7, 2.0))
    away = _lines(sheet, pitch, rng.normal(0, 0.02), rng.uniform(0, pitch), False)
    sheet -= rng.uniform(15, 120) * np.clip(rng.uniform(0.4, 1.2) + 0.5 - away, 0, 1)


def dots(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """Dotted paper."""
    pitch = max(4.0, unit * rng.uniform(0.2, 0.7))
    reach = rng.uniform(0.3, min(1.3, 0.12 * pitch + 0.3))
    down = _lines(sheet, pitch, 0.0, rng.uniform(0, pitch), False)
    across = _lines(sheet, pitch, 0.0, rng.uniform(0, pitch), True)
    sheet -= rng.uniform(30, 130) * np.clip(reach + 0.5 - np.hypot(down, across), 0, 1)


def pattern(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """A security pattern: one to three families of waved lines or their crossings."""
    y, x = _grid((sheet.shape[0], sheet.shape[1]))
    for _ in range(int(rng.integers(1, 4))):
        angle, pace = rng.uniform(0, np.pi), 2 * np.pi / rng.uniform(3.5, max(5.0, unit * 0.5))
        along = x * np.cos(angle) + y * np.sin(angle)
        aside = x * np.sin(angle) - y * np.cos(angle)
        wave = np.sin(aside * 2 * np.pi / (unit * rng.uniform(0.6, 3)) + rng.uniform(0, 6))
        wave = np.sin(along * pace + rng.uniform(0, 5) * wave)
        kind, tone = rng.integers(3), rng.uniform(8, 55)
        if kind == 1:
            wave = wave > rng.uniform(0.3, 0.85)
        elif kind == 2:
            wave = wave * np.sin(aside * pace)
        sheet -= (tone * wave).astype(np.float32)


def letters(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """Small print behind the writing, in rows."""
    size, pitch = unit * rng.uniform(0.12, 0.3) / 22, unit * rng.uniform(0.3, 0.8)
    text = "".join(chr(int(c)) for c in rng.integers(97, 122, 60))
    mask = np.zeros(sheet.shape, np.uint8)
    y = rng.uniform(0, unit * 0.4)
    while y < sheet.shape[0]:
        at = (int(-rng.uniform(0, unit)), int(y))
        cv2.putText(mask, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 255, 1, cv2.LINE_AA)
        y += pitch
    sheet -= np.float32(rng.uniform(15, 60) / 255) * mask


def shadow(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """A shadow with an edge, hard or soft, somewhere across the line."""
    y, x = _grid((sheet.shape[0], sheet.shape[1]))
    angle = rng.uniform(0, 2 * np.pi)
    at = np.array([rng.uniform(0, sheet.shape[1]), rng.uniform(0, sheet.shape[0])])
    away = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
    soft = np.exp(rng.uniform(np.log(0.5), np.log(max(unit, 2.0))))
    sheet *= 1 - np.float32(rng.uniform(0.15, 0.6)) * np.clip(away / soft + 0.5, 0, 1)


def stain(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """Stains and clouds: darker where a soft noise is high."""
    cloud = noise((sheet.shape[0], sheet.shape[1]), rng, int(rng.choice([4, 12, 30])))
    if rng.random() < 0.5:
        sheet -= rng.uniform(6, 30) * cloud
    else:
        sheet -= rng.uniform(15, 80) * np.clip((cloud - rng.uniform(0.3, 1.5)) * 3, 0, 1)


def fibres(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """Rough paper: speckles of several sizes."""
    shape = (sheet.shape[0], sheet.shape[1])
    speckle = noise(shape, rng, int(rng.choice([0, 1, 2])))
    sheet -= rng.uniform(5, 40) * (speckle > rng.uniform(0.5, 2.0))


def bleed(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """What is written on the other side shows through: soft curves, mirrored by nature."""
    through = np.zeros(sheet.shape, np.uint8)
    for _ in range(int(rng.integers(2, 8))):
        middle = rng.uniform(0, 1, 2) * (sheet.shape[1], sheet.shape[0])
        turn = np.linspace(0, rng.uniform(2, 7), 12) + rng.uniform(0, 6)
        reach = unit * rng.uniform(0.15, 0.5, 2)
        curve = middle + reach * np.stack([np.cos(turn), np.sin(1.3 * turn)], axis=1)
        points = np.rint(curve * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(through, [points], False, 255, max(1, round(unit * 0.08)), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(through, (0, 0), max(0.6, unit * rng.uniform(0.03, 0.08)))
    sheet -= np.float32(rng.uniform(8, 45) / 255) * soft


def stamp(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """A part of a stamp: a ring or a frame, larger than the writing, pale or broken."""
    mask = np.zeros(sheet.shape, np.uint8)
    at = (int(rng.uniform(0, sheet.shape[1])), int(rng.uniform(-0.5, 1.5) * sheet.shape[0]))
    reach, width = int(unit * rng.uniform(1.2, 3)), max(1, int(unit * rng.uniform(0.03, 0.12)))
    if rng.random() < 0.6:
        for ring in (reach, int(0.85 * reach)):
            cv2.circle(mask, at, ring, 255, width, cv2.LINE_AA)
    else:
        cv2.rectangle(mask, (at[0] - reach, at[1] - reach), (at[0] + reach, at[1]), 255, width)
    cover = mask.astype(np.float32) / 255
    worn = noise((sheet.shape[0], sheet.shape[1]), rng, 2) > rng.uniform(-1.5, 0)
    sheet -= np.float32(rng.uniform(20, 70)) * cover * worn


def hole(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """A punched hole or a dark blot at an edge, mostly outside the writing."""
    x = rng.choice(
        [rng.uniform(-0.3, 0.15) * unit, sheet.shape[1] + rng.uniform(-0.15, 0.3) * unit]
    )
    at = (int(x), int(rng.uniform(0, sheet.shape[0])))
    cv2.circle(sheet, at, int(unit * rng.uniform(0.15, 0.4)), rng.uniform(0, 90), -1, cv2.LINE_AA)


def rim(sheet: Sheet, unit: float, rng: np.random.Generator) -> None:
    """A dark edge on one to four sides: a scanner's bed, a cut rule, the table below the sheet."""
    tone = rng.uniform(0, 110)
    sides = rng.random(4) < 0.35
    sides[int(rng.integers(4))] = True
    widths = np.maximum(1, unit * rng.uniform(0.0, 0.14, 4)).astype(int)
    if sides[0]:
        sheet[: widths[0]] = tone
    if sides[1]:
        sheet[-widths[1] :] = tone
    if sides[2]:
        sheet[:, : widths[2]] = tone
    if sides[3]:
        sheet[:, -widths[3] :] = tone


PAPERS: Mapping[str, Print] = {
    "squares": squares,
    "ruled": ruled,
    "dots": dots,
    "pattern": pattern,
    "print": letters,
    "shadow": shadow,
    "stain": stain,
    "fibres": fibres,
    "bleed": bleed,
    "stamp": stamp,
    "hole": hole,
    "rim": rim,
}
