"""Schools close and open again, but not while they belong to a group."""

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from core.constraints import violated_name
from core.transitions import MoveRefused
from schools.models import School
from schools.services import (
    close_school,
    merge_schools,
    rename_school,
    reopen_school,
    split_school,
)
from tests.groups.factories import GroupFactory, join
from tests.schools.changes import DAY, EVE, made, why
from tests.schools.refusals import refused, settle

pytestmark = pytest.mark.django_db


def member(school: School, start: date = EVE, end: date | None = None) -> Any:
    """Let the school belong to a group from the eve on."""
    return join(GroupFactory(), school, start=start, end=end)


def test_a_school_closes_and_opens_again(world: Any) -> None:
    school = made(world)
    close_school(school, by=world.here.bureau, **why())
    school.refresh_from_db()
    assert school.status == "CLOSED"

    reopen_school(school, by=world.here.bureau, reason="误办")

    school.refresh_from_db()
    assert (school.status, school.closed_on) == ("OPEN", None)


def test_what_ended_is_not_renamed_split_merged_or_closed_again(world: Any) -> None:
    school, other = made(world), made(world, name="二小")
    close_school(school, by=world.here.bureau, **why())
    by = world.here.bureau
    later = {**why(), "day": DAY + timedelta(days=3)}

    for attempt in (
        lambda: close_school(school, by=by, **later),
        lambda: rename_school(school, by=by, name="x小学", **later),
        lambda: merge_schools([school], survivor=other, by=by, **later),
        lambda: merge_schools([other], survivor=school, by=by, **later),
        lambda: split_school(
            school, by=by, into=[{"name": "y小学", "type": "PRIMARY"}], **later
        ),
    ):
        with pytest.raises(MoveRefused, match="停办或合并"):
            attempt()


def test_a_reason_is_asked_for(world: Any) -> None:
    with pytest.raises(ValidationError, match="事由"):
        close_school(made(world), by=world.here.bureau, day=DAY, reason=" ")


def test_another_county_and_the_school_itself_may_not(world: Any) -> None:
    school = made(world)

    for user in (world.there.bureau, world.here.principal, world.city_bureau):
        with pytest.raises(MoveRefused):
            close_school(school, by=user, **why())


def test_a_member_of_a_group_does_not_close_and_is_told_what_to_do(world: Any) -> None:
    membership = member(made(world))

    with pytest.raises(MoveRefused, match="请先在该集团办理退出") as caught:
        close_school(membership.school, by=world.here.bureau, **why())

    assert membership.group.name in caught.value.verdict.message


@pytest.mark.parametrize("lasts_to", [None, DAY + timedelta(days=1)])
def test_the_database_refuses_to_close_a_member(world: Any, lasts_to: Any) -> None:
    school = made(world)
    member(school, end=lasts_to)

    refused(
        "membership_ends_with_school",
        lambda: School.objects.filter(pk=school.pk).update(
            status="CLOSED", closed_on=DAY
        ),
    )


def test_the_database_refuses_to_admit_a_school_that_ended(world: Any) -> None:
    school = made(world, status="CLOSED", closed_on=DAY)

    def write() -> None:
        member(school)

    refused("membership_ends_with_school", write)


def test_a_membership_that_ended_in_time_lets_the_school_close(world: Any) -> None:
    school = made(world)
    member(school, end=DAY)

    close_school(school, by=world.here.bureau, **why())
    settle()


@pytest.mark.django_db(transaction=True)
def test_closing_and_admitting_at_once_never_both_succeed(world: Any) -> None:
    school, start = made(world), Barrier(2)
    group = GroupFactory()
    outcomes: list[str] = []

    def run(act: Any) -> None:
        try:
            with transaction.atomic():
                start.wait()
                act()
            outcomes.append("done")
        except IntegrityError as error:
            outcomes.append(violated_name(error))
        finally:
            connection.close()

    acts = (
        lambda: School.objects.filter(pk=school.pk).update(
            status="CLOSED", closed_on=DAY
        ),
        lambda: join(group, school, start=EVE),
    )
    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "membership_ends_with_school"]
