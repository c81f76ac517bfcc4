"""Each kind of paper leaves its trace, and the same chance makes the same sheet."""

import numpy as np
import pytest

from digitpad.train.samples.paper import PAPERS, make_sheet, noise

SHAPE = (40, 150)


@pytest.mark.parametrize("kind", sorted(PAPERS))
def test_a_kind_of_paper_is_seen(kind: str) -> None:
    for seed in range(12):
        sheet = np.full(SHAPE, 200, np.float32)
        PAPERS[kind](sheet, 25.0, np.random.default_rng(seed))
        assert sheet.shape == SHAPE
        assert sheet.dtype == np.float32
        assert np.isfinite(sheet).all()
    seen = [make_sheet(SHAPE, 25.0, np.random.default_rng(seed), kind) for seed in range(12)]
    bare = [make_sheet(SHAPE, 25.0, np.random.default_rng(seed), "") for seed in range(12)]
    assert sum(bool((a != b).any()) for a, b in zip(seen, bare, strict=True)) >= 8


@pytest.mark.parametrize("shape", [(1, 8), (9, 4), (64, 3_000)])
def test_any_size_of_sheet_is_made(shape: tuple[int, int]) -> None:
    for kind in PAPERS:
        assert make_sheet(shape, 9.0, np.random.default_rng(0), kind).shape == shape


def test_the_same_chance_makes_the_same_sheet() -> None:
    first, second, other = (make_sheet(SHAPE, 25.0, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


@pytest.mark.parametrize("blur", [0, 2, 12])
def test_noise_is_even(blur: int) -> None:
    windows = [noise((64, 512), np.random.default_rng(seed), blur) for seed in range(20)]
    assert abs(np.mean(windows)) < 0.2
    assert np.std(windows) == pytest.approx(1, abs=0.15)
