"""UNIPEN: isolated characters as pen strokes, from the tree that the UNIPEN foundation publishes.

The format is the UNIPEN 1.0 definition (Guyon, Schomaker, Plamondon, Liberman, Janet: "UNIPEN
project of on-line data exchange and recognizer benchmarks", ICPR 1994). Of `train_r01_v07`
(doi:10.5281/zenodo.1195803, CC BY 4.0) four categories are read: `1a` isolated digits, `1b` upper
case, `1c` lower case, `1d` symbols. A file `data/<category>/<source>/...` names the ink it
segments with `.INCLUDE` and lists `.SEGMENT CHARACTER <components> <quality> "<label>"`.

A component is a `.PEN_DOWN` or a `.PEN_UP` block *that holds points*, counted from 0. Most sources
have empty `.PEN_UP` blocks, so counting `.PEN_DOWN` alone happens to work there; `cea`, `ceb`,
`pri` and `tos` record the pen in the air as well, and only this count fits all of them.
"""

import lzma
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from digitpad.errors import DataError

CATEGORIES = ("1a", "1b", "1c", "1d")

# What was seen in each source's pictures. A source that is not named here has not been looked at
# and is left out. Every y axis points up in the files.
SOURCES: Mapping[str, str] = {
    "aga": "good",
    "apa": "good, coarse grid: a digit is 10 to 20 units high",
    "apb": "good",
    "app": "good, coarse grid as in apa",
    "art": "good",
    "cea": "good: records the pen in the air",
    "ceb": "good: records the pen in the air; gb2911 is the person of that name in cea",
    "ced": "good, few errors",
    "gmd": "good, but the ink of kast holds that of alek again: one writer, copies dropped",
    "ibm": "mended: the id is <trial>-<person>, and trials repeat drawings; the part of each file "
    "that is scaled up labels single strokes, not characters, and is dropped",
    "imp": "good; the ids peter and shah are one person",
    "kai": "good; characters cut out of words",
    "lav": "good",
    "lou": "good",
    "mot": "good",
    "pri": "good: records the pen in the air",
    "sie": "good",
    "syn": "good; some drawings occur twice",
    "tos": "good: records the pen in the air",
    "uqb": "good",
    "val": "good, but a few segments join two characters",
}

# One person under several names: (source, id) -> writer.
SAME_PERSON: Mapping[tuple[str, str], str] = {
    ("ceb", "gb2911"): "cea/gb2911",
    ("gmd", "alek"): "gmd/kast",
    ("imp", "peter"): "imp/shah",
}

IBM_LARGEST = 150  # pen units; ibm's characters are at most 140 across, its single strokes 189 up

LIGATURE = "\\@"  # label of a join between two letters, which is no character
READABLE = {"?", "OK", "GOOD"}  # qualities of a segment; the subset looked at has only ? and OK

# Drawings whose label is plainly wrong or whose ink is cut or joined, found by looking at what a
# classifier of other writers' digits contradicts. Unusual handwriting is no reason to be here.
EXCLUDED = frozenset(
    f"1a/{file}#{number}"
    for file, numbers in {
        "aga/crlmtchl.dat": (7, 19),  # a "1" and a "7" that are twos
        "aga/jamesmor.dat": (5,),  # a stray mark beside it, as in the next five
        "ced/aaaa9018_s_2h.dat": (12,),  # followed by "="
        "ced/gyen4328_s_2c.dat": (7, 32),
        "ced/jtkr3293_s_04.dat": (22, 34),
        "ced/sibi4900_s_j3.dat": (18, 20, 24),  # 20 is cut
        "ced/snsn5548_s_j5.dat": (1,),
        "ced/ayml3525_s_0k.dat": (38, 39),  # "%" as "8"; cut
        "val/yannis30.dat": (11,),  # cut, as in the next two
        "val/yannis38.dat": (66, 68),
        "val/gresai30.dat": (2, 29, 31, 33, 35, 38, 40, 44, 51, 52),  # two to four zeros in one
        "val/gresai34.dat": (69,),  # two dots
        "val/gresai36.dat": (57, 58),  # two sixes in one; cut
    }.items()
    for number in numbers
)

