"""Files that are no picture that is read: the refusal says what they are, and what is taken."""

import io

import numpy as np
import pytest
from PIL import Image

from digitpad import Reader, UnsupportedPicture
from digitpad.picture.decode import load
from tests.drawings import placed, render, together

FILES = {
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic": "a HEIC picture",
    b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif": "an AVIF picture",
    b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf": "a HEIF picture",
    b"\0\0\0\x20ftypisom\0\0\0\0isomiso2": "a video",
    b"\0\0\0\x04ftyp": "a video",
    b"MM\0*\0\0\0\x08": "a TIFF picture",
    b"<?xml version='1.0'?><!-- a --><svg xmlns='http://www.w3.org/2000/svg'/>": "an SVG drawing",
    b"%PDF-1.7": "a PDF document",
    b"\xff\x0a\0\0": "a JPEG XL picture",
}


@pytest.mark.parametrize("start", FILES, ids=FILES.values())
def test_what_it_is_instead_is_named(start: bytes) -> None:
    with pytest.raises(UnsupportedPicture) as refused:
        load(start + bytes(50))
    assert str(refused.value) == (
        f"expected a PNG, JPEG or WebP picture in the bytes given, found {FILES[start]}: "
        "save it as PNG or JPEG"
    )


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_whole_pictures_of_other_kinds_are_refused_by_name(kind: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(stream, kind)
    with pytest.raises(UnsupportedPicture, match=f"found a {kind} picture"):
        load(stream.getvalue())


def test_what_is_nothing_known_is_refused_without_a_name() -> None:
    with pytest.raises(UnsupportedPicture, match=r"WebP picture in the bytes given$"):
        load(b"nothing")


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_picture_that_lies_on_its_side_or_head_is_not_read(turn: int) -> None:
    reader = Reader()
    for text in ("247", "3186"):
        upright = render(together(placed(text, 0.4)), size=(640, 420), length=480, at=(80, 130))
        assert reader.read(upright).text == text
        assert reader.read(upright.rotate(turn, expand=True)).status == "unsure"
