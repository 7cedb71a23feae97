"""A person who left one region works in another; nobody works in two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.transaction import atomic

from core.transitions import MoveRefused
from personnel.choices import LeaveReason, TeacherStatus
from personnel.models import Teacher
from personnel.services import leave_school, register_teacher, return_to_work
from tests.personnel.factories import TeacherFactory, identity_number
from tests.personnel.test_imports import row, take_in

NUMBER = identity_number()


@pytest.fixture
def gone(world: Any) -> Teacher:
    """A teacher who left a school of the other county."""
    there = world.there
    teacher = TeacherFactory(school=there.school, name="测试甲", identity_number=NUMBER)
    return leave_school(
        teacher, by=there.bureau, left_on=date(2026, 7, 1), reason=LeaveReason.MOVED
    )


def taken_on(world: Any, **fields: Any) -> Teacher:
    return register_teacher(
        by=fields.pop("by", world.here.clerk),
        identity_number=fields.pop("identity_number", NUMBER),
        school=world.here.school,
        name="测试甲",
        employment="ESTABLISHMENT",
        **fields,
    )


@pytest.mark.django_db
def test_who_left_a_school_of_another_county_is_taken_on_without_it(
    world: Any, gone: Teacher
) -> None:
    here = taken_on(world, entered_on=date(2026, 9, 1))

    gone.refresh_from_db()
    assert here.pk != gone.pk
    assert (here.school, gone.school) == (world.here.school, world.there.school)
    assert (here.status, gone.status) == (TeacherStatus.ACTIVE, TeacherStatus.LEFT)
    assert not Teacher.objects.visible_to(world.here.bureau).filter(pk=gone.pk)
    assert not Teacher.objects.visible_to(world.there.bureau).filter(pk=here.pk)


@pytest.mark.django_db
def test_list_takes_on_who_left_another_county(world: Any, gone: Teacher) -> None:
    done = take_in(world, row(world, identity=NUMBER))

    assert (done.created, done.rejected, done.asked) == (1, 0, 0)
    assert Teacher.objects.active().get().school == world.here.school


@pytest.mark.django_db
def test_who_works_in_another_county_is_not_taken_on(world: Any) -> None:
    TeacherFactory(school=world.there.school, identity_number=NUMBER)

    with pytest.raises(ValidationError, match="登记"):
        taken_on(world)
    assert take_in(world, row(world, identity=NUMBER)).rejected == 1


@pytest.mark.django_db
def test_old_county_cannot_take_back_who_works_elsewhere_now(
    world: Any, gone: Teacher
) -> None:
    taken_on(world)

    with pytest.raises(ValidationError, match="登记"):
        return_to_work(
            gone,
            by=world.there.bureau,
            school=world.there.school,
            entered_on=date(2026, 9, 1),
        )
    with pytest.raises(IntegrityError, match="teacher_identity_once"), atomic():
        Teacher.objects.filter(pk=gone.pk).update(
            status="ACTIVE", left_on=None, leave_reason=""
        )


@pytest.mark.django_db
def test_who_left_this_county_comes_back_to_the_same_record(world: Any) -> None:
    old = TeacherFactory(school=world.here.school, identity_number=NUMBER)
    leave_school(
        old, by=world.here.bureau, left_on=date(2026, 7, 1), reason=LeaveReason.MOVED
    )

    with pytest.raises(ValidationError, match="已离职"):
        taken_on(world)
    copy = Teacher.objects.get(pk=old.pk)
    copy.pk, copy._state.adding = None, True
    with pytest.raises(IntegrityError, match="teacher_identity_in_region"), atomic():
        copy.save()


def at_once(works: list[Any]) -> list[str]:
    """Run each piece of work in a thread of its own; return what came of each."""

    def outcome(work: Any) -> str:
        try:
            work()
        except (ValidationError, MoveRefused, IntegrityError) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(outcome, works))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_one_person_at_once_one_succeeds(world: Any) -> None:
    sides = [world.here, world.there] * 6
    works = [
        lambda side=side: register_teacher(
            by=side.clerk,
            identity_number=NUMBER,
            school=side.school,
            name="测试甲",
            employment="ESTABLISHMENT",
        )
        for side in sides
    ]

    outcomes = at_once(works)

    assert outcomes.count("done") == 1
    assert set(outcomes) == {"ValidationError", "done"}
    assert Teacher.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_give_out_one_staff_number_at_once_one_succeeds(
    world: Any,
) -> None:
    works = [
        lambda turn=turn: register_teacher(
            by=world.here.clerk,
            school=world.here.school,
            name=f"测试{turn}",
            staff_no="T001",
            employment="ESTABLISHMENT",
            not_same=True,
        )
        for turn in range(12)
    ]

    outcomes = at_once(works)

    assert outcomes.count("done") == 1
    assert set(outcomes) == {"ValidationError", "done"}
