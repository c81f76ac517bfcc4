"""Epochs: mixed as asked, of images that depend on nothing but a seed."""

import dataclasses
from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from digitpad.labels import DIGITS, NONE
from digitpad.network.inputs import CHANNELS, Inputs
from digitpad.train.samples import candidates
from digitpad.train.samples import epoch as module
from digitpad.train.samples.augment import Distortion
from digitpad.train.samples.corpus import Part, leave_out
from digitpad.train.samples.doodles import Strokes, doodle
from digitpad.train.samples.epoch import Epoch, Kind, Mixture, _writer_weights
from digitpad.train.samples.habits import redraw
from digitpad.train.samples.perturb import Perturbation, perturb
from tests.train import small

MIXTURE = Mixture(scans=30, traces=10, inks=20, characters=20, doodles=10, candidates=10)
KINDS = ("scans", "traces", "inks", "characters", "doodles", "candidates")

Images = tuple[Inputs, npt.NDArray[np.uint8]]


def images(part: Part, mixture: Mixture = MIXTURE, seed: int = 1, epoch: int = 0,
           batch: int = 10) -> Images:  # fmt: skip
    made = Epoch(part, mixture, seed, epoch, batch)
    batches = [made(step) for step in range(made.steps)]
    inputs, labels = (np.concatenate(kind) for kind in zip(*batches, strict=True))
    return inputs, labels


def test_the_kinds_are_the_mixtures() -> None:
    fields = [field.name for field in dataclasses.fields(Mixture)]
    assert tuple(fields[: len(Kind)]) == KINDS
    for kind, name in zip(Kind, KINDS, strict=True):
        assert kind.name.lower() + "s" == name
        mixture = Mixture(**{other: 7 * (other == name) for other in KINDS})  # type: ignore[arg-type]
        assert mixture.counts == tuple(7 * (kind == other) for other in Kind)


def test_an_epoch_is_mixed_as_asked(parts: dict[str, Part]) -> None:
    inputs, labels = images(parts["train"])
    assert inputs.shape == (100, 28, 28, CHANNELS)
    assert inputs.dtype == np.float32
    assert labels.dtype == np.uint8
    assert -1 <= inputs.min() < 0 < inputs.max() <= 1
    rasters = inputs[..., 0]
    assert rasters.min() == 0
    assert (rasters.max(axis=(1, 2)) > 0.2).all()
    certain = MIXTURE.characters + MIXTURE.doodles
    assert certain < (labels == NONE).sum() < certain + MIXTURE.candidates
    assert labels.max() == NONE
    for name in KINDS:
        alone = Mixture(**{kind: 60 * (kind == name) for kind in KINDS})  # type: ignore[arg-type]
        found = images(parts["train"], alone)[1]
        assert len(found) == 60
        negative = {"characters": 1, "doodles": 1, "candidates": 0.5}.get(name, 0)
        assert (found == NONE).mean() == pytest.approx(negative, abs=0.3 * (negative % 1))
        assert negative == 1 or len(set(found.tolist()) - {NONE}) >= len(DIGITS) - 6 * (
            negative % 1
        )


def test_a_trace_is_a_scan_with_another_pen(
    parts: dict[str, Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "spoil", lambda rasters, rng: None)
    part = parts["train"]
    still = Distortion(rotation=0, slant=0, scale=0, shift=0, elastic=0)
    epoch = Epoch(part, Mixture(0, 200, 0, 0, 0, 0, distortion=still), 1, 0, 200)
    inputs, labels = epoch(0)
    assert not inputs[..., 1:].any()
    rasters = inputs[..., 0]
    of = epoch._chosen[epoch._order[0]]
    np.testing.assert_array_equal(labels, part.scan_labels[of])
    scans = part.scans[of]
    alike = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(rasters, scans, strict=True)]
    assert np.median(alike) > 0.8
    heavier = rasters.sum(axis=(1, 2)) / scans.sum(axis=(1, 2))
    assert heavier.min() < 0.8
    assert heavier.max() > 1.2


@pytest.mark.parametrize("undirected", [0.0, 0.3, 1.0])
def test_a_share_of_the_ink_is_seen_without_direction(
    parts: dict[str, Part], undirected: float
) -> None:
    perturbation = dataclasses.replace(Perturbation(), undirected=undirected)
    for kind in ("inks", "characters", "doodles"):  # of candidates, some are pictures anyway
        mixture = Mixture(**{name: 300 * (name == kind) for name in KINDS})  # type: ignore[arg-type]
        mixture = dataclasses.replace(mixture, perturbation=perturbation)
        inputs, _ = images(parts["train"], mixture)
        directed = np.abs(inputs[..., 1:]).max(axis=(1, 2, 3)) > 0.3
        assert directed.mean() == pytest.approx(1 - undirected, abs=0.08)


def test_the_last_batch_is_whole(parts: dict[str, Part]) -> None:
    epoch = Epoch(parts["train"], MIXTURE, 1, 0, 30)
    assert epoch.steps == 3
    assert len(epoch(2)[1]) == 30


