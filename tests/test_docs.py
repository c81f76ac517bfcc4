"""The documents' examples are run, and their figures are the measured ones."""

import argparse
import contextlib
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from bench.style_methods import CLEAR, LEFT, LIKELY
from digitpad.cli import main
from digitpad.formats.erasing import MAX_ERASERS
from digitpad.formats.parsing import MAX_BYTES, MAX_ELEMENTS
from digitpad.formats.svg import MAX_NUMBERS
from digitpad.ink import MAX_COORDINATE, MAX_POINTS, MAX_STROKES, PAGE_POINTS, PAGE_STROKES
from digitpad.network.manifest import SHIPPED, Manifest
from digitpad.page import GAP
from digitpad.picture.cost import MAX_PIXELS
from digitpad.web.bodies import MAX_BODY, MAX_JSON, MAX_TEXTS, MAX_VALUES
from digitpad.web.problems import KINDS, PROBLEMS
from digitpad.web.schemas import ITEMS_POINTS, MOST_ITEMS, SMALL
from scripts.model_card import CARD, card
from tests.browser.driver import serving
from tests.drawings import DIGITS

ROOT = Path(__file__).parents[1]
FOLDERS = ("", "digitpad", "digitpad/web", "digitpad/web/static", "digitpad/web/static/digit-pad")
SAMPLES = ROOT / "docs/samples"
WRITTEN = "http://127.0.0.1:8000"  # the site's address in examples
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def blocks(page: Path) -> list[tuple[str, str]]:
    """The language and the text of each code block."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)


def parse_commands(text: str) -> list[list[str]]:
    """The words of each command in a shell block."""
    lines = text.replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def commands(page: Path) -> list[list[str]]:
    """The words of each command in a page's shell blocks."""
    return [c for language, text in blocks(page) if language == "sh" for c in parse_commands(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
    for link in links:
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    for command in commands(page):
        name, *words = command[3:] if command[0] == "uvx" else command  # uvx --from SOURCE …
        if name == "digitpad" and words != ["COMMAND", "--help"]:
            parse(main, words)
        if name == "make":
            targets = (ROOT / "Makefile").read_text("utf-8")
            assert re.search(rf"^{words[0]}:", targets, re.M), words


def parse(command: click.Command, words: list[str]) -> None:
    """Parse a command line without running it."""
    context = None
    while isinstance(command, click.Group) and words:
        context = click.Context(command, parent=context, **command.context_settings)
        found = command.commands.get(words[0])
        assert found is not None, words
        command, words = found, words[1:]
    command.make_context(command.name, words, parent=context)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/design.md"])
def test_files_that_are_named_exist(name: str) -> None:
    page = (ROOT / name).read_text("utf-8")
    folders = [ROOT / folder for folder in FOLDERS]
    for found in re.findall(r"`([\w./-]+(?:\.py|\.js|/))`", page):
        assert any((folder / found).exists() for folder in folders), found


@pytest.mark.parametrize(
    ("page", "least"), [("README.md", 2), ("docs/formats.md", 1), ("docs/forms.md", 1)]
)
def test_reading_on_the_command_line_runs_as_written(
    page: str, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    ran = 0
    for command in commands(ROOT / page):
        if command[:2] == ["digitpad", "read"]:
            words, _, stdin = " ".join(command[1:]).partition(" < ")
            given = Path(stdin).read_bytes() if stdin else None
            result = CliRunner().invoke(main, words.split(), input=given)
            assert result.exit_code == 0, result.output
            ran += 1
    assert ran >= least


def test_the_samples_are_of_this_projects_own_hand() -> None:
    sample = json.loads((SAMPLES / "seven.json").read_text("utf-8"))
    strokes = [stroke.round(1).tolist() for stroke in DIGITS[7].strokes]
    assert sample == {"ink": {"strokes": strokes}}


@pytest.mark.parametrize(
    "page", ["README.md", "docs/expect.md", "docs/formats.md", "docs/forms.md"]
)
def test_python_in_documents_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    run(ROOT / page, "")


def test_python_in_the_description_of_the_interface_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with serving() as site:
        run(ROOT / "docs/api.md", site)


def run(page: Path, site: str) -> None:
    """Run the Python in a page, which says beside each `print` what it prints."""
    program = "".join(text for kind, text in blocks(page) if kind == "python")
    said = re.findall(r"print\(.*\)  # (.*)", program)
    assert said
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(program.replace(WRITTEN, site), {})
    lines = printed.getvalue().splitlines()
    assert [line for line in lines if not line.startswith("at=")] == said  # without the site's log


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", ROOT / "docs/api.md", ROOT / "docs/expect.md"],
    ids=lambda p: p.name,
)
def test_http_examples_answer_as_written(
    page: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    answer: Any = None
    for language, text in blocks(page):
        if language == "sh":
            for name, *words in parse_commands(text):
                if name == "curl":
                    answer = curl(client, *words)
                    for sample, wanted in (("2047.png", "2047"), ("seven.json", "7")):
                        assert sample not in words[-1] or answer["text"] == wanted
        elif language == "json":
            check_like(json.loads(text), answer, "answer")


def curl(client: FlaskClient, *words: str) -> Any:
    """Send what curl would, and return the JSON; $TOKEN is the token that was answered."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    for option in ("-X", "-d", "--data-binary"):
        parser.add_argument(option)
    parser.add_argument("-F", action="append", default=[])
    parser.add_argument("-H", action="append", default=[])
    given = parser.parse_args(words)
    headers = dict(header.split(": ", 1) for header in given.H)
    if "Authorization" in headers:
        headers["Authorization"] = headers["Authorization"].replace("$TOKEN", client.token)  # type: ignore[attr-defined]
    data: Any = given.d
    if data and data.startswith("@"):
        data = Path(data[1:]).read_bytes()
    if given.F:
        data = {}
        for part in given.F:
            name, (kind, *file) = part.split("=", 1)
            content = Path("".join(file)).read_bytes()  # "@" sends a file, "<" its text
            data[name] = (io.BytesIO(content), name) if kind == "@" else content.decode()
    elif given.data_binary:
        data = Path(given.data_binary.removeprefix("@")).read_bytes()
    path = given.url.removeprefix(WRITTEN)
    method = given.X or ("GET" if data is None else "POST")
    answer = client.open(path, method=method, data=data, headers=headers).json
    if isinstance(answer, dict) and "token" in answer:
        client.token = answer["token"]  # type: ignore[attr-defined]
    return answer


def check_like(example: Any, answer: Any, place: str) -> None:
    """The same keys, kinds and words; numbers depend on the model, lists may be cut short."""
    if isinstance(example, dict):
        assert not example or example.keys() == answer.keys(), place
        for key, value in example.items():
            check_like(value, answer[key], f"{place}.{key}")
    elif isinstance(example, list):
        assert bool(example) == bool(answer), place
        for i, value in enumerate(example):
            check_like(value, answer[i], f"{place}[{i}]")
    elif isinstance(example, str):
        start, cut, _ = example.partition("…")
        if not place.endswith("alternatives[0].text"):
            assert answer.startswith(start) if cut else answer == example, place
    else:
        assert type(example) is type(answer), place


def test_types_of_problems_are_documented() -> None:
    page = (ROOT / "docs/api.md").read_text("utf-8")
    table = page[page.index("| status | type |") :]
    for kind in PROBLEMS:
        assert re.search(rf"^\| [\d, ]+ \|[^|]*`{kind}`", table, re.M), kind
    for status, kind in KINDS.items():
        assert re.search(rf"^\| [\d, ]*{status}[\d, ]* \|[^|]*`{kind}`", table, re.M), status


def test_limits_are_as_documented() -> None:
    page = (ROOT / "docs/api.md").read_text("utf-8")
    of_bodies = (MAX_BODY, MAX_JSON, MAX_VALUES, MAX_TEXTS)
    of_batches = (ITEMS_POINTS, SMALL, MOST_ITEMS)
    of_all = (MAX_POINTS, MAX_STROKES, MAX_PIXELS, int(MAX_COORDINATE))
    for limit in (*of_bodies, *of_batches, *of_all):
        assert f"{limit:,}" in page


def test_limits_of_ink_files_are_as_documented() -> None:
    page = (ROOT / "docs/formats.md").read_text("utf-8")
    counts = (PAGE_POINTS, PAGE_STROKES, MAX_ELEMENTS, MAX_NUMBERS, MAX_ERASERS)
    for limit in (*(f"{count:,}" for count in counts), f"{MAX_BYTES >> 20} MB", f"of {GAP} of"):
        assert limit in page


def test_the_readme_has_the_shipped_models_figures() -> None:
    measured = Manifest.load(SHIPPED).metrics["test"]
    rows = measured["rows"]
    page = (ROOT / "README.md").read_text("utf-8")
    values = re.findall(r"^\| .* \| ([\d.]+%) \|", page, re.M)
    ink = rows["UNIPEN, as ink"]
    shares = [rows["MNIST"]["accuracy"], ink["accuracy"]]
    shares += [rows[name]["accuracy"] for name in ("as PNG", "all four")]
    shares += [ink["unsure"], ink["accuracy_of_read"], measured["negatives"]["refused"]]
    numbers = {
        row["spacing"]: row["right"]
        for row in measured["numbers"]["rows"]
        if (row["kind"], row["length"]) == ("ink", 5)
    }
    shares += [numbers["natural"], numbers["touching"]]
    shares.append(Manifest.load(SHIPPED).metrics["left out"]["numbers"]["right"])
    assert values == [f"{share:.2%}" for share in shares]
    kinds = [row for row in measured["beside"] if not re.search("digit|decimal", row["what"])]
    ink, pictures = (
        sum(row[of]["wrong_and_sure"] for row in kinds) / len(kinds) for of in ("ink", "picture")
    )
    assert f"| {ink:.1%} of ink, {pictures:.1%} of pictures |" in page
    style = Manifest.load(SHIPPED).metrics["style"]["ways"]["pad"]
    assert re.findall(r"^\| .* \| (\d+%) fewer \|", page, re.M) == [f"{style['fewer']:.0%}"]


def test_the_bench_plays_the_pad_as_it_is() -> None:
    script = (ROOT / "digitpad/web/static/digit-pad/left.js").read_text("utf-8")
    constants = dict(re.findall(r"^const (\w+) = ([\d.]+);", script, re.M))
    assert [float(constants[name]) for name in ("MOST", "LIKELY", "CLEAR")] == [LEFT, LIKELY, CLEAR]


def test_the_model_card_is_of_the_shipped_model() -> None:
    assert CARD.read_text("utf-8") == card()
