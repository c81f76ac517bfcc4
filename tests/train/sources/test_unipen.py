"""UNIPEN: what is read from a small tree, what is left out, and one line for what is wrong."""

import gzip
import io
import lzma
import os
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from digitpad import DataError
from digitpad.cli import main
from digitpad.train.sources import unipen
from digitpad.train.sources.split import count_drawings
from digitpad.train.sources.unipen import (
    DIGIT_LIKE,
    EXCLUDED,
    Sample,
    find_unipen,
    load_drawings,
    read_drawings,
)
from tests.train.small import failure, same

Points = list[tuple[float, float]]
Tree = dict[str, str]

# Components 0 to 3: a stroke, the pen in the air, a dot, a stroke. Empty blocks do not count.
INK = """.VERSION 1.0
.COORD X Y T
.WRITER_ID ann
.PEN_DOWN
0 10 1
4 20 2
8 30 3
.PEN_UP
8 40 4
6 50 5
.PEN_DOWN
.PEN_UP

.PEN_DOWN
2 5 6
.PEN_DOWN
1 1 7
3 -2 8
5 7.5 9
"""
FIRST: Points = [(0, -10), (4, -20), (8, -30)]
DOT: Points = [(2, -5)]
LAST: Points = [(1, -1), (3, 2), (5, -7.5)]


def segments(*rows: str, include: str = "apb/ann.dat") -> str:
    return f".INCLUDE {include}\n" + "".join(f".SEGMENT CHARACTER {row}\n" for row in rows)


def tree(*rows: str, **files: str) -> Tree:
    """A tree with one file of digits in the source apb, and others by name."""
    named = {"data/1a/apb/ann.dat": segments(*rows), "include/apb/ann.dat": INK, **files}
    return {name: text for name, text in named.items() if text}


def write(folder: Path, files: Tree) -> Path:
    for name in ("data", "include"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("latin-1"))
    return folder


def pack(path: Path, files: Tree, root: str = "") -> Path:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, text in files.items():
            content = text.encode("latin-1")
            member = tarfile.TarInfo(root + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    packers: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".xz": lzma.compress}
    path.write_bytes(packers.get(path.suffix, bytes)(stream.getvalue()))
    return path


def points(drawing: Sample) -> list[Points]:
    assert all(stroke.dtype == np.float32 for stroke in drawing.strokes)
    return [[(x, y) for x, y in stroke.tolist()] for stroke in drawing.strokes]


@pytest.mark.parametrize(
    ("components", "strokes"),
    [
        ("0", [FIRST]),
        ("3", [LAST]),
        ("0-1", [FIRST]),  # what the pen does in the air is no ink
        ("0-3", [FIRST, DOT, LAST]),
        ("3,0", [LAST, FIRST]),
        ("0:1", [FIRST[1:]]),
        ("0:1-3:1", [FIRST[1:], DOT, LAST[:2]]),
        ("0:1-0:1,2-3:0", [FIRST[1:2], DOT, LAST[:1]]),
    ],
)
def test_components_are_strokes_with_y_pointing_down(
    tmp_path: Path, components: str, strokes: list[Points]
) -> None:
    (drawing,) = load_drawings(write(tmp_path, tree(f'{components} OK "4"')))
    assert points(drawing) == strokes
    assert (drawing.label, drawing.writer, drawing.source) == ("4", "apb/ann", "apb")
    assert (drawing.category, drawing.id) == ("1a", "1a/apb/ann.dat#0")


def test_columns_may_have_another_order_and_lines_other_ends(tmp_path: Path) -> None:
    ink = ".COORD T Y X\n.WRITER_ID bo b\n.PEN_DOWN\n1 10 0\n2 20 4\n3 30 8\n.PEN_UP\n"
    files = tree('0 ? "1"', **{"include/apb/ann.dat": ink.replace("\n", "\r\n")})
    (drawing,) = load_drawings(write(tmp_path, files))
    assert points(drawing) == [FIRST]
    assert drawing.writer == "apb/bo"


