"""Settings: documented, read, and refused with the name of the one that is wrong."""

import re
from pathlib import Path

import pytest

from digitpad.config import (
    SETTINGS,
    ServerConfig,
    cache_folder,
    data_folder,
    prepared_unipen,
)
from digitpad.errors import DigitpadError

ROOT = Path(__file__).parents[1]


def test_every_setting_is_documented() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| (.*?) \|", (ROOT / "docs/deploy.md").read_text(), re.M
    )
    assert rows == [(s.name, s.default, s.unit) for s in SETTINGS]


def test_every_variable_that_is_read_is_a_setting() -> None:
    read = set(
        re.findall(r'"((?:DIGITPAD_)?[A-Z]+_?[A-Z]+)"', (ROOT / "digitpad/config.py").read_text())
    )
    others = {"LOCALAPPDATA", "XDG_CACHE_HOME"}  # the system's
    assert {name for name in read if not name.startswith("ORT_")} - others == {
        s.name for s in SETTINGS
    }


def test_server_settings() -> None:
    assert ServerConfig.from_env({}) == ServerConfig()
    config = ServerConfig.from_env(
        {
            "PORT": "5000",
            "WEB_CONCURRENCY": "3",
            "DIGITPAD_THREADS": "8",
            "DIGITPAD_MODEL": "/models/a",
        }
    )
    assert config == ServerConfig(Path("/models/a"), 5000, 3, 8)


@pytest.mark.parametrize("name", ["PORT", "WEB_CONCURRENCY", "DIGITPAD_THREADS"])
@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1e3", "65536", "٣²"])
def test_wrong_settings_are_named(name: str, value: str) -> None:
    with pytest.raises(DigitpadError, match=name):
        ServerConfig.from_env({name: value})


def test_what_can_be_made_again_is_in_the_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path.home()
    for platform, environ, wanted in (
        ("linux", {}, home / ".cache"),
        ("linux", {"XDG_CACHE_HOME": ""}, home / ".cache"),
        ("linux", {"XDG_CACHE_HOME": "/caches"}, Path("/caches")),
        ("darwin", {"XDG_CACHE_HOME": "/caches"}, home / "Library/Caches"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local")),
        ("win32", {}, home / "AppData/Local"),
    ):
        monkeypatch.setattr("sys.platform", platform)
        assert cache_folder(environ) == data_folder(environ) == wanted / "digitpad"
    assert data_folder({"DIGITPAD_DATA": "~/data"}) == home / "data"


def test_prepared_ink_is_in_the_cache_folder_wherever_the_data_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.setenv("DIGITPAD_DATA", "/data")
    assert prepared_unipen() == Path("/caches/digitpad/unipen.npz")


def test_the_documented_use_of_a_setting_is_the_settings_own() -> None:
    page = (ROOT / "docs/deploy.md").read_text()
    (data,) = (setting for setting in SETTINGS if setting.name == "DIGITPAD_DATA")
    (said,) = re.findall(r"^\| `DIGITPAD_DATA` .*\| (.*?) \|$", page, re.M)
    assert said.replace("`", "") == data.help
