"""Look for bytes that our parsers mishandle, guided by which of our lines they reach.

    uv run --no-project --with atheris --with '.[server]' python -m bench.fuzz ink [--seconds 3600]

What is tried: `ink`, JSON to ink and examples; `picture`, files to grey pixels; `framing`, where
a body in chunks ends. Each begins with what this project itself writes, and changes that. An input
is a finding if it raises what is no refusal, breaks what the target promises, takes 10 s or 2 GB;
it is written to FOLDER (evaluation/fuzz), and the status is not 0. Findings belong into the tests,
made by code; no file of them is kept. Needs atheris, which is libFuzzer for Python.
"""

import argparse
import inspect
import io
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import atheris
import numpy as np
from PIL import Image
from werkzeug.exceptions import BadRequest

import digitpad.ink
from digitpad.errors import DigitpadError
from digitpad.ink import MAX_COORDINATE, MAX_POINTS
from digitpad.picture import cost, decode
from digitpad.picture.cost import MAX_PIXELS
from digitpad.picture.decode import load
from digitpad.web import bodies, framing, personal, rasters, schemas
from digitpad.web.bodies import parse
from digitpad.web.framing import BadFraming, Chunked
from digitpad.web.personal import _examples, _parse_examples, part
from digitpad.web.rasters import data_url
from digitpad.web.schemas import ReadRequest

WATCHED = (digitpad.ink, cost, decode, bodies, framing, personal, rasters, schemas)
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]  # s, MB


@dataclass(frozen=True)
class Target:
    """What is tried."""

    run: Callable[[bytes], None]
    corpus: Callable[[], Sequence[bytes]]  # what it begins with
    words: Sequence[bytes]  # that it knows
    longest: int  # bytes


def watch(owner: ModuleType | type[Any], home: str) -> None:
    """Have atheris see which lines of a module's functions are reached; importing them so, which it
    offers too, would take all that they import.
    """
    for value in vars(owner).values():
        function = inspect.unwrap(value) if callable(value) else getattr(value, "fget", value)
        function = getattr(function, "__func__", function)
        if getattr(value, "__module__", home) != home:
            continue
        if isinstance(function, FunctionType):
            atheris.instrument_func(function)
        elif isinstance(function, type) and owner is not function:
            watch(function, home)


def try_ink(data: bytes) -> None:
    """Parse a body in one piece, and with its examples apart: either both are in order or none."""
    whole = _read(data)
    if whole is not None:
        points = whole.ink.to_ink().points
        assert len(points) <= MAX_POINTS
        assert (np.abs(points) <= MAX_COORDINATE).all()
    head, examples = part(data)
    if examples:
        apart = _read(head)
        try:
            found = _parse_examples.__wrapped__(examples)
        except (BadRequest, DigitpadError):
            found = None
        if apart is not None and found is not None:
            assert whole is not None
            assert len(whole.examples) == len(found)
            assert whole.ink == apart.ink


def _read(data: bytes) -> ReadRequest | None:
    try:
        sent = parse(ReadRequest, data)
        sent.ink.to_ink()
        _examples(sent.examples)
    except (BadRequest, DigitpadError):
        return None
    return sent


def try_picture(data: bytes) -> None:
    """Decode a file."""
    try:
        grey = load(data)
    except DigitpadError:
        return
    assert grey.ndim == 2
    assert 0 < grey.size <= MAX_PIXELS
    assert np.isfinite(grey).all()


def try_framing(data: bytes) -> None:
    """Find a body's end, fed at once and in steps that the first byte says."""
    step, sent = max(1, data[0] if data else 1), data[1:]
    assert _ends(sent, len(sent) or 1) == _ends(sent, step)


def _ends(sent: bytes, step: int) -> tuple[bytes, bytes] | None:
    """Return the body, and what follows it; None for what is no chunks, or not whole."""
    chunked = Chunked()
    body: bytes = b""
    try:
        for start in range(0, len(sent), step):
            own, rest = chunked.feed(sent[start : start + step])
            body += own
            if chunked.is_done:
                return body, rest + sent[start + step :]
            assert not rest
    except BadFraming:
        pass
    return None


def inks() -> list[bytes]:
    strokes: list[Any] = [[[40, 10], [38.5, 45, 12], [36, 90]], [[1e3, -2]]]
    raster = data_url(np.eye(28, dtype=np.float32))
    drawn = {"label": "1", "ink": {"strokes": strokes}}
    pictured = {"label": None, "raster": raster}
    sent: list[dict[str, Any]] = [
        {"ink": {"strokes": []}},
        {"ink": {"strokes": strokes}, "expect": "digit"},
        {"ink": {"strokes": strokes}, "examples": [drawn, pictured]},
    ]
    return [json.dumps(body).encode() for body in sent]


def pictures() -> list[bytes]:
    """A drawing in each kind of file and mode, upright and not."""
    grey = Image.new("L", (24, 16), 250)
    grey.paste(10, (8, 3, 12, 14))
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    modes = {"PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), "JPEG": ("L", "RGB", "CMYK")}
    found = []
    for kind, names in (modes | {"WEBP": ("RGB", "RGBA")}).items():
        for mode in names:
            image, file = deep if mode == "I;16" else grey.convert(mode), io.BytesIO()
            exif = Image.Exif()
            exif[0x0112] = 6
            image.save(file, kind, exif=exif)
            found.append(file.getvalue())
    return found


def chunks() -> list[bytes]:
    return [
        bytes([step]) + sent
        for step in (1, 3, 255)
        for sent in (
            b"0\r\n\r\nGET",
            b"5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: 1\r\n\r\n",
            b"5\r\nhell",
        )
    ]


TARGETS = {
    "ink": Target(try_ink, inks, (b'"ink"', b'"strokes"', b'"examples"', b"[[[", b"1e9"), 4_000),
    "picture": Target(try_picture, pictures, (b"IDAT", b"tRNS", b"acTL", b"VP8L", b"Exif"), 8_000),
    "framing": Target(try_framing, chunks, (b"\r\n", b"0\r\n\r\n", b"ffffffff"), 500),
}


def main() -> None:
    """Try one target for so long."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--out", type=Path, metavar="FOLDER", default=Path("evaluation/fuzz"))
    options = parser.parse_args()
    target = TARGETS[options.target]
    options.out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="digitpad-fuzz-"))  # libFuzzer ends the process
    (corpus := folder / "corpus").mkdir()
    for number, data in enumerate(target.corpus()):
        (corpus / f"{number}").write_bytes(data)
    words = ["".join(f"\\x{byte:02x}" for byte in word) for word in target.words]
    (folder / "words").write_text("".join(f'"{word}"\n' for word in words))
    arguments = [
        *LIMITS,
        f"-max_total_time={options.seconds}",
        f"-max_len={target.longest}",
        f"-dict={folder / 'words'}",
        f"-artifact_prefix={options.out}/{options.target}-",
        str(corpus),
    ]
    for module in WATCHED:
        watch(module, module.__name__)

    def run(data: bytes) -> None:
        try:
            target.run(data)
        except BaseException:
            (options.out / f"{options.target}-finding").write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], *arguments], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
