"""The door of the bulk interface: bodies, tokens, keys, and many at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bureau.services import create_client
from roster.models import Source, SyncRun
from schools.models import School
from tests.roster.inbound.factories import (
    make_world,
    org,
    post,
    results,
)


def test_an_answer_is_given_again_for_the_same_key(world: Any) -> None:
    first = post(world, "orgs", [org()], **{"Idempotency-Key": "k-1"})
    again = post(world, "orgs", [org()], **{"Idempotency-Key": "k-1"})
    other = post(world, "orgs", [org("s2")], **{"Idempotency-Key": "k-1"})

    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, SyncRun.objects.count()) == (409, 1)
    assert other.json()["errors"][0]["code"] == "key_reused"


def test_lines_of_json_are_read_too(world: Any) -> None:
    body = "\n".join(json.dumps(row) for row in (org(), org("s2", "云洲第二小学")))

    response = Client().post(
        "/api/sync/v1/orgs:bulk",
        body,
        content_type="application/x-ndjson",
        headers=world.sender.headers,
    )

    assert results(response) == ["created", "created"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"\xff\xfe", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"rows": []}', "application/json", 400),
        (b'{"a":1}\nnope', "application/x-ndjson", 400),
        (b'{"rows": [' + b"1," * 10_000 + b"1]}", "application/json", 413),
        (b" " * (10 * 1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_a_body_that_is_no_rows_is_refused(
    world: Any, body: bytes, kind: str, status: int
) -> None:
    response = Client().post(
        "/api/sync/v1/orgs:bulk",
        body,
        content_type=kind,
        headers=world.sender.headers,
    )

    assert response.status_code == status
    assert response.json()["detail"]


def test_only_a_token_with_the_scope_of_sending_comes_in(world: Any) -> None:
    reader, secret = create_client("只读程序", world.here, ["read"])
    token = Client().post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": reader.client_id,
            "client_secret": secret,
        },
    )
    world.sender.headers = {"Authorization": f"Bearer {token.json()['access_token']}"}

    assert post(world, "orgs", [org()]).status_code == 403
    world.sender.headers = {}
    assert post(world, "orgs", [org()]).status_code in {401, 403}


def test_a_token_of_sending_reads_nothing(world: Any) -> None:
    response = Client().get("/api/v1/schools/", headers=world.sender.headers)

    assert response.status_code == 403


def test_nothing_is_taken_in_from_a_paused_source(world: Any) -> None:
    Source.objects.update(paused_at="2026-11-01T00:00:00Z")

    assert post(world, "orgs", [org()]).status_code == 403
    assert School.objects.count() == 0


def test_an_unknown_collection_is_not_found(world: Any) -> None:
    assert post(world, "wizards", [org()]).status_code == 404


def test_one_object_is_put_and_deleted(world: Any) -> None:
    base = "/ims/oneroster/rostering/v1p2"
    body = json.dumps({"org": org()})

    def put(text: str, path: str = "orgs/s1") -> Any:
        return Client().put(
            f"{base}/{path}",
            text,
            content_type="application/json",
            headers=world.sender.headers,
        )

    def delete(path: str) -> Any:
        return Client().delete(f"{base}/{path}", headers=world.sender.headers)

    assert [put(body).status_code, put(body).status_code] == [201, 200]
    assert put(json.dumps(org(name="云洲新小学"))).status_code == 200
    assert School.objects.get().name == "云洲新小学"
    assert put(json.dumps({"type": "school"}), "orgs/s2").status_code == 422
    assert put(json.dumps(org("s3")), "orgs/s2").status_code == 400
    assert put("[]", "orgs/s2").status_code == 400
    assert delete("orgs/s1").status_code == 200
    assert School.objects.get().removed_at is not None
    assert delete("orgs/s404").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_one_key_from_many_sides_at_once_is_worked_off_once() -> None:
    world = make_world()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _closing(world), range(4)))

    assert all(answer == answers[0] for answer in answers)
    assert (SyncRun.objects.count(), School.objects.count()) == (1, 1)


def _closing(world: Any) -> Any:
    try:
        return post(world, "orgs", [org()], **{"Idempotency-Key": "k"}).json()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_same_rows_from_many_sides_at_once_come_in_once() -> None:
    world = make_world()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _plain(world), range(4)))

    assert sorted(answers) == ["created", "unchanged", "unchanged", "unchanged"]


def _plain(world: Any) -> str:
    try:
        return results(post(world, "orgs", [org()]))[0]
    finally:
        connection.close()
