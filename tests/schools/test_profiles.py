"""A school's name, type, code and stages on any day, before and after they change."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from core.days import today
from schools.models import School, SchoolProfile
from schools.models.profile import profile_on
from schools.services import change_profile, rename_school, undo_change
from tests.schools.changes import DAY, EVE, OPENED, made, why
from tests.schools.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_new_name_holds_from_its_day_and_the_old_one_before(world: Any) -> None:
    school = made(world)

    rename_school(school, by=world.here.bureau, name="东湖实验小学", **why())

    school.refresh_from_db()
    assert school.name == "东湖实验小学"
    assert profile_on(school, EVE).name == "东湖小学"
    assert profile_on(school, DAY).name == "东湖实验小学"
    assert profile_on(school, OPENED - timedelta(days=900)).name == "东湖小学"


def test_type_code_and_county_of_a_past_day_are_those_of_that_day(world: Any) -> None:
    code = f"21{world.here.county.code[:2]}000777"
    school = made(world, school_code=code)

    change_profile(
        school,
        by=world.here.bureau,
        type="NINE_YEAR",
        school_code=f"31{world.here.county.code[:2]}000777",
        **why(),
    )
    world.city_bureau.__dict__.pop("_grants", None)
    school.refresh_from_db()

    before, after = profile_on(school, EVE), profile_on(school, DAY)
    assert (before.type, before.school_code) == ("PRIMARY", code)
    assert (after.type, after.school_code) == ("NINE_YEAR", school.school_code)
    assert before.administered_by == world.here.county
    assert (before.stage_codes, after.stage_codes) == (
        ["PRIMARY"],
        ["PRIMARY", "JUNIOR"],
    )


def test_stages_alone_change_from_a_day_on_and_come_back(world: Any) -> None:
    school = made(world)
    by = world.here.bureau

    school = change_profile(school, by=by, stages=["KINDERGARTEN", "PRIMARY"], **why())

    assert profile_on(school, EVE).stage_codes == ["PRIMARY"]
    assert profile_on(school, DAY).stage_codes == ["KINDERGARTEN", "PRIMARY"]
    with pytest.raises(ValidationError, match="没有变更"):
        change_profile(
            school, by=by, stages=["PRIMARY", "KINDERGARTEN"], day=today(), reason="无"
        )
    school = undo_change(school, by=by, reason="登记错误")
    assert profile_on(school, DAY).stage_codes == ["PRIMARY"]
    told = Event.objects.filter(verb="schools.school.undo_change").latest("pk").data
    assert told["changed"] == {"stages": ["学前教育、小学", "小学"]}


def test_former_stages_fit_the_former_type_in_the_database(world: Any) -> None:
    school = made(world)
    rename_school(school, by=world.here.bureau, name="二小", **why())
    former = SchoolProfile.objects.filter(school=school)

    for stages in ([], ["SENIOR"]):
        refused(
            "school_profile_stages_fit_type", lambda s=stages: former.update(stages=s)
        )


def test_a_correction_leaves_no_former_name(world: Any) -> None:
    from schools.services import change_school

    school = made(world, name="东胡小学")

    change_school(school, by=world.here.bureau, name="东湖小学")

    assert not SchoolProfile.objects.filter(school=school).exists()


@pytest.mark.parametrize(
    ("day", "word"),
    [(OPENED, "晚于"), (date(2999, 1, 1), "提前")],
    ids=["on the opening day", "in the future"],
)
def test_a_change_on_an_impossible_day_is_refused(
    world: Any, day: date, word: str
) -> None:
    school = made(world)

    with pytest.raises(ValidationError, match=word):
        rename_school(
            school, by=world.here.bureau, name="新名小学", day=day, reason="更名"
        )

    school.refresh_from_db()
    assert school.name == "东湖小学"


def test_changes_are_entered_in_the_order_of_their_days(world: Any) -> None:
    school = made(world)
    rename_school(school, by=world.here.bureau, name="二小", **why())

    with pytest.raises(ValidationError):
        rename_school(
            school, by=world.here.bureau, name="三小", **{**why(), "day": EVE}
        )


def test_two_former_names_on_one_day_are_refused_by_the_database(world: Any) -> None:
    school = made(world)
    rename_school(school, by=world.here.bureau, name="二小", **why())
    twin = SchoolProfile.objects.get(school=school)
    twin.pk = None

    refused(
        "school_one_profile_a_day",
        lambda: SchoolProfile.objects.bulk_create([twin]),
    )


def test_a_code_given_up_is_never_given_to_another_school(world: Any) -> None:
    code = f"21{world.here.county.code[:2]}000778"
    school, other = made(world, school_code=code), made(world, name="西湖小学")
    change_profile(school, by=world.here.bureau, school_code=None, **why())

    refused(
        "school_code_never_reused",
        lambda: School.objects.filter(pk=other.pk).update(school_code=code),
    )


def test_the_last_change_can_be_taken_back(world: Any) -> None:
    school = made(world)
    rename_school(school, by=world.here.bureau, name="二小", **why())

    undo_change(school, by=world.here.bureau, reason="登记有误")

    school.refresh_from_db()
    assert school.name == "东湖小学"
    assert not school.profiles.exists()
    assert (
        Event.objects.about(school).filter(verb="schools.school.undo_change").exists()
    )
