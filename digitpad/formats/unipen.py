"""UNIPEN 1.0 (Guyon et al., ICPR 1994): the pen-down blocks of a file; in mm where it says how.

The columns of a row are what `.COORD` names, X and Y where nothing does; y points up in the file.
"""

import re

import numpy as np

from digitpad.errors import InvalidInput
from digitpad.formats.parsing import Strokes, found, parse_numbers

MM = {"MM": 1.0, "INCH": 25.4}

_LINE = re.compile(r"^[ \t]*\.(\w+)([^\n]*)((?:\n(?![ \t]*\.)[^\n]*)*)", re.M)
_PER = re.compile(r"([XY])_POINTS_PER_(MM|INCH)")


def read(data: bytes) -> Strokes:
    """Return the blocks of the pen on the paper."""
    columns, scale = ["X", "Y"], {"X": 1.0, "Y": 1.0}
    strokes = []
    included = False
    for line in _LINE.finditer(data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")):
        keyword, rest, block = line.groups()
        if keyword == "COORD":
            columns = rest.split()
            if not {"X", "Y"} <= set(columns):
                raise InvalidInput(f"expected X and Y in .COORD, found {found(rest.strip())}")
        elif per := _PER.fullmatch(keyword):
            axis, unit = per.groups()
            (points,) = parse_numbers(rest, f".{keyword}")
            scale[axis] = MM[unit] / points
        elif keyword == "PEN_DOWN":
            values = parse_numbers(rest + block, ".PEN_DOWN")
            if len(values) % len(columns):
                raise InvalidInput(
                    f"expected {' '.join(columns)} of each point, found {len(values)} values"
                )
            strokes.append(values.reshape(-1, len(columns)))
        included |= keyword == "INCLUDE"
    if not strokes:
        found_instead = "a UNIPEN file that names others: take those" if included else "none"
        raise InvalidInput(f"expected .PEN_DOWN in UNIPEN, found {found_instead}")
    place = [columns.index("X"), columns.index("Y")]
    size = np.array([scale["X"], -scale["Y"]])
    return [stroke[:, place] * size for stroke in strokes if len(stroke)]