def test_ink_may_come_from_two_files(tmp_path: Path) -> None:
    text = segments('4 ? "7"', include="apb/ann.dat\n.INCLUDE apb/more.dat")
    more = ".PEN_DOWN\n7 7 7\n9 9 9\n"
    files = tree(**{"data/1a/apb/ann.dat": text, "include/apb/more.dat": more})
    (drawing,) = load_drawings(write(tmp_path, files))
    assert points(drawing) == [[(7, -7), (9, -9)]]


ALL = {
    **tree('0 OK "1"', '3 ? "2"'),
    "data/1b/apb/ann.dat": segments('0-3 OK "K"'),
    "data/1d/apb/ann.dat": segments(r'2 OK "\""', r'0 OK "\\"', '3 OK "+"'),
    "data/2/apb/ann.dat": "no category of single characters",
    "README": "not of the tree",
}


@pytest.mark.parametrize("root", ["", "train_r01_v07/"])
@pytest.mark.parametrize("name", ["tree", "u.tar", "u.tar.gz", "u.tar.xz"])
def test_a_folder_and_every_tar_of_it_hold_the_same(tmp_path: Path, name: str, root: str) -> None:
    path = tmp_path / name
    if name == "tree":
        write(path / root, ALL)
    else:
        pack(path, ALL, root)
    found = load_drawings(path)
    assert [(d.category, d.label) for d in found] == [
        ("1a", "1"), ("1a", "2"), ("1b", "K"), ("1d", '"'), ("1d", "\\"), ("1d", "+"),
    ]  # fmt: skip
    assert points(found[2]) == [FIRST, DOT, LAST]
    assert [d.id for d in load_drawings(path, ["1b"])] == ["1b/apb/ann.dat#0"]


def test_what_is_left_out(tmp_path: Path) -> None:
    zeros = ".WRITER_ID ann\n.PEN_DOWN\n0 0\n0 0\n.PEN_DOWN\n5 5\n6 9\n"
    excluded = next(e for e in sorted(EXCLUDED) if e.startswith("1a/aga/crlmtchl.dat"))
    number = int(excluded.partition("#")[2])
    files = {
        **tree('0 OK "3"', '0 BAD "3"', '2 OK "1"', '1 OK "1"', '0 OK "3"', '0 OK "8"'),
        "data/1a/apa/zeros.dat": segments('0 OK "0"', '0-1 OK "0"', include="apa/zeros.dat"),
        "include/apa/zeros.dat": zeros,
        "data/1a/aga/crlmtchl.dat": segments(*[f'{3 * (i == number)} OK "{i}"' for i in range(9)]),
        "data/1a/unknown/ann.dat": "of a source whose pictures nobody looked at",
        "data/1c/apb/ann.dat": segments(r'0 OK "\@"', '2 OK "i"'),
    }
    found = load_drawings(write(tmp_path, files))
    kept = [f"1a/aga/crlmtchl.dat#{i}" for i in range(9) if f"1a/aga/crlmtchl.dat#{i}" != excluded]
    kept = [k for k in kept if k not in EXCLUDED]
    assert [d.id for d in found] == [
        *kept,
        "1a/apa/zeros.dat#1",  # the first is blanked with zeros, and so is a stroke of this one
        "1a/apb/ann.dat#0",  # 1 is bad, 2 without extent, 3 in the air, 4 once more the same
        "1a/apb/ann.dat#5",  # the same ink under another label
        "1c/apb/ann.dat#1",  # 0 joins two letters; a dot may be a letter's
    ]
    assert points(found[len(kept)]) == [[(5, -5), (6, -9)]]


def test_the_same_ink_elsewhere_on_the_pad_is_a_repetition(tmp_path: Path) -> None:
    ink = ".WRITER_ID ann\n.PEN_DOWN\n0 0\n4 8\n.PEN_DOWN\n10 3\n14 11\n.PEN_DOWN\n0 0\n4 9\n"
    files = tree('0 ? "1"', '1 ? "1"', '2 ? "1"', **{"include/apb/ann.dat": ink})
    assert [d.id[-1] for d in load_drawings(write(tmp_path, files))] == ["0", "2"]


