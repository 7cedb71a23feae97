"""Writing one object at its address: refusals have the shape of the standard."""

import json
from typing import Any

import pytest
from django.test import Client

from bureau.services import create_client
from roster.models import Source
from tests.roster.inbound.factories import org, user
from tests.roster.provider.official import check_error

BASE = "/ims/oneroster/rostering/v1p2"


def put(path: str, body: Any, headers: dict[str, str]) -> Any:
    return Client().put(
        f"{BASE}/{path}",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("orgs/s1", [], 400, "invaliddata"),
        ("orgs/s1", {"org": org("s2")}, 400, "invaliddata"),
        ("orgs/s1", {"org": org(type="wizard")}, 422, "invaliddata"),
        ("users/u1", {"user": user(role="wizard")}, 422, "invaliddata"),
        ("demographics/u1", {}, 405, "invaliddata"),
        ("teachers/u1", {"user": user()}, 405, "invaliddata"),
    ],
)
def test_a_refused_write_is_told_in_the_standards_words(
    world: Any, path: str, body: Any, status: int, word: str
) -> None:
    answer = put(path, body, world.sender.headers)

    assert answer.status_code == status
    assert check_error(answer.json()) == word


def test_every_error_of_the_object_is_named(world: Any) -> None:
    body = {"user": user(role="wizard", enabledUser="maybe")}

    said = put("users/u1", body, world.sender.headers).json()["imsx_description"]

    assert "wizard" in said and "maybe" in said


def test_who_may_not_write_and_what_is_not_there_are_told_alike(world: Any) -> None:
    body = {"org": org()}
    missing = Client().delete(f"{BASE}/orgs/s404", headers=world.sender.headers)
    nobody = put("orgs/s1", body, {})
    reader, secret = create_client("只读程序", world.here, ["read"])
    token = Client().post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": reader.client_id,
            "client_secret": secret,
        },
    )
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
    Source.objects.update(paused_at="2026-11-01T00:00:00Z")
    paused = put("orgs/s1", body, world.sender.headers)

    assert missing.status_code == 404
    assert check_error(missing.json()) == "unknownobject"
    assert nobody.status_code == 401
    assert check_error(nobody.json()) == "unauthorisedrequest"
    assert nobody["WWW-Authenticate"]
    for answer in (put("orgs/s1", body, bearer), paused):
        assert answer.status_code == 403
        assert check_error(answer.json()) == "forbidden"
