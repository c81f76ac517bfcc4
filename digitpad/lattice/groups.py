"""Which pieces of a number may be one digit together."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from digitpad.geometry import SMALLEST, Box, union

MOST_PIECES = 80  # beyond, a drawing is no number: twenty digits of four pieces
MOST_CANDIDATES = 400  # groups of pieces, and of whole strokes; of more, only neighbours are
TOGETHER = 8  # pieces in one digit, or whole strokes, at most
HOLES = 2  # pieces of other digits between those, at most

# Shares of the line's height. They only bound what is looked at, and the weights of paths decide:
# chosen so that of the validation writers' numbers the right path is in the lattice. Smaller ones
# lose digits, larger ones cost time.
LOOSE = 0.4  # gap in x between two pieces of one digit, at most
LOOSE_TALL = 0.2  # the same, where both are TALL
TALL = 0.6
WIDEST = 1.7  # width of a digit in several pieces, at most
WIDEST_FLAT = 2.5  # the same, where one is FLAT: a five may have a long bar
FLAT = 0.3
ALONE = 3.0  # the same of all that is drawn, and of whole strokes


def choose_groups(
    boxes: Sequence[Box], spans: Sequence[float], wholes: Iterable[Sequence[int]], height: float
) -> list[tuple[int, ...]]:
    """Choose the pieces, sorted by the middle of their boxes, that may be one digit together.

    `spans` are the widths of the strokes they were cut from, in pictures their own: that much a
    digit may always have. `wholes` are the pieces of each stroke, in pictures of all that is
    connected: what may be one digit where nothing is cut may be one in any case, up to ALONE.
    """
    groups = dict.fromkeys(_neighbours(boxes, spans, height))
    joined = [(union(boxes[piece] for piece in pieces), pieces) for pieces in wholes]
    joined.sort(key=lambda whole: whole[0].left + whole[0].right)
    outer = [box for box, _ in joined]
    widths = [box.width for box in outer]
    same = outer == list(boxes) and widths == list(spans)  # nothing is cut
    for chosen in [] if same else _neighbours(outer, widths, height):
        group = tuple(sorted(piece for whole in chosen for piece in joined[whole][1]))
        together = union(outer[whole] for whole in chosen)
        if together.width <= ALONE * height and group[-1] - group[0] < len(group) + HOLES:
            groups[group] = None
    if len(boxes) <= TOGETHER and union(boxes).width <= ALONE * height:
        groups[tuple(range(len(boxes)))] = None
    return list(groups)


def line_height(boxes: Sequence[Box]) -> float:
    """Estimate how tall the digits are: the median of columns of strokes that overlap in x."""
    columns: list[Box] = []
    for box in sorted(boxes):
        if columns:
            column = columns[-1]
            common = min(box.right, column.right) - max(box.left, column.left)
            if common >= 0.5 * min(box.width, column.width):
                columns[-1] = column.union(box)
                continue
        columns.append(box)
    heights = [column.height for column in columns]
    least = max(heights) / 2
    tall = [height for height in heights if height >= least]
    return max(median(tall), union(boxes).width / (4 * MOST_PIECES), SMALLEST)


def _neighbours(
    boxes: Sequence[Box], spans: Sequence[float], height: float
) -> list[tuple[int, ...]]:
    """Choose from boxes in order; where that is too many, only those with none between them."""
    for most_holes in (HOLES, 0):
        found = [
            group
            for first in range(len(boxes))
            for group in _grow((first,), first + 1, boxes[first], boxes, spans, height, most_holes)
        ]
        if len(found) <= MOST_CANDIDATES:
            break
    return found


def _grow(
    group: tuple[int, ...],
    following: int,
    box: Box,
    boxes: Sequence[Box],
    spans: Sequence[float],
    height: float,
    holes: int,
) -> Iterator[tuple[int, ...]]:
    """Yield the group and all larger ones, in which a piece is passed over only if it overlaps."""
    yield group
    for piece in range(following, min(len(boxes), group[0] + TOGETHER)):
        other = boxes[piece]
        if other.left - box.right > LOOSE * height:
            return
        both = box.union(other)
        lower = min(box.height, other.height)
        loose = (LOOSE_TALL if lower > TALL * height else LOOSE) * height
        widest = (WIDEST_FLAT if lower < FLAT * height else WIDEST) * height
        wide = max(widest, *(1.15 * spans[p] for p in (*group, piece)))
        if other.left - box.right <= loose and both.width <= wide:
            longer = (*group, piece)
            yield from _grow(longer, piece + 1, both, boxes, spans, height, holes)
        if other.left >= box.right or holes == 0:
            return
        holes -= 1
