"""Grey pixels -> where the ink is, whatever the paper, light and noise."""

from functools import reduce

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.network.inputs import Grey

FAINTEST = 0.08  # of full contrast; less is paper, not ink
SMALL = 100  # px of the longer side of a picture that may be one digit's tight crop
ROUGH = 0.1  # the median difference from paper that no paper has
SMOOTHEST = 1 / 80  # of the picture's longer side: the widest smoothing against noise
RIM, THIN = 0.15, 0.02  # of a side: the thickest rims, and those at one side alone
APART, ALONG = 0.25, 0.95  # how far a rim is from the paper, and in what share of its length
SPECK = 0.02  # of the area of the largest piece of ink; smaller pieces are dust
COARSE = 16  # passes of smoothing at the picture's own size; more lose detail, and take seconds
BAND = 1 << 17  # pixels that are worked on together
SAMPLE = 500_000  # pixels that statistics are taken from; of a smaller picture, all
DARKER, LIGHTER = -1, 1  # than the paper
LABEL_SIDE = 256  # px; pieces of ink are told apart at this size

Labels = npt.NDArray[np.int32]  # (h, w): the number of each pixel's piece, from 1, or 0


def find_ink(grey: Grey, speck: float = SPECK) -> Grey:
    """Tell ink from paper: float32 (h, w), 0 on paper and 1 in the middle of a stroke.

    The paper is a smooth surface through the picture's border, so that light may fall off across
    it; ink is what differs from it, darker or lighter, whichever is more. Dust is removed: pieces
    with less than a share `speck` of the largest one's area. So are rims, which a scanner or a crop
    leaves at the picture's edges. Takes four times the memory of `grey`.
    """
    grey = _without_rims(grey)
    ink = _differing(grey, _paper(grey), speck)
    if not ink.any() and max(grey.shape) <= SMALL and _is_crossed(grey):
        ink = _differing(grey, _flat(grey), speck)
    return ink


