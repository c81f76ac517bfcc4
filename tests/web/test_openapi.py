"""The API is as its description says, for requests that a machine makes up from it."""

import base64
import io
import json
import logging
import re
import tempfile
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jsonschema.validators import Draft202012Validator
from PIL import Image
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from digitpad.config import ServerConfig
from digitpad.network.inputs import SIDE
from digitpad.web import create_app
from digitpad.web.rasters import data_url
from digitpad.web.schemas import PICTURE, PICTURES, RASTER, REF
from tests.conftest import MANY
from tests.web.test_corrections import ORIGIN

logging.getLogger("digitpad.web").setLevel(logging.CRITICAL)


@st.composite
def pictures(draw: st.DrawFn, form: str) -> bytes:
    size = draw(st.tuples(st.integers(1, 60), st.integers(1, 60)))
    stream = io.BytesIO()
    Image.frombytes("L", size, draw(st.binary(min_size=3600, max_size=3600))).save(stream, form)
    return stream.getvalue()


for kind in PICTURES:
    schemathesis.openapi.media_type(kind, pictures(kind.removeprefix("image/").upper()))

rasters = arrays(np.float32, (SIDE, SIDE), elements=st.sampled_from([0, 0.5, 1]))
schemathesis.openapi.format(RASTER, rasters.filter(np.any).map(data_url))
schemathesis.openapi.format(
    PICTURE,
    pictures("PNG").map(lambda data: f"data:image/png;base64,{base64.b64encode(data).decode()}"),
)


folder = tempfile.TemporaryDirectory()  # pytest's fixtures come too late for parametrize
app = create_app(ServerConfig(database=f"sqlite:///{folder.name}/digitpad.db", rate=MANY))
schema = schemathesis.openapi.from_wsgi("/openapi.json", app)


@schema.parametrize()
@settings(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck))
def test_made_up_requests(case: schemathesis.Case[Any]) -> None:
    # A made-up form holds bytes that are no picture, and a made-up format that nothing fits or
    # whose pattern is none, though they fit the schema.
    is_form = case.media_type == "multipart/form-data"
    has_format = isinstance(case.body, dict) and isinstance(case.body.get("expect"), dict)
    # Each request comes from another program: one may have erased itself.
    token = app.test_client().post("/api/v1/writers").json["token"]  # type: ignore[index]
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"},
        excluded_checks=[
            ignored_auth,
            *([positive_data_acceptance] if is_form or has_format else []),
        ],
    )


INK = {"strokes": [[[1, 2], [3.5, -4, 1e12]]]}
EXAMPLE = {"ink": INK, "label": "7"}
PIXELS = data_url(np.eye(SIDE, dtype=np.float32))
OF_PICTURE = {"raster": PIXELS, "label": None}


