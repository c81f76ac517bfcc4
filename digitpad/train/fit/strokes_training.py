"""Training of the strokes' network on drawings that are made for it, without end."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from digitpad.beside import COUNTS, see_ink, see_picture
from digitpad.labels import STROKES
from digitpad.network.posteriors import softmax
from digitpad.network.runtime import PaperNetwork
from digitpad.network.windows import Windows
from digitpad.train.fit.ahead import ahead
from digitpad.train.fit.epochs import cosine, train_epochs
from digitpad.train.fit.run import (
    CALIBRATION,
    Figures,
    begin_after,
    claim,
    restore,
    save,
    write_json,
)
from digitpad.train.fit.strokes_network import build_strokes_network
from digitpad.train.samples.drawn import draw
from digitpad.train.samples.lines import ANY, Recipe, make_line
from digitpad.train.samples.people import People, load_people
from digitpad.train.samples.pieces import find_pieces

CHUNK = 500  # drawings, or pictures, that are made together
PICTURED = 0.5  # share of what is learned from that are pieces of pictures
RENDERED, CLEAN = 0.3, 0.5  # rendered ink is so much of those pictures, with plain paper so much
PLAIN = 0.4  # share of drawings that have digits alone, beside those that have them by chance
VALIDATION = 3_000  # drawings, and a third as many pictures
VALIDATION_SEED = 9_999_999
BARE = Recipe(plain=True, mark="")  # digits alone
TEMPERATURES = (0.3, 4.0)  # searched

STROKES_MODEL = "strokes.keras"


class Batch(NamedTuple):
    """Strokes, and what each is."""

    windows: npt.NDArray[np.uint8]  # (n, HIGH, WIDE, LAYERS): 255 of a byte is 1
    kinds: npt.NDArray[np.int32]  # (n,): place in STROKES


@dataclass(frozen=True)
class StrokesConfig:
    """Everything that decides a run's weights."""

    epochs: int = 60
    steps: int = 200  # batches in an epoch: after each there is a checkpoint
    batch: int = 256  # strokes
    learning_rate: float = 3e-3  # the highest, after WARM_UP steps; then a cosine
    warm_up: int = 300  # steps
    weight_decay: float = 1e-2
    after: str = ""  # the run whose newest network it begins with; "" for a new one
    seed: int = 1

    def __post_init__(self) -> None:
        if self.seed == VALIDATION_SEED:
            raise ValueError(f"seed {VALIDATION_SEED} is that of the validation drawings")


STROKES_PROFILES = {"full": StrokesConfig(), "quick": StrokesConfig(epochs=12)}


