"""The region a teacher carries: that of the school on every path, asked set by set."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.db.transaction import atomic, set_rollback

from core.constraints import check_deferred
from core.copying import copy_rows
from personnel.models import Teacher
from tests.bureau.factories import CountyFactory
from tests.personnel.factories import TeacherFactory
from tests.schools.factories import SchoolFactory

NAME = "teacher_carries_region"
COLUMNS = ("school_id", "region_id", "name", "employment", "changed_at")


def broken() -> Any:
    """Expect the refusal that the constraint declares."""
    return pytest.raises(IntegrityError, match=NAME)


def entered(*pairs: tuple[Any, Any]) -> None:
    """Write teachers of (school, region) by COPY."""
    rows = ((s, r, f"教师{n}", "OTHER", None) for n, (s, r) in enumerate(pairs))
    copy_rows(Teacher, COLUMNS, rows)


@pytest.mark.django_db
def test_one_wrong_region_among_many_rows_refuses_the_statement() -> None:
    school, other = SchoolFactory(), CountyFactory()
    right = (school.pk, school.administered_by_id)

    with broken(), atomic():
        entered(*[right] * 50, (school.pk, other.pk))
    with broken(), atomic():
        entered((0, other.pk))

    assert not Teacher.objects.exists()
    entered(*[right] * 50)
    assert Teacher.objects.filter(region=school.administered_by).count() == 50


@pytest.mark.django_db
def test_no_update_takes_a_teacher_out_of_the_region_of_the_school() -> None:
    teacher, other = TeacherFactory(), CountyFactory()

    with broken(), atomic():
        Teacher.objects.filter(pk=teacher.pk).update(region=other)
    with broken(), atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE personnel_teacher SET school_id = school_id + 100000")


@pytest.mark.django_db
def test_teachers_follow_a_school_to_another_authority() -> None:
    teacher, other = TeacherFactory(), CountyFactory()
    stays = TeacherFactory()

    type(teacher.school).objects.filter(pk=teacher.school_id).update(
        administered_by=other
    )

    before = stays.region_id
    teacher.refresh_from_db()
    stays.refresh_from_db()
    assert (teacher.region_id, stays.region_id) == (other.pk, before)


@pytest.mark.django_db
def test_school_with_teachers_cannot_be_deleted_below_the_models() -> None:
    teacher = TeacherFactory()

    with broken(), atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM schools_schoolstage WHERE school_id = %s", [teacher.school_id]
        )
        cursor.execute("DELETE FROM schools_school WHERE id = %s", [teacher.school_id])
        check_deferred()
    with atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM personnel_teacher WHERE id = %s", [teacher.pk])
        cursor.execute(
            "DELETE FROM schools_schoolstage WHERE school_id = %s", [teacher.school_id]
        )
        cursor.execute("DELETE FROM schools_school WHERE id = %s", [teacher.school_id])
        check_deferred()
        set_rollback(True)


def beside(work: Callable[[], None]) -> tuple[Thread, list[Exception]]:
    """Start a piece of work in a thread with a connection of its own."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            work()
        except (IntegrityError, OperationalError) as error:
            errors.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread, errors


@pytest.mark.django_db(transaction=True)
def test_school_moved_while_teachers_are_entered_takes_them_along() -> None:
    school, other = SchoolFactory(), CountyFactory()
    is_moving = Event()

    def move() -> None:
        is_moving.set()
        type(school).objects.filter(pk=school.pk).update(administered_by=other)

    with atomic():
        entered((school.pk, school.administered_by_id))
        thread, errors = beside(move)
        is_moving.wait(10)
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(20)

    assert not errors
    assert Teacher.objects.get().region == other


@pytest.mark.django_db(transaction=True)
def test_teachers_entered_while_their_school_moves_wait_and_are_refused() -> None:
    school, other = SchoolFactory(), CountyFactory()
    before = school.administered_by_id

    with atomic():
        type(school).objects.filter(pk=school.pk).update(administered_by=other)
        thread, errors = beside(lambda: entered((school.pk, before)))
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(20)

    assert [NAME in str(error) for error in errors] == [True]
    assert not Teacher.objects.exists()
