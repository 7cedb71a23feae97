"""Class sizes follow the pupils who belong to a class, row by row as well."""

from typing import Any

import pytest

from roster.models import SyncRun
from roster.tasks import forget_old_rows
from roster.verdicts import Verdicts
from schools.models import ClassSection
from tests.roster.inbound.factories import (
    enrollment,
    keep_pupils,
    org,
    post,
    ref,
    results,
    section,
    session,
    user,
)


@pytest.fixture
def pupils(world: Any) -> None:
    """Two classes, the first with three pupils, in a county that keeps pupils."""
    keep_pupils(world.here)
    post(world, "orgs", [org()])
    post(world, "academicSessions", [session()])
    post(world, "classes", [section(), section("c2", "三年级3班")])
    people = [user(f"p{n}", f"测试{n}", "student") for n in range(3)]
    assert results(post(world, "users", people)) == ["created"] * 3
    rows = [enrollment(f"e{n}", f"p{n}", "student") for n in range(3)]
    assert results(post(world, "enrollments", rows)) == ["created"] * 3


def sizes() -> dict[str, int]:
    return dict(ClassSection.objects.values_list("sourced_id", "headcount"))


@pytest.mark.usefixtures("pupils")
def test_pupils_sent_row_by_row_are_counted_into_their_class(world: Any) -> None:
    assert sizes() == {"c1": 3, "c2": 0}


@pytest.mark.usefixtures("pupils")
def test_a_pupil_who_changes_the_class_changes_the_size_of_both(world: Any) -> None:
    moved = enrollment("e0", "p0", "student", **{"class": ref("c2", "class")})

    assert results(post(world, "enrollments", [moved])) == ["updated"]

    assert sizes() == {"c1": 2, "c2": 1}


@pytest.mark.usefixtures("pupils")
def test_a_pupil_who_leaves_makes_the_class_smaller(world: Any) -> None:
    gone = {"sourcedId": "e1", "status": "tobedeleted"}

    assert results(post(world, "enrollments", [gone])) == ["deleted"]

    assert sizes() == {"c1": 2, "c2": 0}


@pytest.mark.usefixtures("pupils")
def test_a_size_held_fast_by_a_person_stays(world: Any) -> None:
    ClassSection.objects.filter(sourced_id="c1").update(pinned=["headcount"])

    post(world, "enrollments", [{"sourcedId": "e1", "status": "tobedeleted"}])

    assert sizes()["c1"] == 3


@pytest.mark.usefixtures("pupils")
def test_single_rows_are_forgotten_after_their_days_and_counts_stay(
    settings: Any,
) -> None:
    run = SyncRun.objects.latest("pk")
    assert len(list(Verdicts(run))) == 3
    assert forget_old_rows() == 0

    settings.SYNC_ROW_DAYS = 0

    assert forget_old_rows() > 0
    run.refresh_from_db()
    assert run.rows_are_forgotten
    assert not list(Verdicts(run))
    assert run.counts["enrollments"]["created"] == 3
