"""People of rosters: no number of a person kept as another, doubles pointed at."""

import json
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from personnel.models import Teacher
from roster.models import Pupil, SyncRow
from tests.personnel.factories import TeacherFactory, identity_number
from tests.roster.inbound.factories import (
    codes,
    enrollment,
    keep_pupils,
    org,
    post,
    results,
    section,
    session,
    user,
)

NUMBER = identity_number()


@pytest.fixture
def school(world: Any) -> None:
    """A school that the source has sent."""
    assert results(post(world, "orgs", [org()])) == ["created"]


def warned(response: Any) -> set[str]:
    """Return the codes of the first row's warnings."""
    return {each["code"] for each in response.json()["results"][0].get("warnings", [])}


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    "fields", [{"identifier": NUMBER}, {"sourced_id": NUMBER}], ids=["staff no", "id"]
)
def test_an_identity_number_is_kept_nowhere_as_a_number_of_another_kind(
    world: Any, fields: dict[str, str]
) -> None:
    response = post(world, "users", [user(**fields)])

    assert (results(response), codes(response)) == (["rejected"], {"identity_number"})
    kept = json.dumps(list(SyncRow.objects.values("sourced_id", "errors")))
    assert not Teacher.objects.exists()
    assert NUMBER not in kept
    assert NUMBER not in json.dumps(response.json()["results"][0]["errors"])


@pytest.mark.usefixtures("school")
def test_a_pupil_number_made_of_an_identity_number_goes_back(world: Any) -> None:
    keep_pupils(world.here)

    response = post(world, "users", [user(f"G{NUMBER}", role="student")])

    assert codes(response) == {"identity_number"}
    assert not Pupil.objects.exists()


@pytest.mark.usefixtures("school")
def test_no_sentence_about_a_row_quotes_an_identity_number(world: Any) -> None:
    post(world, "academicSessions", [session()])
    post(world, "classes", [section()])

    response = post(world, "enrollments", [enrollment("e1", NUMBER)])

    said = response.json()["results"][0]["errors"]
    assert {each["code"] for each in said} == {"unknown_person"}
    assert NUMBER[:6] in said[0]["message"]
    assert NUMBER not in json.dumps(said)


@pytest.mark.django_db
def test_the_database_keeps_no_identity_number_in_the_clear() -> None:
    teacher = TeacherFactory()

    for field in ("staff_no", "sourced_id"):
        with (
            pytest.raises(IntegrityError, match="teacher_no_is_no_identity_number"),
            atomic(),
        ):
            Teacher.objects.filter(pk=teacher.pk).update(**{field: NUMBER})


@pytest.mark.usefixtures("school")
def test_a_new_teacher_named_like_one_of_the_school_is_pointed_at(world: Any) -> None:
    post(world, "users", [user("u1", "测试甲")])
    there = Teacher.objects.get()
    Teacher.objects.filter(pk=there.pk).update(source="", sourced_id="")

    response = post(world, "users", [user("u2", "测试甲")])

    assert (results(response), warned(response)) == (["created"], {"namesake"})
    assert warned(post(world, "users", [user("u3", "测试乙")])) == set()


@pytest.mark.usefixtures("school")
def test_a_closed_account_of_a_teacher_ends_no_employment_and_is_told(
    world: Any,
) -> None:
    response = post(world, "users", [user("u1", enabledUser="false")])

    assert (results(response), warned(response)) == (["created"], {"account_not_kept"})
    assert Teacher.objects.get().status == "ACTIVE"
