"""The whole API under schema-based fuzzing: whatever is sent, nothing breaks inside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from bureau.models import Region
from bureau.services import create_client
from bureau.services.clients import known_scopes
from config.api import build_router
from roster.provider.declaring import VERSIONS
from roster.provider.discovery import document
from tests.demo.conftest import Loaded

pytestmark = pytest.mark.django_db

MODELS = {
    prefix: viewset.queryset.model for prefix, viewset, _ in build_router().registry
}
EXAMPLES = 5


@contextmanager
def one_connection() -> Iterator[None]:
    """Let the site answer in the test's own connection."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def token(demo: Loaded, client: Any) -> str:
    """A token of a program of the district, for everything a program may do."""
    registered, secret = create_client(
        "contract", Region.objects.get(code="990113"), sorted(known_scopes())
    )
    answer = client.post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": registered.client_id,
            "client_secret": secret,
        },
    )
    return str(answer.json()["access_token"])


def operations(document: Any) -> list[Any]:
    """Return what a published description says can be asked."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    return [found.ok() for found in schema.get_all_operations()]


@schemathesis.serializer("application/zip", "application/x-ndjson")
def as_it_is(context: Any, value: Any) -> bytes:
    """Send a body that is a file as it was drawn."""
    return value if isinstance(value, bytes) else str(value).encode()


PUBLISHED = operations(SchemaGenerator().get_schema(public=True))
OWN = [one for one in PUBLISHED if one.full_path.startswith("/api/v1/")]
SYNC = [one for one in PUBLISHED if one not in OWN]
ROSTER = [
    operation
    for version in VERSIONS
    for operation in operations(
        json.loads(document(version, f"http://localhost{version.prefix}"))
    )
]


gently = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("operation", OWN, ids=lambda operation: operation.label)
@given(data=st.data())
@gently
def test_no_request_the_schema_allows_ends_in_a_server_error(
    operation: Any, token: str, data: Any
) -> None:
    case = data.draw(operation.as_strategy())
    _aim(case)

    with one_connection():
        response = case.call(headers={"Authorization": f"Bearer {token}"})

    assert response.status_code != 401
    assert response.status_code < 500, case.as_curl_command()


@pytest.mark.parametrize(
    "operation", [*SYNC, *ROSTER], ids=lambda one: f"{one.method} {one.full_path}"
)
@given(data=st.data())
@gently
def test_rosters_go_in_and_out_in_the_shapes_that_are_published(
    operation: Any, token: str, data: Any
) -> None:
    case = data.draw(operation.as_strategy())

    with one_connection():
        response = case.call(headers={"Authorization": f"Bearer {token}"})

    assert response.status_code not in {401, 403}
    assert response.status_code < 500, case.as_curl_command()
    case.validate_response(
        response, checks=[response_schema_conformance, status_code_conformance]
    )


def _aim(case: Any) -> None:
    """Let half of the requests about one row name a row that is there."""
    given = case.path_parameters or {}
    prefix = case.path.removeprefix("/api/v1/").split("/")[0]
    if "id" in given and prefix in MODELS and crc32(str(given["id"]).encode()) % 2:
        rows = MODELS[prefix]._default_manager.order_by("pk")
        case.path_parameters["id"] = rows.values_list("pk", flat=True).first() or 1
