"""Signs that are printed on the paper, such as the points of a date: no pen need write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from digitpad.beside import Parted
from digitpad.errors import InvalidInput
from digitpad.geometry import Box
from digitpad.ink import Ink
from digitpad.labels import SIGNS
from digitpad.reading import Sign

POINTS = frozenset(".,")  # whichever is printed, either may be written over it


class Printed(NamedTuple):
    """A sign that is printed on the paper."""

    sign: str  # of `labels.SIGNS`
    box: tuple[float, float, float, float]  # left, top, right, bottom in the ink's unit


@dataclass(frozen=True, eq=False)
class Sheet:
    """Ink, and what is printed on its paper."""

    ink: Ink
    printed: tuple[Printed, ...] = ()

    def __post_init__(self) -> None:
        """Raise InvalidInput for what is no sign."""
        for sign, _ in self.printed:
            if sign not in SIGNS:
                raise InvalidInput(f"expected one of {' '.join(SIGNS)} as printed, found {sign!r}")


def with_printed(parted: Parted, boxes: Sequence[Box], printed: Sequence[Printed]) -> Parted:
    """Return strokes with these boxes, as they were parted, with the printed signs that count.

    One counts where digits stand on both sides of it and none over it, and it was not written
    there, too. It is certain; where it does not count, the text lacks it.
    """
    digits = [boxes[number] for number in parted.digits]
    written = list(zip(parted.signs, parted.odds, strict=True))
    counted = [
        (Sign(sign, 1.0, box, None, is_printed=True), {sign: 1.0})
        for sign, box in ((own.sign, Box(*own.box)) for own in printed)
        if _is_between(box, digits)
        and not any(
            _may_be(sign, odds) and _before(other.box, digits) == _before(box, digits)
            for other, odds in written
        )
    ]
    signs = sorted([*written, *counted], key=lambda found: _middle(found[0].box))
    return replace(
        parted, signs=tuple(sign for sign, _ in signs), odds=tuple(odds for _, odds in signs)
    )


def _is_between(box: Box, digits: Sequence[Box]) -> bool:
    """Whether some digits are on either side of a box, and none above or below it."""
    over = any(digit.left < box.right and digit.right > box.left for digit in digits)
    return not over and 0 < _before(box, digits) < len(digits)


def _may_be(sign: str, odds: Mapping[str, float]) -> bool:
    """Whether a written sign, by what it may be, is one that is printed."""
    return not odds.keys().isdisjoint(POINTS if sign in POINTS else {sign})


def _before(box: Box, digits: Sequence[Box]) -> int:
    return sum(_middle(digit) < _middle(box) for digit in digits)


def _middle(box: Box) -> float:
    return box.left + box.right
