"""The OpenAPI description of the service, written from the declarations."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from roster.provider.callers import CORE, FULL, PEOPLE
from roster.provider.declaring import V1P1, Collection, Version
from roster.provider.endpoints import COLLECTIONS, LISTINGS, NESTED, Listing
from roster.provider.people import DEMOGRAPHICS
from roster.provider.problems import MINORS, MINORS_1P1, MINORS_1P2
from roster.provider.shapes import Record

FILES = {
    "1.2": "onerosterv1p2rostersservice_openapi3_v1p0.json",
    "1.1": "onerosterv1p1service_openapi3_v1p0.json",
}
TOKEN_PATH = "/oauth/token/"  # noqa: S105 - an address
WORDS = {
    CORE: "read the top-level collections and single objects",
    FULL: "read all of the roster but demographics",
    PEOPLE: "read demographics",
}
SCHEME = "OAuth2"


def object_schema(
    collection: Collection, version: Version, fields: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return the JSON Schema of an object, or of the wanted part of it."""
    shape = collection.shape(version)
    members = {n: s for n, s in shape.items() if not fields or n in fields}
    required = tuple(n for n in collection.needed(version) if n in members)
    return Record(members=members, required=required).schema()


def problem_schema(version: Version) -> dict[str, Any]:
    """Return the JSON Schema of a refusal."""
    minors = MINORS_1P1 if version is V1P1 else MINORS_1P2
    field = {
        "type": "object",
        "properties": {
            "imsx_codeMinorFieldName": {"type": "string"},
            "imsx_codeMinorFieldValue": {"type": "string", "enum": list(minors)},
        },
        "required": ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
        "additionalProperties": False,
    }
    fields = {"type": "array", "items": field, "minItems": 1}
    words = {
        "imsx_codeMajor": ["success", "processing", "failure", "unsupported"],
        "imsx_severity": ["status", "warning", "error"],
    }
    properties: dict[str, Any] = {
        **{name: {"type": "string", "enum": enum} for name, enum in words.items()},
        "imsx_description": {"type": "string"},
        "imsx_CodeMinor": {
            "type": "object",
            "properties": {"imsx_codeMinorField": fields},
            "required": ["imsx_codeMinorField"],
            "additionalProperties": False,
        },
    }
    required = ["imsx_codeMajor", "imsx_severity"]
    if version is V1P1:
        properties["imsx_messageRefIdentifier"] = {"type": "string"}
        required.append("imsx_messageRefIdentifier")
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _wrapper(name: str, inner: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: inner},
        "required": [name],
        "additionalProperties": False,
    }


def _schemas(version: Version) -> dict[str, Any]:
    made = {"imsx_StatusInfo": problem_schema(version)}
    for one in COLLECTIONS:
        name = one.schema_name
        many = {"type": "array", "items": _ref(name)}
        made[name] = object_schema(one, version)
        made[f"{name}Set"] = _wrapper(one.name, many)
        made[f"Single{name}"] = _wrapper(one.singular, _ref(name))
    return made


def _parameter(name: str, schema: dict[str, Any], says: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": says}


FIELDS = _parameter("fields", {"type": "string"}, "properties wanted, with commas")
PARAMETERS = [
    _parameter(
        "limit",
        {"type": "integer", "minimum": 1, "default": 100},
        "rows of a page; more than 10000 is read as 10000",
    ),
    _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "first row"),
    _parameter("sort", {"type": "string"}, "property to sort by"),
    _parameter("orderBy", {"type": "string", "enum": ["asc", "desc"]}, "direction"),
    _parameter("filter", {"type": "string"}, "field='value' AND other>='value'"),
    FIELDS,
]


def _names_in(address: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", address)
    ]


def _answers(schema: str, is_list: bool) -> dict[str, Any]:
    good: dict[str, Any] = {
        "description": "what was asked for",
        "content": {"application/json": {"schema": _ref(schema)}},
    }
    if is_list:
        good["headers"] = {
            "X-Total-Count": {"schema": {"type": "integer"}},
            "Link": {"schema": {"type": "string"}},
        }
    bad = {
        "description": "refused",
        "content": {"application/json": {"schema": _ref("imsx_StatusInfo")}},
    }
    return {"200": good, **{str(status): bad for status in sorted(MINORS)}}


def _operation(
    name: str, address: str, listing: Listing, scopes: list[str], is_list: bool
) -> dict[str, Any]:
    schema = listing.collection.schema_name
    schema = f"{schema}Set" if is_list else f"Single{schema}"
    own = PARAMETERS if is_list else [FIELDS]
    return {
        "get": {
            "operationId": name,
            "tags": [listing.collection.name],
            "parameters": [*_names_in(address), *own],
            "security": [{SCHEME: [scope]} for scope in scopes],
            "responses": _answers(schema, is_list),
        }
    }


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one(path: str) -> str:
    return "class" if path == "classes" else path.removesuffix("s")


def _paths(version: Version) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, listing in LISTINGS.items():
        names = (PEOPLE,) if listing.collection is DEMOGRAPHICS else (CORE, FULL)
        scopes = [version.scopes + one for one in names]
        one, single = f"/{name}/{{sourcedId}}", f"get{_upper(name)}BySourcedId"
        made[f"/{name}"] = _operation(
            f"getAll{_upper(name)}", f"/{name}", listing, scopes, is_list=True
        )
        made[one] = _operation(single, one, listing, scopes, is_list=False)
    for path, nested in NESTED.items():
        singles = [_one(s.parent.path) for s in nested.steps]
        address = "/" + path.format(*(f"{{{one}SourcedId}}" for one in singles))
        name = f"get{_upper(nested.listing.path)}For{'In'.join(map(_upper, singles))}"
        scopes = [version.scopes + FULL]
        made[address] = _operation(name, address, nested.listing, scopes, is_list=True)
    return made


@lru_cache(maxsize=16)
def document(version: Version, base: str) -> str:
    """Return the description as JSON text, with this server's addresses in it."""
    parts = urlsplit(base)
    token = f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}"
    scopes = {version.scopes + name: words for name, words in WORDS.items()}
    found = {
        "openapi": "3.0.3",
        "info": {
            "title": f"OneRoster {version.name} rostering service",
            "version": version.name,
        },
        "servers": [{"url": base}],
        "paths": _paths(version),
        "components": {
            "schemas": _schemas(version),
            "securitySchemes": {
                SCHEME: {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {"tokenUrl": token, "scopes": scopes}
                    },
                }
            },
        },
    }
    return json.dumps(found, ensure_ascii=False)
