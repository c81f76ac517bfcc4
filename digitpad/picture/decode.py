"""A picture, whatever its format, size or colours -> grey pixels."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from digitpad.errors import InvalidInput, TooLarge, UnsupportedPicture
from digitpad.network.inputs import Grey

MAX_PIXELS = 25_000_000  # what phones take by default; 100 MB while RGBA is decoded
MAX_SIDE = 1536  # px; larger pictures are averaged down by a whole factor first
FORMATS = ("PNG", "JPEG", "WEBP")

Source = str | Path | bytes | Image.Image | npt.NDArray[Any]


def load(source: Source) -> Grey:
    """Decode a PNG, JPEG or WebP (path or bytes), a PIL image or an array to float32 (h, w).

    Colours are projected on the axis along which they vary most, so that ink and paper of equal
    lightness stay apart. Arrays are (h, w), (h, w, 3) or (h, w, 4): uint8, uint16, bool or float
    in [0, 1]. Raises UnsupportedPicture, TooLarge or InvalidInput.
    """
    if isinstance(source, np.ndarray):
        image = _from_array(source)
    elif isinstance(source, Image.Image):
        image = source
    else:
        image = _open(source)
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise TooLarge(
            f"a picture may have at most {MAX_PIXELS:,} pixels, found {width:,} × {height:,}"
        )
    if width * height == 0:
        raise InvalidInput(f"a picture must have pixels, found {width} × {height}")
    try:
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # lets JPEG decode at a fraction of its size
        image = _to_plain_mode(image)
        if max(image.size) > MAX_SIDE:
            image = image.reduce(-(-max(image.size) // MAX_SIDE))
        image = ImageOps.exif_transpose(image)
    except Exception as error:  # decoders raise nearly anything on damaged files
        raise UnsupportedPicture(f"the picture is damaged or cut short: {error}") from error
    pixels = np.asarray(image, np.float32) / np.float32(255)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = _flatten_alpha(pixels)
    return _project_colours(pixels) if pixels.ndim == 3 else np.clip(pixels, 0, 1)


def _open(source: str | Path | bytes) -> Image.Image:
    name = "the picture" if isinstance(source, bytes) else str(source)
    if not isinstance(source, bytes):
        try:
            source = Path(source).read_bytes()
        except FileNotFoundError as error:
            raise InvalidInput(f"no such file: {name}") from error
        except OSError as error:
            raise InvalidInput(f"cannot open {name}: {error.strerror}") from error
    try:
        return Image.open(io.BytesIO(source), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(
            f"a picture may have at most {MAX_PIXELS:,} pixels, found more in {name}"
        ) from error
    except Exception as error:
        raise UnsupportedPicture(f"expected a PNG, JPEG or WebP picture in {name}") from error


def _from_array(array: npt.NDArray[Any]) -> Image.Image:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise InvalidInput(
            f"a picture must have the shape (h, w), (h, w, 3) or (h, w, 4), found {array.shape}"
        )
    if array.size == 0:
        raise InvalidInput(f"a picture must have pixels, found the shape {array.shape}")
    if array.dtype == np.uint8:
        scaled = array
    elif array.dtype == np.uint16:
        scaled = array / np.float32(257)
    elif array.dtype == np.bool_:
        scaled = array * np.uint8(255)
    elif array.dtype.kind == "f":
        if not ((array >= 0) & (array <= 1)).all():
            raise InvalidInput("a picture of floats must stay within [0, 1]")
        scaled = array * np.float32(255)
    else:
        raise InvalidInput(
            f"a picture must be uint8, uint16, bool or float, found dtype {array.dtype}"
        )
    if scaled.ndim == 2:
        return Image.fromarray(scaled if scaled.dtype == np.uint8 else scaled.astype(np.float32))
    return Image.fromarray(np.rint(scaled).astype(np.uint8))


def _to_plain_mode(image: Image.Image) -> Image.Image:
    """Return the image as L or F (both 0 to 255), RGB or RGBA."""
    if image.mode in ("L", "RGB", "RGBA", "F"):
        image.load()
        return image
    if image.mode.startswith("I"):  # 16 bits, in one of several modes
        return Image.fromarray(np.asarray(image).astype(np.float32) / np.float32(257))
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _flatten_alpha(pixels: Grey) -> Grey:
    """Lay (h, w, 4) on a background: its own paper if it has one, else what contrasts with it."""
    colours, alpha = pixels[..., :3], pixels[..., 3:]
    opaque = colours[alpha[..., 0] > 0.5]
    if len(opaque) == 0:
        return np.zeros_like(colours)
    low, middle, high = np.percentile(opaque, [2, 50, 98], axis=0)
    has_paper = (high - low).max() > 0.25  # else only the ink is opaque
    background = middle if has_paper else np.float32(middle.mean() < 0.5)
    return colours * alpha + np.asarray(background, np.float32) * (1 - alpha)


def _project_colours(pixels: Grey) -> Grey:
    """Project (h, w, 3) on the first principal axis of its colours, scaled to stay in [0, 1]."""
    step = max(1, pixels.shape[0] * pixels.shape[1] // 10_000)
    sample = pixels.reshape(-1, 3)[::step]
    axis = np.linalg.eigh(np.cov(sample, rowvar=False, bias=True))[1][:, -1].astype(np.float32)
    axis *= np.sign(axis.sum()) / np.abs(axis).sum()
    return np.asarray(pixels @ axis - np.minimum(axis, 0).sum(), np.float32)
