"""Retraining: what is learned from, what is held out, and a candidate from end to end."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pytest

from digitpad import Ink, Reader, RunError
from digitpad.labels import NONE
from digitpad.network.drawing import Drawing
from digitpad.network.inputs import see_inks, see_rasters
from digitpad.network.manifest import Manifest
from digitpad.network.posteriors import judge
from digitpad.store import Database, corrections, versions
from digitpad.store.schema import Writer
from digitpad.style import Example
from digitpad.train.samples.corpus import load_corpus, to_ink
from digitpad.train.samples.epoch import Epoch
from tests.drawings import DIGITS
from tests.store.examples import correction, picture

if TYPE_CHECKING:
    from digitpad.train.fit.config import TrainConfig

NOWHERE = Path("nowhere")  # the small set is made, not read
LEARNED, ALSO_LEARNED, HELD_OUT = UUID(int=1), UUID(int=2), UUID(int=4)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """A database with three writers, of whom one is held out."""
    made = Database(f"sqlite:///{tmp_path}/digitpad.db")
    with made.writing() as session:
        session.add_all([Writer(id=writer) for writer in (LEARNED, ALSO_LEARNED, HELD_OUT)])
    return made


def accept(database: Database, writer: UUID, *given: corrections.Correction) -> None:
    for one in given:
        corrections.add(database, writer, one)
    corrections.review(database, [one.id for one in given], "accepted")


def turned(digit: int, degrees: float) -> Ink:
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    return DIGITS[digit].transform(np.array([[cos, -sin], [sin, cos]]))


def test_only_what_is_accepted_is_learned_and_one_drawing_once(database: Database) -> None:
    from digitpad.train.release.retrain import gather

    first = correction(7, "1")
    accept(database, LEARNED, first, correction(7, "2"), correction(3), picture(5, label=None))
    again = DIGITS[7].transform(np.eye(2) * 3, np.array([40, 2]))
    accept(database, ALSO_LEARNED, correction(7, "1", drawing=Drawing.of(again)))
    corrections.add(database, HELD_OUT, correction(4))
    rejected = correction(6)
    accept(database, HELD_OUT, rejected)
    corrections.review(database, [rejected.id], "rejected")
    found = gather(database)
    assert {w: [e.label for e in examples] for w, examples in found.items()} == {
        LEARNED: ["2", "1", None],  # the newest of the two sevens
        ALSO_LEARNED: ["1"],  # the same drawing by another writer counts
    }


def test_a_writer_counts_up_to_the_cap(database: Database) -> None:
    from digitpad.train.release.retrain import MOST, gather

    accept(
        database,
        LEARNED,
        *(correction(7, drawing=Drawing.of(turned(7, 4 * k))) for k in range(MOST + 5)),
    )
    [examples] = gather(database).values()
    assert len(examples) == MOST
    newest = examples[-1].drawing.ink
    assert newest is not None
    assert newest.to_lists() == turned(7, 4 * (MOST + 4)).to_lists()


def test_a_writer_is_learned_from_or_held_out_whatever_else_there_is() -> None:
    from digitpad.train.release.retrain import split

    one = (Example(DIGITS[1], "1"),)
    learned, held_out = split({LEARNED: one, HELD_OUT: one, ALSO_LEARNED: one})
    assert (set(learned), set(held_out)) == ({LEARNED, ALSO_LEARNED}, {HELD_OUT})
    assert split({HELD_OUT: one}) == ({}, {HELD_OUT: one})


def test_rasters_are_learned_like_scans_and_ink_like_ink() -> None:
    from digitpad.train.release.retrain import COPIES, content_hash, to_part

    raster = Example(DIGITS[2], "2").drawing.raster
    drawn = (
        Example(DIGITS[1], "7"), Example(DIGITS[8], None), Example(raster, "2"),
        Example(raster, None),
    )  # fmt: skip
    part = to_part({LEARNED: drawn})
    assert part.scans.shape == (2 * COPIES, 28, 28)
    np.testing.assert_allclose(part.scans[0], raster, atol=1 / 255)
    assert part.scan_labels.tolist() == [2] * COPIES + [NONE] * COPIES
    assert [d.label for d in part.inks] == ["7"]
    assert [np.asarray(s).tolist() for s in part.inks[0].strokes] == DIGITS[1].to_lists()
    assert len(part.negatives) == 1
    same, other = to_part({LEARNED: drawn}), to_part({LEARNED: (*drawn[:3], drawn[2])})
    assert content_hash(part) == content_hash(same) != content_hash(other)


def test_an_epoch_has_corrections_of_each_kind(small_scans: None, unipen: Path) -> None:
    from digitpad.train.release.retrain import to_part

    lone = Ink.from_strokes([[(3, 3)]])  # a dot is ink too
    part = to_part({LEARNED: (Example(lone, "1"), Example(DIGITS[8], None))})
    base = load_corpus(NOWHERE, unipen)["train"]
    part = dataclasses.replace(part, scans=base.scans, scan_labels=base.scan_labels)
    from tests.train import small

    epoch = Epoch(part, small.config().mixture, 1, 0, 50)
    labels = np.concatenate([epoch(step)[1] for step in range(epoch.steps)])
    mixture = small.config().mixture
    certain = mixture.characters + mixture.doodles
    assert certain <= (labels == NONE).sum() < certain + mixture.candidates
    assert all(np.isfinite(epoch(step)[0]).all() for step in range(epoch.steps))


@pytest.fixture(scope="module")
def base(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as released: it learned from everything, and has a calibration."""
    from digitpad.train.release.export import export

    folder = export(finished, tmp_path_factory.mktemp("base") / "model")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["training"]["config"]["everything"] = True
    manifest["temperature"] = 1.25
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_candidate_from_end_to_end(
    database: Database, base: Path, unipen: Path, small_scans: None, tmp_path: Path,
    config: "TrainConfig",
) -> None:  # fmt: skip
    from digitpad.train.release import gate
    from digitpad.train.release.retrain import Candidate, content_hash, retrain

    run = tmp_path / "run"

    def make() -> Candidate:
        once = dataclasses.replace(config, epochs=1)
        return retrain(run, database, NOWHERE, unipen, base, once)

    accept(database, HELD_OUT, correction(5, "5"))
    with pytest.raises(RunError, match="no correction to learn from"):
        make()
    assert not run.exists()
    accept(database, LEARNED, correction(7, "1"), picture(3, label=None))
    made = make()
    assert (made.learned, made.held_out) == (2, 1)
    found = versions.find(database, made.version)
    trained = found.manifest["training"]
    assert "training and validation writers" in trained["data"]
    assert trained["data"].endswith("people's corrections")
    assert (trained["config"]["after"], trained["config"]["everything"]) == (str(base), True)
    loaded = versions.load(database, made.version).manifest
    assert loaded.sha256 == found.sha256
    shipped = Manifest.load(base)
    assert (loaded.rejection, loaded.threshold) == (shipped.rejection, shipped.threshold)
    corpus = load_corpus(NOWHERE, unipen)
    scans = corpus["validation"].scans
    inks = [to_ink(d) for d in corpus["validation"].inks]
    inputs = np.concatenate([see_rasters(scans), see_inks(inks)])
    before, after = (
        judge(reader.recognize(inputs)[0])[1].max(axis=1).mean()
        for reader in (Reader(base), versions.load(database, made.version))
    )
    assert after == pytest.approx(before, abs=1e-3)  # as sure as before, on average
    assert found.data_sha256 not in {content_hash(part) for part in corpus.values()}

    comparison = gate.recorded(found)
    assert comparison == made.comparison
    assert comparison.instead_of is None
    validation = corpus["validation"]
    for figures in (comparison.served, comparison.candidate):
        assert figures.drawings == len(validation.inks) + len(validation.scans)
        assert set(figures.mistakes) == {d.writer for d in validation.inks}
        assert figures.corrections == 1

    accept(database, HELD_OUT, correction(6, "6"))
    again = make()  # what is done is only measured anew
    assert (again.version, again.held_out) == (made.version, 2)
    found = versions.find(database, made.version)
    assert gate.recorded(found).candidate.corrections == 2
    assert len(versions.registered(database)) == 1

    accept(database, LEARNED, correction(2, "3"))
    with pytest.raises(RunError, match=r"other options \(corrections\)"):
        make()
