"""Schools, classes and returns over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schools.choices import Label
from schools.models import School
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    QualityResultFactory,
    SchoolFactory,
    SchoolLabelFactory,
    UnclearSchoolFactory,
)

pytestmark = pytest.mark.django_db
SCHOOLS, RETURNS = "/api/v1/schools/", "/api/v1/school-returns/"


def names(answer: Any) -> set[str]:
    return {row["name"] for row in answer.json()["results"]}


def test_schools_within_reach_are_listed(world: Any, signed_in: Any) -> None:
    answer = signed_in(world.here.bureau).get(SCHOOLS)

    assert names(answer) == {world.here.school.name}
    row = answer.json()["results"][0]
    assert row["administered_by"] == world.here.county.code
    assert row["stages"] == ["PRIMARY"]
    assert (row["school_code"], row["provisional_no"][0]) == (None, "L")


def test_school_of_another_county_is_404(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    assert client.get(f"{SCHOOLS}{world.there.school.pk}/").status_code == 404
    assert client.get(f"{SCHOOLS}{world.here.school.pk}/").status_code == 200


def test_filters_of_the_page_work(world: Any, signed_in: Any) -> None:
    client = signed_in(world.city_bureau)

    assert names(client.get(SCHOOLS, {"region": world.there.county.code})) == {
        world.there.school.name
    }
    assert names(client.get(SCHOOLS, {"q": "yunzhou"})) == {world.here.school.name}


@pytest.mark.clause("BN-4.1.1a")
def test_labels_for_internal_use_never_leave(world: Any, signed_in: Any) -> None:
    for label in (Label.WEAK, Label.POTENTIAL, Label.QUALITY):
        SchoolLabelFactory(school=world.here.school, label=label)
    client = signed_in(world.here.bureau)

    row = client.get(SCHOOLS).json()["results"][0]

    assert [label["label"] for label in row["labels"]] == ["QUALITY"]
    assert client.get(SCHOOLS, {"label": "WEAK"}).status_code == 400


def test_register_of_a_day(world: Any, signed_in: Any) -> None:
    SchoolFactory(region=world.here.county, name="新生小学", opened_on="2026-09-01")
    client = signed_in(world.here.bureau)

    assert "新生小学" not in names(client.get(SCHOOLS, {"on": "2026-08-31"}))
    assert "新生小学" in names(client.get(SCHOOLS, {"on": "2026-09-01"}))


@pytest.mark.parametrize("address", [SCHOOLS, RETURNS, "/api/v1/class-sections/"])
def test_list_needs_a_fixed_number_of_queries(
    world: Any, signed_in: Any, address: str
) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            school = SchoolFactory(region=world.here.county)
            FullReturnFactory(school=school, year=world.year)
            ClassSectionFactory(school=school, year=world.year)
            SchoolLabelFactory(school=school)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    count(0)
    assert count(3) == count(27)


def test_return_shows_its_moves_and_makes_them(world: Any, signed_in: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")
    client = signed_in(world.here.clerk)

    shown = client.get(f"{RETURNS}{row.pk}/").json()
    moved = client.post(f"{RETURNS}{row.pk}/submit/", content_type="application/json")

    assert [(a["move"], a["allowed"]) for a in shown["actions"]] == [("submit", True)]
    assert moved.status_code == 200
    assert moved.json()["state"] == "SUBMITTED"


def test_refused_move_says_why(world: Any, signed_in: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="DRAFT")

    answer = signed_in(world.here.bureau).post(
        f"{RETURNS}{row.pk}/accept/", content_type="application/json"
    )

    assert answer.status_code == 403
    assert "填报中" in answer.content.decode()


def test_stage_is_confirmed_over_the_api(world: Any, signed_in: Any) -> None:
    unclear = UnclearSchoolFactory(region=world.here.county)

    answer = signed_in(world.here.bureau).post(
        f"{SCHOOLS}{unclear.pk}/confirm-stage/",
        {"type": "COMPLETE_SECONDARY"},
        content_type="application/json",
    )

    assert answer.status_code == 200
    assert answer.json()["stages"] == ["JUNIOR", "SENIOR"]
    assert not School.objects.to_confirm().exists()


def test_examination_figures_have_no_address(world: Any, signed_in: Any) -> None:
    QualityResultFactory(school=world.here.school, year=world.year, mean=87.125)
    client = signed_in(world.here.bureau)

    detail = client.get(f"{SCHOOLS}{world.here.school.pk}/").content.decode()

    assert "87.125" not in detail
    assert client.get("/api/v1/quality-results/").status_code == 404
    schema = client.get("/api/v1/schema/").content.decode().lower()
    assert "qualityresult" not in schema
    assert "deviation" not in schema
