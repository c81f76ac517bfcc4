"""What Heroku reads, against its documentation; and that nothing brings TensorFlow there."""

import json
import re
from pathlib import Path
from typing import Any

from jsonschema.validators import Draft202012Validator

ROOT = Path(__file__).parents[2]
TEXT = {"type": "string", "minLength": 1}
SIZES = ["eco", "basic", "standard-1x", "standard-2x", "performance-m", "performance-l"]
# From https://devcenter.heroku.com/articles/app-json-schema: the keys that an app may use here.
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 3, "maxLength": 30},
        "description": {"type": "string", "maxLength": 140},
        "keywords": {"type": "array", "items": TEXT},
        "website": TEXT,
        "repository": TEXT,
        "logo": TEXT,
        "success_url": TEXT,
        "scripts": {"type": "object", "additionalProperties": TEXT},
        "env": {
            "type": "object",
            "additionalProperties": {
                "type": ["object", "string"],
                "additionalProperties": False,
                "properties": {
                    "description": TEXT,
                    "value": TEXT,
                    "required": {"type": "boolean"},
                    "generator": {"const": "secret"},
                },
            },
        },
        "formation": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["quantity"],
                "properties": {
                    "quantity": {"type": "integer", "minimum": 0},
                    "size": {"enum": SIZES},
                },
            },
        },
        "addons": {"type": "array", "items": TEXT},
        "buildpacks": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["url"],
                "properties": {"url": TEXT},
            },
        },
        "environments": {"type": "object"},
        "stack": {"enum": ["heroku-22", "heroku-24", "heroku-26"]},
        "image": TEXT,
    },
}


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def pinned(name: str) -> dict[str, str]:
    """Each package of a requirements file and its lines."""
    entries: dict[str, str] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", read(name)):
        if found := re.match(r"([a-z0-9._-]+)==", entry):
            entries[found[1]] = entry
    return entries


def test_app_json_is_as_documented() -> None:
    app: Any = json.loads(read("app.json"))
    Draft202012Validator(SCHEMA).validate(app)
    processes = {line.split(":")[0] for line in read("Procfile").splitlines()}
    assert processes == {"release", "web"}
    assert set(app["formation"]) == {"web"}  # the release phase is no dyno of its own
    assert app["addons"] == ["heroku-postgresql:essential-0"]
    assert app["env"]["SECRET_KEY"]["generator"] == "secret"


def test_python_is_the_one_that_is_checked_on() -> None:
    assert read(".python-version") == "3.11\n"


def test_nothing_brings_tensorflow() -> None:
    assert not [
        name for name in pinned("requirements.txt") if re.search("tensorflow|keras|torch", name)
    ]
    assert "tensorflow" in pinned("requirements-dev.txt")


def test_every_pin_has_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in read(name)
        assert "index-url" not in read(name).replace("--no-emit-index-url", "")
        packages = pinned(name)
        assert len(packages) > 20
        for entry in packages.values():
            assert "--hash=sha256:" in entry


def test_both_files_agree() -> None:
    development = pinned("requirements-dev.txt")
    for name, entry in pinned("requirements.txt").items():
        assert entry.split()[0] == development[name].split()[0]
