"""SVG: what is stroked and visible, in order."""

import pytest

from digitpad import Ink, InvalidInput, TooLarge
from tests.formats.files import lists, svg

LINE = '<path d="M{0} {0}L{1} {1}" stroke="black" fill="none" {2}/>'

VISIBLE, AWAY, NAMED = 'visibility="visible"', 'class="away"', 'id="d"'


def line(start: int, attributes: str = "") -> str:
    return LINE.format(start, start + 1, attributes)


def starts(body: str) -> list[float]:
    """Where the strokes of an SVG begin."""
    return [stroke[0][0] for stroke in lists(svg(body))]


def test_groups_and_kinds_of_element_keep_their_order() -> None:
    body = (
        f'<g>{line(1)}<polyline points="3,3 4,4" stroke="red"/></g>{line(5)}'
        f'<line x1="7" y1="7" x2="8" y2="8" stroke="red"/><g><g>{line(9)}</g>{line(11)}</g>'
    )
    assert starts(body) == [1, 3, 5, 7, 9, 11]


def test_what_is_hidden_is_no_ink() -> None:
    hidden = (
        f'<g style="display:none">{line(1)}</g>'
        f'<g visibility="hidden">{line(3)}{line(5, VISIBLE)}</g>'
        f"{line(7, AWAY)}<style>.away {{ visibility: hidden }}</style>"
        + line(9, 'opacity="0"')
        + line(11, 'stroke-opacity="0"')
    )
    assert starts(hidden + line(13)) == [5, 13]


@pytest.mark.parametrize("kind", ["symbol", "clipPath", "mask", "pattern", "marker", "defs"])
def test_what_is_only_drawn_by_reference_is_no_ink(kind: str) -> None:
    assert starts(f'<{kind} id="a">{line(1)}</{kind}><g>{line(3)}</g>') == [3]


def test_use_is_resolved() -> None:
    used = f'<symbol id="s">{line(1)}</symbol><defs>{line(3, NAMED)}</defs>'
    assert starts(f'{used}<use href="#s" x="10"/><use xlink:href="#d" x="20"/>') == [11, 23]


def test_transforms_and_view_boxes_are_applied() -> None:
    body = f'<g transform="translate(10 20) rotate(90)">{line(1)}</g>'
    box = 'width="20" height="20" viewBox="0 0 10 10"'
    assert lists(svg(body, box)) == [[[18, 42], [16, 44]]]


def test_curves_are_lines_of_many_points() -> None:
    ((*points,),) = lists(svg('<path d="M0 0C0 10 10 10 10 0" stroke="#000"/>'))
    assert (points[0], points[-1], points[6]) == ([0, 0], [10, 0], [5, 7.5])


def test_subpaths_are_strokes_and_pieces_that_go_on_are_one() -> None:
    """As signature_pad writes a stroke: a path for each piece."""
    pieces = "".join(LINE.format(at, at + 1, "") for at in (1, 2, 3))
    assert lists(svg(pieces)) == [[[1, 1], [2, 2], [3, 3], [4, 4]]]
    assert starts('<path d="M1 1L2 2M5 5L6 6" stroke="red"/>') == [1, 5]


def test_outlines_are_refused_where_nothing_is_stroked() -> None:
    with pytest.raises(InvalidInput, match="found 1 filled shapes"):
        Ink.load(svg('<path d="M0 0L1 1L1 0z"/>').encode())
    assert starts('<rect width="99" height="99" fill="white"/>' + line(1)) == [1]


def test_use_is_bounded() -> None:
    uses = [f'<use href="#l{n}"/>' * 10 for n in range(8)]
    levels = "".join(f'<g id="l{n + 1}">{use}</g>' for n, use in enumerate(uses))
    with pytest.raises(TooLarge, match="elements"):
        Ink.load(svg(f'<defs><g id="l0">{line(1)}</g>{levels}</defs><use href="#l8"/>').encode())
    with pytest.raises(InvalidInput, match="uses itself"):
        Ink.load(svg(f'<g id="a"><use href="#a"/>{line(1)}</g>').encode())
