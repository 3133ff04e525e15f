"""The API's docs as a page, drawn from its own contract: nothing is fetched, and no script is needed to read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import needs
from watchkeeper.server.web.context import page

router = APIRouter(include_in_schema=False)
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter, or a property of a body."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    about: str
    right: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: tuple[Field, ...]
    status: str


@router.get(PAGES["reference"], **needs(Right.OPEN))
def reference(request: Request) -> Response:
    contract = request.app.openapi()
    return page(request, "reference.html", rooms=rooms_of(contract), version=contract["info"]["version"])


def rooms_of(contract: Schema) -> dict[str, list[Operation]]:
    """The operations of an OpenAPI document by their tag, in its order."""
    rooms: dict[str, list[Operation]] = {}
    for path, methods in contract["paths"].items():
        for method, said in methods.items():
            rooms.setdefault(said["tags"][0], []).append(_operation(path, method, said, contract))
    return rooms


def _operation(path: str, method: str, said: Schema, contract: Schema) -> Operation:
    status, answer = next((code, each) for code, each in said["responses"].items() if code.startswith("2"))
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        about=(said.get("description") or f"{said['summary'].capitalize()}.").replace("`", ""),
        right=said.get("x-right", ""),
        parameters=tuple(_parameter(each, contract) for each in said.get("parameters", ())),
        body=tuple(_fields(_schema_of(said.get("requestBody", {})), contract)),
        answer=tuple(_fields(_schema_of(answer), contract)),
        status=status,
    )


def _parameter(said: Schema, contract: Schema) -> Field:
    schema = said["schema"]
    default = f" Default {schema['default']}." if schema.get("default") is not None else ""
    return Field(
        name=said["name"],
        kind=_kind(schema, contract),
        required=said.get("required", False),
        about=f"{said.get('description', '')}{default}".strip(),
    )


def _schema_of(part: Schema) -> Schema:
    schema: Schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _fields(schema: Schema, contract: Schema) -> Iterator[Field]:
    found = _resolved(schema, contract)
    required = set(found.get("required", ()))
    for name, each in found.get("properties", {}).items():
        yield Field(name, _kind(each, contract), name in required, each.get("description", ""))


def _resolved(schema: Schema, contract: Schema) -> Schema:
    if "$ref" in schema:
        found: Schema = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _kind(schema: Schema, contract: Schema) -> str:
    """A type in words: `list of text`, `number or null`."""
    if "$ref" in schema:
        found = _resolved(schema, contract)
        return " or ".join(map(str, found["enum"])) if "enum" in found else str(found.get("title", "object"))
    if choices := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(_kind(each, contract) for each in choices))
    if values := schema.get("enum"):
        return " or ".join(map(str, values))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}), contract)}"
    words = {"string": "text", "integer": "whole number", "object": "object", "boolean": "true or false"}
    given = schema.get("format") if schema.get("format") in {"date", "date-time"} else None
    kind = str(schema.get("type", "any"))
    return {"date-time": "time"}.get(given or "", given or words.get(kind, kind))
