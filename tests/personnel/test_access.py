"""Who may know of which teacher, and who may do what."""

from datetime import date
from typing import Any

import pytest
from freezegun import freeze_time

from accounts.roles import CLIENT_SCOPES, ROLES, permission_names
from personnel import permissions
from personnel.choices import LeaveReason, TeacherStatus
from personnel.models import Teacher
from tests.accounts.factories import UserFactory, grant, user_with
from tests.groups.factories import GroupFactory, join
from tests.personnel.factories import TeacherFactory, identity_number
from tests.schools.factories import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(world: Any) -> Any:
    """One teacher in each corner of the world."""
    for corner in (world.here, world.there):
        corner.teacher = TeacherFactory(
            school=corner.school, identity_number=identity_number()
        )
    return world


def seen(user: Any) -> set[Any]:
    return set(Teacher.objects.visible_to(user))


@pytest.mark.parametrize("who", ["bureau", "principal", "clerk"])
def test_county_and_school_see_their_teachers_and_nobody_else_s(
    staff: Any, who: str
) -> None:
    assert seen(getattr(staff.here, who)) == {staff.here.teacher}


def test_city_sees_the_teachers_of_its_counties(staff: Any) -> None:
    TeacherFactory()

    assert seen(staff.city_bureau) == {staff.here.teacher, staff.there.teacher}


def test_hr_department_sees_its_region(staff: Any) -> None:
    assert seen(user_with("DEPT_HR", staff.here.county)) == {staff.here.teacher}


@pytest.mark.parametrize("role", ["CITY_SUPERVISION", "DEPT_FINANCE", "LEADING_GROUP"])
def test_roles_without_the_permission_see_no_teacher(staff: Any, role: str) -> None:
    assert seen(user_with(role, staff.here.county)) == set()


@pytest.mark.parametrize("role", ["GROUP_HEAD", "GROUP_OFFICE"])
@pytest.mark.clause("AK-3.5.1")
def test_group_sees_the_teachers_of_its_schools_on_the_day(
    staff: Any, role: str
) -> None:
    group = GroupFactory(region=staff.here.county)
    join(
        group,
        staff.there.school,
        start=date(2024, 9, 1),
        end=date(2025, 9, 1),
        ended_because="退出",
    )
    user = user_with(role, group)

    with freeze_time("2025-03-01"):
        assert seen(user) == {staff.there.teacher}
    with freeze_time("2025-09-01"):
        assert seen(user) == set()


def test_ended_right_reads_those_employed_in_its_time(staff: Any) -> None:
    gone = UserFactory()
    grant(gone, "DISTRICT_EDU", staff.here.county, end=date(2025, 9, 1))
    young = TeacherFactory(school=staff.here.school, entered_on=date(2025, 9, 1))
    old = TeacherFactory(
        school=staff.here.school,
        status=TeacherStatus.LEFT,
        left_on=date(2019, 9, 1),
        leave_reason=LeaveReason.RETIRED,
    )

    assert seen(gone) == {staff.here.teacher}
    assert young not in seen(gone) and old not in seen(gone)
    assert not permissions.can_change_teacher(gone, staff.here.teacher)


def test_only_bureau_hr_and_principal_may_unmask() -> None:
    holders = {
        code
        for code, role in ROLES.items()
        if "personnel.unmask_teacher" in role.permissions
    }

    assert holders == {"CITY_EDU", "DISTRICT_EDU", "DEPT_HR", "SCHOOL_PRINCIPAL"}
    assert not [s for s in CLIENT_SCOPES.values() if "personnel.unmask_teacher" in s]


def test_unmasking_stays_within_the_reach(staff: Any) -> None:
    for user in (
        staff.here.bureau,
        staff.here.principal,
        user_with("DEPT_HR", staff.here.county),
    ):
        assert permissions.can_unmask_teacher(user, staff.here.teacher)
        assert not permissions.can_unmask_teacher(user, staff.there.teacher)
    for user in (staff.here.clerk, staff.city_bureau):
        assert not permissions.can_unmask_teacher(user, staff.here.teacher)


def test_permissions_named_in_code_stand_in_the_role_table() -> None:
    verbs = ("view", "add", "change", "import", "export", "unmask")

    assert {f"personnel.{verb}_teacher" for verb in verbs} <= permission_names()


def test_every_refusal_says_why_and_what_to_do(staff: Any) -> None:
    outsider, row = staff.there.clerk, staff.here.teacher
    closed = SchoolFactory(
        region=staff.here.county, status="CLOSED", closed_on=date(2025, 9, 1)
    )
    refusals = [
        permissions.can_register_teacher(outsider, staff.here.school),
        permissions.can_register_teacher(staff.here.bureau, closed),
        permissions.can_change_teacher(outsider, row),
        permissions.can_leave_school(outsider, row),
        permissions.can_return_to_work(staff.here.bureau, row),
        permissions.can_unmask_teacher(outsider, row),
        permissions.can_unmask_teacher(
            staff.here.bureau, TeacherFactory(school=staff.here.school)
        ),
    ]

    assert not any(refusals)
    assert all("未能" in r.reason and r.remedy for r in refusals)
