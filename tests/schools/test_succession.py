"""Schools are renamed, split, merged and closed; what they reported stays theirs."""

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from core.constraints import violated_name
from core.days import today
from core.transitions import MoveRefused
from schools.lineage import ancestors, descendants
from schools.models import ClassSection, School, SchoolProfile, SchoolReturn
from schools.models.profile import profile_on
from schools.services import (
    change_profile,
    close_school,
    merge_schools,
    rename_school,
    reopen_school,
    split_school,
    undo_change,
    undo_split,
)
from tests.groups.factories import GroupFactory, join
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolFactory,
    SchoolLabelFactory,
)
from tests.schools.test_models import refused, settle

pytestmark = pytest.mark.django_db
OPENED, DAY = date(2000, 9, 1), date(2020, 9, 1)
EVE = DAY - timedelta(days=1)


def made(world: Any, name: str = "东湖小学", **fields: Any) -> School:
    fields.setdefault("opened_on", OPENED)
    school: School = SchoolFactory(region=world.here.county, name=name, **fields)
    return school


def member(school: School, start: date = EVE, end: date | None = None) -> Any:
    """Let the school belong to a group from the eve on."""
    return join(GroupFactory(), school, start=start, end=end)


def why() -> dict[str, Any]:
    return {"day": DAY, "reason": "布局调整", "document_no": "云教〔2020〕8号"}


# --- name, type and county on any day ------------------------------------------------


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
    [(OPENED, "晚于"), (today() + timedelta(days=1), "提前")],
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


# --- split ---------------------------------------------------------------------------


def test_a_split_founds_schools_and_moves_nothing(world: Any) -> None:
    school = made(world)
    ClassSectionFactory(school=school, year=world.last_year)

    new = split_school(
        school,
        by=world.here.bureau,
        into=[
            {"name": "东湖第二小学", "type": "PRIMARY"},
            {"name": "东湖初级中学", "type": "JUNIOR"},
        ],
        **why(),
    )

    assert [s.stage_codes for s in new] == [["PRIMARY"], ["JUNIOR"]]
    assert {(s.predecessor_id, s.opened_on) for s in new} == {(school.pk, DAY)}
    assert ClassSection.objects.get().school_id == school.pk
    assert set(School.objects.existing(EVE)) & {school, *new} == {school}
    assert set(School.objects.existing(DAY)) >= {school, *new}
    assert descendants([school.pk], DAY) == {school.pk: {s.pk for s in new}}
    assert descendants([school.pk], EVE) == {school.pk: set()}


def test_a_school_may_end_with_its_split(world: Any) -> None:
    school = made(world)

    split_school(
        school,
        by=world.here.bureau,
        into=[{"name": "东湖第二小学", "type": "PRIMARY"}],
        closes=True,
        **why(),
    )

    school.refresh_from_db()
    assert (school.status, school.closed_on) == ("CLOSED", DAY)


def test_a_refused_split_leaves_nothing_behind(world: Any) -> None:
    school = made(world)
    before = School.objects.count()

    with pytest.raises(ValidationError):
        split_school(
            school,
            by=world.here.bureau,
            into=[
                {"name": "东湖二小", "type": "PRIMARY"},
                {"name": "", "type": "JUNIOR"},
            ],
            **why(),
        )

    assert School.objects.count() == before


def test_a_split_is_taken_back_until_the_new_school_has_records(world: Any) -> None:
    school = made(world)
    one, two = split_school(
        school,
        by=world.here.bureau,
        into=[{"name": f"东湖{n}小", "type": "PRIMARY"} for n in "二三"],
        **why(),
    )
    SchoolLabelFactory(school=two)

    undo_split(one, by=world.here.bureau, reason="误办")
    with pytest.raises(MoveRefused, match="学校标签"):
        undo_split(two, by=world.here.bureau, reason="误办")

    assert list(school.offshoots.all()) == [two]


# --- merge ---------------------------------------------------------------------------


