"""Campuses, building projects and partners written over the API, as on the pages."""

from typing import Any

import pytest

from audit.models import Event
from schools.models import Campus, ConstructionProject, Partner
from tests.accounts.factories import user_with

pytestmark = pytest.mark.django_db
CAMPUSES = "/api/v1/campuses/"
PROJECTS = "/api/v1/construction-projects/"
PARTNERS = "/api/v1/partners/"
PROJECT = {"name": "综合楼", "kind": "EXTENSION", "programme": "CITY_CENTRE"}
PARTNER = {"name": "示范精密制造有限公司", "kind": "PARK_ENTERPRISE"}


def post(client: Any, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def patch(client: Any, address: str, pk: int, **body: Any) -> Any:
    return client.patch(f"{address}{pk}/", body, content_type="application/json")


def fields_of(answer: Any) -> set[str]:
    return {each["attr"] for each in answer.json()["errors"]}


def test_school_enters_and_corrects_a_campus(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.clerk)
    body = {"school": world.here.school.pk, "name": "东校区"}

    made = post(client, CAMPUSES, valid_from="2015-09-01", **body)
    changed = patch(client, CAMPUSES, made.json()["id"], valid_to="2022-09-01")

    campus = Campus.objects.get()
    assert (made.status_code, changed.status_code) == (201, 200)
    assert made.json()["school"] == world.here.school.pk
    assert (campus.name, str(campus.valid_to)) == ("东校区", "2022-09-01")
    assert Event.objects.filter(verb__endswith="campus").count() == 2


def test_bureau_enters_and_corrects_a_project(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    made = post(client, PROJECTS, school=world.here.school.pk, **PROJECT)
    changed = patch(client, PROJECTS, made.json()["id"], investment="5200000.00")

    assert (made.status_code, changed.status_code) == (201, 200)
    assert ConstructionProject.objects.get().investment == 5_200_000


def test_bureau_enters_and_corrects_a_partner(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    made = post(client, PARTNERS, region=world.here.county.code, **PARTNER)
    changed = patch(client, PARTNERS, made.json()["id"], industry="装备制造")

    assert (made.status_code, changed.status_code) == (201, 200)
    assert made.json()["region"] == world.here.county.code
    assert Partner.objects.get().industry == "装备制造"
    assert "contact_phone" not in changed.json()


def test_wrong_fields_are_named_and_nothing_is_written(
    world: Any, signed_in: Any
) -> None:
    client, school = signed_in(world.here.bureau), world.here.school.pk

    campus = post(client, CAMPUSES, school=school, name="", valid_from="去年")
    half = post(
        client,
        CAMPUSES,
        **{"school": school, "name": "东区", "valid_from": "2015-09-01", "latitude": 3},
    )
    project = post(client, PROJECTS, school=school, **PROJECT | {"kind": "CASTLE"})
    partner = post(client, PARTNERS, region="000000", **PARTNER)
    code = post(
        client,
        PARTNERS,
        **{**PARTNER, "region": world.here.county.code, "credit_code": "123"},
    )

    assert fields_of(campus) == {"name", "valid_from"}
    assert fields_of(project) == {"kind"}
    assert fields_of(partner) == {"region"}
    assert {half.status_code, code.status_code, campus.status_code} == {400}
    for model in (Campus, ConstructionProject, Partner):
        assert not model._default_manager.exists()


def test_school_of_another_county_is_as_if_it_were_not_there(
    world: Any, signed_in: Any
) -> None:
    client, school = signed_in(world.here.bureau), world.there.school
    theirs = Campus.objects.create(school=school, name="东区", valid_from="2015-09-01")

    made = post(
        client, CAMPUSES, school=school.pk, name="西区", valid_from="2015-09-01"
    )
    elsewhere = post(client, PARTNERS, region=world.there.county.code, **PARTNER)

    assert (made.status_code, fields_of(made)) == (400, {"school"})
    assert patch(client, CAMPUSES, theirs.pk, name="夺来").status_code == 404
    assert elsewhere.status_code == 403
    assert "不负责" in elsewhere.json()["detail"]


def test_who_may_only_read_is_told_why(world: Any, signed_in: Any) -> None:
    client = signed_in(user_with("CITY_SUPERVISION", world.city))
    campus = Campus.objects.create(
        school=world.here.school, name="东区", valid_from="2015-09-01"
    )

    made = post(client, PROJECTS, school=world.here.school.pk, **PROJECT)
    changed = patch(client, CAMPUSES, campus.pk, name="西区")

    assert (made.status_code, changed.status_code) == (403, 403)
    assert "登记建设项目" in made.json()["detail"]
    campus.refresh_from_db()
    assert campus.name == "东区"


def test_a_campus_stays_with_its_school_and_is_not_deleted(
    world: Any, signed_in: Any
) -> None:
    client = signed_in(world.city_bureau)
    campus = Campus.objects.create(
        school=world.here.school, name="东区", valid_from="2015-09-01"
    )

    moved = patch(client, CAMPUSES, campus.pk, school=world.there.school.pk)

    assert (moved.status_code, fields_of(moved)) == (400, {"school"})
    assert client.delete(f"{CAMPUSES}{campus.pk}/").status_code == 405


def test_documents_name_what_is_sent(world: Any, signed_in: Any) -> None:
    schema = signed_in(world.here.bureau).get("/api/v1/schema/").content.decode()

    for name in ("CampusInput", "PatchedProjectInput", "PartnerInput"):
        assert name in schema