def train_strokes(run: Path, config: StrokesConfig, data: Path, unipen: Path) -> None:
    """Train a strokes' network into the folder `run`, or go on where a killed run of it stopped.

    `data` holds MNIST and its writers, `unipen` is the prepared ink. Writes `config.json`, a line
    an epoch in `metrics.jsonl`, `checkpoints/`, `calibration.json` and `strokes.keras`. Raises
    DataError, or RunError if `run` belongs to another configuration.
    """
    claim(run, config)
    if (run / STROKES_MODEL).exists():
        return
    keras.utils.set_random_seed(config.seed)
    model, done = restore(run) or (begin_after(_compiled(config), config.after), 0)
    people = load_people(data, unipen)["validation"]
    strokes = make_strokes(people, VALIDATION_SEED, range(VALIDATION))
    pieces = make_pieces(people, VALIDATION_SEED, range(VALIDATION // 3))
    batches = _make_batches(data, unipen, config, done)

    def learn(batch: Batch) -> float:
        windows = batch.windows / np.float32(255)
        return float(model.train_on_batch(windows, batch.kinds, COUNTS[batch.kinds]))

    def validate() -> Figures:
        return _validate(model, strokes, "ink") | _validate(model, pieces, "picture")

    train_epochs(run, config, model, done, batches, learn, validate)
    batches.close()  # nothing more is made ahead
    calibrated = {"temperature": calibrate_strokes(model, join([strokes, pieces]))}
    write_json(run / CALIBRATION, calibrated)
    save(keras.Model(model.input, model.output, name="strokes"), run / STROKES_MODEL)


def make_strokes(people: People, seed: int, indices: range) -> Batch:
    """Return all strokes of drawings of a seed, of which a share PLAIN has digits alone."""
    parts = []
    for index in indices:
        plain = np.random.default_rng([seed, index, 1]).random() < PLAIN
        drawn = draw(people, seed, index, BARE if plain else ANY)
        parts.append(to_batch(see_ink(drawn.ink), [STROKES.index(kind) for kind in drawn.strokes]))
    return join(parts)


def make_pieces(people: People, seed: int, indices: range) -> Batch:
    """Return all pieces of pictures of a seed that are one thing each."""
    parts, paper = [], PaperNetwork()
    for index in indices:
        plain, what = np.random.default_rng([seed, index, 2]).random(2)
        made = make_line(
            people,
            seed,
            index,
            replace(
                BARE if plain < PLAIN else ANY,
                look="ink" if what < RENDERED else "paper",
                paper="" if what < CLEAN else None,
            ),
        )
        found = find_pieces(made, paper)
        if found is not None:
            parts.append(to_batch(see_picture(found[0]), found[1]))
    return join(parts)


def to_batch(windows: Windows, kinds: Sequence[int]) -> Batch:
    """Return the windows of pieces that are known, whose kind is not below 0."""
    known = np.array(kinds, np.int32)
    kept = known >= 0
    return Batch(np.rint(windows[kept] * 255).astype(np.uint8), known[kept])


def join(parts: Sequence[Batch]) -> Batch:
    """Return all of at least one batch."""
    windows, kinds = zip(*parts, strict=True)
    return Batch(np.concatenate(windows), np.concatenate(kinds))


def calibrate_strokes(model: keras.Model, batch: Batch) -> float:
    """Return the temperature that divides the logits (Guo et al., 2017).

    It minimises the negative log-likelihood of what the strokes of validation writers are.
    """
    logits = _predict(model, batch.windows)

    def loss(temperature: float) -> float:
        likely = softmax(logits / np.float32(temperature))
        return float(-np.log(likely[np.arange(len(logits)), batch.kinds] + 1e-12).mean())

    return round(float(minimize_scalar(loss, bounds=TEMPERATURES, method="bounded").x), 4)


def _predict(model: keras.Model, windows: Windows | npt.NDArray[np.uint8]) -> Windows:
    parts = [
        model.predict_on_batch(windows[start : start + 1_000] / np.float32(255))
        for start in range(0, len(windows), 1_000)
    ]
    return np.concatenate(parts)


def _validate(model: keras.Model, batch: Batch, of: str) -> dict[str, float]:
    """Return the share of pieces that are taken for what they are, and those of two mistakes.

    `missed`: of those that are no digit's, taken for one; `lost`: of digits', taken for something
    else.
    """
    found = _predict(model, batch.windows).argmax(axis=1)
    digit = batch.kinds == STROKES.index("digit")
    said = found == STROKES.index("digit")
    return {
        f"{of}_right": round(float((found == batch.kinds).mean()), 5),
        f"{of}_missed": round(float(said[~digit].mean()), 5),
        f"{of}_lost": round(float((~said[digit]).mean()), 5),
    }


def _compiled(config: StrokesConfig) -> keras.Model:
    model = build_strokes_network()
    model.compile(
        keras.optimizers.AdamW(cosine(config), weight_decay=config.weight_decay),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.optimizer.build(model.trainable_variables)  # or Keras traces the first step twice
    return model


def _make_batches(
    data: Path, unipen: Path, config: StrokesConfig, epochs: int
) -> Generator[Batch, None, None]:
    """Yield the batches of the epochs that follow so many. A chunk is an epoch's batches at least.

    Batches of an epoch follow from the seed and the epoch alone.
    """
    for chunk in ahead(partial(_prepare, data, unipen), partial(_make_epoch, config), epochs):
        yield from chunk


_people: list[People] = []  # of the process that draws


def _prepare(data: Path, unipen: Path) -> None:
    _people.append(load_people(data, unipen)["train"])


def _make_epoch(config: StrokesConfig, epoch: int) -> list[Batch]:
    """Draw until there are an epoch's strokes and pieces, and mix them."""
    wanted = config.steps * config.batch
    pictured = int(PICTURED * wanted)
    parts = []
    for make, count in ((make_strokes, wanted - pictured), (make_pieces, pictured)):
        own: list[Batch] = []
        while sum(len(part.kinds) for part in own) < count:
            first = epoch * wanted + len(own) * CHUNK
            own.append(make(_people[0], config.seed, range(first, first + CHUNK)))
        windows, kinds = join(own)
        parts.append(Batch(windows[:count], kinds[:count]))
    windows, kinds = join(parts)
    order = np.random.default_rng([config.seed, epoch]).permutation(wanted)
    return [
        Batch(windows[chosen], kinds[chosen])
        for chosen in order.reshape(config.steps, config.batch)
    ]
