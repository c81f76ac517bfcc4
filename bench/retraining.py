"""Whether corrections teach everyone's model a style: a trial from the first drawing to the last.

    python -m bench.retraining runs/retraining

The style is a one with a flag, told from the ink alone. A base model is trained by the quick
profile without the training writers who mostly write it, and without strokes that are drawn on, so
that nobody foresaw the style. Half of these writers, every other one by name, play the public: each
asks the site for a token, draws all their digits, and corrects what is misread or unsure. The
corrections are reviewed, the base is retrained, and the gate decides. Counted is what is misread of
the other half, before and after, and after the same training without corrections, which is the
control. Then the halves change places.
"""

import argparse
import dataclasses
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import numpy as np
from flask.testing import FlaskClient

from digitpad import Reader
from digitpad.config import ServerConfig, data_folder, prepared_unipen
from digitpad.network.inputs import see_inks
from digitpad.network.manifest import MANIFEST, NETWORK
from digitpad.network.posteriors import judge
from digitpad.store import Database, corrections, review, versions
from digitpad.train.fit.config import PROFILES, TrainConfig
from digitpad.train.fit.run import read_json
from digitpad.train.fit.training import train
from digitpad.train.release import gate
from digitpad.train.release.export import export
from digitpad.train.release.retrain import CONFIG, retrain
from digitpad.train.samples.corpus import Corpus, load_corpus, to_ink
from digitpad.train.sources.unipen import Sample
from digitpad.web import create_app

FLAG = 0.1  # of a one's height: how far below and left of its top the pen is set down, at least
EPOCHS = 3  # of the retraining
PATIENCE = 10  # s in which a running site serves what was promoted


def has_flag(one: Sample) -> bool:
    """Whether a one begins with a stroke up to its top."""
    points = np.concatenate(one.strokes)
    top, bottom = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
    height = bottom[1] - top[1]
    across, down = one.strokes[0][0] - top
    return bool(FLAG * height < down < (1 - FLAG) * height and across < -FLAG * height)


def writers_of_style(inks: Sequence[Sample]) -> list[str]:
    """Return who gives at least half of their ones a flag, sorted."""
    flags = defaultdict(list)
    for drawing in inks:
        if drawing.label == "1":
            flags[drawing.writer].append(has_flag(drawing))
    return sorted(writer for writer, ones in flags.items() if np.mean(ones) >= 0.5)


def base_config(without: Sequence[str]) -> TrainConfig:
    """Return the quick profile without some writers, and without strokes that are drawn on."""
    quick = PROFILES["quick"]
    varied = quick.mixture.perturbation
    perturbation = dataclasses.replace(varied, embellished=0.0, flagged=0.0)
    mixture = dataclasses.replace(quick.mixture, without=tuple(without), perturbation=perturbation)
    return dataclasses.replace(quick, numbers=20, mixture=mixture)


def play(client: FlaskClient, drawings: Sequence[Sample], ids: random.Random) -> list[UUID]:
    """Let one writer draw and correct through the HTTP interface; return the corrections' ids."""
    token = _json(client.post("/api/v1/writers"), 201)["token"]
    headers = {"Authorization": f"Bearer {token}"}
    made = []
    for drawing in drawings:
        ink = {"strokes": to_ink(drawing).to_lists()}
        body = {"ink": ink, "expect": "digit"}
        reading = _json(client.post("/api/v1/read", json=body, headers=headers), 200)
        if reading["status"] == "read" and reading["text"] == drawing.label:
            continue
        made.append(_uuid(ids))
        correction = {
            "id": str(made[-1]),
            "ink": ink,
            "label": drawing.label,
            "predicted": reading["text"],
            "model": reading["model"]["sha256"],
        }
        _json(client.post("/api/v1/corrections", json=correction, headers=headers), 201)
    return made


def misread(model: Path, drawings: Sequence[Sample]) -> tuple[int, int, int]:
    """Return how many drawings are misread, how many ones among them, and of one person at most."""
    logits = Reader(model).recognize(see_inks([to_ink(d) for d in drawings]))[0]
    read = judge(logits)[1].argmax(axis=1)
    wrong = [d for d, digit in zip(drawings, read, strict=True) if int(d.label) != digit]
    ones = Counter(d.writer for d in wrong if d.label == "1")
    return len(wrong), ones.total(), max(ones.values(), default=0)


