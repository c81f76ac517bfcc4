"""The OpenAPI document as people read it: what /docs shows of each operation and each shape.

Types are told in TypeScript's notation, which needs no translation.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from digitpad.web.problems import kinds

METHODS = ("post", "get", "delete")  # in the order in which they are shown
WIDTH = 88  # characters of a line of JSON; longer ones are broken
SAMPLE = "docs/samples/form.png"  # what a command sends that takes nothing but a file
CUT = 24  # characters of a long text in an example that are shown

Schema = Mapping[str, Any]


class Part(NamedTuple):
    """A piece of a type's notation."""

    text: str
    shape: str | None = None  # that it names


class Field(NamedTuple):
    """A value of a shape, or a parameter of an operation."""

    name: str
    type: Sequence[Part]
    limits: str  # "" if there are none
    is_needed: bool
    text: str


class Shape(NamedTuple):
    """A JSON object that is sent or answered."""

    name: str
    text: str
    fields: Sequence[Field]


class Content(NamedTuple):
    """A body."""

    kinds: Sequence[str]  # its content types
    type: Sequence[Part]


class Answer(NamedTuple):
    """What may be answered."""

    status: str
    text: str
    type: Sequence[Part]  # empty without a body
    problems: Sequence[str]  # the types that it may have


class Operation(NamedTuple):
    """What the interface does at a method and a path."""

    method: str
    path: str
    text: str
    callers: str  # who may call: "anybody", "known" callers, or "either", and then it is personal
    parameters: Sequence[Field]
    bodies: Sequence[Content]
    example: str  # a command
    answers: Sequence[Answer]
    refusals: Sequence[Answer]


class Reference(NamedTuple):
    """All of it."""

    groups: Sequence[tuple[str, Sequence[Operation]]]
    shapes: Sequence[Shape]


def reference(spec: Schema, site: str) -> Reference:
    """Return what the OpenAPI document says of the interface of a site with this address."""
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in spec["tags"]}
    for method in METHODS:
        for path, operations in sorted(spec["paths"].items()):
            if (said := operations.get(method)) is not None:
                groups[said["tags"][0]].append(_operation(method.upper(), path, said, site))
    shapes = [_shape(*named) for named in spec["components"]["schemas"].items()]
    return Reference(list(groups.items()), shapes)


def _operation(method: str, path: str, said: Schema, site: str) -> Operation:
    answers = [_answer(status, found) for status, found in said["responses"].items()]
    content = said.get("requestBody", {}).get("content", {})
    security = said.get("security") or [{}]
    callers = "known" if {} not in security else "either" if len(security) > 1 else "anybody"
    return Operation(
        method,
        path,
        said["summary"],
        callers,
        [_field(p["name"], p["schema"] | p, p.get("required", False)) for p in said["parameters"]],
        list(_bodies(content)),
        _command(method, site + path, content, callers),
        [answer for answer in answers if not answer.problems],
        [answer for answer in answers if answer.problems],
    )


def _bodies(content: Schema) -> Iterator[Content]:
    """Yield the bodies; content types of the same type are one."""
    kinds_of: dict[tuple[Part, ...], list[str]] = {}
    for kind, media in content.items():
        kinds_of.setdefault(tuple(_type(media["schema"])), []).append(kind)
    for parts, names in kinds_of.items():
        yield Content(names, parts)


def _answer(status: str, said: Schema) -> Answer:
    parts = [part for media in said.get("content", {}).values() for part in _type(media["schema"])]
    return Answer(status, said["description"], parts, kinds(int(status)) if status >= "4" else ())


def _shape(name: str, schema: Schema) -> Shape:
    needed = schema.get("required", ())
    properties = schema["properties"].items()
    return Shape(name, schema["description"], [_field(n, s, n in needed) for n, s in properties])


def _field(name: str, schema: Schema, is_needed: bool) -> Field:
    return Field(name, _type(schema), _limits(schema), is_needed, schema.get("description", ""))


def _type(schema: Schema) -> list[Part]:
    """Return a schema in TypeScript's notation."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [Part(name, name)]
    if "anyOf" in schema:
        first, *others = [_type(choice) for choice in schema["anyOf"]]
        return [*first, *(part for other in others for part in (Part(" | "), *other))]
    if "enum" in schema:
        return [Part(" | ".join(map(json.dumps, schema["enum"])))]
    if schema.get("type") == "array":
        inner = _type(schema["items"])
        several = Part(" | ") in inner
        return [Part("("), *inner, Part(")[]")] if several else [*inner, Part("[]")]
    if schema.get("format") == "binary":
        return [Part("File")]
    return [Part(schema.get("type", "unknown"))]


def _limits(schema: Schema) -> str:
    """Return what a value's schema says beside its type, in signs."""
    said = []
    if "minimum" in schema:
        said.append(f"{schema['minimum']:,}–{schema['maximum']:,}")
    if most := schema.get("maxItems"):
        said.append(f"{most} ×" if schema.get("minItems") == most else f"≤ {most:,} ×")
    if schema.get("default") not in (None, []):
        said.append(f"= {json.dumps(schema['default'])}")
    return ", ".join(said)


def _command(method: str, url: str, content: Schema, callers: str) -> str:
    """Return a command line that calls an operation."""
    words = ["curl", *(["-X", method] if method != "GET" and not content else [])]
    lines = [" ".join([*words, re.sub(r"{\w+}", "$ID", url)])]
    if callers == "known":
        lines.append('-H "Authorization: Bearer $TOKEN"')
    for kind, media in content.items():
        if "example" in media:
            lines.append(f"-H 'Content-Type: {kind}'")
            lines.append(f"-d {shlex.quote(json.dumps(media['example']))}")
        elif len(content) == 1:  # a form of HTML
            lines.append(f"-F image=@{SAMPLE}")
    return " \\\n  ".join(lines)


def shown(value: Any, indent: str = "") -> str:
    """Return JSON as people like to read it: short lines, and long texts and lists cut with "…"."""
    if isinstance(value, str) and len(value) > WIDTH:
        value = value[:CUT] + "…"
    whole = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(whole) <= WIDTH or not isinstance(value, dict | list):
        return whole
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {shown(found, inner)}" for key, found in value.items()]
    elif isinstance(value[0], dict):
        lines = [shown(found, inner) for found in value]
    else:
        return f"[{', '.join(json.dumps(found) for found in value[:2])}, …]"
    begin, end = "{}" if isinstance(value, dict) else "[]"
    return begin + ",".join(f"\n{inner}{line}" for line in lines) + f"\n{indent}{end}"
