"""InkML: how values are told, what a context says, and what is no stroke."""

import pytest

from digitpad import Ink, InvalidInput
from tests.formats.files import inkml, lists

FORMAT = '<traceFormat xml:id="{}">{}</traceFormat>'


def channels(*names: str, **attributes: str) -> str:
    """A traceFormat of channels, each with the attributes in `name=...`."""
    return "".join(f'<channel name="{n}" type="decimal" {attributes.get(n, "")}/>' for n in names)


def test_points_are_x_and_y() -> None:
    assert lists(inkml("10 20, 30 40", "1 2")) == [[[10, 20], [30, 40]], [[1, 2]]]


@pytest.mark.parametrize(
    ("trace", "points"),
    [
        ("1125 18432,'23'43,\"7\"-8,3-5,+7 -3,+6+2,+3+6", "the example of the Recommendation"),
        ("0 0,'1'1,2 2,!9!9,1 1", [[0, 0], [1, 1], [3, 3], [9, 9], [1, 1]]),  # prefixes stay
        ("0 0,'1 !5,1 6", [[0, 0], [1, 5], [2, 6]]),  # each channel its own
        ("1 2,* 3,4 *", [[1, 2], [1, 3], [4, 3]]),
        ("1 2,? 9,3 4", [[1, 2], [3, 4]]),
        ("1e1 -2.5E-1,.5 5.", [[10, -0.25], [0.5, 5]]),
        ("#a #1F,-#a 0", [[10, 31], [-10, 0]]),
        ("1 2,3-4", [[1, 2], [3, -4]]),
        ("1 2,3 - 4", [[1, 2], [3, -4]]),
    ],
)
def test_values_are_explicit_or_differences(trace: str, points: object) -> None:
    if isinstance(points, str):
        points = [
            [1125, 18432], [1148, 18475], [1178, 18510], [1211, 18540],
            [1251, 18567], [1297, 18596], [1346, 18631],
        ]  # fmt: skip
    assert lists(inkml(trace)) == [points]


def test_channels_come_in_the_contexts_order() -> None:
    """As CROHME has it: a traceFormat beside the traces, with or without time."""
    assert lists(inkml("1 2 9, 3 4 9", before=FORMAT.format("f", channels("X", "Y", "T")))) == [
        [[1, 2], [3, 4]]
    ]
    assert lists(inkml("9 2 1", before=FORMAT.format("f", channels("T", "Y", "X")))) == [[[1, 2]]]


def test_intermittent_channels_may_be_there() -> None:
    given = channels("X", "Y") + f"<intermittentChannels>{channels('F')}</intermittentChannels>"
    assert lists(inkml("1 2, 3 4 :7", before=FORMAT.format("f", given))) == [[[1, 2], [3, 4]]]


def test_units_are_mm_unless_told_and_axes_may_point_the_other_way() -> None:
    given = channels("X", "Y", X='units="cm"', Y='units="in" orientation="-ve"')
    assert lists(inkml("1 1", before=FORMAT.format("f", given))) == [[[10, -25.4]]]


def test_device_units_take_the_sources_resolution() -> None:
    source = (
        '<definitions><inkSource xml:id="pen">'
        + FORMAT.format("f", channels("X", "Y", X='units="dev"', Y='units="dev"'))
        + '<channelProperties><channelProperty channel="X" name="resolution" value="100" '
        'units="1/cm"/><channelProperty channel="Y" name="resolution" value="254" units="1/in"/>'
        '</channelProperties></inkSource><context xml:id="c" inkSourceRef="#pen"/></definitions>'
    )
    trace = '<trace contextRef="#c">50 50</trace>'
    assert lists(inkml(trace, before=source)) == [[[5, 5]]]
    office = source.replace('"dev"', '"cm"')  # whose values are counts, with units="cm"
    assert lists(inkml(trace, before=office)) == [[[500, 500]]]
    assert lists(inkml(trace, before=office.replace('"decimal"', '"integer"'))) == [[[5, 5]]]


def test_a_context_is_named_or_holds_from_where_it_stands() -> None:
    definitions = (
        f"<definitions>{FORMAT.format('yx', channels('Y', 'X'))}"
        '<context xml:id="c" traceFormatRef="#yx"/><context xml:id="d" contextRef="#c"/>'
        "</definitions>"
    )
    traces = (
        "<trace>1 2</trace>",
        '<trace contextRef="#d">1 2</trace>',
        '<traceGroup contextRef="#c"><trace>3 4</trace></traceGroup>',
        '<context contextRef="#c"/>',
        "<trace>5 6</trace>",
    )
    assert lists(inkml(*traces, before=definitions)) == [[[1, 2]], [[2, 1]], [[4, 3]], [[6, 5]]]


def test_pens_in_the_air_and_views_are_no_strokes() -> None:
    traces = (
        '<trace xml:id="a" type="penUp">1 2, 3 4</trace>',
        '<trace xml:id="b" type="penDown">5 6</trace>',
        '<traceGroup><traceView traceDataRef="b"/></traceGroup>',
        "<trace></trace>",
    )
    assert lists(inkml(*traces)) == [[[5, 6]]]


def test_a_trace_may_go_on() -> None:
    traces = (
        '<trace xml:id="a" continuation="begin">1 1, 2 2</trace>',
        '<trace xml:id="x">9 9</trace>',
        '<trace xml:id="b" continuation="middle" priorRef="#a">3 3</trace>',
        '<trace continuation="end" priorRef="#b">4 4</trace>',
    )
    assert lists(inkml(*traces)) == [[[1, 1], [2, 2], [3, 3], [4, 4]], [[9, 9]]]


def test_annotations_may_stand_in_a_trace() -> None:
    trace = '<trace>1 2, <annotation type="truth">7 7 7</annotation>3 4</trace>'
    assert lists(inkml(trace)) == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize(
    ("trace", "before", "said"),
    [
        ("1 2, 3", "", "expected 2 values in trace, point 1, found '3'"),
        ("1 2, a 4", "", "expected values in trace, point 1, found 'a 4'"),
        ("1 2", FORMAT.format("f", channels("T", "F")), "expected the channels X and Y"),
    ],
)
def test_wrong_traces_are_named(trace: str, before: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Ink.load(inkml(trace, before=before).encode())
    assert said in str(caught.value)
