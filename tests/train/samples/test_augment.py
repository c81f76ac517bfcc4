"""Augmentation: reproducible image by image, and inside the network's input range."""

import dataclasses

import numpy as np
import pytest

from digitpad.network.inputs import Rasters, raster_inks
from digitpad.train.samples.augment import Distorter, Distortion, spline_basis, spoil
from tests.drawings import DIGITS

IMAGES = raster_inks(DIGITS * 3)
ALL = np.arange(len(IMAGES))
NONE = Distortion(rotation=0, slant=0, scale=0, shift=0, elastic=0)


def distort(seed: int = 1, epoch: int = 0, distortion: Distortion | None = None) -> Rasters:
    return Distorter(distortion or Distortion(), seed, epoch, len(IMAGES))(IMAGES, ALL)


def test_seed_and_epoch_decide() -> None:
    np.testing.assert_array_equal(distort(), distort())
    assert np.abs(distort() - distort(epoch=1)).max() > 0.5
    assert np.abs(distort() - distort(seed=2)).max() > 0.5


def test_an_image_does_not_depend_on_its_batch() -> None:
    distorter, wanted = Distorter(Distortion(), 1, 0, len(IMAGES)), distort()
    order = np.random.default_rng(0).permutation(len(IMAGES))
    for index in (order[:7], order[7:8], order[8:]):
        np.testing.assert_array_equal(distorter(IMAGES[index], index), wanted[index])


def test_equal_images_at_other_places_differ() -> None:
    assert all(np.abs(distort()[i] - distort()[i + 10]).max() > 0.3 for i in range(20))


@pytest.mark.parametrize("distortion", [Distortion(), NONE, Distortion(elastic=8, shift=20)])
def test_the_result_is_a_raster(distortion: Distortion) -> None:
    noise = np.random.default_rng(0).random((30, 28, 28), np.float32)
    for images in (IMAGES, noise, np.ones_like(noise)):
        found = Distorter(distortion, 1, 0, len(images))(images, ALL)
        assert found.shape == images.shape
        assert found.dtype == np.float32
        assert 0 <= found.min() <= found.max() <= 1


def test_no_distortion_changes_nothing() -> None:
    np.testing.assert_array_equal(distort(distortion=NONE), IMAGES)


@pytest.mark.parametrize("field", dataclasses.fields(Distortion), ids=lambda field: field.name)
def test_every_amount_does_something_and_keeps_the_digit(
    field: dataclasses.Field[float],
) -> None:
    default = field.default
    assert isinstance(default, float)
    found = distort(distortion=dataclasses.replace(NONE, **{field.name: default}))
    changed = np.abs(found - IMAGES).max(axis=(1, 2))
    assert (changed > 0.05).mean() > 0.9
    assert np.abs(found.sum(axis=(1, 2)) / IMAGES.sum(axis=(1, 2)) - 1).max() < 0.3


def test_a_shift_moves_by_at_most_its_amount() -> None:
    dot = np.zeros((200, 28, 28), np.float32)
    dot[:, 13:15, 13:15] = 1
    found = Distorter(dataclasses.replace(NONE, shift=2), 1, 0, 200)(dot, np.arange(200))
    along = np.arange(28) - 13.5
    moved = np.stack([found.sum(axis=1) @ along, found.sum(axis=2) @ along]) / 4
    np.testing.assert_allclose(found.sum(axis=(1, 2)), 4, rtol=1e-4)
    assert 1.8 < np.abs(moved).max() <= 2


def test_spoiling_follows_its_seed_and_stays_in_range() -> None:
    noise = np.random.default_rng(0).random((30, 28, 28), np.float32)
    for images in (IMAGES, noise, np.zeros_like(noise), np.ones_like(noise)):
        found, again = images.copy(), images.copy()
        spoil(found, np.random.default_rng([1, 2]))
        spoil(again, np.random.default_rng([1, 2]))
        np.testing.assert_array_equal(found, again)
        assert found.dtype == np.float32
        assert 0 <= found.min() <= found.max() <= 1
    for count in (0, 1):
        spoil(np.zeros((count, 28, 28), np.float32), np.random.default_rng(0))


def test_four_in_ten_images_are_spoiled_and_stay_what_they_are() -> None:
    images = raster_inks(DIGITS * 60)
    found = images.copy()
    spoil(found, np.random.default_rng(3))
    changed = np.abs(found - images).max(axis=(1, 2)) > 0
    assert changed.mean() == pytest.approx(1 - 0.8 * 0.8 * 0.93, abs=0.06)
    assert np.abs(found - images).mean() < 0.03


def test_spline_weights_sum_to_1() -> None:
    basis = spline_basis(np.linspace(0, 3, 50))
    assert basis.shape == (50, 4)
    assert basis.min() >= 0
    np.testing.assert_allclose(basis.sum(axis=1), 1)
