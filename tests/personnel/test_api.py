"""Teachers over the API: within reach, and without identity numbers."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.factories import user_with
from tests.personnel.factories import TeacherFactory, identity_number
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db
TEACHERS = "/api/v1/teachers/"


def names(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.content
    return {row["name"] for row in answer.json()["results"]}


def test_teachers_within_reach_are_listed(world: Any, signed_in: Any) -> None:
    here = TeacherFactory(school=world.here.school, subject="ART", staff_no="T1")
    there = TeacherFactory(school=world.there.school)
    client = signed_in(world.here.bureau)

    answer = client.get(TEACHERS)

    assert names(answer) == {here.name}
    row = answer.json()["results"][0]
    assert (row["school"], row["region"]) == (here.school_id, world.here.county.code)
    assert (row["subject"], row["staff_no"]) == ("ART", "T1")
    assert client.get(f"{TEACHERS}{here.pk}/").status_code == 200
    assert client.get(f"{TEACHERS}{there.pk}/").status_code == 404


def test_nothing_of_the_identity_leaves(world: Any, signed_in: Any) -> None:
    number = identity_number()
    row = TeacherFactory(school=world.here.school, identity_number=number)
    client = signed_in(world.here.bureau)

    answers = [client.get(TEACHERS), client.get(f"{TEACHERS}{row.pk}/")]
    text = "".join(answer.content.decode() for answer in answers)

    assert row.name in text
    for secret in (
        number,
        row.masked_identity,
        row.identity_hash,
        row.identity_sealed,
        "identity",
    ):
        assert secret not in text
    schema = client.get("/api/v1/schema/").content.decode()
    assert "/teachers/" in schema and "identity" not in schema.lower()


def test_a_role_without_the_permission_is_refused(world: Any, signed_in: Any) -> None:
    finance = user_with("DEPT_FINANCE", world.here.county)

    assert signed_in(finance).get(TEACHERS).status_code == 403


def test_api_writes_nothing(world: Any, signed_in: Any) -> None:
    row = TeacherFactory(school=world.here.school)
    client = signed_in(world.here.bureau)

    for method in (client.post, client.put, client.patch, client.delete):
        address = TEACHERS if method is client.post else f"{TEACHERS}{row.pk}/"
        answer = method(address, {}, content_type="application/json")
        assert answer.status_code == 405


def test_filters_of_the_page_and_the_day_work(world: Any, signed_in: Any) -> None:
    TeacherFactory(school=world.here.school, name="测试甲", subject="ART")
    TeacherFactory(
        school=world.here.school,
        name="测试离人",
        status="LEFT",
        left_on=date(2025, 9, 1),
        leave_reason="MOVED",
    )
    client = signed_in(world.here.bureau)

    assert names(client.get(TEACHERS, {"subject": "ART"})) == {"测试甲"}
    assert names(client.get(TEACHERS, {"q": "csj"})) == {"测试甲"}
    assert names(client.get(TEACHERS, {"status": "LEFT"})) == {"测试离人"}
    assert names(client.get(TEACHERS, {"on": "2025-08-31"})) == {"测试甲", "测试离人"}
    assert names(client.get(TEACHERS, {"on": "2025-09-01"})) == {"测试甲"}
    assert client.get(TEACHERS, {"subject": "MAGIC"}).status_code == 400


def test_list_needs_a_fixed_number_of_queries(world: Any, signed_in: Any) -> None:
    client = signed_in(world.here.bureau)

    def count(more: int) -> int:
        for _n in range(more):
            TeacherFactory(school=SchoolFactory(region=world.here.county))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(TEACHERS).status_code == 200
        return len(queries)

    count(0)
    assert count(3) == count(27)