def teach(
    run: Path, base: Path, config: TrainConfig, drawings: Sequence[Sample], public: Sequence[str]
) -> Path:
    """Let the public correct, and retrain the base; return the candidate's folder."""
    run.mkdir(parents=True, exist_ok=True)
    for file in run.glob("digitpad.db*"):  # the corrections come anew, and are the same
        file.unlink()
    database = Database(f"sqlite:///{run.absolute()}/digitpad.db")
    manifest = read_json(base / MANIFEST)
    versions.register(database, manifest, (base / NETWORK).read_bytes(), "")
    versions.promote(database, manifest["version"], None)
    site = create_app(ServerConfig(database=str(database.engine.url))).test_client()
    ids = random.Random(0)  # whose corrections are held out depends on their ids
    made: list[UUID] = []
    with patch("digitpad.store.writers.uuid4", lambda: _uuid(ids)):
        for writer in public:
            made += play(site, [d for d in drawings if d.writer == writer], ids)
    ones = sum(kept.label == "1" for kept in corrections.everyone(database))
    held = review.accept(database, Reader(base), made)
    review.accept(database, Reader(base), [one.correction for one in held], confirmed=True)
    drawn = sum(d.writer in public for d in drawings)
    print(f"\n{len(public)} writers drew {drawn:,} digits and corrected {len(made)}, "
          f"{ones} of them ones; {len(held)} were looked at twice")  # fmt: skip
    made_of = retrain(run / "run", database, data_folder(), prepared_unipen(), base, config)
    print(f"{made_of.learned} learned from, {made_of.held_out} held out; the gate:")
    for row in made_of.comparison.rows():
        print("  {:60} {:>8} {:>8}".format(*row))
    if failures := made_of.comparison.failures():
        print(f"not promoted: {'; '.join(failures)}")
    else:
        gate.promote(database, versions.find(database, made_of.version))
        print(f"promoted, and served after {_wait(site, made_of.version):.1f} s")
    return run / "run" / "model"


def main() -> None:
    """Train what is missing, let each half teach, and print what happened."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("run", type=Path)
    run: Path = parser.parse_args().run
    corpus = load_corpus(data_folder(), prepared_unipen())
    inks = corpus["train"].inks
    writers = writers_of_style(inks)
    config = base_config(writers)
    base = _finish(run / "base", config, corpus)
    config = dataclasses.replace(config, epochs=EPOCHS, learning_rate=CONFIG.learning_rate)
    control = _finish(run / "control", dataclasses.replace(config, after=str(base)), corpus)
    for half in (0, 1):
        candidate = teach(run / f"half-{half}", base, config, inks, writers[half::2])
        others = [d for d in inks if d.writer in writers[1 - half :: 2]]
        ones = sum(d.label == "1" for d in others)
        print(f"misread of the other half's {len(others):,} digits, and of its {ones} ones:")
        for name, model in (("before", base), ("after", candidate), ("control", control)):
            print("  {:8} {:3} {:3}, {} of one person".format(name, *misread(model, others)))


def _finish(run: Path, config: TrainConfig, corpus: Corpus) -> Path:
    train(run, config, corpus)
    if not (run / "model").exists():
        export(run, run / "model")
    return run / "model"


def _wait(site: FlaskClient, version: str) -> float:
    started = time.monotonic()
    while _json(site.get("/api/v1/model"), 200)["version"] != version:
        if time.monotonic() > started + PATIENCE:
            raise SystemExit(f"{version} is not served after {PATIENCE} s")
        time.sleep(0.1)
    return time.monotonic() - started


def _json(response: Any, status: int) -> Any:
    if response.status_code != status:
        raise SystemExit(f"expected {status}, found {response.status_code}: {response.text}")
    return response.json


def _uuid(ids: random.Random) -> UUID:
    return UUID(int=ids.getrandbits(128), version=4)


if __name__ == "__main__":
    main()