# Labels of 1b, 1c and 1d that are no examples of "not a digit": shapes that are digits (O, l, S),
# labels of which a network that tells all characters apart reads over one in twenty as a digit
# when it has not seen the writer ("a" aside), specks, and strokes that are a "1", or two an "11".
DIGIT_LIKE = frozenset("BDGIJOQSYZbfgiloqsyz!\"&'(),./>\\`{|}")

NAMES = ("unipen-subset.tar.xz", "train_r01_v07", "train_r01_v07.tgz")  # in the data folder
AGAIN = "`digitpad data prepare unipen` makes it"
FORMAT = 1  # of that file; raised when what is in it changes, by the rules above for example

_BLOCK = re.compile(r"^\.(PEN_DOWN|PEN_UP)[ \t]*\n((?:[^.\n][^\n]*\n?|\n)*)", re.M)
_SEGMENT = re.compile(r'^\.SEGMENT\s+CHARACTER\s+(\S+)\s+(\S+)\s+"((?:\\.|[^"\\\n])*)"', re.M)
_SPAN = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
_INCLUDE = re.compile(r"^\.INCLUDE\s+(\S+)", re.M)
_WRITER = re.compile(r"^\.WRITER_ID[ \t]+(\S+)", re.M)
_COORD = re.compile(r"^\.COORD[ \t]+(\S.*)", re.M)

PACKING = (zlib.error, lzma.LZMAError)  # what damaged archives raise beside tarfile's own

Read = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Sample:
    """One character as a person drew it, and what it is."""

    strokes: tuple[np.ndarray, ...]  # each float32 (n, 2), n >= 1, x right, y down, in pen units
    label: str
    writer: str  # "<source>/<id>", one per person in all categories
    source: str  # who contributed it: "aga", "apa", ...
    category: str  # "1a" to "1d"
    id: str  # "<category>/<file>#<number of the segment in it, from 0>"


@dataclass(frozen=True)
class _InkFile:
    """The blocks of an ink file that count as components, still as text."""

    components: list[tuple[bool, str]]  # (pen down, numbers)
    writer: str
    columns: tuple[str, ...]  # names of the numbers in a row, "X" and "Y" among them


def load_drawings(path: Path, categories: Sequence[str] = CATEGORIES) -> list[Sample]:
    """Read the drawings of some categories, sorted by category, file and place in the file.

    `path` is the official tree (a folder that holds `data/` and `include/`, or whose first such
    child does) or a `.tar`, `.tar.gz` or `.tar.xz` of it, which is read into memory and never
    unpacked. Left out: sources not in `SOURCES`, ids in `EXCLUDED`, joins between letters, ink
    that the distribution blanked with zeros, digits without extent, what `IBM_LARGEST` rules
    out, and repetitions of the same ink under the same label in a source.

    Raises DataError when the path is missing, is neither, or holds text that is not UNIPEN.
    """
    unknown = sorted(set(categories) - set(CATEGORIES))
    if unknown:
        raise DataError(f"expected UNIPEN categories among {CATEGORIES}, found {unknown}")
    names, read = _open(path, categories)
    if not names:
        wanted = ", ".join(f"data/{category}/" for category in categories)
        raise DataError(f"{path}: expected UNIPEN files in {wanted or 'a category'}, found none")
    inks: dict[str, _InkFile] = {}
    seen: set[tuple[str, str, bytes]] = set()
    drawings = []
    for name in names:
        for drawing in _read_segments(path, name, read, inks):
            key = (drawing.source, drawing.label, _shape_key(drawing.strokes))
            if drawing.id in EXCLUDED or key in seen:
                continue
            seen.add(key)
            drawings.append(drawing)
    if not drawings:
        raise DataError(f"{path}: expected characters of known sources, found none")
    return drawings


def find_unipen(data: Path) -> Path:
    """Return where the tree or a tar of it lies in the data folder; raises DataError."""
    for name in NAMES:
        if (data / name).exists():
            return data / name
    raise DataError(
        f"no UNIPEN in {data}: expected {' or '.join(NAMES)} (doi:10.5281/zenodo.1195803)"
    )


