"""The discovery documents describe what the service does, and no more."""

import json
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from schemathesis import openapi

from roster.provider.declaring import V1P1, V1P2, Version
from roster.provider.discovery import FILES
from roster.provider.endpoints import LISTINGS, NESTED
from tests.roster.provider.conftest import Api

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("version", [V1P2, V1P1], ids=["v1p2", "v1p1"])


def read(client: Any, version: Version) -> Any:
    answer = client.get(f"{version.prefix}/discovery/{FILES[version.name]}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    return answer.json()


@BOTH
def test_the_document_names_this_server_its_token_address_and_its_scopes(
    client: Any, version: Version
) -> None:
    found = read(client, version)

    assert found["servers"] == [{"url": f"http://testserver{version.prefix}"}]
    flow = found["components"]["securitySchemes"]["OAuth2"]["flows"][
        "clientCredentials"
    ]
    assert flow["tokenUrl"] == "http://testserver/oauth/token/"
    assert set(flow["scopes"]) == {
        version.scopes + name
        for name in (
            "roster-core.readonly",
            "roster.readonly",
            "roster-demographics.readonly",
        )
    }


def test_the_document_names_the_site_where_that_is_set(
    client: Any, settings: Any
) -> None:
    settings.SITE_URL = "https://jy.example.org/"

    found = read(client, V1P2)

    assert found["servers"] == [{"url": f"https://jy.example.org{V1P2.prefix}"}]


@BOTH
def test_the_document_lists_each_operation_once(client: Any, version: Version) -> None:
    paths = read(client, version)["paths"]
    ids = [path["get"]["operationId"] for path in paths.values()]

    assert len(paths) == len(LISTINGS) * 2 + len(NESTED) == 41
    assert len(set(ids)) == 41
    assert "getClassesForTerm" in ids
    assert "getStudentsForSchoolInClass" in ids


@BOTH
def test_every_reference_of_the_document_leads_somewhere(
    client: Any, version: Version
) -> None:
    found = read(client, version)
    names = found["components"]["schemas"]

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                assert value["$ref"].removeprefix("#/components/schemas/") in names
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(found)
    for schema in names.values():
        Draft4Validator.check_schema(schema)
        assert schema["additionalProperties"] is False


@BOTH
def test_the_document_is_valid_and_the_answers_are_as_it_says(
    client: Any, api: Api, version: Version
) -> None:
    found = read(client, version)
    openapi.from_dict(json.loads(json.dumps(found))).validate()
    checked = 0

    for path, operations in found["paths"].items():
        answers = operations["get"]["responses"]
        if "{" in path:
            continue
        schema = answers["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": found["components"]}
        answer = api.get(path.lstrip("/"), version.prefix)
        Draft202012Validator(whole).validate(answer.json())
        assert set(answers["200"]["headers"]) <= set(answer.headers)
        checked += 1

    assert checked == len(LISTINGS)
