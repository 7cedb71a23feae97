"""Every object of every collection has the shape the discovery document promises."""

from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from roster.provider.declaring import V1P1, V1P2, Version
from roster.provider.discovery import object_schema, problem_schema
from roster.provider.endpoints import LISTINGS, NESTED
from tests.roster.provider.conftest import Api
from tests.roster.provider.factories import World, token

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("version", [V1P2, V1P1], ids=["v1p2", "v1p1"])
PATHS = pytest.mark.parametrize("path", sorted(LISTINGS))
FILLED = {*LISTINGS} - {"demographics", "gradingPeriods"}


def check(schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)


@BOTH
@PATHS
def test_every_object_has_the_promised_shape(
    api: Api, path: str, version: Version
) -> None:
    rows = api.list(path, version.prefix)

    assert bool(rows) == (path in FILLED)
    schema = object_schema(LISTINGS[path].collection, version)
    for row in rows:
        check(schema, row)


@BOTH
@pytest.mark.parametrize("path", sorted(FILLED))
def test_an_object_alone_is_the_one_of_the_list(
    api: Api, path: str, version: Version
) -> None:
    for row in api.list(path, version.prefix):
        answer = api.get(f"{path}/{row['sourcedId']}", version.prefix)

        assert answer.json() == {LISTINGS[path].collection.singular: row}


@PATHS
def test_a_wanted_part_has_the_shape_of_that_part(api: Api, path: str) -> None:
    collection = LISTINGS[path].collection
    for name in collection.shape(V1P2):
        fields = ("sourcedId", name)
        schema = object_schema(collection, V1P2, fields)
        for row in api.list(path, fields=",".join(fields)):
            check(schema, row)
            assert set(row) <= set(fields)


def test_all_41_operations_answer(api: Api, world: World) -> None:
    here = world.here
    ids = {
        "schools": here.school.public_id,
        "classes": here.section.public_id,
        "courses": here.course.public_id,
        "terms": world.year.terms.first().public_id,
        "students": here.pupil.public_id,
        "teachers": here.teacher.public_id,
        "users": here.pupil.public_id,
    }
    found = {}
    for path, nested in NESTED.items():
        names = [ids[step.parent.path] for step in nested.steps]
        rows = api.list(path.format(*names))
        schema = object_schema(nested.listing.collection, V1P2)
        for row in rows:
            check(schema, row)
        found[path] = len(rows)

    assert len(LISTINGS) * 2 + len(NESTED) == 41
    assert found == {
        "schools/{}/classes": 2,
        "schools/{}/courses": 2,
        "schools/{}/enrollments": 3,
        "schools/{}/students": 1,
        "schools/{}/teachers": 1,
        "schools/{}/terms": 2,
        "schools/{}/classes/{}/enrollments": 2,
        "schools/{}/classes/{}/students": 1,
        "schools/{}/classes/{}/teachers": 1,
        "classes/{}/students": 1,
        "classes/{}/teachers": 1,
        "courses/{}/classes": 1,
        "terms/{}/classes": 2,
        "terms/{}/gradingPeriods": 0,
        "students/{}/classes": 1,
        "teachers/{}/classes": 2,
        "users/{}/classes": 1,
    }


def test_a_teacher_is_shown_without_identity_number_or_birth(
    api: Api, world: World
) -> None:
    school = world.here.school
    org = {
        "href": f"http://testserver/ims/oneroster/rostering/v1p2/orgs/{school.public_id}",
        "sourcedId": school.public_id,
        "type": "org",
    }

    [found] = api.list("teachers")

    assert found.pop("dateLastModified").endswith("Z")
    assert found == {
        "sourcedId": world.here.teacher.public_id,
        "status": "active",
        "enabledUser": "true",
        "givenName": "晓燕",
        "familyName": "欧阳",
        "roles": [
            {
                "roleType": "primary",
                "role": "teacher",
                "org": org,
                "beginDate": "2015-09-01",
            }
        ],
        "identifier": "T001",
        "primaryOrg": org,
        "metadata": {"cn.edu.fullName": "欧阳晓燕", "cn.edu.subject": "MATHS"},
    }


