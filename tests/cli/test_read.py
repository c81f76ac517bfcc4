"""`digitpad read`: rows, JSON lines, exit statuses, and every kind of source."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from flask.testing import FlaskClient

from digitpad import Ink, Reader
from digitpad.cli import read
from digitpad.network.manifest import MANIFEST, NETWORK, SHIPPED
from digitpad.reader import EXPECTED
from tests.cli.running import MAIN, ROOT, on_a_terminal, one_line, process, run
from tests.drawings import DIGITS, placed, together
from tests.formats.files import packed, stroke, xopp

SEVEN = json.dumps({"ink": {"strokes": DIGITS[7].to_lists()}})


def test_a_row_is_a_line_of_cells_parted_by_tabs(folder: Path) -> None:
    result = run("read", "3.png", "7.png", "empty.png")
    assert result.exit_code == 1
    three, seven, empty = (line.split("\t") for line in result.stdout.splitlines())
    assert (three[:3], seven[:3]) == (["3.png", "3", "read"], ["7.png", "7", "read"])
    assert seven[3].endswith("%")
    assert empty == ["empty.png", "", "blank", "", "", "", ""]
    assert len(three) == len(seven) == len(read.COLUMNS)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_on_a_terminal_it_is_a_table(folder: Path) -> None:
    header, three, missing, *more = on_a_terminal("read", "3.png", "missing", cwd=folder)
    assert header.split() == list(read.COLUMNS)
    assert three.split()[:3] == ["3.png", "3", "read"]
    assert header.index("status") == three.index("read")
    assert missing.split()[:2] == ["missing", "error"]
    assert "No such file" in " ".join(" ".join([missing, *more]).split())
    assert all(len(line) <= 80 for line in (header, three, missing, *more))


def test_the_row_says_why_a_reading_is_unsure(folder: Path) -> None:
    dot = {"ink": {"strokes": [[[1, 1]]]}}
    result = run("read", "-", stdin=json.dumps(dot).encode())
    assert result.exit_code == 1
    assert result.stdout.rstrip("\n").split("\t")[-1] == "it is only a dot"


def test_json_is_a_reading_with_its_file_and_model(folder: Path) -> None:
    result = run("read", "--json", "3.png", "7.png")
    assert result.exit_code == 0
    three, seven = map(json.loads, result.stdout.splitlines())
    reader = Reader()
    model = {"version": reader.manifest.version, "sha256": reader.manifest.sha256}
    assert three == {"file": "3.png", **reader.read("3.png").to_dict(), "model": model}
    assert (seven["text"], seven["digits"][0]["digit"]) == ("7", "7")
    assert len(seven["digits"][0]["box"]) == 4
    assert len(seven["digits"][0]["probabilities"]) == 10


def test_json_is_what_the_http_interface_answers(folder: Path, client: FlaskClient) -> None:
    for source, kind in (
        (SEVEN.encode(), "application/json"),
        (Path("7.png").read_bytes(), "image/png"),
    ):
        printed = json.loads(run("read", "--json", "-", stdin=source).stdout)
        answer = client.post("/api/v1/read", data=source, content_type=kind).get_json()
        assert [digit.pop("raster")[:5] for digit in answer["digits"]] == ["data:"]
        assert answer | {"file": "-"} == printed | {"personal": False}


def test_expect_is_what_the_reader_may_be_asked_for(folder: Path) -> None:
    Path("40.json").write_text(json.dumps({"ink": {"strokes": together(placed("40")).to_lists()}}))
    assert json.loads(run("read", "--json", "40.json").stdout)["text"] == "40"
    one = json.loads(run("read", "--json", "--expect", "digit", "40.json").stdout)
    assert len(one["text"]) == 1
    (option,) = (o for o in read.main.params if o.name == "expect")
    assert isinstance(option.type, click.Choice)
    assert option.type.choices == EXPECTED[1::-1] + EXPECTED[2:]


def test_a_format_is_what_may_stand_there(folder: Path) -> None:
    Path("40.json").write_text(json.dumps({"ink": {"strokes": together(placed("40")).to_lists()}}))
    fits = json.loads(run("read", "--json", "--pattern", r"[4-6]\d", "40.json").stdout)
    assert (fits["text"], fits["status"]) == ("40", "read")
    for options, reason in (
        (("--pattern", r"\d{3}"), "it looks like two digits; three are expected"),
        (("--min", "41", "--max", "99.5"), "it looks like 40; at least 41 is expected"),
        (("--step", "25"), "it looks like 40; steps of 25 are expected"),
        (("--checksum", "luhn"), "it looks like 40, whose check digit is another"),
        (("--expect", "time"), "it looks like two digits; four to eight are expected"),
    ):
        answer = json.loads(run("read", "--json", *options, "40.json").stdout)
        assert (answer["status"], answer["reason"]) == ("unsure", reason)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--pattern", r"\d{2"), 'pattern, character 5: expected "}"; found the end'),
        (("--max", "many"), "max: expected a number"),
        (("--checksum", "sum"), "checksum: expected one of luhn, ean, mod11, mod97; found 'sum'"),
        (("--expect", "digit", "--max", "5"), "expected --expect, or a format's options"),
    ],
)
def test_what_is_no_format_is_refused(folder: Path, options: tuple[str, ...], said: str) -> None:
    result = run("read", *options, "7.png")
    assert result.exit_code == 2
    assert said in result.stderr


def test_ink_is_a_source(folder: Path) -> None:
    Path("ink").write_text("\n " + SEVEN)
    printed = json.loads(run("read", "--json", "ink").stdout)
    reading = Reader().read(Ink.from_strokes(json.loads(SEVEN)["ink"]["strokes"]))
    assert printed["digits"] == [digit.to_dict() for digit in reading.digits]
    assert run("read", "ink", "3.png").exit_code == 0


def test_a_page_of_ink_has_a_row_for_each_number(folder: Path) -> None:
    numbers = [together(placed(text)) for text in ("2047", "13", "985")]
    places = ((0, 0), (600, 0), (0, 200))
    page = together(n.transform(np.eye(2), at) for n, at in zip(numbers, places, strict=True))
    strokes = "".join(
        stroke(" ".join(f"{x:.2f} {y:.2f}" for x, y in line)) for line in page.strokes
    )
    Path("notes.xopp").write_bytes(packed(xopp(strokes), "gzip"))
    result = run("read", "notes.xopp", "3.png")
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[:2] for row in rows] == [
        *(["notes.xopp", text] for text in ("2047", "13", "985")),
        ["3.png", "3"],
    ]
    assert [row[5].split()[:2] for row in rows] == [["0", "0"], ["600", "0"], ["0", "200"], []]
    first, *_ = map(json.loads, run("read", "--json", "notes.xopp").stdout.splitlines())
    assert first["text"] == "2047"
    assert first["box"] == pytest.approx(numbers[0].box, abs=0.01)


def test_a_page_without_ink_is_blank_and_a_damaged_one_an_error(folder: Path) -> None:
    Path("empty.xopp").write_bytes(xopp(""))
    Path("damaged.xopp").write_bytes(xopp(stroke("1 2 3")))
    empty, damaged = run("read", "empty.xopp", "damaged.xopp").stdout.splitlines()
    assert empty.split("\t") == ["empty.xopp", "", "blank", "", "", "", ""]
    assert damaged.split("\t")[2:] == [
        "error", "", "", "", "expected x and y of each point in a stroke, found 3 values",
    ]  # fmt: skip


def test_standard_input_is_a_source(folder: Path) -> None:
    for stdin in (Path("7.png").read_bytes(), SEVEN.encode()):
        result = run("read", "-", stdin=stdin)
        assert result.exit_code == 0
        assert result.stdout.split("\t")[:3] == ["-", "7", "read"]
    assert run("read", "-", stdin=b"").stdout.endswith("expected a picture or ink, found nothing\n")


@pytest.mark.parametrize(
    ("ink", "said"),
    [
        ("{", "found Expecting property name"),
        ("[" * 100_000, "found"),
        ("[[[1, 2]]]", 'expected {"ink": {"strokes": [...]}}, or JSON of Excalidraw, tldraw'),
        ("[[[1, 2]]]", "found [[[1, 2]]]"),
        ('{"ink": {"strokes": []}, "expect": "digit"}', "found {'expect': 'digit'"),
        ('{"ink": {"strokes": [], "pen": 2}}', '"strokes": [...]'),
        ('{"ink": [[1, 2]]}', '"strokes": [...]'),
        ('{"ink": {"strokes": 1}}', "strokes must be a list of strokes, found int"),
        ('{"ink": {"strokes": [[[40, "10"]]]}}', "strokes[0][0].y must be a number, found str"),
        ('{"ink": {"strokes": [[[NaN, 1]]]}}', "strokes[0][0].x must be a finite number"),
        ('{"ink": "' + "a" * 10_000 + '"}', "aaa...aaa"),
    ],
)
def test_wrong_ink_is_one_line_that_says_what_was_expected(ink: str, said: str) -> None:
    result = run("read", "-", stdin=ink.encode())
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert said in line
    assert line.split("\t")[2] == "error"
    assert len(line) < 200


def test_a_picture_of_another_kind_is_named(folder: Path) -> None:
    (folder / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    result = run("read", "--json", "photo.heic")
    assert result.exit_code == 1
    assert "found a HEIC picture: save it as PNG or JPEG" in json.loads(result.stdout)["error"]


def test_files_that_fail_have_their_row_and_the_others_are_read(folder: Path) -> None:
    names = ["text.png", "3.png", "missing.png", "empty.png", "7.png", "."]
    result = run("read", "--json", *names)
    assert result.exit_code == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["file"] for row in rows] == names
    assert [row.get("text") for row in rows] == [None, "3", None, "", "7", None]
    assert "expected a PNG, JPEG or WebP" in rows[0]["error"]
    assert rows[2]["error"] == "cannot read missing.png: No such file or directory"
    assert rows[3]["status"] == "blank"
    assert "directory" in rows[5]["error"]
    lines = run("read", *names)
    assert lines.exit_code == 1
    assert [line.split("\t")[0] for line in lines.stdout.splitlines()] == names
    assert lines.stdout.count("\terror\t") == 3
    assert lines.stderr == result.stderr == ""


@pytest.mark.parametrize("name", ["missing.png", "empty.png", "text.png"])
def test_the_exit_status_says_whether_all_were_read(folder: Path, name: str) -> None:
    assert run("read", "3.png").exit_code == 0
    assert run("read", name).exit_code == run("read", "3.png", name).exit_code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not allowed there")
def test_names_are_shown_as_they_are_and_stay_on_their_line(folder: Path) -> None:
    long = "a" * 150 + ".png"
    for name in (long, "[bold]3.png", "tab\tline\n\x1b[31m.png"):
        shutil.copy("3.png", name)
    names = ["[bold]3.png", "[/nowhere]", long, "tab\tline\n\x1b[31m.png"]
    lines = run("read", *names).stdout.splitlines()
    shown = [line.split("\t")[0] for line in lines]
    assert shown == ["[bold]3.png", "[/nowhere]", long, r"tab\tline\n\x1b[31m.png"]
    table = "".join(on_a_terminal("read", *names, cwd=folder))
    assert "[bold]3.png" in table
    assert table.count("a") >= 150
    assert "\x1b[31m" not in table


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_names_that_are_not_unicode(folder: Path) -> None:
    name = os.fsdecode(b"\xff3.png")
    shutil.copy("3.png", name)
    assert "\N{REPLACEMENT CHARACTER}3.png" in run("read", name).stdout
    assert json.loads(run("read", "--json", name).stdout)["file"] == name


def test_a_damaged_model_is_one_line(folder: Path) -> None:
    model = folder / "model"
    model.mkdir()
    shutil.copy(SHIPPED / MANIFEST, model)
    (model / NETWORK).write_bytes((SHIPPED / NETWORK).read_bytes()[:1000])
    for options in ((), ("--json",)):
        line = one_line(run("read", "3.png", "--model", "model", *options))
        assert "SHA-256" in line
    assert "no model in nowhere" in one_line(run("read", "3.png", "--model", "nowhere"))


def test_reading_imports_neither_keras_nor_flask(folder: Path) -> None:
    code = f"""
import sys
try:
    {MAIN}
finally:
    heavy = {{"keras", "tensorflow", "matplotlib", "flask", "gunicorn"}}
    print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
    done = process("read", "3.png", code=code, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "[]\n")


@pytest.mark.parametrize("options", [("--json",), ()])
def test_a_reader_that_went_away_is_no_stack_trace(folder: Path, options: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    child = subprocess.run(
        [sys.executable, "-c", MAIN, "read", *options, "3.png", "7.png"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stdout=write_end,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(write_end)
    assert (child.returncode, child.stderr) == (1, b"")
