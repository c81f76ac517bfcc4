"""Candidates of made numbers: what is labelled a digit is one, and what has much of two is none."""

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from digitpad.labels import NONE
from digitpad.lattice.pictures import segment_components
from digitpad.lattice.strokes import segment_ink
from digitpad.network.inputs import CHANNELS, see_inks, see_rasters
from digitpad.picture.components import find_components
from digitpad.train.samples import candidates as module
from digitpad.train.samples.candidates import FOREIGN, MOST, SEVERAL, WHOLE, Candidates
from digitpad.train.samples.numbers import (
    Hand,
    InkNumber,
    PictureNumber,
    draw_number,
    join_scans,
    write_number,
)
from digitpad.train.samples.perturb import Perturbation
from digitpad.train.sources.unipen import Sample
from tests.drawings import DIGITS, inked
from tests.train import small

IMAGES, LABELS = small.load_mnist(Path("nowhere"), "test")
SCANS = IMAGES.astype(np.float32) / np.float32(255)
WRITTEN = [made for made in small.drawings() if made.category == "1a"]
STILL = Perturbation(**{field.name: 0.0 for field in dataclasses.fields(Perturbation)})
PLAIN = Hand(jitter=0, slope=0, drift=0, late=0, disordered=0)


def make(inks: list[Sample] = WRITTEN, perturbation: Perturbation = STILL) -> Candidates:
    return Candidates(inks, SCANS, LABELS, perturbation)


def number(text: str, *, joined: bool = False) -> InkNumber:
    """One writer's digits, at natural spacing."""
    own = {made.label: made for made in WRITTEN if made.writer == WRITTEN[0].writer}
    hand = dataclasses.replace(PLAIN, joined_natural=float(joined))
    return write_number([own[label] for label in text], "natural", np.random.default_rng(2), hand)


