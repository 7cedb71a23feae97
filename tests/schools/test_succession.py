"""Schools are split and merged; what they reported stays theirs."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from core.days import today
from core.transitions import MoveRefused
from schools.lineage import ancestors, descendants
from schools.models import ClassSection, School, SchoolReturn
from schools.services import (
    merge_schools,
    rename_school,
    reopen_school,
    split_school,
    undo_split,
)
from tests.schools.changes import DAY, EVE, made, why
from tests.schools.factories import (
    ClassSectionFactory,
    FullReturnFactory,
    SchoolLabelFactory,
)
from tests.schools.refusals import refused

pytestmark = pytest.mark.django_db


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