def test_writers_are_people(tmp_path: Path) -> None:
    def ink(writer: str, size: int) -> str:
        return f".WRITER_ID {writer}\n.PEN_DOWN\n0 0\n{size} 1\n"

    files = tree('0 ? "1"')
    for name, writer, size in (
        ("ibm/a", "s1-anna", 150),
        ("ibm/b", "s2-anna", 140),
        ("ibm/c", "s3-anna", 151),  # a single stroke, scaled up
        ("gmd/a", "alek", 200),
        ("imp/a", "peter", 7),
        ("ceb/a", "gb2911", 8),
    ):
        files[f"data/1b/{name}.dat"] = segments('0 ? "K"', include=f"{name}.dat")
        files[f"include/{name}.dat"] = ink(writer, size)
    found = load_drawings(write(tmp_path, files), ["1b"])
    assert {d.id: (d.source, d.writer) for d in found} == {
        "1b/ibm/a.dat#0": ("ibm", "ibm/anna"),
        "1b/ibm/b.dat#0": ("ibm", "ibm/anna"),
        "1b/gmd/a.dat#0": ("gmd", "gmd/kast"),
        "1b/imp/a.dat#0": ("imp", "imp/shah"),
        "1b/ceb/a.dat#0": ("ceb", "cea/gb2911"),
    }


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (tree('4 ? "1"'), "1a/apb/ann.dat, segment 0: expected components below 4, found '4'"),
        (tree('0 ? "1"', '1-9 ? "2"'), "segment 1: expected components below 4, found '1-9'"),
        (tree('a-b ? "1"'), "expected components like 7-9 or 7:3-9:21, found 'a-b'"),
        (tree('0, ? "1"'), "found ''"),
        (tree('0 ? "1"', **{"include/apb/ann.dat": ""}), "expects the ink of ['apb/ann.dat']"),
        (tree(**{"data/1a/apb/ann.dat": '.SEGMENT CHARACTER 0 ? "1"\n'}), "expects the ink of .I"),
        (tree('0 ? "1"', **{"include/apb/ann.dat": ".PEN_DOWN\n1 2\n"}), "expects .WRITER_ID"),
        (
            tree('0 ? "1"', **{"include/apb/ann.dat": INK.replace("X Y", "A B")}),
            ".COORD with X and Y in ['apb/ann.dat']",
        ),
        (
            tree('0 ? "1"', **{"include/apb/ann.dat": INK.replace("4 20 2", "4 2O 2")}),
            "expected rows of X Y T, found '0 10 1 4 2O 2",
        ),
        (
            tree('0 ? "1"', **{"include/apb/ann.dat": INK.replace("4 20 2", "4 20")}),
            "expected rows of X Y T",
        ),
        (
            tree('0 ? "1"', **{"include/apb/ann.dat": INK.replace("20", "nan")}),
            "expected finite numbers",
        ),
        (
            tree('0 ? "1"', **{"include/apb/ann.dat": INK.replace("20", "1e99")}),
            "expected finite numbers",
        ),
        (
            tree(**{"data/1a/apb/ann.dat": segments('0 ? "1"', include="../../secret")}),
            "expects the ink of ['../../secret']",
        ),
    ],
)
def test_what_is_wrong_in_the_tree_is_one_line(tmp_path: Path, files: Tree, said: str) -> None:
    (tmp_path / "secret").write_text(INK)
    text = failure(load_drawings, write(tmp_path / "tree", files))
    assert text.startswith(f"{tmp_path / 'tree'}: ")
    assert said in text.replace("\\n", " ")


def test_what_is_no_tree_is_one_line(tmp_path: Path) -> None:
    text = failure(load_drawings, tmp_path / "nowhere")
    assert text == f"{tmp_path / 'nowhere'}: expected the UNIPEN tree or a tar of it, found nothing"
    assert "expected a folder with data/ and include/, found none" in failure(
        load_drawings, tmp_path
    )
    assert "expected UNIPEN files in data/1a/" in failure(load_drawings, write(tmp_path, {}))
    strange = write(tmp_path / "strange", {"data/1a/unknown/a.dat": segments('0 ? "1"')})
    assert "expected characters of known sources, found none" in failure(load_drawings, strange)
    assert "expected UNIPEN categories" in failure(load_drawings, strange, ["1a", "7"])
    for name, content in (("text.tar", b"dear " * 400), ("empty.tar.xz", b"")):
        (tmp_path / name).write_bytes(content)
        assert "expected a .tar, .tar.gz or .tar.xz" in failure(load_drawings, tmp_path / name)


