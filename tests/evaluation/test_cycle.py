"""A whole cycle at service level: its plan, its opening, its moves."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.transitions import MoveRefused, available_moves, table_of
from evaluation.effects import of_opening
from evaluation.models import Assessment, Cycle, Framework, PeriodicReport, Result
from evaluation.services import MOVES, open_cycle
from tests.accounts.factories import user_with
from tests.bureau.factories import AcademicYearFactory, CountyFactory
from tests.evaluation.factories import World, framework_of, group_of
from tests.schools.factories import SchoolFactory


@pytest.mark.clause("BN-4.3.1")
def test_a_cycle_runs_from_plan_to_published_results(world: World) -> None:
    cycle = world.published()

    results = list(Result.objects.order_by("rank").select_related("assessment"))
    assert cycle.state == "PUBLISHED"
    assert [r.assessment.label for r in results] == ["甲集团", "乙集团"]
    assert all(r.state == "PUBLISHED" and r.published_on for r in results)
    assert {a.state for a in cycle.assessments.all()} == {"FINAL"}


def test_an_assessment_keeps_the_members_of_the_reference_day(world: World) -> None:
    membership = world.groups[0].memberships.get(role="MEMBER")
    late = SchoolFactory(name="后来小学", region=world.region)
    world.groups[0].memberships.model.objects.create(
        group=world.groups[0],
        group_type=world.groups[0].group_type,
        school=late,
        school_ownership=late.ownership,
        role="MEMBER",
        mode=membership.mode,
        valid_from=date(2025, 3, 1),
    )

    cycle = open_cycle(world.cycle(), by=world.bureau)
    later = open_cycle(
        world.cycle(
            year=AcademicYearFactory(first=2025), reference_day=date(2025, 9, 1)
        ),
        by=world.bureau,
    )

    then, now = (c.assessments.get(label="甲集团") for c in (cycle, later))
    assert [m["name"] for m in then.members] == ["示范甲一小学", "示范甲二小学"]
    assert "后来小学" in [m["name"] for m in now.members]
    assert then.lead_school == world.schools[0]


def test_groups_that_are_not_active_or_lie_elsewhere_are_left_out(
    world: World,
) -> None:
    elsewhere = CountyFactory()
    group_of(elsewhere, "外县集团", SchoolFactory(region=elsewhere))
    pilot = group_of(world.region, "试点集团", SchoolFactory(region=world.region))
    pilot.phases.update(state="PILOT")

    cycle = open_cycle(world.cycle(), by=world.bureau)

    assert sorted(a.label for a in cycle.assessments.all()) == ["乙集团", "甲集团"]


@pytest.mark.clause("BN-5.1d")
def test_only_the_own_bureau_leads_its_cycle(world: World) -> None:
    cycle = world.cycle()
    stranger = user_with("DISTRICT_EDU", CountyFactory())

    for user in (stranger, world.principal, world.leading):
        with pytest.raises(MoveRefused) as refusal:
            open_cycle(cycle, by=user)
        assert refusal.value.verdict.clause == "BN-5.1d"
    assert open_cycle(cycle, by=world.bureau).state == "OPEN"


def test_a_cycle_needs_a_published_framework(world: World) -> None:
    cycle = world.cycle(framework=framework_of(world.region, publish=False))

    with pytest.raises(MoveRefused, match="尚未发布"):
        open_cycle(cycle, by=world.bureau)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reference_day": date(2026, 1, 1)}, "数据基准日必须在本学年内"),
        ({"review_due_on": date(2025, 9, 1)}, "评分截止日不能早于自评截止日"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(
    change: dict[str, Any], words: str, world: World
) -> None:
    with pytest.raises(ValidationError, match=words):
        world.cycle(**change)


def test_a_framework_of_another_county_cannot_be_used(world: World) -> None:
    with pytest.raises(ValidationError, match="不属于本地区"):
        world.cycle(framework=framework_of(CountyFactory()))


def test_opening_tells_how_many_and_warns_when_there_is_nobody(world: World) -> None:
    told = of_opening(world.bureau, world.cycle())
    nobody = of_opening(
        world.bureau,
        Cycle(
            region=CountyFactory(),
            targets=["GROUP"],
            reference_day=date(2024, 9, 1),
        ),
    )

    assert "2 个正式运行的集团" in told.immediately[0]
    assert nobody.warnings[0][0] == "amber"


@pytest.mark.parametrize(
    "model", ["framework", "cycle", "assessment", "periodicreport"]
)
def test_every_move_has_its_verb(model: str) -> None:
    label = f"evaluation.{model}"
    table = table_of({m._meta.label_lower: m for m in _models()}[label])

    own = {name for name, move in table.moves.items() if not move.by_system}

    assert own == set(MOVES[label])


def _models() -> list[Any]:
    return [Framework, Cycle, Assessment, PeriodicReport]


def test_a_refused_move_is_offered_with_its_reason(world: World) -> None:
    cycle = world.reviewing()

    (option,) = [
        o for o in available_moves(world.bureau, cycle) if o.name == "consolidate"
    ]

    assert not option.verdict
    assert "还有 2 个考核对象未确认" in option.verdict.message