@pytest.mark.parametrize(
    "body",
    [
        {"ink": INK},
        {"ink": INK, "expect": "digit", "examples": [EXAMPLE, OF_PICTURE]},
        {"ink": {"strokes": []}},
        {"ink": {"strokes": [[]] * 1_000}},
        {"ink": {"strokes": [[]] * 1_001}},
        {"ink": {"strokes": [[[1]]]}},
        {"ink": {"strokes": [[[1, 2, 3, 4]]]}},
        {"ink": {"strokes": [[[1, 1e10]]]}},
        {"ink": {"strokes": [[[1, True]]]}},
        {"ink": {"strokes": [[[1, "2"]]]}},
        {"ink": {"strokes": [], "pen": 1}},
        {"ink": None},
        {"ink": INK, "expect": None},
        {"ink": INK, "expect": {"pattern": r"\d{5}", "min": 0, "max": 9.5, "checksum": "luhn"}},
        {"ink": INK, "expect": {"pattern": None}},
        {"ink": INK, "expect": {"max": "5"}},
        {"ink": INK, "expect": {"minlength": -1}},
        {"ink": INK, "expect": {"checksum": "crc"}},
        {"ink": INK, "expect": {"more": 1}},
        {"ink": INK, "expect": "date"},
        {"ink": INK, "examples": None},
        {"ink": INK, "examples": [EXAMPLE] * 201},
        {"ink": INK, "examples": [{"ink": {"strokes": [[]]}, "label": "7"}]},
        {"ink": INK, "examples": [{"ink": INK}]},
        {"ink": INK, "examples": [{"label": "7"}]},
        {"ink": INK, "examples": [EXAMPLE | OF_PICTURE]},
        {"ink": INK, "examples": [OF_PICTURE | {"ink": None}]},
        {"ink": INK, "examples": [EXAMPLE | {"label": "10"}]},
        {"ink": INK, "examples": [EXAMPLE | {"label": "٣"}]},
        {"ink": INK, "examples": [OF_PICTURE | {"raster": "7"}]},
        {"ink": INK, "examples": [OF_PICTURE | {"raster": PIXELS + "A" * 1_500}]},
        {"more": 1},
        [],
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_the_description_takes_what_the_server_takes(client: FlaskClient, body: Any) -> None:
    spec: Any = client.get("/openapi.json").json
    read = {"$ref": "#/components/schemas/ReadRequest", "components": spec["components"]}
    status = client.post("/api/v1/read", json=body).status_code
    assert status in (200, 413, 422)
    assert Draft202012Validator(read).is_valid(body) == (status == 200)


CORRECTION = {
    "ink": INK,
    "label": "7",
    "predicted": "1",
    "model": "a" * 64,
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"label": None},
        {"label": "10"},
        {"label": 7},
        {"id": "7"},
        {"id": "8D0C6B1A-52E4-4F7B-9C3D-1A2B3C4D5E6F"},
        {"predicted": None},
        {"predicted": ""},
        {"model": "A" * 64},
        {"model": "a" * 65},
        {"ink": None},
        {"ink": {"strokes": []}},
        {"ink": {"strokes": [[], [[1, 2]]]}},
        {"ink": {"strokes": [[[1, 2, "3"]]]}},
        {"raster": PIXELS},
        {"raster": None},
        {"more": 1},
    ],
    ids=json.dumps,
)
def test_the_description_takes_what_is_kept(client: FlaskClient, changes: dict[str, Any]) -> None:
    spec: Any = client.get("/openapi.json").json
    described = {
        "$ref": "#/components/schemas/CorrectionRequest",
        "components": spec["components"],
    }
    body = {**CORRECTION, "id": str(uuid4()), **changes}
    status = client.post("/api/v1/corrections", json=body, headers=ORIGIN).status_code
    assert status in (201, 422)
    assert Draft202012Validator(described).is_valid(body) == (status == 201)


@pytest.mark.parametrize(
    "item",
    [
        {"ink": INK},
        {"picture": PIXELS},
        {"ink": {"strokes": []}},
        {"ink": {"strokes": [[[1]]]}},
        {"ink": INK, "picture": PIXELS},
        {"picture": "7.png"},
        {"picture": None},
        {"ink": INK, "label": "7"},
        {},
        None,
    ],
    ids=lambda item: json.dumps(item)[:60],
)
def test_the_description_takes_what_is_read_in_a_batch(client: FlaskClient, item: Any) -> None:
    spec: Any = client.get("/openapi.json").json
    described = {"$ref": "#/components/schemas/BatchItem", "components": spec["components"]}
    body: Any = client.post("/api/v1/read-many", json={"items": [item]}).json
    assert Draft202012Validator(described).is_valid(item) == ("text" in body["readings"][0])


def test_references_lead_somewhere(client: FlaskClient) -> None:
    text = client.get("/openapi.json").text
    spec: Any = client.get("/openapi.json").json
    referred = re.findall(r'"\$ref": *"([^"]*)"', text)
    defined = spec["components"]["schemas"]
    assert set(referred) == {REF.format(model=name) for name in defined}
    said = [one for operations in spec["paths"].values() for one in operations.values()]
    schemes = {name for one in said for way in one.get("security", ()) for name in way}
    assert schemes == set(spec["components"]["securitySchemes"])
    tags = [tag["name"] for tag in spec["tags"]]
    assert len(tags) == len(set(tags))
    assert {tag for one in said for tag in one["tags"]} == set(tags)


def test_the_description_is_whole(client: FlaskClient) -> None:
    spec: Any = client.get("/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    assert "servers" not in spec  # one from a request's Host header would be kept for all
    schema.validate()
    assert set(spec["paths"]) == {
        "/api/v1/read",
        "/api/v1/read-many",
        "/api/v1/read-form",
        "/api/v1/corrections",
        "/api/v1/corrections/{correction}",
        "/api/v1/writers",
        "/api/v1/me",
        "/api/v1/model",
        "/healthz",
        "/readyz",
    }
    read = spec["paths"]["/api/v1/read"]["post"]
    assert set(read["requestBody"]["content"]) == {
        "application/json",
        "multipart/form-data",
        *PICTURES,
    }
    assert set(read["responses"]) == {
        *("200", "400", "401", "413", "415", "422", "429", "500", "503")
    }
    for name, part in spec["components"]["schemas"].items():
        Draft202012Validator.check_schema(part)
        assert part.get("description"), name