def _differing(grey: Grey, paper: Grey, speck: float) -> Grey:
    """Return what differs from the paper, both (h, w), as `find_ink` does."""
    difference, noise = _denoise(grey - paper)
    bands = _bands(grey.shape)
    over = {
        sign: sum(
            float(np.maximum(strength - least, 0).sum())
            for rows in bands
            for strength, least, _ in [_strength(difference[rows], paper[rows], noise, sign)]
        )
        for sign in (DARKER, LIGHTER)
    }
    sign = max(over, key=lambda sign: over[sign])
    inked, step = [], max(1, grey.size // SAMPLE)
    for rows in bands:
        strength, least, _ = _strength(difference[rows], paper[rows], noise, sign)
        inked.append(strength[strength > least][::step])
    strengths = np.concatenate(inked)
    if len(strengths) == 0:
        return np.zeros_like(grey)
    full = float(np.percentile(strengths, 95))
    ink = difference  # in its place
    for rows in bands:
        strength, _, faint = _strength(difference[rows], paper[rows], noise, sign)
        low = np.maximum(0.2, faint / full)
        ink[rows] = np.clip((strength / full - low) / 0.45, 0, 1)
    return remove_specks(ink, speck)


def _is_crossed(grey: Grey) -> bool:
    """Whether ink crosses the picture's edge: lightness jumps along it, as no light makes it."""
    edges = (grey[0], grey[-1], grey[:, 0], grey[:, -1])
    return any(float(np.abs(np.diff(edge)).max(initial=0)) > APART for edge in edges)


def _flat(grey: Grey) -> Grey:
    """Return paper of one lightness: the darkest or the lightest that there is, by the border."""
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    levels = np.percentile(grey, (5, 95))
    near = (np.abs(edge[:, None] - levels) < APART).mean(axis=0)
    return np.full_like(grey, levels[int(near.argmax())])


def _without_rims(grey: Grey) -> Grey:
    """Return a picture (h, w) whose rims, if it has any, are as its paper.

    A rim is a row or column at the edge that is as far from the paper as ink, all along. The bar of
    a 7 or 5 in a tight crop is, too: so one at a single side must be thin.
    """
    paper = np.float32(np.median(grey.ravel()[:: max(1, grey.size // SAMPLE)]))
    found = []
    for axis in (0, 1):
        length = grey.shape[axis]
        most = int(RIM * length)
        for backwards in (False, True):
            edge = np.moveaxis(grey, axis, 0)[:: -1 if backwards else 1][: most + 1]
            if (np.abs(edge[0] - paper) > APART).mean() >= ALONG:
                dark = (np.abs(edge - paper) > APART).mean(axis=1) >= ALONG
                if not dark.all():
                    found.append((axis, backwards, length, int(dark.argmin())))
    if len(found) < 2:
        found = [side for side in found if side[3] <= THIN * side[2]]
    if not found:
        return grey
    grey = grey.copy()
    for axis, backwards, length, thick in found:
        rows = np.moveaxis(grey, axis, 0)  # a view
        rows[slice(length - thick, length) if backwards else slice(thick)] = paper
    return grey


def _bands(shape: tuple[int, ...]) -> list[slice]:
    """Part a picture's rows, so that what is made of a part takes little memory."""
    rows = max(1, BAND // shape[1])
    return [slice(top, top + rows) for top in range(0, shape[0], rows)]


def _strength(difference: Grey, paper: Grey, noise: float, sign: int) -> tuple[Grey, Grey, Grey]:
    """Return how strong ink would be, 1 at full contrast; what is none; and what noise makes."""
    contrast = np.maximum(paper if sign == DARKER else 1 - paper, 0.25)
    noisy = np.asarray(noise / contrast, np.float32)
    strength = np.asarray(sign * difference / contrast, np.float32)
    return strength, np.maximum(FAINTEST, 4 * noisy), 3 * noisy


def _denoise(difference: Grey) -> tuple[Grey, float]:
    """Smooth until ink stands out from noise: what differs from paper, and the noise left in it.

    Each round doubles the variance of the smoothing, whose deviation stays below SMOOTHEST of the
    picture's longer side.
    After COARSE passes the rest is done at half the size, so that the time stays bounded.
    """
    height, width = difference.shape
    passes, scale = 0, 1
    while True:
        step = max(1, round((difference.size / SAMPLE) ** 0.5))
        noise = _noise(difference[::step, ::step])
        if noise < 0.02 if passes == 0 else _largest(difference) > 14 * noise:
            break
        more = max(2, passes)
        variance = (passes + more) / 2 * scale**2  # px²: each pass adds a half
        if passes and variance > (SMOOTHEST * max(height, width)) ** 2:
            break
        if passes >= COARSE:
            difference = np.asarray(Image.fromarray(difference).reduce(2))
            passes, more, scale = passes // 4, more // 4, scale * 2
        for _ in range(more):
            difference = _blur(difference)
        passes += more
    if scale > 1:
        whole = Image.fromarray(difference).resize((width, height), Image.Resampling.BILINEAR)
        difference = np.array(whole)
    return difference, noise


def _noise(difference: Grey) -> float:
    """Return the standard deviation of noise, robustly: most pixels are paper.

    Where ink fills half of a tight crop that is not so, but ink lies on one side of the paper's
    lightness, and noise on both.
    """
    noise = float(np.median(np.abs(difference)))
    if noise > ROUGH:
        sides = (difference[difference >= 0], -difference[difference <= 0])
        noise = min(noise, *(float(np.median(side)) for side in sides if side.size))
    return 1.4826 * noise


def _largest(difference: Grey) -> float:
    return max(float(difference.max()), -float(difference.min()))


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
        before, weights = weights, 1 / np.maximum(np.abs(values - terms @ plane), 1e-3)
        if np.array_equal(before, weights):  # as soon on clean paper: more rounds change nothing
            break
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
        across = (factor * x**i).astype(np.float32)
        for rows in _bands(grey.shape):
            paper[rows] += across * (y[rows] ** j).astype(np.float32)[:, None]
    return np.clip(paper, 0, 1, out=paper)


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
    blurred = np.empty_like(picture)
    for rows in _bands(picture.shape):
        above, below = max(rows.start - 1, 0), min(rows.stop + 1, len(picture))
        edges = (int(rows.start == 0), int(rows.stop >= len(picture)))
        padded = np.pad(picture[above:below], (edges, (1, 1)), mode="edge")
        down = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
        blurred[rows] = (down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) / 4
    return blurred


def remove_specks(ink: Grey, speck: float = SPECK) -> Grey:
    """Set to 0, in place, what belongs to pieces with less than a share of the largest one's area.

    Pieces are told apart where the longer side is LABEL_SIDE px.
    """
    factor = -(-max(ink.shape) // LABEL_SIDE)
    rows, columns = (-(-side // factor) for side in ink.shape)
    padded = np.zeros((rows * factor, columns * factor), np.float32)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    parts = [padded[i::factor, j::factor] for i, j in np.ndindex(factor, factor)]
    labels = label(reduce(np.maximum, parts) > 0.5)
    areas = np.bincount(labels.ravel(), weights=reduce(np.add, parts).ravel())
    areas[0] = 0
    kept = (areas >= speck * areas.max())[labels]
    grown = np.pad(kept, 1)
    for dy, dx in np.ndindex(3, 3):
        kept |= grown[dy : dy + rows, dx : dx + columns]
    mask = kept.repeat(factor, axis=0).repeat(factor, axis=1)
    ink *= mask[: ink.shape[0], : ink.shape[1]]
    return ink


def label(mask: npt.NDArray[np.bool_]) -> Labels:
    """Number the 8-connected pieces of a mask from 1: int32 of the mask's shape, 0 outside.

    Runs of pixels that touch runs of the row above are hooked together, round by round, to the last
    run of their piece (Shiloach and Vishkin, 1982).
    """
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    row = rows * (mask.shape[1] + 2)  # so that places of one row are below those of the next
    above = row - mask.shape[1] - 2
    first = np.searchsorted(row + ends, above + starts, "left")
    touching = np.searchsorted(row + starts, above + ends, "right") - first
    lower = np.arange(len(rows)).repeat(touching)
    upper = np.arange(len(lower)) + (first - touching.cumsum() + touching).repeat(touching)
    last = np.arange(len(rows))
    while True:
        one, other = last[lower], last[upper]
        if np.array_equal(one, other):
            break
        np.maximum.at(last, np.minimum(one, other), np.maximum(one, other))
        while not np.array_equal(further := last[last], last):
            last = further
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = (np.unique(last, return_inverse=True)[1] + 1).repeat(ends - starts)
    return labels
