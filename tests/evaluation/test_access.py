"""Who reaches what, what waits for whom, what is due, what is found."""

from datetime import date
from typing import Any

import pytest
from django_celery_beat.models import PeriodicTask

from core.models import ReportRun
from core.registries import deadlines, inbox, search
from evaluation.installing import load
from evaluation.models import (
    Assessment,
    Cycle,
    Framework,
    PeriodicReport,
    Result,
    Score,
)
from evaluation.reports import compile_now
from evaluation.services import finish_scoring, publicise
from evaluation.tasks import compile_due
from tests.accounts.factories import UserFactory, grant, user_with
from tests.bureau.factories import CountyFactory
from tests.evaluation.factories import World, hand_in, score_all
from tests.schools.factories import SchoolFactory

DAYS = {"publicity_from": date(2025, 10, 9), "publicity_to": date(2025, 10, 20)}


def seen(model: Any, user: Any) -> int:
    """Count the rows a user may know of."""
    user.__dict__.pop("_grants", None)
    count: int = model.objects.visible_to(user).count()
    return count


def titles(user: Any) -> list[str]:
    """Return what waits for a user."""
    return [item.title for item in inbox.get("evaluation").waiting(user)]


def test_a_county_sees_its_own_and_nothing_of_its_neighbour(world: World) -> None:
    world.published()
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    for model in (Cycle, Assessment, Score, Result, PeriodicReport):
        assert seen(model, world.bureau) > 0
        assert seen(model, stranger) == 0


def test_the_city_sees_its_counties(world: World) -> None:
    world.published()
    city = user_with("CITY_EDU", world.region.parent)

    assert (seen(Cycle, city), seen(Result, city)) == (1, 2)


def test_a_county_uses_the_published_frameworks_of_its_city(world: World) -> None:
    Framework.objects.create(
        code="C",
        region=world.region.parent,
        name_zh="市",
        name_en="c",
        targets=["GROUP"],
    )

    # the city's draft is not shown, the county's own published one is
    assert seen(Framework, world.bureau) == 1


@pytest.mark.clause("BN-4.3.1")
def test_those_appraised_see_scores_from_the_notice_on(world: World) -> None:
    cycle = world.consolidated()
    head = user_with("GROUP_HEAD", world.groups[0])

    before = [seen(Score, u) for u in (world.principal, head, world.member_principal)]
    publicise(cycle, by=world.bureau, **DAYS)
    during = [seen(Score, u) for u in (world.principal, head, world.member_principal)]

    assert before == [0, 0, 0]
    assert during == [5, 5, 0]


def test_member_schools_see_their_own_and_their_groups_published_results(
    world: World,
) -> None:
    world.published(targets=["GROUP", "SCHOOL"])

    results = Result.objects.visible_to(world.member_principal)
    labels = set(results.values_list("assessment__label", flat=True))

    assert labels == {"甲集团", "示范甲二小学"}
    assert seen(PeriodicReport, world.member_principal) == 0


def test_a_school_that_was_no_member_then_sees_nothing(world: World) -> None:
    world.published()
    late = SchoolFactory(region=world.region)
    world.groups[0].memberships.model.objects.create(
        group=world.groups[0],
        group_type=world.groups[0].group_type,
        school=late,
        school_ownership=late.ownership,
        role="MEMBER",
        mode=world.groups[0].memberships.get(role="MEMBER").mode,
        valid_from=date(2025, 9, 1),
    )

    assert seen(Result, user_with("SCHOOL_PRINCIPAL", late)) == 0


def test_a_former_principal_reads_what_lay_in_the_span_and_nothing_later(
    world: World,
) -> None:
    world.published()
    published = Result.objects.first().published_on
    during, before = UserFactory(), UserFactory()
    school = world.schools[0]
    grant(during, "SCHOOL_PRINCIPAL", school, date(2020, 1, 1), published)
    grant(before, "SCHOOL_PRINCIPAL", school, date(2020, 1, 1), date(2021, 1, 1))

    assert seen(Result, before) == 0
    # the grant ended on the day of publication: that day is no longer in the span
    assert seen(Result, during) == 0
    assert seen(Cycle, during) == 1
    assert seen(Cycle, before) == 0


def test_published_reports_reach_the_group_and_its_members_of_that_day(
    world: World,
) -> None:
    cycle = world.published()
    compile_now(cycle)

    assert seen(ReportRun, world.bureau) == 3
    assert seen(ReportRun, world.principal) == 1
    assert seen(ReportRun, world.member_principal) == 1
    assert seen(ReportRun, user_with("GROUP_HEAD", world.groups[1])) == 1
    assert seen(ReportRun, user_with("DISTRICT_EDU", CountyFactory())) == 0


def test_the_inbox_follows_the_cycle(world: World) -> None:
    cycle = world.self_evaluating()
    assert titles(world.principal) == ["提交自评报告：甲集团"]
    assert titles(world.member_principal) == []

    hand_in(cycle.assessments.get(label="甲集团"), by=world.principal)
    assert titles(world.bureau) == ["接收自评报告：甲集团"]
    assert [i.waiting_on for i in inbox.get("evaluation").sent(world.principal)] == [
        world.region.name
    ]


def test_the_bureau_is_told_what_to_score_confirm_and_consolidate(
    world: World,
) -> None:
    cycle = world.reviewing()
    assert "（2 个待评）" in titles(world.bureau)[0]

    for assessment in cycle.assessments.all():
        score_all(assessment, by=world.bureau)
        finish_scoring(assessment, by=world.bureau)
    assert "（2 个待确认）" in titles(world.bureau)[0]

    cycle.assessments.update(state="CONFIRMED")
    assert titles(world.bureau)[0].startswith("汇总结果")


def test_the_leading_group_is_told_to_publish(world: World) -> None:
    cycle = publicise(world.consolidated(), by=world.bureau, **DAYS)

    assert titles(world.leading) == [f"公布结果：{cycle.name}"]
    assert [i.waiting_on for i in inbox.get("evaluation").sent(world.bureau)] == [
        "领导小组"
    ]


def test_deadlines_follow_the_step(world: World) -> None:
    world.self_evaluating()

    (due,) = deadlines.get("evaluation")(world.bureau)

    assert (due.due, due.title.split("：")[0]) == (date(2025, 10, 10), "自评报告截止")
    assert deadlines.get("evaluation")(UserFactory()) == []


def test_search_finds_cycles_assessments_and_frameworks_in_reach(
    world: World,
) -> None:
    world.published()
    find = search.get("evaluation")

    assert {hit.kind for hit in find(world.bureau, "年度考核")} == {"考核周期"}
    assert [hit.kind for hit in find(world.bureau, "甲集团")] == ["考核任务"]
    assert [hit.kind for hit in find(world.bureau, "试用")] == ["指标体系"]
    assert find(user_with("DISTRICT_EDU", CountyFactory()), "甲集团") == []
    assert find(UserFactory(), "甲") == []


def test_setting_up_brings_frameworks_and_the_daily_check_once(db: None) -> None:
    region = CountyFactory()

    assert load(region) == 2
    assert load(region) == 2

    assert Framework.objects.published().filter(region=region).count() == 2
    entry = PeriodicTask.objects.get(task="evaluation.compile_due_reports")
    assert entry.enabled
    assert compile_due.name == entry.task