@pytest.mark.parametrize("name", ["u.tar", "u.tar.gz", "u.tar.xz"])
def test_a_tar_that_was_cut_is_never_taken_for_a_whole_one(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(33, 127, 5000, np.uint8).tobytes().decode()
    whole = pack(tmp_path / name, {**ALL, "include/apb/noise.dat": noise, **ALL})
    content = whole.read_bytes()
    drawings = load_drawings(whole)
    refused = 0
    for kept in range(0, len(content), max(1, min(512, len(content) // 60))):
        whole.write_bytes(content[:kept])
        try:
            same(load_drawings(whole), drawings)  # only the zeros or checksums at its end are cut
        except DataError as error:
            found = f"{whole}: expected a .tar, .tar.gz or .tar.xz, found "
            assert str(error).startswith(found)  # noqa: PT017 - either way is right
            assert "\n" not in str(error)  # noqa: PT017
            refused += 1
    assert refused >= 35


@pytest.mark.parametrize("name", ["u.tar.gz", "u.tar.xz"])
def test_a_tar_that_was_damaged_is_one_line(tmp_path: Path, name: str) -> None:
    whole = pack(tmp_path / name, ALL)
    content = whole.read_bytes()
    for at in range(20, len(content) - 20, len(content) // 25):
        whole.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            load_drawings(whole)  # a bit in a comment may harm nothing
        except DataError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either way is right


@pytest.mark.parametrize("name", unipen.NAMES)
def test_finds_the_tree_in_the_data_folder(tmp_path: Path, name: str) -> None:
    text = failure(find_unipen, tmp_path)
    assert all(part in text for part in (*unipen.NAMES, "doi:10.5281/zenodo.1195803"))
    (tmp_path / name).touch()
    assert find_unipen(tmp_path) == tmp_path / name


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("DIGITPAD_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "cache" / "digitpad" / "unipen.npz"


def test_prepare_keeps_the_ink_where_training_finds_it(cache: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["data", "prepare", "unipen", str(write(tmp_path / "tree", ALL))]
    )
    assert result.exit_code == 0, result.output
    assert f"unipen is in {cache}" in result.stdout.replace("\n", "")
    (row,) = (line for line in result.stdout.splitlines() if "apb" in line)
    assert row.replace("│", " ").split()[2:] == ["1", "2", "4"]
    same(read_drawings(cache), load_drawings(tmp_path / "tree"))


def test_prepare_looks_in_the_data_folder(cache: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["data", "prepare", "unipen"])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: no UNIPEN in {tmp_path / 'data'}")
    assert result.stderr.count("\n") == 1
    (tmp_path / "data").mkdir()
    pack(tmp_path / "data" / "unipen-subset.tar.xz", ALL)
    assert CliRunner().invoke(main, ["data", "prepare", "unipen"]).exit_code == 0
    assert len(read_drawings(cache)) == 6


@pytest.mark.skipif("DIGITPAD_DATA" not in os.environ, reason="DIGITPAD_DATA is not set")
def test_the_real_subset() -> None:
    drawings = load_drawings(find_unipen(Path(os.environ["DIGITPAD_DATA"])))
    digits = [d for d in drawings if d.category == "1a"]
    assert len(digits) == 13_138
    assert len({d.writer for d in digits}) == 209
    assert {d.label for d in digits} == set("0123456789")
    assert {d.label for d in drawings} >= DIGIT_LIKE
    assert len({d.id for d in drawings}) == len(drawings)
    assert not EXCLUDED & {d.id for d in drawings}
    rows = {row[1]: row[2:] for row in count_drawings(drawings) if row[0] == "all"}
    assert rows == {
        "train": (172, 9708, 57_848),
        "validation": (37, 2099, 10_619),
        "test": (38, 1331, 11_157),
    }
    labels = Counter(d.label for d in digits)
    assert min(labels.values()) > 1000
