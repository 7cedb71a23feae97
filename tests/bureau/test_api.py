"""The API reads what the pages show, and no more."""

from typing import Any

import pytest

from bureau.models import ApiClient
from bureau.services import create_client, ensure_year, pause_client, set_parameter
from tests.accounts.factories import user_with
from tests.bureau.factories import (
    CountyFactory,
    PolicyClauseFactory,
    PolicyParameterFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> Any:
    """A county of the fictional city."""
    return CountyFactory()


def bearer(client: Any, made: ApiClient, secret: str) -> dict[str, str]:
    """Return the header of a fresh token."""
    token = client.post(
        "/oauth/token/",
        {
            "grant_type": "client_credentials",
            "client_id": made.client_id,
            "client_secret": secret,
        },
    ).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def program(client: Any, county: Any) -> dict[str, str]:
    """The header of a program of the county that may read."""
    made, secret = create_client("学籍系统", county, ["read"])
    return bearer(client, made, secret)


def test_a_program_sees_its_region_and_no_other(
    client: Any, county: Any, program: dict[str, str]
) -> None:
    other = CountyFactory()

    found = client.get("/api/v1/regions/", headers=program).json()

    assert [row["code"] for row in found["results"]] == [county.code]
    assert found["results"][0]["parent"] == county.parent.code
    hidden = client.get(f"/api/v1/regions/{other.pk}/", headers=program)
    assert hidden.status_code == 404


def test_without_a_token_nothing_is_read(client: Any) -> None:
    assert client.get("/api/v1/regions/").status_code in {401, 403}


def test_a_paused_programs_token_is_refused(client: Any, county: Any) -> None:
    made, secret = create_client("旧系统", county, ["read"])
    header = bearer(client, made, secret)
    pause_client(made, by=None)

    assert client.get("/api/v1/regions/", headers=header).status_code in {401, 403}


def test_clauses_are_read_by_their_number(client: Any, program: Any) -> None:
    clause = PolicyClauseFactory(clause_id="BN-4.1.2")

    found = client.get("/api/v1/policy-clauses/BN-4.1.2/", headers=program).json()

    assert found["summary"] == clause.summary
    assert found["document"] == clause.document.doc_no


def test_parameters_of_another_county_are_hidden(
    client: Any, county: Any, program: Any
) -> None:
    PolicyParameterFactory()
    set_parameter("class.large_min", county, 50, by=None, reason="x")
    set_parameter("class.large_min", county.parent, 52, by=None, reason="x")
    set_parameter("class.large_min", CountyFactory(), 43, by=None, reason="x")

    found = client.get(
        "/api/v1/policy-parameters/", {"on": "2099-01-01"}, headers=program
    ).json()

    assert sorted(row["value"] for row in found["results"]) == ["50", "52", "56"]


def test_years_come_with_their_terms(client: Any, program: Any) -> None:
    ensure_year(2025)

    found = client.get("/api/v1/academic-years/", headers=program).json()

    assert found["results"][0]["code"] == "2025-2026"
    assert len(found["results"][0]["terms"]) == 2


def test_a_person_reads_with_the_session(signed_in: Any, county: Any) -> None:
    browser = signed_in(user_with("DISTRICT_EDU", county))

    assert browser.get("/api/v1/policy-documents/").json()["count"] == 0
    assert browser.get("/api/v1/regions/").json()["count"] == 1


def test_the_filters_are_those_of_the_pages(signed_in: Any, county: Any) -> None:
    browser = signed_in(user_with("CITY_EDU", county.parent))

    counties = browser.get("/api/v1/regions/", {"level": "COUNTY"}).json()
    named = browser.get("/api/v1/regions/", {"q": county.name}).json()

    assert counties["count"] == 1
    assert [r["code"] for r in named["results"]] == [county.code]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reference_data_is_read_only(method: str, signed_in: Any, county: Any) -> None:
    browser = signed_in(user_with("DISTRICT_EDU", county))

    answer = getattr(browser, method)(f"/api/v1/regions/{county.pk}/")

    assert answer.status_code in {403, 405}
