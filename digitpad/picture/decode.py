"""A picture of handwriting -> where its ink is, whatever its colours, format, size or light."""

import io
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from digitpad.errors import InvalidInput, TooLarge, UnsupportedPicture

MAX_PIXELS = 25_000_000  # what phones take by default; 100 MB while RGBA is decoded
MAX_SIDE = 1536  # px; larger pictures are averaged down by a whole factor first
FORMATS = ("PNG", "JPEG", "WEBP")
FAINTEST = 0.08  # of full contrast; less is paper, not ink
SMOOTHEST = 1 / 80  # of the picture's longer side: the widest smoothing against noise
SPECK = 0.02  # of the area of the largest piece of ink; smaller pieces are dust
LABEL_SIDE = 256  # px; pieces of ink are told apart at this size

Grey = npt.NDArray[np.float32]  # (height, width) in [0, 1]
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


def find_ink(grey: Grey) -> Grey:
    """Tell ink from paper: float32 (h, w), 0 on paper and 1 in the middle of a stroke.

    The paper is a smooth surface through the picture's border, so that light may fall off across
    it; ink is what differs from it, darker or lighter, whichever is more. Dust is removed.
    """
    paper = _paper(grey)
    difference, noise = _denoise(grey - paper)
    dark, light = np.maximum(paper, 0.25), np.maximum(1 - paper, 0.25)  # full contrast, there
    sides = []
    for strength, contrast in ((-difference / dark, dark), (difference / light, light)):
        over = strength - np.maximum(FAINTEST, 4 * noise / contrast)
        sides.append((float(np.maximum(over, 0).sum()), strength, contrast, over > 0))
    _, strength, contrast, inked = max(sides, key=lambda side: side[0])
    if not inked.any():
        return np.zeros_like(grey)
    full = float(np.percentile(strength[inked], 95))
    low = np.maximum(0.2, 3 * noise / contrast / full)
    ink = np.clip((strength / full - low) / 0.45, 0, 1).astype(np.float32)
    return _remove_specks(ink)


def _denoise(difference: Grey) -> tuple[Grey, float]:
    """Smooth until ink stands out from noise: what differs from paper, and the noise left in it.

    The noise is the standard deviation, robustly: most pixels are paper. Each round doubles the
    variance of the smoothing, whose deviation stays below SMOOTHEST of the picture's longer side.
    """
    passes = 0
    while True:
        noise = 1.4826 * float(np.median(np.abs(difference)))
        if noise < 0.02 if passes == 0 else np.abs(difference).max() > 14 * noise:
            return difference, noise
        more = max(2, passes)
        variance = (passes + more) / 2  # px²: each pass adds a half
        if passes and variance > (SMOOTHEST * max(difference.shape)) ** 2:
            return difference, noise
        for _ in range(more):
            difference = _blur(difference)
        passes += more


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


def _paper(grey: Grey) -> Grey:
    """Fit the paper's lightness: a plane through the border, then a quadratic through all of it.

    The plane is the least-absolute-deviations fit by iteratively reweighted least squares, which
    ink that touches the border does not bend.
    """
    height, width = grey.shape
    y, x = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    step = max(1, (height + width) // 256)
    across, down = x[::step], y[::step]
    edge_x, edge_y = np.concatenate(
        [[across, 0 * across + side] for side in (-1, 1)]
        + [[0 * down + side, down] for side in (-1, 1)],
        axis=1,
    )
    border = grey[0, ::step], grey[-1, ::step], grey[::step, 0], grey[::step, -1]
    values = np.concatenate(border)
    terms = _terms(edge_x, edge_y, PLANE)
    weights = np.ones(len(values))
    for _ in range(10):
        plane = _least_squares(terms, values, weights)
        weights = 1 / np.maximum(np.abs(values - terms @ plane), 1e-3)
    step = max(1, max(height, width) // 64)
    coarse = slice(step // 2, None, step)
    terms = _terms(x[None, coarse], y[coarse, None], QUADRATIC).reshape(-1, len(QUADRATIC))
    values = grey[coarse, coarse].ravel()
    near = np.abs(values - terms[:, : len(PLANE)] @ plane) < 0.15
    if near.mean() > 0.4:
        fit = _least_squares(terms, values, near.astype(np.float64))
    else:
        fit = np.pad(plane, (0, len(QUADRATIC) - len(PLANE)))
    paper = np.zeros(grey.shape, np.float32)
    for factor, (i, j) in zip(fit, QUADRATIC, strict=True):
        paper += (factor * x**i).astype(np.float32) * (y**j).astype(np.float32)[:, None]
    return np.clip(paper, 0, 1)


PLANE = ((0, 0), (1, 0), (0, 1))  # powers of x and y
QUADRATIC = (*PLANE, (2, 0), (1, 1), (0, 2))


def _terms(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], powers: tuple[tuple[int, int], ...]
) -> npt.NDArray[np.float64]:
    return np.stack([x**i * y**j for i, j in powers], axis=-1)


def _least_squares(
    terms: npt.NDArray[np.float64], values: Grey, weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Solve the weighted normal equations; a ridge of 1e-6 settles pictures one pixel wide."""
    weighted = terms.T * weights
    ridge = 1e-6 * weights.sum() * np.eye(terms.shape[1])
    return np.linalg.solve(weighted @ terms + ridge, weighted @ values)


def _blur(picture: Grey) -> Grey:
    """Convolve with the 3 x 3 binomial kernel; the border is repeated."""
    padded = np.pad(picture, 1, mode="edge")
    rows = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return np.asarray((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4, np.float32)


def _remove_specks(ink: Grey) -> Grey:
    """Set to 0 what belongs to pieces much smaller than the largest one."""
    factor = -(-max(ink.shape) // LABEL_SIDE)
    rows, columns = (-(-side // factor) for side in ink.shape)
    padded = np.zeros((rows * factor, columns * factor), np.float32)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    parts = [padded[i::factor, j::factor] for i, j in np.ndindex(factor, factor)]
    labels = label(reduce(np.maximum, parts) > 0.5)
    areas = np.bincount(labels.ravel(), weights=reduce(np.add, parts).ravel())
    areas[0] = 0
    kept = (areas >= SPECK * areas.max())[labels]
    grown = np.pad(kept, 1)
    for dy, dx in np.ndindex(3, 3):
        kept |= grown[dy : dy + rows, dx : dx + columns]
    mask = kept.repeat(factor, axis=0).repeat(factor, axis=1)
    return np.asarray(ink * mask[: ink.shape[0], : ink.shape[1]])


def label(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Number the 8-connected pieces of a mask from 1: intp of the mask's shape, 0 outside.

    Two passes over runs of pixels with union-find (Rosenfeld and Pfaltz, 1966).
    """
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    run_rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    parents = list(range(len(starts)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    first_of_row = np.searchsorted(run_rows, np.arange(mask.shape[0] + 1)).tolist()
    begin, end = starts.tolist(), ends.tolist()
    for row in range(1, mask.shape[0]):
        above, last_above = first_of_row[row - 1], first_of_row[row]
        for run in range(first_of_row[row], first_of_row[row + 1]):
            while above < last_above and end[above] < begin[run]:
                above += 1
            other = above
            while other < last_above and begin[other] <= end[run]:
                parents[root(other)] = root(run)
                other += 1
    roots = np.array([root(run) for run in range(len(parents))], np.intp)
    numbers = np.unique(roots, return_inverse=True)[1] + 1
    labels = np.zeros(mask.shape, np.intp)
    for row, first, stop, number in zip(
        run_rows.tolist(), begin, end, numbers.tolist(), strict=True
    ):
        labels[row, first:stop] = number
    return labels