def save_drawings(drawings: Sequence[Sample], path: Path) -> None:
    """Write drawings to one `.npz` file, whole or not at all. Raises DataError."""
    strokes = [stroke for d in drawings for stroke in d.strokes]
    fields: dict[str, Any] = {
        name: np.array([getattr(d, name) for d in drawings])
        for name in ("label", "writer", "source", "category", "id")
    }
    partial = path.with_name("partial-" + path.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            partial,
            format=FORMAT,
            points=np.concatenate(strokes),
            points_of_stroke=[len(stroke) for stroke in strokes],
            strokes_of_drawing=[len(d.strokes) for d in drawings],
            **fields,
        )
        os.replace(partial, path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise DataError(f"{path} cannot be written: {error.strerror}") from None


def read_drawings(path: Path) -> list[Sample]:
    """Read what `save_drawings` wrote. Raises DataError when it is missing or damaged."""
    try:
        with path.open("rb") as stream, np.load(stream) as file:
            saved = {name: file[name] for name in file.files}
        if saved["format"] != FORMAT:
            raise DataError(f"{path} is of format {saved['format']}, expected {FORMAT} ({AGAIN})")
        ends = np.cumsum(saved["points_of_stroke"])[:-1]
        strokes = iter(np.split(saved["points"], ends))
        names = ("label", "writer", "source", "category", "id")
        rows = zip(*(saved[name].tolist() for name in names), strict=True)
        return [
            Sample(tuple(islice(strokes, count)), *row)
            for count, row in zip(saved["strokes_of_drawing"].tolist(), rows, strict=True)
        ]
    except FileNotFoundError:
        raise DataError(f"{path} is missing ({AGAIN})") from None
    except DataError:
        raise
    except Exception as error:  # a damaged file fails in many ways
        raise DataError(f"{path} is damaged: {' '.join(str(error).split())} ({AGAIN})") from None


def _shape_key(strokes: tuple[np.ndarray, ...]) -> bytes:
    """Equal for equal ink, wherever on the pad it lies."""
    origin = np.concatenate(strokes).min(axis=0)
    return b"|".join((stroke - origin).tobytes() for stroke in strokes)


def _open(path: Path, categories: Sequence[str]) -> tuple[list[str], Read]:
    """The sorted names `data/<category>/...`, and what reads a file below the root by name."""
    if path.is_dir():
        roots = [p for p in (path, *sorted(path.iterdir())) if (p / "data").is_dir()]
        root = next((p for p in roots if (p / "include").is_dir()), None)
        if root is None:
            raise DataError(f"{path}: expected a folder with data/ and include/, found none")
        found = [p for c in categories for p in (root / "data" / c).rglob("*") if p.is_file()]

        def read(name: str) -> bytes | None:
            file = root / name
            inside = ".." not in PurePosixPath(name).parts
            return file.read_bytes() if inside and file.is_file() else None

        return sorted(p.relative_to(root).as_posix() for p in found), read
    if not path.is_file():
        raise DataError(f"{path}: expected the UNIPEN tree or a tar of it, found nothing")
    files = _read_tar(path, categories)
    return sorted(name for name in files if name.startswith("data/")), files.get


def _read_tar(path: Path, categories: Sequence[str]) -> dict[str, bytes]:
    """Contents by name from the root of the tree, which may lie one level down in the archive."""
    wanted = ("include/", *(f"data/{category}/" for category in categories))
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                if parts and parts[0] not in ("data", "include"):
                    parts = parts[1:]
                name = "/".join(parts)
                if not member.isfile() or not name.startswith(wanted):
                    continue
                if stream := archive.extractfile(member):
                    files[name] = stream.read()
            if archive.fileobj is not None:  # tarfile takes a cut between two files for the end
                archive.fileobj.seek(archive.offset)
                if archive.fileobj.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
                    raise EOFError("that it ends too early")
    except (tarfile.TarError, EOFError, OSError, ValueError, *PACKING) as error:
        found = " ".join(str(error).split())  # tarfile's has a line for each kind it tried
        raise DataError(f"{path}: expected a .tar, .tar.gz or .tar.xz, found {found}") from None
    return files


def _read_segments(
    path: Path, name: str, read: Read, inks: dict[str, _InkFile]
) -> Iterable[Sample]:
    _, category, source, *_ = PurePosixPath(name).parts
    if source not in SOURCES:
        return
    text = (read(name) or b"").decode("latin-1")
    includes = _INCLUDE.findall(text)
    ink_name = "+".join(includes)
    if ink_name not in inks:
        inks[ink_name] = _read_ink(path, name, includes, read)
    ink = inks[ink_name]
    for number, (spans, quality, label) in enumerate(_SEGMENT.findall(text)):
        if label == LIGATURE or quality not in READABLE:
            continue
        where = f"{path}: {name}, segment {number}"
        strokes = _strokes(ink, spans, where)
        if not strokes:
            continue
        extent = float(np.ptp(np.concatenate(strokes), axis=0).max())
        if (category == "1a" and extent == 0) or (source == "ibm" and extent > IBM_LARGEST):
            continue
        yield Sample(
            strokes=strokes,
            label=re.sub(r"\\(.)", r"\1", label),
            writer=_person(source, ink.writer),
            source=source,
            category=category,
            id=f"{name.removeprefix('data/')}#{number}",
        )


def _person(source: str, writer: str) -> str:
    if source == "ibm":
        writer = writer.rpartition("-")[2]
    return SAME_PERSON.get((source, writer), f"{source}/{writer}")


def _read_ink(path: Path, name: str, includes: list[str], read: Read) -> _InkFile:
    texts = [read(f"include/{include}") for include in includes]
    if not texts or None in texts:
        missing = [f for f, t in zip(includes, texts, strict=True) if t is None] or ".INCLUDE"
        raise DataError(f"{path}: {name} expects the ink of {missing}, which is not there")
    text = "\n".join(raw.decode("latin-1") for raw in texts if raw is not None)
    text = text.replace("\r\n", "\n")
    coord = _COORD.findall(text)
    columns = tuple(coord[-1].split()) if coord else ("X", "Y")
    writer = _WRITER.search(text)
    if writer is None or not {"X", "Y"} <= set(columns):
        raise DataError(f"{path}: {name} expects .WRITER_ID and .COORD with X and Y in {includes}")
    blocks = [(kind == "PEN_DOWN", rows) for kind, rows in _BLOCK.findall(text)]
    components = [block for block in blocks if not block[1].isspace() and block[1]]
    return _InkFile(components, writer[1], columns)


def _strokes(ink: _InkFile, spans: str, where: str) -> tuple[np.ndarray, ...]:
    """The strokes in `spans`, like "7", "7-9" or "7:3-9:21,12" (component:point, ends included)."""
    strokes = []
    for span in spans.split(","):
        match = _SPAN.fullmatch(span)
        if match is None:
            raise DataError(f"{where}: expected components like 7-9 or 7:3-9:21, found {span!r}")
        first, last = int(match[1]), int(match[3] or match[1])
        if last >= len(ink.components):
            raise DataError(
                f"{where}: expected components below {len(ink.components)}, found {span!r}"
            )
        for index in range(first, last + 1):
            pen_down, rows = ink.components[index]
            if not pen_down:
                continue
            points = _points(rows, ink.columns, where)
            start = int(match[2]) if match[2] and index == first else 0
            end = int(match[4]) + 1 if match[4] and index == last else len(points)
            points = points[start:end]
            if points.any():  # all zeros: ink that the distribution withholds
                strokes.append(points)
    return tuple(strokes)


def _points(rows: str, columns: tuple[str, ...], where: str) -> np.ndarray:
    """float32 (n, 2): x, and y turned to point down."""
    try:
        with np.errstate(over="ignore"):  # what is too large becomes infinite
            numbers = np.array(rows.split(), dtype=np.float32).reshape(-1, len(columns))
    except ValueError:
        raise DataError(
            f"{where}: expected rows of {' '.join(columns)}, found {rows[:40]!r}"
        ) from None
    if not np.isfinite(numbers).all():
        raise DataError(f"{where}: expected finite numbers, found {rows[:40]!r}")
    return np.stack([numbers[:, columns.index("X")], -numbers[:, columns.index("Y")]], axis=1)
