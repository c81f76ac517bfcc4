"""Files are told by their content, are bounded, and what is wrong is said."""

import gzip
import io
import json
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from digitpad import DigitpadError, Ink, InvalidInput, TooLarge
from digitpad.formats import is_drawing, is_ink
from digitpad.formats.parsing import MAX_BYTES
from digitpad.ink import PAGE_POINTS, PAGE_STROKES
from tests.drawings import DIGITS, render
from tests.formats.files import inkml, lists, packed, remarkable, riff, stroke, svg, xopp

ROOT = Path(__file__).parents[2]
LINE = xopp(stroke("1 2 3 4"))


def test_a_path_is_read_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(packed(LINE, "gzip"))
    assert Ink.load(file).to_lists() == Ink.load(str(file)).to_lists() == [[[1, 2], [3, 4]]]
    with pytest.raises(InvalidInput, match=r"cannot read .*: No such file"):
        Ink.load(tmp_path / "none")


def test_digitpads_own_json_is_read() -> None:
    sample = ROOT / "docs/samples/seven.json"
    strokes = json.loads(sample.read_text("utf-8"))["ink"]["strokes"]
    assert Ink.load(sample).to_lists() == strokes
    assert is_drawing(sample.read_bytes())
    assert not is_drawing(b'[{"points": []}]')
    with pytest.raises(InvalidInput, match=r"strokes\[0\]\[0\].y must be a number, found str"):
        Ink.load(b'{"ink": {"strokes": [[[1, "2"]]]}}')


@pytest.mark.parametrize(
    "data",
    [
        LINE,
        packed(LINE, "gzip"),
        packed(LINE, "zip"),
        b"\xef\xbb\xbf\n" + LINE.split(b"?>")[1],
        LINE.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"),
        inkml("1 2").encode(),
        svg("").encode(),
        b' {"ink": {"strokes": []}}',
        b"\n.COORD X Y\n.PEN_DOWN\n",
        remarkable(),
        riff((3, 1), b"INKD", b""),
    ],
    ids=range(11),
)
def test_ink_begins_as_no_picture_does(data: bytes) -> None:
    assert is_ink(data)
    Ink.load(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_are_no_ink(kind: str) -> None:
    stream = io.BytesIO()
    render(DIGITS[7]).save(stream, kind)
    assert not is_ink(stream.getvalue())
    with pytest.raises(InvalidInput, match=r"expected one of .*Xournal.*, found b'"):
        Ink.load(stream.getvalue())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "found nothing"),
        (b"hello", "found b'hello'"),
        (b"<html/>", "expected InkML, Xournal++ or SVG, found XML of <html>"),
        (b"<ink>", "expected a whole XML file, found no element found"),
        (b"<xournal><page/>", "expected a whole XML file"),
        (b'{"type": "FeatureCollection"}', "tldraw, signature_pad or JIIX, found {'type'"),
        (b'{"a": ', "expected a picture or ink as JSON, found"),
        (b"[" * 100_000, "found"),
        (packed(LINE, "gzip")[:-20], "expected a whole XML file"),
        (b"\x1f\x8b" + bytes(20), "expected a whole packed ink file, found"),
        (packed(LINE, "zip")[:-30], "expected a whole packed ink file, found"),
        (b'<?xml version="1.0" encoding="none"?><ink/>', "expected a whole XML file"),
        (b'<!DOCTYPE ink [<!ENTITY a SYSTEM "/etc/hostname">]><ink>&a;</ink>', "entities of its"),
        (b'<!DOCTYPE ink [<!ENTITY a "b"><!ENTITY b "&a;&a;">]><ink>&b;</ink>', "entities of its"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected_and_found(data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Ink.load(data)
    message = str(caught.value)
    assert said.replace("no element found", "") in message
    assert "\n" not in message
    assert len(message) < 400


def test_plain_entities_are_read_as_illustrator_writes_them() -> None:
    drawing = svg('<path d="M1 2L3 4" stroke="black"/>').replace(
        'xmlns="http://www.w3.org/2000/svg"', 'xmlns="&ns;"'
    )
    entity = '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>'
    assert lists(entity + drawing) == [[[1, 2], [3, 4]]]


def test_a_zip_of_other_things_is_named() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.png", b"")
    with pytest.raises(InvalidInput, match=r"found no content.xml"):
        Ink.load(stream.getvalue())


def _zeros(kind: str) -> bytes:
    """A small file that unpacks to more than is taken."""
    if kind == "gzip":
        packer = zlib.compressobj(9, wbits=31)
        return packer.compress(bytes(MAX_BYTES + 1)) + packer.flush()
    return packed(bytes(MAX_BYTES + 1), "zip")


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_packed_files_are_bounded(kind: str) -> None:
    data = _zeros(kind)
    assert len(data) < 100_000
    with pytest.raises(TooLarge, match="33,554,432 bytes"):
        Ink.load(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            xopp(stroke("1 2 3 4 " * (PAGE_POINTS // 2 + 1))).decode(),
            f"at most {PAGE_POINTS:,} points",
        ),
        (inkml(*["1 2"] * (PAGE_STROKES + 1)), f"at most {PAGE_STROKES:,} strokes"),
        ("<ink>" + "<a/>" * 200_001 + "</ink>", "200,000 elements"),
        ("<a>" * 101, "100 deep"),
        ("[" + "0," * 4_000_001 + "0]", "4,000,000 values"),
    ],
    ids=["points", "strokes", "elements", "depth", "values"],
)
def test_ink_is_bounded(data: str, said: str) -> None:
    with pytest.raises(TooLarge) as caught:
        Ink.load(gzip.compress(data.encode(), 1))
    assert said in str(caught.value)


def test_a_missing_library_is_named() -> None:
    program = """
import sys
sys.modules["svgelements"] = None
from digitpad import Ink, InvalidInput
try:
    Ink.load(b"<svg/>")
except InvalidInput as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout == "SVG needs svgelements: in a checkout, pip install '.[formats]'\n"


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_damaged_files_are_errors_of_the_family(at: int) -> None:
    for whole in (packed(LINE, "gzip"), packed(LINE, "zip"), LINE, remarkable()):
        place = len(whole) * at // 100
        damaged = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        with suppress(DigitpadError):
            Ink.load(damaged)
