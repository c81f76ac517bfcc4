"""Pictures of every kind that people send, and files that are none."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitpad import InvalidInput, UnsupportedPicture
from digitpad.picture import decode as picture
from digitpad.picture.cost import MAX_SIDE
from digitpad.picture.labelling import label
from tests.drawings import DIGITS, inked, render
from tests.picture.files import png

Samples = int | tuple[int, ...]

THREE = render(DIGITS[3])
WANTED = inked(picture.load(THREE))


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def same_ink(source: picture.Source) -> bool:
    ink = inked(picture.load(source))
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


@pytest.mark.parametrize("mode", ["La", "PA", "RGBa", "RGBX", "HSV", "YCbCr", "LAB", "CMYK"])
def test_images_in_modes_that_no_file_has(mode: str) -> None:
    if mode == "La":
        image = THREE.convert("LA").convert("La")
    else:
        image = THREE.convert("RGBA" if mode in ("PA", "RGBa") else "RGB").convert(mode)
    assert image.mode == mode
    assert same_ink(image)


@pytest.mark.parametrize("mode", ["La", "PA", "RGBa"])
def test_glass_stays_glass_in_modes_that_no_file_has(mode: str) -> None:
    image = on_glass((0, 0, 0))
    assert same_ink(image.convert("LA").convert(mode) if mode == "La" else image.convert(mode))


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bits_in_either_order(order: str) -> None:
    grey = (np.asarray(THREE.convert("L")).astype(np.uint16) * 257).astype(f"{order}u2")
    assert same_ink(grey)
    assert same_ink(
        Image.frombytes("I;16B" if order == ">" else "I;16", THREE.size, grey.tobytes())
    )


def test_faint_ink_on_glass_is_ink() -> None:
    image = on_glass((0, 0, 0))
    image.putalpha(Image.eval(image.getchannel("A"), lambda v: v * 2 // 5))
    assert same_ink(image)


INKED = np.asarray(THREE.convert("L")) < 128
BARE = inked(picture.load(np.where(INKED, 0.0, 1.0)))


@pytest.mark.parametrize(
    ("depth", "colours", "ink", "paper"),
    [(1, 0, 0, 1), (2, 0, 0, 1), (4, 0, 1, 0), (8, 0, 0, 1), (16, 0, 0, 1), (16, 0, 300, 301),
     (8, 2, (0, 0, 0), (0, 0, 1)), (8, 2, (0, 0, 0), (255, 255, 255)),
     (16, 2, (0, 0, 0), (256, 0, 0)), (16, 2, (0, 65535, 0), (0, 0, 65535))],
)  # fmt: skip
def test_a_key_colour_is_glass(depth: int, colours: int, ink: Samples, paper: Samples) -> None:
    """However dark: what is seen is the ink alone, on what contrasts with it."""
    samples = np.where(INKED[..., None], np.asarray(ink), np.asarray(paper))
    found = inked(picture.load(png(samples, depth, colours, key=paper)))
    assert np.abs(found - BARE).mean() < 0.01


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_key_colour_is_of_the_depth_that_is_stored(depth: int) -> None:
    """Corners in the key's colour, in a picture that has paper of its own, are not ink."""
    full = 2**depth - 1
    key, tone = (0, full) if depth == 1 else (full // 3, 0)
    samples = np.where(INKED, tone, 0 if depth == 1 else full)
    samples[:20, :20] = samples[-20:, -20:] = key
    found = inked(picture.load(png(samples[..., None], depth, 0, key=key)))
    assert np.abs(found - BARE).mean() < 0.01


def test_a_loaded_image_keeps_its_key_colour() -> None:
    image = Image.fromarray(np.where(INKED, 0, 1).astype(np.uint8))
    image.info["transparency"] = 1
    assert np.abs(inked(picture.load(image)) - BARE).mean() < 0.01
    image.info["transparency"] = (1, 1, 1)  # of another mode: none
    assert not inked(picture.load(image)).any()


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


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_picture_on_its_side_is_turned_in_every_mode(mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    side = THREE.transpose(Image.Transpose.ROTATE_90)
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(side.convert("L")).astype(np.uint16) * 257)
    else:
        stored = side.convert(mode, dither=Image.Dither.NONE)
    content = encode(stored, "PNG", exif=exif)
    assert same_ink(content)
    with Image.open(io.BytesIO(content)) as opened:
        assert same_ink(opened)


def test_of_several_frames_the_first_is_read() -> None:
    other = Image.new("RGB", THREE.size, "white")
    for kind in ("PNG", "WEBP"):
        content = encode(THREE, kind, save_all=True, append_images=[other, other], duration=100)
        assert same_ink(content)


def test_an_image_that_is_given_stays_as_it_was() -> None:
    large = THREE.resize((3200, 3200))
    with Image.open(io.BytesIO(encode(large, "JPEG"))) as image:
        picture.load(image)
        assert image.size == (3200, 3200)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64, np.bool_])
def test_arrays(dtype: type) -> None:
    grey = np.asarray(THREE.convert("L")) / 255
    full = 255 if dtype is np.uint8 else 65535 if dtype is np.uint16 else 1
    assert same_ink(np.rint(grey * full).astype(dtype) if full > 1 else grey.round().astype(dtype))


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


def test_wrong_arrays_say_what_was_expected() -> None:
    shapes = (np.zeros(5), np.zeros((0, 5)), np.zeros((2, 2, 2)))
    values = (np.full((4, 4), np.nan), np.full((4, 4), 2.0))
    for wrong in (*shapes, *values, np.zeros((4, 4), np.int64), np.zeros((4, 4), complex)):
        with pytest.raises(InvalidInput, match=r"picture must|must stay"):
            picture.load(wrong)
    with pytest.raises(InvalidInput, match="must be finite"):
        picture.load(Image.fromarray(np.full((4, 4), np.inf, np.float32)))
    with pytest.raises(InvalidInput, match="no such file: nowhere"):
        picture.load("nowhere")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1800, 1700), (4000, 400), (3200, 900)])
def test_a_large_photo_is_averaged_down(kind: str, size: tuple[int, int]) -> None:
    """By a whole factor, however the decoder helps."""
    length = 0.7 * min(size)
    large = render(DIGITS[3], size=size, length=length, at=(50, 40), pen=length / 12)
    grey = picture.load(encode(large, kind))
    factor = -(-size[0] // MAX_SIDE)
    assert grey.shape == (-(-size[1] // factor), -(-size[0] // factor))
    exact = picture.load(large)
    assert np.abs(grey - exact).mean() < 0.005
