"""The API base: tokens, reach, problems, schema, throttling."""

from base64 import b64encode
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from bureau.models import ApiClient
from bureau.services import create_client
from core.views.errors import server_error
from tests.accounts.factories import user_with
from tests.bureau.factories import CountyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Any:
    return CountyFactory()


@pytest.fixture
def program(region: Any) -> tuple[ApiClient, str]:
    made, secret = create_client(
        name="同步程序", region=region, scopes=["read"], by=None
    )
    return made, secret


def ask_token(client: Client, program: tuple[ApiClient, str], **data: str) -> Any:
    pair = f"{program[0].client_id}:{program[1]}".encode()
    return client.post(
        "/oauth/token/",
        {"grant_type": "client_credentials", **data},
        headers={"Authorization": "Basic " + b64encode(pair).decode()},
    )


def bearer(client: Client, program: tuple[ApiClient, str]) -> dict[str, str]:
    token = ask_token(client, program, scope="read").json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_a_program_gets_a_token_and_reads_what_it_reaches(
    client: Client, program: tuple[ApiClient, str]
) -> None:
    response = client.get("/api/v1/regions/", headers=bearer(client, program))

    assert response.status_code == 200
    assert response.json()["count"] >= 1


@pytest.mark.parametrize("method", ["basic", "body"])
def test_both_ways_of_sending_credentials_work(
    client: Client, program: tuple[ApiClient, str], method: str
) -> None:
    if method == "basic":
        response = ask_token(client, program, scope="read")
    else:
        data = {
            "grant_type": "client_credentials",
            "client_id": program[0].client_id,
            "client_secret": program[1],
        }
        response = client.post("/oauth/token/", data)

    assert response.status_code == 200


def test_a_wrong_secret_is_refused(
    client: Client, program: tuple[ApiClient, str]
) -> None:
    assert ask_token(client, (program[0], "wrong")).status_code == 401


def test_a_paused_program_is_shut_out_at_once(
    client: Client, program: tuple[ApiClient, str]
) -> None:
    headers = bearer(client, program)
    ApiClient.objects.filter(pk=program[0].pk).update(paused_at="2026-01-01T00:00Z")

    assert client.get("/api/v1/regions/", headers=headers).status_code in {401, 403}


def test_an_unknown_token_gets_a_problem_document(client: Client) -> None:
    response = client.get("/api/v1/regions/", headers={"Authorization": "Bearer none"})

    assert response.status_code in {401, 403}
    assert response["Content-Type"].startswith("application/problem+json")
    body = response.json()
    assert {"type", "title", "status", "detail", "errors"} <= set(body)


def test_a_person_uses_the_api_with_the_session(client: Client, region: Any) -> None:
    client.force_login(
        user_with("DISTRICT_EDU", region),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    assert client.get("/api/v1/regions/").status_code == 200
    assert client.get("/api/v1/regions/999999999/").status_code == 404


def test_a_role_without_the_permission_is_refused_with_words(client: Client) -> None:
    client.force_login(
        user_with("AUDITOR"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    response = client.get("/api/v1/regions/")

    assert response.status_code == 403
    assert response.json()["detail"]


def test_the_schema_and_its_page_are_served_from_here(client: Client) -> None:
    schema = client.get("/api/v1/schema/")
    page = client.get("/api/v1/docs/")

    assert schema.status_code == page.status_code == 200
    text = page.content.decode()
    assert "http://" not in text.replace("http://testserver", "")
    assert "https://" not in text


def test_too_many_calls_are_slowed_down(
    client: Client, region: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserRateThrottle, "rate", "3/min", raising=False)
    cache.clear()
    client.force_login(
        user_with("DISTRICT_EDU", region),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    codes = [client.get("/api/v1/regions/").status_code for _ in range(5)]

    cache.clear()
    assert codes == [200, 200, 200, 429, 429]


@pytest.mark.django_db
def test_an_unknown_address_below_the_api_is_a_problem_and_no_page(client: Any) -> None:
    answer = client.get("/api/v1/nothing/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "未找到"
    assert answer.json()["status"] == 404


@pytest.mark.django_db
def test_a_failure_below_the_api_is_a_problem_in_plain_words(rf: Any) -> None:
    answer = server_error(rf.get("/api/v1/schools/"))

    assert answer.status_code == 500
    assert "请联系系统管理员" in answer.content.decode()