def alike(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_half_of_the_candidates_are_digits_of_all_kinds() -> None:
    inputs, labels = make(perturbation=Perturbation())(400, np.random.default_rng(0))
    assert inputs.shape == (400, 28, 28, CHANNELS)
    assert inputs.dtype == np.float32
    assert inputs[..., 0].max(axis=(1, 2)).min() > 0.5
    assert labels.shape == (400,)
    assert labels.dtype == np.uint8
    assert set(labels.tolist()) == set(range(11))
    assert (labels == NONE).mean() == pytest.approx(0.5, abs=0.1)


def test_chance_follows_from_the_generator() -> None:
    one, again, other = (make()(50, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one[0], again[0])
    np.testing.assert_array_equal(one[1], again[1])
    assert np.abs(one[0] - other[0]).max() > 0.5


def test_numbers_come_as_ink_as_pictures_of_it_and_as_scans(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = make()(600, np.random.default_rng(0))[0]
    directed = (np.abs(found[..., 1:]).max(axis=(1, 2, 3)) > 0).mean()
    assert directed == pytest.approx(module.INK, abs=0.12)
    monkeypatch.setattr(module, "INK", 1)
    assert np.abs(make()(60, np.random.default_rng(0))[0][..., 1:]).max(axis=(1, 2, 3)).all()
    scans: list[int] = []

    def count(*given: object) -> object:
        scans.append(1)
        return join_scans(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "join_scans", count)
    monkeypatch.setattr(module, "INK", 0)
    monkeypatch.setattr(module, "DRAWN", 1)
    assert not make()(60, np.random.default_rng(0))[0][..., 1:].any()
    assert not scans
    make([])(60, np.random.default_rng(0))
    assert scans


def test_a_share_of_the_ink_is_seen_without_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INK", 1)
    for undirected in (0.3, 1.0):
        perturbation = dataclasses.replace(STILL, undirected=undirected)
        found = make(perturbation=perturbation)(300, np.random.default_rng(0))[0]
        directed = (np.abs(found[..., 1:]).max(axis=(1, 2, 3)) > 0).mean()
        assert directed == pytest.approx(1 - undirected, abs=0.1)


def test_what_is_labelled_a_digit_of_ink_looks_like_it() -> None:
    looks = see_inks(DIGITS)[..., 0]
    written = number("2047")
    seen = set()
    for seed in range(20):
        inputs, labels = make()._from_ink(written, np.random.default_rng(seed))
        for raster, label in zip(inputs[..., 0], labels.tolist(), strict=True):
            if label != NONE:
                seen.add(label)
                assert max(range(10), key=lambda digit: alike(raster, looks[digit])) == label
    assert seen == {2, 0, 4, 7}


def test_what_is_labelled_a_digit_of_a_picture_looks_like_it() -> None:
    looks = see_rasters(SCANS)
    rng = np.random.default_rng(4)
    right, all_digits = 0, 0
    for _ in range(30):
        some = rng.integers(len(SCANS), size=3)
        made = join_scans(SCANS[some], LABELS[some], "touching", rng)
        inputs, labels = make()._from_picture(made, rng)
        for shown, label in zip(inputs, labels.tolist(), strict=True):
            if label != NONE:
                assert str(label) in made.text
                best = max(range(len(SCANS)), key=lambda i: alike(shown[..., 0], looks[i, ..., 0]))
                right += LABELS[best] == label
                all_digits += 1
    assert all_digits > 60
    assert right / all_digits > 0.9


def test_shares_of_ink_are_of_each_digit_and_of_the_lines() -> None:
    written = number("20", joined=True)
    lattice = segment_ink(written.ink)
    shares = module._shares_of_ink(written, lattice)
    assert shares.shape == (len(lattice.candidates), 3)
    assert shares.min() >= 0
    assert shares.max() <= 1 + 1e-9
    (whole,) = (
        i
        for i, c in enumerate(lattice.candidates)
        if len(c.ink(written.ink).points) == len(written.ink.points)
    )
    np.testing.assert_allclose(shares[whole, :2], 1)
    lines = np.concatenate(written.owners) < 0
    assert lines.any()
    assert shares[whole, 2] > 0.1
    plain = number("2047")
    found = module._shares_of_ink(plain, segment_ink(plain.ink))
    assert not found[:, 4].any()
    alone = found[np.isclose(found.sum(axis=1), 1)]
    np.testing.assert_allclose(np.unique(alone.argmax(axis=1)), range(4))


def test_shares_of_a_picture_are_of_its_digits() -> None:
    drawn = draw_number(number("2047"), np.random.default_rng(0))
    components = find_components(inked(drawn.grey))
    assert components is not None
    lattice = segment_components(components)
    shares = module._shares_of_picture(drawn, components, lattice)
    assert shares.shape == (len(lattice.candidates), 5)
    assert not shares[:, 4].any()
    singles = [c.pieces.bit_count() == 1 for c in lattice.candidates]
    np.testing.assert_allclose(shares[singles].sum(axis=0)[:4], 1)
    assert (shares[:, :4].max(axis=1) <= 1 + 1e-9).all()


def test_a_line_between_digits_counts_in_a_picture_too() -> None:
    drawn = draw_number(number("20", joined=True), np.random.default_rng(0))
    components = find_components(inked(drawn.grey))
    assert components is not None
    lattice = segment_components(components)
    shares = module._shares_of_picture(drawn, components, lattice)
    (whole,) = (i for i, c in enumerate(lattice.candidates) if c.pieces == lattice.whole)
    np.testing.assert_allclose(shares[whole, :2], 1)
    assert shares[whole, 2] > 0.1


def test_few_candidates_are_as_balanced_as_many() -> None:
    made = make(perturbation=Perturbation())
    labels = [made(5, np.random.default_rng(seed))[1] for seed in range(80)]
    assert (np.concatenate(labels) == NONE).mean() == pytest.approx(0.5, abs=0.08)


def test_a_number_of_nothing_has_no_candidates() -> None:
    rng = np.random.default_rng(0)
    blank = PictureNumber("47", np.zeros((40, 60), np.float32), np.full((40, 60), -1))
    assert [len(kind) for kind in make()._from_picture(blank, rng)] == [0, 0]


def test_numbers_without_a_clear_candidate_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(
        self: Candidates, shares: object, text: str, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint8]]:
        chosen, labels = really(self, shares, text, rng)  # type: ignore[arg-type]
        return (chosen, labels) if rng.random() < 0.5 else (chosen[:0], labels[:0])

    really = Candidates._choose
    monkeypatch.setattr(Candidates, "_choose", choose)
    inputs, labels = make()(60, np.random.default_rng(0))
    assert inputs.shape == (60, 28, 28, CHANNELS)
    assert labels.shape == (60,)


def test_only_what_is_clear_is_chosen() -> None:
    shares = np.array(
        [
            [1, 0, 0],
            [WHOLE, FOREIGN, 0],
            [WHOLE - 0.01, 0, 0],  # too little of it
            [1, FOREIGN + 0.01, 0],  # some of the next
            [0.1, 0.95, FOREIGN + 0.01],  # and some of the line there
            [0, 1, 0],
            [SEVERAL, 1, 0],
            [1, 1, 1],
            [0.5, 0.2, 0],
        ]
    )
    wanted = {0: 4, 1: 4, 5: 7, 6: NONE, 7: NONE}
    seen = set()
    for seed in range(20):
        chosen, labels = make()._choose(shares, "47", np.random.default_rng(seed))
        for i, label in zip(chosen.tolist(), labels.tolist(), strict=True):
            assert wanted[i] == label
            seen.add(i)
    assert seen == set(wanted)
    many = np.repeat(shares[:1], 30, axis=0), np.repeat(shares[7:8], 30, axis=0)
    _, labels = make()._choose(np.concatenate(many), "47", np.random.default_rng(0))
    assert sorted(labels.tolist()) == [4] * MOST + [NONE] * MOST
    _, labels = make()._choose(shares[2:5], "47", np.random.default_rng(0))
    assert not len(labels)


def test_scans_of_what_is_no_digit_are_in_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.where(LABELS == 3, NONE, LABELS).astype(np.uint8)
    texts = []

    def look(scans: object, labels: npt.NDArray[np.uint8], *rest: object) -> object:
        texts.extend(labels.tolist())
        return join_scans(scans, labels, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "join_scans", look)
    Candidates([], SCANS, labels, STILL)(100, np.random.default_rng(0))
    assert set(texts) == set(range(10)) - {3}


def test_writers_count_by_the_square_root_of_what_they_wrote() -> None:
    first = [made for made in WRITTEN if made.writer == WRITTEN[0].writer]
    last = [made for made in WRITTEN if made.writer == WRITTEN[-1].writer][:1]
    made = make([*first, *first, *first[:5], *last])
    np.testing.assert_allclose(made._weights, [5 / 6, 1 / 6])
