"""One's corrections count at the next reading, in every process, and for nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from digitpad import Ink, Reader
from digitpad.config import ServerConfig
from digitpad.network.inputs import Inputs
from digitpad.web import create_app, personal
from digitpad.web.serving import READER
from tests.drawings import DIGITS
from tests.web.test_corrections import ORIGIN, PATH, READ, body, send, token


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[APIFlask, APIFlask]:
    """Two processes of one site, as it were."""
    config = ServerConfig(database=f"sqlite:///{tmp_path_factory.mktemp('sites')}/a.db")
    return create_app(config), create_app(config)


def drawn(ink: Ink) -> dict[str, Any]:
    return {"ink": {"strokes": ink.to_lists()}}


def read(client: FlaskClient, ink: Ink, headers: dict[str, str] | None = None) -> Any:
    response = client.post(READ, json=drawn(ink), headers=headers)
    assert response.status_code == 200
    return response.json


def test_a_correction_counts_at_once_in_every_process(sites: tuple[APIFlask, APIFlask]) -> None:
    here, there = sites[0].test_client(), sites[1].test_client()
    assert read(here, DIGITS[7])["personal"] is False
    kept = send(here, body(label="4"))
    cookie = here.get_cookie("digitpad")
    assert cookie
    there.set_cookie("digitpad", cookie.value)
    for client in (here, there):
        answer = read(client, DIGITS[7])
        assert (answer["text"], answer["status"], answer["personal"]) == ("4", "read", True)
    assert read(sites[0].test_client(), DIGITS[7])["text"] == "7"
    send(there, body(label=None, ink={"strokes": DIGITS[5].to_lists()}))
    assert read(here, DIGITS[5])["status"] == "unsure"
    path = f"{PATH}/{kept.json['id']}"  # type: ignore[index]
    assert there.delete(path, headers=ORIGIN).status_code == 204
    for client in (here, there):
        assert read(client, DIGITS[7])["text"] == "7"
    here.delete("/api/v1/me", headers=ORIGIN)
    answer = read(there, DIGITS[5])
    assert (answer["text"], answer["personal"]) == ("5", False)


def test_a_program_has_a_style_too(sites: tuple[APIFlask, APIFlask]) -> None:
    client = sites[0].test_client()
    program = token(client)
    assert read(client, DIGITS[7], program)["personal"] is False
    send(client, body(label="4"), program)
    assert read(client, DIGITS[7], program)["text"] == "4"
    assert read(client, DIGITS[7])["text"] == "7"


def test_examples_count_for_one_reading(sites: tuple[APIFlask, APIFlask]) -> None:
    client = sites[0].test_client()

    def read_with(*labels: tuple[int, str | None]) -> tuple[str, str, bool]:
        examples = [{**drawn(DIGITS[digit]), "label": label} for digit, label in labels]
        answer: Any = client.post(READ, json={**drawn(DIGITS[7]), "examples": examples}).json
        return answer["text"], answer["status"], answer["personal"]

    assert read_with((7, "4")) == ("4", "read", True)
    assert read_with((7, None))[1] == "unsure"
    assert read_with() == ("7", "read", False)
    send(client, body(label="1"))
    assert read_with() == ("1", "read", True)
    assert read_with((7, "4")) == ("1", "read", True)  # what a person says counts for more
    assert read_with((2, "3")) == ("1", "read", True)


def test_the_same_examples_are_looked_at_once(
    sites: tuple[APIFlask, APIFlask], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader: Reader = sites[0].extensions[READER]
    recognize, looked = reader.recognize, []

    def watched(inputs: Inputs) -> Any:
        looked.append(len(inputs))
        return recognize(inputs)

    monkeypatch.setattr(reader, "recognize", watched)
    turned = [ink.transform([[1, 0.11], [-0.07, 1]]) for ink in DIGITS[:4]]
    examples = [{**drawn(ink), "label": str(digit)} for digit, ink in enumerate(turned)]
    client = sites[0].test_client()

    def read_with(examples: list[dict[str, Any]]) -> tuple[Any, int]:
        looked.clear()
        asked = {**drawn(DIGITS[7]), "expect": "digit", "examples": examples}
        return client.post(READ, json=asked).json, sum(looked)

    first, new = read_with(examples[:3])
    again, known = read_with(examples[:3])
    assert again == first
    assert (new, known) == (1 + 2 * 3, 1)  # ink is looked at with its direction and without
    assert read_with(examples)[1] == 1 + 2
    wrong = [*examples[:3], {**examples[3], "label": "7"}]
    assert read_with(wrong)[1] == 1 + 2


def test_examples_count_wherever_they_stand(sites: tuple[APIFlask, APIFlask]) -> None:
    client = sites[0].test_client()
    examples = {"examples": [{**drawn(DIGITS[7]), "label": "4"}]}
    asked = {**drawn(DIGITS[7]), "expect": "digit"}
    bodies = [json.dumps(asked | examples, indent=indent) for indent in (None, 2)]
    for text in (*bodies, bodies[0], json.dumps(examples | asked), bodies[1] + "\n\t"):
        answer: Any = client.post(READ, data=text, content_type="application/json").json
        assert (answer["text"], answer["personal"]) == ("4", True)


@pytest.mark.parametrize(
    ("body", "apart"),
    [
        (b'{"a": 1, "examples" : [1, [2]] } ', (b'{"a": 1, "examples" : [] } ', b"[1, [2]]")),
        (b'{"examples":[]}', (b'{"examples":[]}', b"[]")),
        (b'{"examples":[1],"a":1}', None),
        (b'{"examples":{"a":[1]}}', None),
        (b'{"examples":[' + b"1," * 50_000 + b"1]}", None),  # too many to keep
        (b'["examples"]', None),
        (b"{}", None),
        (b"", None),
    ],
)
def test_examples_are_parted_from_a_body(body: bytes, apart: tuple[bytes, bytes] | None) -> None:
    assert personal.part(body) == (apart or (body, b""))


@pytest.mark.parametrize(
    "body",
    [
        '{"ink": {"strokes": []}, "examples": [], "examples": []}',
        '{"ink": {"strokes": []}, "examples": [], "ex\\u0061mples": []}',
        '{"ink": {"strokes": []}, "\\"examples":[]}',
        '{"ink": {"strokes": [], "examples": []}',
        '{"ink": {"strokes": [], "examples": []}}',
        '{"ink": {"strokes": []}, "a": [{"examples":[]}]}',
        '{"ink": {"strokes": []} "examples": []}',
        '{"ink": {"strokes": []}, "examples": [,]}',
        '{"ink": {"strokes": []}, "examples": [], []}',
    ],
)
def test_what_is_refused_stays_refused_when_examples_are_known(
    sites: tuple[APIFlask, APIFlask], body: str
) -> None:
    client = sites[0].test_client()
    known = {"ink": {"strokes": []}, "examples": []}
    assert client.post(READ, json=known).status_code == 200
    answer = client.post(READ, data=body, content_type="application/json")
    assert answer.status_code in (400, 422)


def test_few_styles_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(personal, "WRITERS", 2)
    app = create_app(ServerConfig(database=f"sqlite:///{tmp_path}/a.db"))
    clients = [app.test_client() for _ in range(4)]
    for client in clients:
        send(client, body(label="4"))
    for client in clients * 2:
        assert read(client, DIGITS[7])["text"] == "4"
    assert len(app.extensions[personal.STYLES]._known) == 2