def test_seed_and_epoch_decide(parts: dict[str, Part]) -> None:
    part = parts["train"]
    first, again = images(part), images(part)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    for other in (images(part, seed=2), images(part, epoch=1)):
        assert (other[1] != first[1]).any()
        assert np.abs(other[0] - first[0]).max() > 0.5


def test_batches_may_be_asked_for_in_any_order(parts: dict[str, Part]) -> None:
    inputs, labels = images(parts["train"])
    epoch = Epoch(parts["train"], MIXTURE, 1, 0, 10)
    for step in (7, 2, 7, 0):
        found, kinds = epoch(step)
        np.testing.assert_array_equal(found, inputs[10 * step : 10 * step + 10])
        np.testing.assert_array_equal(kinds, labels[10 * step : 10 * step + 10])


def test_what_is_drawn_alone_does_not_depend_on_its_batch(
    parts: dict[str, Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "spoil", lambda rasters, rng: None)
    alone = dataclasses.replace(MIXTURE, candidates=0, inks=30)
    wanted = images(parts["train"], alone)
    for batch in (1, 4, 50):
        found = images(parts["train"], alone, batch=batch)
        np.testing.assert_array_equal(found[1], wanted[1])
        np.testing.assert_array_equal(found[0], wanted[0])


def test_scans_do_not_repeat_while_there_are_enough(parts: dict[str, Part]) -> None:
    count = len(parts["train"].scans)
    for scans, most in ((count, 1), (2 * count, 12)):
        epoch = Epoch(parts["train"], Mixture(scans, 0, 0, 0, 0, 0), 1, 0, 10)
        times = Counter(epoch._chosen.tolist())
        assert max(times.values()) <= most
        assert sum(times.values()) == scans


def test_sources_left_out_are_in_no_image(
    parts: dict[str, Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    part = parts["train"]
    seen: set[str] = set()
    source_of = {id(s): d.source for d in part.inks + part.negatives for s in d.strokes}

    def look(strokes: tuple[npt.NDArray[np.float64], ...], *rest: object) -> object:
        seen.update(source_of[id(stroke)] for stroke in strokes if id(stroke) in source_of)
        return perturb(strokes, *rest)  # type: ignore[arg-type]

    def look_at_digits(strokes: Strokes, *rest: object) -> object:
        seen.update(source_of[id(stroke)] for stroke in strokes)
        return redraw(strokes, *rest)  # type: ignore[arg-type]

    def look_at_pairs(rng: np.random.Generator, digits: list[tuple[str, Strokes]]) -> Strokes:
        for _, strokes in digits:
            seen.update(source_of[id(stroke)] for stroke in strokes)
        return doodle(rng, digits)

    monkeypatch.setattr(module, "perturb", look)
    monkeypatch.setattr(module, "redraw", look_at_digits)
    monkeypatch.setattr(candidates, "redraw", look_at_digits)
    monkeypatch.setattr(module, "doodle", look_at_pairs)
    for without in ((), ("ced",), ("apb", "tos")):
        seen.clear()
        images(part, dataclasses.replace(MIXTURE, without=without, inks=200, characters=100))
        assert seen == set(small.WRITERS) - set(without)


def test_writers_left_out_are_in_no_image_either(parts: dict[str, Part]) -> None:
    part = parts["train"]
    writer = part.inks[0].writer
    left = leave_out(part, (writer,))
    assert left.inks == [d for d in part.inks if d.writer != writer] != []
    assert left.negatives == [d for d in part.negatives if d.writer != writer]
    without = dataclasses.replace(MIXTURE, without=(writer,))
    np.testing.assert_array_equal(images(part, without)[0], images(left)[0])


def test_a_writer_counts_by_the_square_root_of_what_they_drew(parts: dict[str, Part]) -> None:
    first, *_, last = parts["train"].inks
    assert first.writer != last.writer
    weights = _writer_weights([first] * 16 + [last] * 4)
    assert weights.sum() == pytest.approx(1)
    assert weights[:16].sum() == pytest.approx(2 * weights[16:].sum())
    assert _writer_weights([]).shape == (0,)


def test_digits_are_redrawn_as_what_they_are_and_nothing_else_is(
    parts: dict[str, Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    label_of = {id(d.strokes): d.label for d in parts["train"].inks}
    counts = {"epoch": 0, "candidates": 0}

    def count(where: str) -> Callable[..., object]:
        def look(strokes: Strokes, digit: str, *rest: object) -> object:
            assert digit == label_of[id(strokes)]
            counts[where] += 1
            return redraw(strokes, digit, *rest)  # type: ignore[arg-type]

        return look

    monkeypatch.setattr(module, "redraw", count("epoch"))
    monkeypatch.setattr(candidates, "redraw", count("candidates"))
    images(parts["train"], Mixture(0, 0, 100, 30, 30, 0))
    assert counts == {"epoch": 100, "candidates": 0}
    images(parts["train"], Mixture(0, 0, 0, 0, 0, 40))
    assert counts["epoch"] == 100
    assert counts["candidates"] >= 4