def test_schools_merge_into_one_that_stands_and_keep_their_history(world: Any) -> None:
    one, two, into = made(world), made(world, name="二小"), made(world, name="三小")
    kept = FullReturnFactory(school=one, year=world.last_year)

    target = merge_schools([one, two], survivor=into, by=world.here.bureau, **why())

    one.refresh_from_db()
    assert target == into
    assert (one.status, one.closed_on, one.successor) == ("MERGED", DAY, into)
    assert SchoolReturn.objects.get(pk=kept.pk).school_id == one.pk
    assert one in School.objects.existing(EVE)
    assert one not in School.objects.existing(DAY)
    assert one.status_on(EVE) == "OPEN"
    assert ancestors([into.pk], DAY) == {into.pk: {one.pk, two.pk}}
    event = Event.objects.about(into).get(verb="schools.school.take_over")
    assert (event.reason, event.data["from"]) == ("布局调整", ["东湖小学", "二小"])


def test_schools_merge_into_one_founded_that_day(world: Any) -> None:
    one, two = made(world), made(world, name="二小")

    new = merge_schools(
        [one, two],
        new={"name": "东湖九年制学校", "type": "NINE_YEAR"},
        by=world.here.bureau,
        **why(),
    )

    assert new.opened_on == DAY
    assert set(new.merged.all()) == {one, two}


def test_a_merger_on_a_day_to_come_leaves_the_school_open_until_then(
    world: Any,
) -> None:
    one, into = made(world), made(world, name="二小")
    later = today() + timedelta(days=60)

    merge_schools(
        [one], survivor=into, by=world.here.bureau, day=later, reason="布局调整"
    )

    one.refresh_from_db()
    assert one in School.objects.existing()
    assert one.status_on(today()) == "OPEN"
    assert one.status_on(later) == "MERGED"


def test_a_merger_founding_a_school_is_taken_back_as_a_whole(world: Any) -> None:
    one, two = made(world), made(world, name="二小")
    new = merge_schools(
        [one, two],
        new={"name": "东湖学校", "type": "NINE_YEAR"},
        by=world.here.bureau,
        **why(),
    )
    one.refresh_from_db()

    reopen_school(one, by=world.here.bureau, reason="误办")

    assert set(School.objects.filter(pk__in=[one.pk, two.pk], status="OPEN")) == {
        one,
        two,
    }
    assert not School.objects.filter(pk=new.pk).exists()


def test_a_merger_on_which_something_was_built_stands(world: Any) -> None:
    one, into = made(world), made(world, name="二小")
    merge_schools([one], survivor=into, by=world.here.bureau, **why())
    rename_school(
        into,
        by=world.here.bureau,
        name="二小总校",
        day=DAY + timedelta(days=1),
        reason="更名",
    )
    one.refresh_from_db()

    with pytest.raises(MoveRefused, match="更名"):
        reopen_school(one, by=world.here.bureau, reason="误办")


def test_the_survivor_must_stand_on_the_day(world: Any) -> None:
    one = made(world)
    gone = made(world, name="二小", status="CLOSED", closed_on=EVE)

    def write() -> None:
        School.objects.filter(pk=one.pk).update(
            status="MERGED", closed_on=DAY, successor=gone
        )

    refused("school_successor_stands", write)


def test_no_school_succeeds_itself_by_a_round_about_way(world: Any) -> None:
    one, two = made(world), made(world, name="二小")

    def write() -> None:
        for school, other in ((one, two), (two, one)):
            School.objects.filter(pk=school.pk).update(
                status="MERGED", closed_on=DAY, successor=other
            )

    refused("school_successor_stands", write)


def test_an_offshoot_is_younger_than_the_school_it_left(world: Any) -> None:
    elder, young = made(world), made(world, name="二小", opened_on=EVE)

    refused(
        "school_predecessor_stood",
        lambda: School.objects.filter(pk=elder.pk).update(predecessor=young),
    )


# --- close ---------------------------------------------------------------------------


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
