"""What services and permissions of schools refuse, and in which words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from bureau.models import Term
from core.days import today
from core.models import Notification
from core.transitions import MoveRefused
from schools import permissions
from schools.models import ClassReductionPlan, School
from schools.services import (
    approve_unlock,
    ask_unlock,
    change_partner,
    change_profile,
    close_overdue_unlocks,
    close_school,
    merge_schools,
    plan_merge,
    plan_reduction,
    rename_school,
    reopen_school,
    split_school,
    submit_return,
)
from tests.bureau.factories import AcademicYearFactory
from tests.schools.changes import DAY, EVE, made, why
from tests.schools.factories import ClassSectionFactory, FullReturnFactory
from tests.schools.test_places import partner
from tests.schools.test_unlocks import let_pass

pytestmark = pytest.mark.django_db


# --- succession ----------------------------------------------------------------------


def test_a_school_removed_meanwhile_is_not_closed(world: Any) -> None:
    school = made(world)
    gone = School(pk=school.pk + 1000, name="已并登记")

    with pytest.raises(ValidationError, match="登记已不存在"):
        close_school(gone, by=world.here.bureau, **why())


def test_no_school_ends_before_its_last_change_of_name(world: Any) -> None:
    school = made(world)
    rename_school(school, by=world.here.bureau, name="西湖小学", **why())

    with pytest.raises(ValidationError, match="不能早于西湖小学上一次变更"):
        close_school(school, by=world.here.bureau, **{**why(), "day": EVE})


def test_a_split_names_the_schools_it_founds(world: Any) -> None:
    with pytest.raises(ValidationError, match="请填写分设的学校"):
        split_school(made(world), by=world.here.bureau, into=[], **why())


@pytest.mark.parametrize("both", [False, True])
def test_a_merger_is_into_a_standing_school_or_a_new_one(
    world: Any, both: bool
) -> None:
    one, two, into = made(world), made(world, name="二小"), made(world, name="三小")
    target = {"survivor": into, "new": {"name": "四小", "type": "PRIMARY"}}

    with pytest.raises(ValidationError, match="请选择并入哪所学校"):
        merge_schools(
            [one, two], by=world.here.bureau, **(target if both else {}), **why()
        )


def test_a_merger_stands_once_what_it_led_to_has_ended(world: Any) -> None:
    one, into = made(world), made(world, name="二小")
    merge_schools([one], survivor=into, by=world.here.bureau, **why())
    later = DAY + timedelta(days=1)
    close_school(into, by=world.here.bureau, **{**why(), "day": later})
    one.refresh_from_db()

    with pytest.raises(MoveRefused, match="二小其后已停办或合并"):
        reopen_school(one, by=world.here.bureau, reason="误办")


# --- duplicates ----------------------------------------------------------------------


def test_an_entry_is_no_duplicate_of_itself(world: Any) -> None:
    plan = plan_merge(made(world), School.objects.get(name="东湖小学"))

    assert plan.conflicts == ["两边是同一条登记"]


def test_an_ended_school_is_no_duplicate(world: Any) -> None:
    ended = close_school(made(world), by=world.here.bureau, **why())
    FullReturnFactory(school=ended, year=world.last_year)

    plan = plan_merge(made(world, name="东湖小学校"), ended)

    assert plan.conflicts == ["已停办或合并的学校不能按重复登记合并"]
    assert plan.moved == []


def test_rows_the_database_holds_back_are_named(world: Any) -> None:
    kept, dropped = made(world), made(world, name="东湖小学校")
    FullReturnFactory(school=dropped, year=world.year, state="LOCKED")

    plan = plan_merge(kept, dropped)

    assert plan.conflicts == ["年度报表不能转移：年度报表已经锁定，不能再修改"]


# --- permissions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("may", "words"),
    [
        ("can_reopen_school", "没有停办"),
        ("can_undo_change", "没有登记过变更"),
        ("can_undo_split", "不是分设的学校"),
    ],
)
def test_nothing_is_taken_back_that_has_not_been(
    world: Any, may: str, words: str
) -> None:
    school = made(world)

    verdict = getattr(permissions, may)(world.here.bureau, school)

    assert not verdict
    assert verdict.message == f"未能撤销：{school}{words}"


def test_a_lock_opens_only_under_an_exception(world: Any) -> None:
    row = FullReturnFactory(school=world.here.school, year=world.year, state="LOCKED")

    verdict = permissions.can_reopen_return(world.here.bureau, row)

    assert not verdict
    assert verdict.reason == "未能解锁报表：没有在有效期内的解锁批准"


# --- other counties ------------------------------------------------------------------


def test_a_school_is_not_given_to_a_county_of_others(world: Any) -> None:
    school, there = made(world), world.there.county

    with pytest.raises(MoveRefused, match="未能登记学校：您不负责彼岸区"):
        change_profile(school, by=world.here.bureau, administered_by=there, **why())


def test_a_partner_is_not_given_to_a_county_of_others(world: Any) -> None:
    row = partner(world)

    with pytest.raises(MoveRefused, match="未能登记合作单位：您不负责彼岸区"):
        change_partner(row, by=world.here.bureau, region=world.there.county)


def test_a_rename_may_bring_a_short_name(world: Any) -> None:
    school = rename_school(
        made(world), by=world.here.bureau, name="西湖小学", short_name="西小", **why()
    )

    assert school.short_name == "西小"


# --- plans and returns ---------------------------------------------------------------


def test_a_plan_is_drafted_by_the_school_itself(world: Any) -> None:
    with pytest.raises(MoveRefused, match="制订消除大班额计划"):
        plan_reduction(
            world.here.school,
            stage="PRIMARY",
            measures="",
            steps=[],
            by=world.there.clerk,
        )


def test_over_size_classes_are_among_the_large_ones(
    world: Any, class_lines: None
) -> None:
    year = AcademicYearFactory(first=today().year - (today().month < 9))
    for number, headcount in enumerate((58, 70, 71), 1):
        ClassSectionFactory(
            school=world.here.school, year=year, number=number, headcount=headcount
        )
    start = year.starts_on
    term = Term.objects.create(
        year=year, number=1, starts_on=start, ends_on=date(start.year + 1, 1, 20)
    )

    with pytest.raises(ValidationError, match="超大班额不能多于大班额"):
        plan_reduction(
            world.here.school,
            stage="PRIMARY",
            measures="控制班额",
            steps=[(term, 1, 2)],
            by=world.here.clerk,
        )
    assert not ClassReductionPlan.objects.exists()


def test_nobody_is_asked_for_a_return_handed_in_before_the_last_day(
    world: Any,
) -> None:
    here = world.here
    row = FullReturnFactory(school=here.school, year=world.year, state="LOCKED")
    asked = ask_unlock(row, by=here.clerk, reason="班级数少报一个，附学籍系统截图")
    until = today() + timedelta(days=7)
    unlock = approve_unlock(asked, by=here.bureau, expires_on=until)
    row.refresh_from_db()
    submit_return(row, by=here.clerk)
    let_pass(unlock)

    assert close_overdue_unlocks() == 1

    unlock.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, unlock.state) == ("SUBMITTED", "CLOSED")
    assert not Notification.objects.filter(title__startswith="解锁到期").exists()