def test_version_1_1_names_one_role_and_the_orgs(api: Api, world: World) -> None:
    [found] = api.list("teachers", V1P1.prefix)

    assert found["role"] == "teacher"
    assert [o["sourcedId"] for o in found["orgs"]] == [world.here.school.public_id]
    assert found["orgs"][0]["href"].startswith("http://testserver/ims/oneroster/v1p1/")
    assert not {"roles", "primaryOrg"} & set(found)


def test_class_size_stands_on_every_class(api: Api, world: World) -> None:
    found = {row["sourcedId"]: row for row in api.list("classes")}

    home = found[world.here.section.public_id]
    assert home["metadata"]["cn.edu.studentCount"] == 45
    assert home["classType"] == "homeroom"
    assert home["title"] == "一年级 1 班"
    assert home["grades"] == ["01"]
    assert len(home["terms"]) == 2
    taught = found[world.here.taught.public_id]
    assert taught["classType"] == "scheduled"
    assert taught["course"]["sourcedId"] == world.here.course.public_id


def test_an_administrative_class_belongs_to_the_course_of_its_grade(
    api: Api, world: World
) -> None:
    home = api.get(f"classes/{world.here.section.public_id}").json()["class"]
    course = api.get(f"courses/{home['course']['sourcedId']}").json()["course"]

    assert course["title"] == "小学 一年级"
    assert course["sourcedId"] == f"grade-{world.here.county.pk}-PRIMARY-1"
    below = api.list(f"courses/{course['sourcedId']}/classes")
    assert [row["sourcedId"] for row in below] == [world.here.section.public_id]


def test_a_class_of_a_year_without_terms_refers_to_the_year(
    api: Api, world: World
) -> None:
    world.year.terms.all().delete()

    found = api.get(f"classes/{world.here.section.public_id}").json()["class"]

    assert [t["sourcedId"] for t in found["terms"]] == [world.year.public_id]


def test_a_last_day_is_given_as_the_first_day_after(api: Api, world: World) -> None:
    [year] = api.list("academicSessions", filter="type='schoolYear'")
    term = api.list("terms", sort="startDate")[0]
    [child] = api.list("enrollments", filter="role='student'")

    assert (year["startDate"], year["endDate"]) == ("2025-09-01", "2026-09-01")
    assert year["schoolYear"] == term["schoolYear"] == "2026"
    assert term["endDate"] == "2026-01-21"
    assert child["endDate"] == "2026-07-11"


def test_a_parent_outside_the_reach_is_not_named(
    api: Api, city_api: Api, world: World
) -> None:
    county = world.here.county.public_id

    alone = api.get(f"orgs/{county}").json()["org"]
    below = city_api.get(f"orgs/{county}").json()["org"]

    assert "parent" not in alone
    assert below["parent"]["sourcedId"] == world.city.public_id
    assert (alone["type"], alone["identifier"]) == ("district", world.here.county.code)


def test_a_planned_school_is_not_shown_and_a_closed_one_is_to_be_deleted(
    api: Api, world: World
) -> None:
    school = world.here.school
    type(school).objects.filter(pk=school.pk).update(status="PLANNED")
    assert api.list("schools") == []

    type(school).objects.filter(pk=school.pk).update(
        status="CLOSED", closed_on="2025-07-01"
    )
    assert [s["status"] for s in api.list("schools")] == ["tobedeleted"]


def test_refusals_have_the_promised_shape(client: Any, api: Api) -> None:
    for version in (V1P2, V1P1):
        for path in ("schools/none", "nothing", "orgs?limit=0", ""):
            answer = client.get(f"{version.prefix}/{path}", headers=api.headers)

            check(problem_schema(version), answer.json())
            assert answer.status_code in {400, 404}


def test_an_identifier_is_written_into_addresses_byte_by_byte(
    client: Any, world: World
) -> None:
    school = world.here.school
    type(school).objects.filter(pk=school.pk).update(source="s", sourced_id="校 #1?")
    api = Api(client, token(client, world.here.county))

    [teacher] = api.list("teachers")
    href = teacher["primaryOrg"]["href"]

    assert unquote(href).endswith("/orgs/校 #1?")
    assert href.isascii() and not {*" #?"} & {*href}
    found = client.get(href, headers=api.headers).json()
    assert found["org"]["sourcedId"] == "校 #1?"
