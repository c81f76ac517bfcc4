"""Retraining: the shipped network goes on, with its data and with people's accepted corrections.

Every candidate begins from the shipped network and learns from all that was accepted until then.
So candidates never build on one another, and a mistake in one is not handed on.
"""

import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from digitpad.errors import RunError
from digitpad.network.inputs import SIDE, see_inks, see_rasters
from digitpad.network.manifest import MANIFEST, NETWORK, SHIPPED, Manifest
from digitpad.network.posteriors import judge, scale
from digitpad.reader import Reader
from digitpad.store import Database, corrections, versions
from digitpad.style import Example, Style
from digitpad.train.fit.config import TrainConfig
from digitpad.train.fit.network import load_network, predict_logits
from digitpad.train.fit.run import CALIBRATION, KERAS_MODEL, write_json
from digitpad.train.fit.training import train
from digitpad.train.release import gate
from digitpad.train.release.export import export
from digitpad.train.release.quantize import is_quantized, quantize
from digitpad.train.samples.corpus import Part, join, leave_out, load_corpus, to_ink
from digitpad.train.sources.unipen import Sample

CONFIG = TrainConfig(epochs=4, learning_rate=1e-3)  # gently: the network has learned already
MOST = 40  # corrections of one writer, the newest
HELD_OUT = 4  # one writer in so many is not learned from
COPIES = 15  # of a raster among MNIST's: ink is drawn about as often in an epoch
SOURCE = "corrections"
COOLEST = 3  # times as high, or low, as the temperature of the network before, at most

Corrections = Mapping[UUID, tuple[Example, ...]]  # by writer, oldest first


@dataclass(frozen=True)
class Candidate:
    """A registered model, and how it compares with the one that is served."""

    version: str
    learned: int  # corrections
    held_out: int
    comparison: gate.Comparison


def retrain(
    run: Path,
    database: Database,
    data: Path,
    unipen: Path,
    base: Path = SHIPPED,
    config: TrainConfig = CONFIG,
) -> Candidate:
    """Train a candidate in the folder `run`, register it and measure it beside what is served.

    Goes on where a killed run stopped; a run that is done is only measured again. `base` is the
    model folder to begin from, with its `model.keras`. Raises DataError, and RunError when no
    correction is accepted or `run` was begun with other ones.
    """
    learned, held_out = split(gather(database))
    if not learned:
        raise RunError("no correction to learn from: digitpad corrections accept lets it learn")
    lessons = to_part(learned)
    manifest = Manifest.load(base)
    trained = manifest.training["config"]
    config = dataclasses.replace(
        config,
        everything=trained["everything"],
        after=str(base),
        corrections=content_hash(lessons),
        widths=tuple(trained["widths"]),
    )
    corpus = load_corpus(data, unipen)
    train(run, config, corpus, corrections=lessons)
    model = run / "model"
    if not (model / MANIFEST).exists():
        if config.everything:  # no writer is left to calibrate it on
            _take_calibration(base, run, corpus["validation"])
        export(run, model)
        if is_quantized(manifest):
            quantize(model, model)
    version = Manifest.load(model).version
    if version not in {v.version for v in versions.registered(database)}:
        used = join(corpus["train"], lessons)
        if config.everything:
            used = join(used, corpus["validation"])
        versions.register(
            database,
            json.loads((model / MANIFEST).read_text("utf-8")),
            (model / NETWORK).read_bytes(),
            content_hash(leave_out(used, config.mixture.without)),
        )
    examples = [example for drawn in held_out.values() for example in drawn]
    current = versions.current(database)
    served, candidate = (
        gate.measure(reader, corpus["validation"], examples)
        for reader in (versions.load(database, current), Reader(model))
    )
    comparison = gate.Comparison(current, served, candidate)
    gate.record(database, version, comparison)
    return Candidate(version, sum(map(len, learned.values())), len(examples), comparison)


def gather(database: Database) -> Corrections:
    """Return each writer's accepted corrections: the newest MOST, of one drawing only the newest.

    Drawings are one where a style takes them for one.
    """
    drawn: dict[UUID, list[Example]] = defaultdict(list)
    for kept in corrections.everyone(database, "accepted"):
        drawn[kept.writer].append(Example(kept.drawing, kept.label))
    return {writer: Style(examples).examples[-MOST:] for writer, examples in drawn.items()}


def split(drawn: Corrections) -> tuple[Corrections, Corrections]:
    """Return the writers to learn from, and those held out: decided by their random ids alone."""
    held_out = {writer: drawn[writer] for writer in drawn if writer.int % HELD_OUT == 0}
    return {w: drawn[w] for w in drawn if w not in held_out}, held_out


def to_part(drawn: Corrections) -> Part:
    """Return corrections as a part of the corpus: ink like UNIPEN's, rasters like MNIST's."""
    rasters, labels = [], []
    inks: list[Sample] = []
    negatives: list[Sample] = []
    for writer, examples in drawn.items():
        for number, example in enumerate(examples):
            if (ink := example.drawing.ink) is not None:
                (negatives if example.label is None else inks).append(
                    Sample(
                        strokes=tuple(s.astype(np.float32) for s in ink.strokes),
                        label=example.label or "",
                        writer=f"{SOURCE}/{writer}",
                        source=SOURCE,
                        category="",
                        id=f"{SOURCE}/{writer}#{number}",
                    )
                )
            else:
                rasters += [example.drawing.raster] * COPIES
                labels += [example.place] * COPIES
    scans = np.array(rasters, np.float32).reshape(-1, SIDE, SIDE)
    return Part(scans, np.array(labels, np.uint8), inks, negatives)


def content_hash(part: Part) -> str:
    """Return the SHA-256 of all drawings and labels of a part, in their order."""
    digest = hashlib.sha256()
    for piece in _pieces(part):
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()


def _pieces(part: Part) -> Iterable[bytes]:
    yield part.scans.tobytes()
    yield part.scan_labels.tobytes()
    for drawings in (part.inks, part.negatives):
        yield str(len(drawings)).encode()
        for drawing in drawings:
            yield f"{drawing.label} {drawing.writer} {len(drawing.strokes)}".encode()
            yield from (stroke.tobytes() for stroke in drawing.strokes)


def _take_calibration(base: Path, run: Path, part: Part) -> None:
    """Give a run the calibration of the model that it began from.

    Learning again makes a network less sure, or surer. So the temperature is the one at which it is
    on average as sure of the part's digits, which both have learned, as the other model is.
    """
    manifest = Manifest.load(base)
    names = ("temperature", "rejection", "threshold", "segmentation")
    taken = {name: getattr(manifest, name) for name in names}
    inputs = np.concatenate([see_rasters(part.scans), see_inks([to_ink(d) for d in part.inks])])
    wanted = _sureness(Reader(base).recognize(inputs)[0])
    logits = predict_logits(load_network(run / KERAS_MODEL), inputs)

    def missed(temperature: float) -> float:
        return (_sureness(scale(logits, temperature, manifest.rejection)) - wanted) ** 2

    bounds = manifest.temperature / COOLEST, manifest.temperature * COOLEST
    found = minimize_scalar(missed, bounds=bounds, method="bounded")
    taken["temperature"] = round(float(found.x), 4)
    write_json(run / CALIBRATION, taken)


def _sureness(logits: npt.NDArray[np.float32]) -> float:
    return float(judge(logits)[1].max(axis=1).mean())
