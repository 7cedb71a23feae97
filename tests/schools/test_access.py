"""Who may know of which school, and who may do what."""

from datetime import date
from typing import Any

import pytest
from freezegun import freeze_time

from accounts.roles import permission_names
from core.access import reaches
from schools import permissions
from schools.models import ClassSection, School, SchoolLabel, SchoolReturn, SchoolStage
from tests.accounts.factories import UserFactory, grant, user_with
from tests.bureau.factories import CountyFactory
from tests.schools.factories import (
    ClassSectionFactory,
    SchoolFactory,
    SchoolLabelFactory,
    SchoolReturnFactory,
    UnclearSchoolFactory,
)

pytestmark = pytest.mark.django_db


def test_county_sees_its_schools_and_nothing_of_the_next_county(world: Any) -> None:
    seen = School.objects.visible_to(world.here.bureau)

    assert list(seen) == [world.here.school]


def test_city_sees_the_schools_of_its_counties(world: Any) -> None:
    SchoolFactory()

    seen = set(School.objects.visible_to(world.city_bureau))

    assert seen == {world.here.school, world.there.school}


def test_school_sees_itself(world: Any) -> None:
    assert list(School.objects.visible_to(world.here.clerk)) == [world.here.school]


def test_administering_region_decides_not_the_place(world: Any) -> None:
    city_run = SchoolFactory(region=world.here.county, administered_by=world.city)

    assert city_run not in School.objects.visible_to(world.here.bureau)
    assert city_run in School.objects.visible_to(world.city_bureau)


@pytest.mark.parametrize(
    "model", [ClassSection, SchoolReturn, SchoolLabel, SchoolStage]
)
def test_rows_of_a_school_follow_the_school(world: Any, model: Any) -> None:
    for corner in (world.here, world.there):
        ClassSectionFactory(school=corner.school, year=world.year)
        SchoolReturnFactory(school=corner.school, year=world.year)
        SchoolLabelFactory(school=corner.school)

    for user in (world.here.bureau, world.here.clerk):
        seen = model.objects.visible_to(user, "schools.view_school")
        assert {row.school for row in seen} == {world.here.school}
    assert (
        model.objects.visible_to(world.city_bureau, "schools.view_school").count() == 2
    )


def test_ended_right_still_reads_its_own_time_and_nothing_later(world: Any) -> None:
    gone = UserFactory()
    grant(gone, "DISTRICT_EDU", world.here.county, end=date(2026, 9, 1))
    old = SchoolReturnFactory(school=world.here.school, year=world.last_year)
    new = SchoolReturnFactory(school=world.here.school, year=world.year)
    young = SchoolFactory(region=world.here.county, opened_on=date(2026, 9, 1))

    with freeze_time("2026-10-10"):
        schools = School.objects.visible_to(gone)
        returns = SchoolReturn.objects.visible_to(gone)
        assert (world.here.school in schools, young in schools) == (True, False)
        assert (old in returns, new in returns) == (True, False)
        assert not reaches(gone, "schools.change_school", world.here.school)


def test_revoked_right_sees_nothing(world: Any) -> None:
    given = world.here.bureau.grants.get()
    given.revoked_at = "2026-01-01T00:00:00+08:00"
    given.save()
    world.here.bureau.__dict__.pop("_grants", None)

    assert not School.objects.visible_to(world.here.bureau).exists()


def test_permissions_named_in_code_stand_in_the_role_table() -> None:
    used = {
        "schools.add_school",
        "schools.change_school",
        "schools.import_school",
        "schools.export_school",
        "schools.change_classsection",
        "schools.change_schoolreturn",
        "schools.submit_schoolreturn",
        "schools.confirm_schoolreturn",
        "schools.check_schoolreturn",
        "schools.accept_schoolreturn",
    }

    assert used <= permission_names()


@pytest.mark.clause("BN-0.3")
def test_only_the_bureau_in_charge_registers_schools(world: Any) -> None:
    assert permissions.can_register_school(world.here.bureau, world.here.county)
    for user in (world.there.bureau, world.here.principal, UserFactory()):
        refusal = permissions.can_register_school(user, world.here.county)
        assert not refusal
        assert refusal.clause == "BN-0.3"
        assert world.here.county.name in refusal.message


def test_county_does_not_register_for_the_city_above_it(world: Any) -> None:
    assert not permissions.can_register_school(world.here.bureau, world.city)
    assert permissions.can_register_school(world.city_bureau, world.here.county)


def test_stage_is_confirmed_once_by_the_bureau(world: Any) -> None:
    unclear = UnclearSchoolFactory(region=world.here.county)

    assert permissions.can_confirm_stage(world.here.bureau, unclear)
    assert not permissions.can_confirm_stage(world.here.principal, unclear)
    assert not permissions.can_confirm_stage(world.there.bureau, unclear)
    assert not permissions.can_confirm_stage(world.here.bureau, world.here.school)


def test_every_refusal_says_why_and_what_to_do(world: Any) -> None:
    row = SchoolReturnFactory(school=world.here.school, year=world.year)
    outsider = user_with("SCHOOL_PRINCIPAL", world.there.school)
    refusals = [
        permissions.can_change_school(outsider, world.here.school),
        permissions.can_label_school(outsider, world.here.school),
        permissions.can_change_classes(outsider, world.here.school),
        permissions.can_change_return(outsider, row),
        permissions.can_submit_return(outsider, row),
        permissions.can_confirm_return(outsider, row),
        permissions.can_check_return(outsider, row),
        permissions.can_accept_return(outsider, row),
        permissions.can_send_back_return(outsider, row),
        permissions.can_lock_return(outsider, row),
        permissions.can_open_returns(outsider, CountyFactory()),
    ]

    assert not any(refusals)
    assert all("未能" in r.reason and r.remedy for r in refusals)
