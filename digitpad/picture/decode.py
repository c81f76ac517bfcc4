"""A picture, whatever its format, size or colours -> grey pixels."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from digitpad.errors import DigitpadError, InvalidInput, TooLarge, UnsupportedPicture
from digitpad.network.inputs import Grey
from digitpad.picture.cost import MAX_PIXELS, MAX_SIDE, check_cost, check_size, draft, shrinking
from digitpad.picture.kinds import kind_of

FORMATS = ("PNG", "JPEG", "WEBP")
BAND = 1 << 18  # pixels that are looked at together: few MB whatever is made of them
SAMPLE = 10_000  # pixels, or up to twice as many, that tell a picture's colours
ORIENTATION = 0x0112  # EXIF's tag

Source = str | Path | bytes | Image.Image | npt.NDArray[Any]
Pixels = npt.NDArray[Any]  # (h, w), (h, w, 3) or (h, w, 4): uint8, or of grey float32 to 255


class Scaled(NamedTuple):
    """A picture, averaged down where it was larger."""

    grey: Grey  # (h, w)
    factor: int  # px of the picture to a px of `grey`


def load(source: Source) -> Grey:
    """Decode a PNG, JPEG or WebP (path or bytes), a PIL image or an array to float32 (h, w).

    Colours are projected on the axis along which they vary most, so that ink and paper of equal
    lightness stay apart. Of several frames the first is taken. Arrays are (h, w), (h, w, 3) or
    (h, w, 4): unsigned integers of 8 or 16 bits, bool or float in [0, 1]. Raises
    UnsupportedPicture, TooLarge or InvalidInput.
    """
    return load_scaled(source).grey


def load_scaled(source: Source, side: int = MAX_SIDE) -> Scaled:
    """Decode a picture as `load` does, averaged down where it is longer than `side` px."""
    if isinstance(source, np.ndarray):
        pixels = _from_array(source, side)
        height, width = source.shape[:2]
    elif not isinstance(source, str | Path | bytes | Image.Image):
        raise InvalidInput(
            "expected ink, or a picture as a path, bytes, a PIL image or an array; "
            f"found {type(source).__name__}"
        )
    else:
        opened = not isinstance(source, Image.Image)
        image = source if isinstance(source, Image.Image) else _open(source, side)
        width, height = image.size
        check_size(width, height)
        if 0 in image.size:
            raise InvalidInput(f"a picture must have pixels, found {width} × {height}")
        try:
            pixels = _decode(image, opened, side)
        except DigitpadError:
            raise
        except Exception as error:  # decoders raise nearly anything on damaged files
            raise UnsupportedPicture(f"the picture is damaged or cut short: {error}") from error
    return Scaled(_to_grey(pixels), shrinking(width, height, side))


def size_of(data: bytes) -> tuple[int, int]:
    """Return width and height in px of a PNG, JPEG or WebP, before it is decoded.

    Raises UnsupportedPicture or TooLarge.
    """
    return _open(data).size


def _open(source: str | Path | bytes, side: int = MAX_SIDE) -> Image.Image:
    name = "the bytes given" if isinstance(source, bytes) else str(source)
    if not isinstance(source, bytes):
        try:
            source = Path(source).read_bytes()
        except FileNotFoundError as error:
            raise InvalidInput(f"no such file: {name}") from error
        except OSError as error:
            raise InvalidInput(f"cannot open {name}: {error.strerror}") from error
    try:
        check_cost(source, side)
        return Image.open(io.BytesIO(source), formats=FORMATS)
    except TooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(
            f"a picture may have at most {MAX_PIXELS:,} pixels, found more in {name}"
        ) from error
    except Exception as error:
        kind = kind_of(source)
        found = f", found {kind}: save it as PNG or JPEG" if kind else ""
        expected = f"expected a PNG, JPEG or WebP picture in {name}"
        raise UnsupportedPicture(expected + found) from error


def _decode(image: Image.Image, opened: bool, side: int) -> Pixels:
    """Return an image's pixels, averaged down and upright; `opened` is one that nobody else has."""
    width, height = image.size
    factor = shrinking(width, height, side)
    key = _key_colour(image)  # before it is loaded
    if opened and (faster := draft(width, height, side)) > 1:
        image.draft(None, (width // faster, height // faster))  # where it is a JPEG
    image.load()
    orientation = image.getexif().get(ORIENTATION, 1)  # after: TIFF's is undone by loading
    if image.size != (width, height):
        size = -(-width // factor), -(-height // factor)
        image, factor = image.resize(size, Image.Resampling.BOX), 1

    def plain(top: int, bottom: int) -> Image.Image:
        band = image.crop((0, top, image.width, bottom))
        band.info = {} if key is None else {"transparency": key}
        return _to_plain_mode(band)

    return _turn(_average(plain, *image.size, factor), orientation)


def _average(
    plain: Callable[[int, int], Image.Image], width: int, height: int, factor: int
) -> Pixels:
    """Average a picture down by a whole factor; `plain` gives rows of it in a plain mode.

    In bands, since a mode with alpha or 16 bits can take four times what the picture does.
    """
    rows = factor * max(1, BAND // (width * factor))
    parts = []
    for top in range(0, height, rows):
        band = plain(top, min(top + rows, height))
        parts.append(np.asarray(band.reduce(factor) if factor > 1 else band))
    return np.concatenate(parts)


def _turn(pixels: Pixels, orientation: int) -> Pixels:
    """Undo one of EXIF's orientations, 1 to 8: 5 to 8 lie on their side."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels[::-1] if orientation in (3, 4, 7, 8) else pixels


def _from_array(array: npt.NDArray[Any], side: int) -> Pixels:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise InvalidInput(
            f"a picture must have the shape (h, w), (h, w, 3) or (h, w, 4), found {array.shape}"
        )
    if array.size == 0:
        raise InvalidInput(f"a picture must have pixels, found the shape {array.shape}")
    full = {"u1": 255, "u2": 65535, "b1": 1}.get(f"{array.dtype.kind}{array.dtype.itemsize}", 1)
    if full == 1 and array.dtype.kind not in "bf":
        raise InvalidInput(
            f"a picture must be uint8, uint16, bool or float, found dtype {array.dtype}"
        )
    height, width = array.shape[:2]
    check_size(width, height)

    def plain(top: int, bottom: int) -> Image.Image:
        band = array[top:bottom]
        if array.dtype.kind == "f" and not ((band >= 0) & (band <= 1)).all():
            raise InvalidInput("a picture of floats must stay within [0, 1]")
        scaled = band if full == 255 else band.astype(np.float32) * np.float32(255 / full)
        return Image.fromarray(scaled if scaled.ndim == 2 else np.rint(scaled).astype(np.uint8))

    return _average(plain, width, height, shrinking(width, height, side))


def _key_colour(image: Image.Image) -> Any:
    """Return the colour that stands for transparency, in the values that loading will give.

    Pillow leaves it as it is in a PNG, where grey may have 2 or 4 bits and colours 16.
    """
    key = image.info.get("transparency")
    stored = image.tile[0].args if isinstance(image, ImageFile.ImageFile) and image.tile else None
    if image.mode == "RGB":
        if not isinstance(key, tuple):
            return None
        return tuple(part >> 8 for part in key) if stored == "RGB;16B" else key
    if image.mode == "P":
        return key
    if not isinstance(key, int):
        return None
    return key * 255 // (2 ** int(stored[2]) - 1) if stored in ("L;2", "L;4") else key


def _to_plain_mode(image: Image.Image) -> Image.Image:
    """Return an image as L or F (both 0 to 255), RGB or RGBA, whatever its mode."""
    if image.mode.startswith("I"):  # 16 bits, in one of several modes
        values = np.asarray(image)
        scaled = Image.fromarray(values.astype(np.float32) / np.float32(257))
        if "transparency" not in image.info:
            return scaled
        opaque = Image.fromarray((values != image.info["transparency"]) * np.uint8(255))
        return Image.merge("RGBA", [*[scaled.convert("L")] * 3, opaque])
    if image.mode == "La":
        image = image.convert("LA")  # the only way out of it
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "F" and not np.isfinite(np.asarray(image)).all():
        raise InvalidInput("a picture of floats must be finite")
    if image.mode in ("L", "RGB", "F"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _to_grey(pixels: Pixels) -> Grey:
    """Project colours on the first principal axis of them all, scaled to stay in [0, 1]."""
    if pixels.ndim == 2:
        return np.asarray(np.clip(pixels.astype(np.float32) / np.float32(255), 0, 1))
    paper = _background(pixels) if pixels.shape[2] == 4 else None
    height, width = pixels.shape[:2]
    step = max(1, height * width // SAMPLE)
    sample = _lay_on(paper, pixels.reshape(height * width, -1)[::step])
    axis = np.linalg.eigh(np.cov(sample, rowvar=False, bias=True))[1][:, -1].astype(np.float32)
    axis *= np.sign(axis.sum()) / np.abs(axis).sum()
    grey = np.empty((height, width), np.float32)
    rows = max(1, BAND // width)
    for top in range(0, height, rows):
        grey[top : top + rows] = _lay_on(paper, pixels[top : top + rows]) @ axis
    grey -= np.minimum(axis, 0).sum()
    return grey


def _lay_on(paper: Grey | None, pixels: Pixels) -> Grey:
    """Return uint8 (…, 3), or (…, 4) laid on a colour (3,), as float32 (…, 3) in [0, 1]."""
    shares = pixels.astype(np.float32) / np.float32(255)
    if paper is None:
        return shares
    colours, alpha = shares[..., :3], shares[..., 3:]
    return np.asarray(colours * alpha + paper * (1 - alpha))


def _background(pixels: Pixels) -> Grey:
    """Choose what (h, w, 4) is laid on: its own paper if it has one, else what contrasts with it.

    What is less than half as opaque as the most opaque of it does not count.
    """
    alpha = pixels[..., 3]
    opaque = pixels[..., :3][alpha > alpha.max() / 2]
    if len(opaque) == 0:
        return np.zeros(3, np.float32)
    shares = opaque[:: max(1, len(opaque) // SAMPLE)] / np.float32(255)
    low, middle, high = np.percentile(shares, [2, 50, 98], axis=0)
    has_paper = (high - low).max() > 0.25  # else only the ink is opaque
    background = middle if has_paper else np.full(3, middle.mean() < 0.5)
    return np.asarray(background, np.float32)
