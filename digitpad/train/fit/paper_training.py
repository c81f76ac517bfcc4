"""Training of the paper network on scenes that are made for it, without end."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import numpy.typing as npt

from digitpad.picture.paper import normalise
from digitpad.train.fit.ahead import ahead
from digitpad.train.fit.epochs import cosine, train_epochs
from digitpad.train.fit.paper_network import COVERS, build_paper_network, cover_loss
from digitpad.train.fit.run import begin_after, claim, restore, save
from digitpad.train.samples.people import People, load_people
from digitpad.train.samples.scenes import Scene, make_scene

FRAMES = ((48, 192), (48, 192), (96, 144))  # px, of batches in turn: lines, lines, sheets
CHUNK = 6  # batches that are made together
VALIDATION = 384  # scenes of validation writers that are looked at after each epoch
VALIDATION_SEED = 9_999_999

PAPER_MODEL = "paper.keras"


class Batch(NamedTuple):
    """Pictures in frames of one size, and how far their pixels are covered."""

    pictures: npt.NDArray[np.float32]  # (n, h, w, 1)
    covered: npt.NDArray[np.uint8]  # (n, h, w, 2): by writing, by marks; 255 is 1


@dataclass(frozen=True)
class PaperConfig:
    """Everything that decides a run's weights."""

    epochs: int = 80
    steps: int = 150  # batches in an epoch: after each there is a checkpoint
    batch: int = 16  # scenes
    learning_rate: float = 3e-3  # the highest, after WARM_UP steps; then a cosine
    warm_up: int = 100  # steps
    weight_decay: float = 1e-3
    after: str = ""  # the run whose newest network it begins with; "" for a new one
    seed: int = 1

    def __post_init__(self) -> None:
        if self.seed == VALIDATION_SEED:
            raise ValueError(f"seed {VALIDATION_SEED} is that of the validation scenes")


PAPER_PROFILES = {"full": PaperConfig(), "quick": PaperConfig(epochs=24)}


def train_paper(run: Path, config: PaperConfig, data: Path, unipen: Path) -> None:
    """Train a paper network into the folder `run`, or go on where a killed run of it stopped.

    `data` holds MNIST and its writers, `unipen` is the prepared ink. Writes `config.json`, a line
    an epoch in `metrics.jsonl`, `checkpoints/` and `paper.keras`. Raises DataError, or RunError if
    `run` belongs to another configuration.
    """
    claim(run, config)
    if (run / PAPER_MODEL).exists():
        return
    keras.utils.set_random_seed(config.seed)
    model, done = restore(run) or (begin_after(_compiled(config), config.after), 0)
    validation = validation_batches(load_people(data, unipen)["validation"])
    batches = _make_batches(data, unipen, config, done * config.steps)

    def learn(batch: Batch) -> float:
        return float(model.train_on_batch(batch.pictures, batch.covered / np.float32(255)))

    train_epochs(run, config, model, done, batches, learn, lambda: validate(model, validation))
    batches.close()  # nothing more is made ahead
    save(keras.Model(model.input, model.output, name="paper"), run / PAPER_MODEL)


def pack(scenes: list[Scene], frame: tuple[int, int]) -> Batch:
    """Put scenes into the top left corners of frames, (height, width) px.

    Around them there is no ink: the network must not take for it what is perfectly even.
    """
    pictures = np.zeros((len(scenes), *frame, 1), np.float32)
    covered = np.zeros((len(scenes), *frame, len(COVERS)), np.uint8)
    for row, scene in enumerate(scenes):
        high, wide = scene.picture.shape
        seen = normalise(scene.picture.astype(np.float32) / np.float32(255))
        pictures[row, : len(seen), : seen.shape[1], 0] = seen[: frame[0], : frame[1]]
        covered[row, :high, :wide] = np.stack([scene.writing, scene.marks], axis=-1)
    return Batch(pictures, covered)


def validation_batches(people: People, count: int = VALIDATION, size: int = 32) -> list[Batch]:
    """Return `count` scenes of these people as batches, always the same."""
    return [
        _make_batch(people, VALIDATION_SEED, size, number) for number in range(-(-count // size))
    ]


def validate(model: keras.Model, batches: list[Batch]) -> dict[str, float]:
    """Return the shares of covered pixels that are found, and of found ones that are right.

    A pixel counts as covered when ink covers half of it.
    """
    both, wanted, found = (np.zeros(len(COVERS)) for _ in range(3))
    for batch in batches:
        truth = batch.covered > 127
        said = model.predict_on_batch(batch.pictures) > 0
        both += (truth & said).sum(axis=(0, 1, 2))
        wanted += truth.sum(axis=(0, 1, 2))
        found += said.sum(axis=(0, 1, 2))
    shares: dict[str, float] = {}
    for name, hit, covered, said in zip(COVERS, both, wanted, found, strict=True):
        shares[f"{name}_found"] = round(float(hit / max(covered, 1)), 4)
        shares[f"{name}_right"] = round(float(hit / max(said, 1)), 4)
    return shares


def _compiled(config: PaperConfig) -> keras.Model:
    model = build_paper_network()
    model.compile(
        keras.optimizers.AdamW(cosine(config), weight_decay=config.weight_decay, clipnorm=5.0),
        loss=cover_loss,
        jit_compile=False,
    )
    return model


def _make_batches(
    data: Path, unipen: Path, config: PaperConfig, first: int
) -> Generator[Batch, None, None]:
    """Yield batches without end, beginning with number `first`; all follow from the seed."""
    start, skipped = divmod(first, CHUNK)
    make = partial(_make_chunk, config.seed, config.batch)
    chunks: Iterator[list[Batch]] = ahead(partial(_prepare, data, unipen), make, start)
    for batches in chunks:
        yield from batches[skipped:]
        skipped = 0


_people: list[People] = []  # of the process that makes scenes


def _prepare(data: Path, unipen: Path) -> None:
    _people.append(load_people(data, unipen)["train"])


def _make_chunk(seed: int, size: int, number: int) -> list[Batch]:
    return [_make_batch(_people[0], seed, size, number * CHUNK + place) for place in range(CHUNK)]


def _make_batch(people: People, seed: int, size: int, number: int) -> Batch:
    frame = FRAMES[number % len(FRAMES)]
    indices = range(number * size, (number + 1) * size)
    return pack([make_scene(people, seed, index, frame) for index in indices], frame)
