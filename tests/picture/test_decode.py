"""Pictures of every kind that people send, and files that are none."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitpad import InvalidInput, TooLarge, UnsupportedPicture
from digitpad.picture import decode as picture
from digitpad.picture.foreground import find_ink, label
from tests.drawings import DIGITS, render

THREE = render(DIGITS[3])
WANTED = find_ink(picture.load(THREE))


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def same_ink(source: picture.Source) -> bool:
    ink = find_ink(picture.load(source))
    return ink.shape == WANTED.shape and float(np.abs(ink - WANTED).mean()) < 0.01


def on_glass(colour: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", THREE.size, colour)
    image.putalpha(Image.eval(THREE.convert("L"), lambda v: 255 - v))
    return image


@pytest.mark.parametrize(
    "image",
    [
        THREE,
        THREE.convert("L"),
        THREE.convert("1", dither=Image.Dither.NONE),
        THREE.convert("P"),
        THREE.convert("CMYK"),
        THREE.convert("RGBA"),
        THREE.convert("LA"),
        THREE.convert("F"),
        THREE.convert("I"),
        Image.fromarray(np.asarray(THREE.convert("L")).astype(np.uint16) * 257),
        on_glass((0, 0, 0)),
        on_glass((255, 255, 255)),
        on_glass((200, 30, 30)),
    ],
    ids=[
        "rgb",
        "grey",
        "bits",
        "palette",
        "cmyk",
        "rgba",
        "la",
        "float",
        "int",
        "16bit",
        "black-on-glass",
        "white-on-glass",
        "red-on-glass",
    ],
)
def test_every_mode_shows_the_same_ink(image: Image.Image) -> None:
    if image.mode == "I":
        image = Image.fromarray((np.asarray(image) * 257).astype(np.int32))
    assert same_ink(image)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_format_shows_the_same_ink(kind: str, tmp_path: Path) -> None:
    content = encode(THREE, kind)
    assert same_ink(content)
    (tmp_path / "three").write_bytes(content)
    assert same_ink(tmp_path / "three")
    assert same_ink(str(tmp_path / "three"))


def test_a_palette_with_transparency_is_laid_on_what_contrasts() -> None:
    image = on_glass((0, 0, 0)).quantize(16)
    assert same_ink(encode(image, "PNG"))


def test_transparent_corners_are_not_ink() -> None:
    image = THREE.convert("RGBA")
    for x in range(20):
        for y in range(20):
            image.putpixel((x, y), (0, 0, 0, 0))
    assert same_ink(image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # Pillow's Transpose that exif stands for
    back = {0: 0, 1: 1, 3: 3, 2: 4, 4: 2, 5: 5, 6: 6}
    stored = THREE
    if orientation > 1:
        stored = THREE.transpose(Image.Transpose(back[undo[orientation]]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert same_ink(encode(stored, "JPEG", exif=exif.tobytes(), quality=95))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64, np.bool_])
def test_arrays(dtype: type) -> None:
    grey = np.asarray(THREE.convert("L")) / 255
    full = 255 if dtype is np.uint8 else 65535 if dtype is np.uint16 else 1
    assert same_ink(np.rint(grey * full).astype(dtype) if full > 1 else grey.round().astype(dtype))


def test_light_that_falls_by_half_and_noise() -> None:
    grey = np.asarray(THREE.convert("L")) / 255
    rng = np.random.default_rng(0)
    for light in (np.linspace(1, 0.5, 280)[None], np.linspace(0.5, 1, 280)[:, None]):
        assert same_ink(grey * light)
        noisy = np.clip(grey * light + rng.normal(0, 0.1, grey.shape), 0, 1)
        ink = find_ink(picture.load(noisy))
        assert np.abs((ink > 0.5) ^ (WANTED > 0.5)).mean() < 0.02
        assert ink[:40].max() == 0


def test_dust_is_not_ink() -> None:
    image = THREE.copy()
    for x, y in ((10, 10), (270, 20), (30, 260)):
        image.putpixel((x, y), (0, 0, 0))
    assert same_ink(image)


def test_pieces_are_told_apart() -> None:
    mask = np.array(
        [[1, 0, 0, 1, 1], [0, 1, 0, 0, 1], [0, 0, 0, 0, 0], [1, 0, 0, 1, 0], [1, 0, 1, 0, 0]]
    )
    labels = label(mask.astype(bool))
    assert (labels > 0).tolist() == (mask > 0).tolist()
    assert labels[0, 0] == labels[1, 1]
    assert labels[0, 3] == labels[1, 4]
    assert labels[3, 3] == labels[4, 2]
    assert len(np.unique(labels)) == 5
    spiral = np.array([[1, 1, 1, 1], [1, 0, 0, 1], [1, 0, 1, 1], [1, 0, 0, 0]], bool)
    assert set(np.unique(label(spiral))) == {0, 1}


PNG = encode(THREE, "PNG")


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
     encode(THREE, "GIF"), encode(THREE, "BMP"), encode(THREE, "TIFF"),
     PNG[:-200], PNG[:40], PNG[:12], encode(THREE, "JPEG")[:900], encode(THREE, "WEBP")[:300],
     PNG[:60] + b"\0\0\0\0" + PNG[64:]],
    ids=["empty", "text", "pdf", "svg", "gif", "bmp", "tiff", "cut-png", "header-png", "stub-png",
         "cut-jpeg", "cut-webp", "broken-png"],
)  # fmt: skip
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedPicture):
        picture.load(content)
    (tmp_path / "three.png").write_bytes(content)
    with pytest.raises(UnsupportedPicture):
        picture.load(tmp_path / "three.png")


def test_too_many_pixels_are_refused_before_decoding() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    for side in (6_000, 30_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))
        with pytest.raises(TooLarge, match="25,000,000"):
            picture.load(bomb)


def test_wrong_arrays_say_what_was_expected() -> None:
    shapes = (np.zeros(5), np.zeros((0, 5)), np.zeros((2, 2, 2)))
    values = (np.full((4, 4), np.nan), np.full((4, 4), 2.0))
    for wrong in (*shapes, *values, np.zeros((4, 4), np.int64), np.zeros((4, 4), complex)):
        with pytest.raises(InvalidInput, match=r"picture must|must stay"):
            picture.load(wrong)
    with pytest.raises(InvalidInput, match="no such file: nowhere"):
        picture.load("nowhere")


def test_a_large_photo_is_averaged_down() -> None:
    large = render(DIGITS[3], size=(2400, 2300), length=1400, at=(500, 400), pen=100)
    assert max(picture.load(encode(large, "JPEG")).shape) <= picture.MAX_SIDE
    assert max(picture.load(encode(large, "PNG")).shape) <= picture.MAX_SIDE
