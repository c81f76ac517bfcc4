"""Settings: documented, read, and refused with the name of the one that is wrong."""

import re
from pathlib import Path

import pytest

from digitpad.config import (
    SETTINGS,
    ServerConfig,
    cache_folder,
    data_folder,
    database_url,
    prepared_unipen,
    retention,
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
    others = {"LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_DATA_HOME", "DYNO"}  # the system's
    assert {name for name in read if not name.startswith("ORT_")} - others == {
        s.name for s in SETTINGS
    }


def test_server_settings() -> None:
    assert ServerConfig.from_env({}) == ServerConfig(database=database_url({}))
    config = ServerConfig.from_env(
        {
            "PORT": "5000",
            "WEB_CONCURRENCY": "3",
            "DIGITPAD_MODEL": "/models/a",
            "DATABASE_URL": "postgres://user:word@host:5432/name",
            "SECRET_KEY": "secret",
            "DIGITPAD_ORIGINS": "https://a.example, http://localhost:3000",
            "DIGITPAD_FRAMES": "https://b.example",
            "DIGITPAD_HOSTS": "A.example, .b.example",
            "DIGITPAD_PROXIES": "2",
            "REDIS_URL": "redis://host",
            "DIGITPAD_RATE": "7",
            "DIGITPAD_MOST": "8",
        }
    )
    assert config == ServerConfig(
        Path("/models/a"),
        5000,
        3,
        "postgresql+psycopg://user:word@host:5432/name",
        "secret",
        ("https://a.example", "http://localhost:3000"),
        ("https://b.example",),
        ("a.example", ".b.example"),
        2,
        "redis://host",
        7,
        8,
    )
    assert ServerConfig.from_env({"DYNO": "web.1"}).proxies == 1
    assert ServerConfig.from_env({"DYNO": "web.1", "DIGITPAD_PROXIES": "0"}).proxies == 0


def test_the_database_is_sqlite_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path.home()
    for platform, environ, wanted in (
        ("linux", {}, home / ".local/share"),
        ("linux", {"XDG_DATA_HOME": "/kept"}, Path("/kept")),
        ("darwin", {"XDG_DATA_HOME": "/kept"}, home / "Library/Application Support"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local")),
    ):
        monkeypatch.setattr("sys.platform", platform)
        assert database_url(environ) == f"sqlite:///{wanted / 'digitpad' / 'digitpad.db'}"
    assert database_url({"DATABASE_URL": "sqlite:///a.db"}) == "sqlite:///a.db"
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert database_url({"DATABASE_URL": f"{scheme}://h/n"}) == "postgresql+psycopg://h/n"


def test_there_is_no_database_on_a_disk_that_forgets() -> None:
    assert database_url({"DYNO": "web.1"}) is None
    assert database_url({"DYNO": "web.1", "DATABASE_URL": "sqlite:///a.db"}) == "sqlite:///a.db"


def test_retention() -> None:
    assert retention({}) == 365
    assert retention({"DIGITPAD_RETENTION": "30"}) == 30
    with pytest.raises(DigitpadError, match="DIGITPAD_RETENTION"):
        retention({"DIGITPAD_RETENTION": "forever"})


@pytest.mark.parametrize(
    "origins", ["*", "example.org", "https://a/b", "https://*.example", "https://a?", "http://(a)"]
)
@pytest.mark.parametrize("name", ["DIGITPAD_ORIGINS", "DIGITPAD_FRAMES"])
def test_wrong_origins_are_named(name: str, origins: str) -> None:
    with pytest.raises(DigitpadError, match=name):
        ServerConfig.from_env({name: origins})


@pytest.mark.parametrize("name", ["PORT", "WEB_CONCURRENCY"])
@pytest.mark.parametrize("value", ["", "0", "-1", "many", "1e3", "65536", "٣²"])
def test_wrong_settings_are_named(name: str, value: str) -> None:
    with pytest.raises(DigitpadError, match=name):
        ServerConfig.from_env({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGITPAD_PROXIES", "-1"),
        ("DIGITPAD_PROXIES", "10"),
        ("DIGITPAD_RATE", "0"),
        ("DIGITPAD_MOST", "none"),
        ("DIGITPAD_HOSTS", "https://a.example"),
        ("DIGITPAD_HOSTS", "a.example:80"),
        ("DIGITPAD_HOSTS", "*"),
    ],
)
def test_wrong_limits_are_named(name: str, value: str) -> None:
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
