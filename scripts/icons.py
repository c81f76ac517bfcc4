"""The icons of the installed page: the favicon's sheet and seven, drawn again at each size.

python -m scripts.icons
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

FOLDER = Path("digitpad/web/static/icons")
PAPER, GRID, INK = "#fdfdfa", "#cfdcef", "#1d3fc4"
UNIT = 32  # the favicon's side
LINES = (8.5, 16.5, 24.5)
CORNER, PEN, RULE = 6, 4.2, 1
FINE = 4  # drawn this many times larger, then averaged down
SAFE = 0.8  # of a maskable icon's side is seen whatever its shape


def seven() -> np.ndarray:
    """Return the favicon's path as points (n, 2): two quadratic curves."""
    along = np.linspace(0, 1, 40)[:, None]

    def curve(*places: tuple[float, float]) -> np.ndarray:
        start, control, end = map(np.array, places)
        bend = 2 * along * (1 - along) * control
        return np.asarray((1 - along) ** 2 * start + bend + along**2 * end)

    return np.concatenate(
        [curve((9, 9.5), (16, 8), (23, 9)), curve((23, 9), (17, 15.5), (14.5, 24))]
    )


def icon(side: int, *, maskable: bool = False) -> Image.Image:
    """Draw it; a maskable one fills its square and keeps the seven in the middle."""
    scale = side * FINE / UNIT
    image = Image.new("RGBA", (side * FINE, side * FINE))
    draw = ImageDraw.Draw(image)
    whole = (0, 0, side * FINE - 1, side * FINE - 1)
    draw.rounded_rectangle(whole, 0 if maskable else CORNER * scale, PAPER)
    for line in LINES:
        for box in ((line, 0, line, UNIT), (0, line, UNIT, line)):
            draw.line([scale * place for place in box], GRID, round(RULE * scale))
    room = SAFE if maskable else 1
    points = ((seven() - UNIT / 2) * room + UNIT / 2) * scale
    radius = PEN * room * scale / 2
    draw.line([(x, y) for x, y in points.tolist()], INK, round(2 * radius))
    for x, y in points.tolist():
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), INK)
    return image.resize((side, side), Image.Resampling.BOX)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, side, maskable in (
        ("192", 192, False),
        ("512", 512, False),
        ("maskable", 512, True),
    ):
        icon(side, maskable=maskable).quantize(64).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
